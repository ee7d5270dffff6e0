/** What a catalogue holds. */

/** The forms of a sentence by number, as `Intl.PluralRules` names them: English has two, Arabic six. */
export type Forms = { readonly other: string } & { readonly [rule in Intl.LDMLPluralRule]?: string };

export interface Catalogue {
  /** By the English sentence. */
  readonly sentences: Readonly<Record<string, string>>;
  /** By the English sentence for many. */
  readonly counts: Readonly<Record<string, Forms>>;
  /** The server's errors, by code. */
  readonly errors: Readonly<Record<string, string>>;
}

/**
 * The words of the page in the reader's language. The English sentence is the key, so English loads nothing more; the
 * others are catalogues that are loaded when they are chosen. Sentences are whole, with places for what is put in:
 * word order differs. What draws a sentence is drawn again when the language changes.
 */

import { batch, signal } from "@preact/signals";
import type { Catalogue, Forms } from "./catalogue.ts";
import { listParts, pluralForm, written } from "./formats.ts";
import { direction, languageOf, locale, localeOf, type Language } from "./language.ts";

export { direction, languageOf, locale, LANGUAGES, resolve, tagOf, type Choice, type Language } from "./language.ts";

const LOADERS: Readonly<Record<Exclude<Language, "en">, () => Promise<{ default: Catalogue }>>> = {
  es: () => import("./es.json"),
  ar: () => import("./ar.json"),
  pseudo: () => import("./pseudo.ts"),
};

/** Null for English. */
const catalogue = signal<Catalogue | null>(null);
let turn = 0;

/**
 * From now on the page speaks that language. Raises where its catalogue can't be loaded, and then all stays as it was;
 * of two calls the later counts.
 */
export async function speak(language: Language, wanted: readonly string[]): Promise<void> {
  const own = (turn += 1);
  const loaded = language === "en" ? null : (await LOADERS[language]()).default;
  if (own !== turn) return;
  batch(() => {
    catalogue.value = loaded;
    languageOf.value = language;
    locale.value = localeOf(language, wanted);
  });
}

type Values<V> = Readonly<Record<string, V | string | number | readonly (V | string)[]>>;

/** A sentence: `t("Remove {name}", { name })`. Numbers are written as the language writes them. */
export function t(english: string, values: Values<string> = {}): string {
  return fill(sentence(english), values).join("");
}

/** The same in pieces, where something else than text stands in the sentence, such as a name in an element of its own. */
export function tp<V>(english: string, values: Values<V>): (string | V)[] {
  return fill(sentence(english), values);
}

export interface Counted {
  readonly one: string;
  readonly other: string;
}

/** A sentence that depends on a number, which it has as `{count}`: `tn(2, { one: "{count} file", other: "{count} files" })`. */
export function tn(count: number, english: Counted, values: Values<string> = {}): string {
  return tnp(count, english, values).join("");
}

/** The same in pieces. The key is the form for many. */
export function tnp<V>(count: number, english: Counted, values: Values<V>): (string | V)[] {
  const forms: Forms = catalogue.value?.counts[english.other] ?? english;
  const all: Values<V> = { ...values, count };
  return fill(forms[pluralForm(count)] ?? forms.other, all);
}

/** What the server's error says, by its code; the server's own sentence where the language has none. */
export function tError(code: string, said: string): string {
  const found: unknown = catalogue.value?.errors[code];
  return typeof found === "string" ? found : said;
}

/** "Ana, Ben, and Cleo". */
export function listed(items: readonly string[]): string {
  return listParts(items).join("");
}

function sentence(english: string): string {
  const found: unknown = catalogue.value?.sentences[english];
  return typeof found === "string" ? found : english;
}

const PLACE = /\{(\w+)\}/;

/** Puts values in the places of a text; a place of which there is no value stays as it is. */
export function fill<V>(text: string, values: Values<V>): (string | V)[] {
  if (!text.includes("{")) return [text];
  return text.split(PLACE).flatMap((piece, index): (string | V)[] => {
    if (index % 2 === 0) return piece ? [piece] : [];
    const value = Object.hasOwn(values, piece) ? values[piece] : undefined;
    if (value === undefined) return [`{${piece}}`];
    if (typeof value === "number") return [written(value)];
    return Array.isArray(value) ? (value as (V | string)[]) : [value as V | string];
  });
}

/** Which way the page is read. */
export function reads(): "ltr" | "rtl" {
  return direction(languageOf.value);
}

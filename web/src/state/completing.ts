/** What somebody begins to type that can be completed: a name after `@`, an emoji after `:`. */

export interface Token {
  readonly kind: "@" | ":";
  /** What is typed after the sign. */
  readonly query: string;
  /** Where the sign stands, and where the caret is. */
  readonly from: number;
  readonly to: number;
}

/** After so many letters emoji are offered: `:s` is still mostly a face. */
export const EMOJI_FROM = 2;
const LONGEST = 40;
const TOKEN = /(?:^|[^\p{L}\p{N}_:@])([@:])([\p{L}\p{N}_.+-]*)$/u;

/** What is being typed at the caret; null where nothing is that could be completed. Code stays as it is typed. */
export function tokenAt(text: string, caret: number): Token | null {
  const before = text.slice(Math.max(0, caret - LONGEST), caret);
  const found = TOKEN.exec(before);
  if (!found) return null;
  const kind = found[1] as Token["kind"];
  const query = found[2]!;
  if (kind === ":" && [...query].length < EMOJI_FROM) return null;
  return inCode(text.slice(0, caret)) ? null : { kind, query, from: caret - query.length - 1, to: caret };
}

/** Whether what comes after `before` is in code. */
export function inCode(before: string): boolean {
  if ((before.match(/^```/gm)?.length ?? 0) % 2) return true;
  const line = before.slice(before.lastIndexOf("\n") + 1);
  return (line.match(/`/g)?.length ?? 0) % 2 === 1;
}

/**
 * The inner grammar of the Markdown dialect; the same as in `src/tertulia/domain/markdown_inline.py`, and held to it by
 * the shared fixtures. One pass from left to right; every character is looked at a few times at most.
 */

import type { Inline, Link, Span, Text, TimestampStyle } from "./nodes";

/** Spans in spans, and quotes in quotes; what nests deeper is text. */
export const DEPTH_MAX = 8;
const USERNAME_MIN = 2;
const USERNAME_MAX = 32;
// The years 1 to 9999, in seconds since 1970.
const TIMESTAMP_FIRST = -62_135_596_800;
const TIMESTAMP_LAST = 253_402_300_799;

const SPACE = "\\t\\n\\x0b\\x0c\\r \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const WORD =
  "0-9A-Za-z_\\xaa\\xb5\\xba\\xc0-\\xd6\\xd8-\\xf6\\xf8-\\u1fff\\u2c00-\\u2dff\\ua640-\\uabff\\uac00-\\ud7ff";
// Not in a URL: spaces, controls, what RFC 3986 excludes, and what turns or hides characters.
const NEVER = `${SPACE}\\x00-\\x1f\\x7f-\\x9f\\u061c\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb<>"\`|\\[\\]\\\\`;
// Not in a bare URL either: quotation marks and the punctuation of scripts that put no space after it.
const NOT_BARE =
  "\\xab\\xbb\\u2018-\\u201f\\u2026\\u2039\\u203a\\u3001-\\u3003\\u3008-\\u301f\\uff01\\uff08\\uff09\\uff0c\\uff1a\\uff1b\\uff1f";

const isSpace = (character: string): boolean => SPACE_CHARACTER.test(character);
const isWord = (character: string): boolean => WORD_CHARACTER.test(character);
const SPACE_CHARACTER = new RegExp(`^[${SPACE}]`);
const INK = new RegExp(`[^${SPACE}]`);
const WORD_CHARACTER = new RegExp(`^[${WORD}]`);
const ESCAPABLE = /^[!-/:-@[-`{-~]/;
const BLANK = /\n[ \t]*\n/y;
const RUN = /`+|\*+|_+|~+|\|+/y;
const USERNAME = new RegExp(`[a-z0-9][a-z0-9_.-]{0,${USERNAME_MAX}}`, "y");
const SHORTCODE = /:([a-z0-9_+-]{1,64}):/y;
const TIMESTAMP = /<t:(0|-?[1-9][0-9]{0,11})(?::([tTdDfFR]))?>/y;
const SCHEME = /[hH][tT][tT][pP][sS]?:\/\/|[mM][aA][iI][lL][tT][oO]:/y;
const HOST = new RegExp(`(?![${NEVER}${NOT_BARE}])[0-9A-Za-z\\x80-\\uffff]`, "y");
const URL_PIECE = new RegExp(`[()]|[^()${NEVER}]+`, "y");
const BARE_PIECE = new RegExp(`[()]|[^()${NEVER}${NOT_BARE}]+`, "y");
const TRAILING = "?!.,:;'*_~(";

const SPANS: Record<string, Span["type"]> = { "**": "bold", "*": "italic", _: "italic", "~~": "strike", "||": "spoiler" };

/** A delimiter that may open a span: the run of characters, and its place in the output. */
type Opener = { run: string; at: number };
type Item = string | Inline;

/** The nodes of one block's text, whose lines are separated by a line feed. */
export function parseInline(text: string): Inline[] {
  return new Reader(text).read();
}

/** Reads one text. `out` and `depths` are what was read so far and how deep each item nests. */
class Reader {
  private readonly out: Item[] = [];
  private readonly depths: number[] = [];
  private readonly openers: Opener[] = [];
  /** By what they open: places in `openers`, ascending. */
  private readonly open = new Map<string, number[]>([...Object.keys(SPANS), "["].map((kind) => [kind, []]));
  private codeSpans: Map<number, number> | undefined;

  constructor(private readonly text: string) {}

  read(): Inline[] {
    // Not shared: it holds its place, and a text may be read while another is.
    const special = /[\\`*_~|[\]@:<\n]|[hH][tT][tT][pP][sS]?:\/\//g;
    let position = 0;
    for (let found = special.exec(this.text); found; found = special.exec(this.text)) {
      if (found.index > position) this.add(this.text.slice(position, found.index));
      position = this.readAt(found.index);
      special.lastIndex = position;
    }
    if (position < this.text.length) this.add(this.text.slice(position));
    return join(this.out);
  }

  private readAt(start: number): number {
    switch (this.text.charAt(start)) {
      case "\\":
        return this.escape(start);
      case "\n":
        return this.lineEnd(start);
      case "`":
        return this.code(start);
      case "@":
        return this.mention(start);
      case ":":
        return this.shortcode(start);
      case "<":
        return this.timestamp(start);
      case "[":
        this.push("[");
        return start + 1;
      case "]":
        return this.link(start);
      case "h":
      case "H":
        return this.url(start);
      default:
        return this.delimiter(start);
    }
  }

  private add(item: Item, depth = 0): void {
    this.out.push(item);
    this.depths.push(depth);
  }

  private before(start: number): string {
    return start > 0 ? this.text.charAt(start - 1) : "\n";
  }

  private after(end: number): string {
    return end < this.text.length ? this.text.charAt(end) : "\n";
  }

  /** Whether a word can begin there: after no other word, but an underscore that may open italics is none. */
  private begins(start: number): boolean {
    const latest = this.openers.at(-1);
    return !isWord(this.before(start)) || (latest?.run === "_" && latest.at === this.out.length - 1);
  }

  /** Whether a word can end there: before no other word, but an underscore that may close italics is none. */
  private ends(end: number): boolean {
    const after = this.after(end);
    return !isWord(after) || (after === "_" && this.places("_").length > 0);
  }

  private literal(start: number): number {
    this.add(this.text.charAt(start));
    return start + 1;
  }

  private escape(start: number): number {
    if (!ESCAPABLE.test(this.after(start + 1))) return this.literal(start);
    this.add(this.text.charAt(start + 1));
    return start + 2;
  }

  private lineEnd(start: number): number {
    this.add({ type: "break" });
    // A lone asterisk pairs with nothing beyond an empty line.
    if (matchAt(BLANK, this.text, start)) this.forget(0);
    return start + 1;
  }

  /** From a run of backticks to the next run of the same length in the same line. */
  private code(start: number): number {
    const run = this.runAt(start);
    this.codeSpans ??= codeSpans(this.text);
    const close = this.codeSpans.get(start);
    const from = start + run.length;
    if (close === undefined) {
      this.add(run);
      return from;
    }
    let content = this.text.slice(from, close);
    if (content.startsWith(" ") && content.endsWith(" ") && /[^ ]/.test(content)) content = content.slice(1, -1);
    this.add({ type: "code", text: content });
    return close + run.length;
  }

  private url(start: number): number {
    const scheme = matchAt(SCHEME, this.text, start)?.[0] ?? "";
    const from = start + scheme.length;
    if (!this.begins(start) || !matchAt(HOST, this.text, from)) {
      this.add(scheme);
      return from;
    }
    const url = trimEnd(this.text.slice(start, urlEnd(this.text, from, BARE_PIECE)), TRAILING);
    this.add({ type: "link", url, children: [{ type: "text", text: url }] }, 1);
    return start + url.length;
  }

  private mention(start: number): number {
    const trailing = this.places("_").length > 0 ? "._-" : ".-";
    const name = trimEnd(matchAt(USERNAME, this.text, start + 1)?.[0] ?? "", trailing);
    const end = start + 1 + name.length;
    const known = name.length >= USERNAME_MIN && name.length <= USERNAME_MAX;
    if (!known || !this.begins(start) || !this.ends(end)) return this.literal(start);
    this.add({ type: "mention", username: name });
    return end;
  }

  private shortcode(start: number): number {
    const found = matchAt(SHORTCODE, this.text, start);
    const name = found?.[1];
    if (!found || !name || !this.begins(start) || !this.ends(start + found[0].length)) return this.literal(start);
    this.add({ type: "shortcode", name });
    return start + found[0].length;
  }

  private timestamp(start: number): number {
    const found = matchAt(TIMESTAMP, this.text, start);
    const seconds = Number(found?.[1]);
    if (!found || !(seconds >= TIMESTAMP_FIRST && seconds <= TIMESTAMP_LAST)) return this.literal(start);
    this.add({ type: "timestamp", seconds, style: (found[2] ?? "f") as TimestampStyle });
    return start + found[0].length;
  }

  /** At a closing bracket: `[text](url)`, where an opening one waits and a URL follows. */
  private link(start: number): number {
    const places = this.places("[");
    const place = places.at(-1);
    const end = place === undefined ? 0 : targetEnd(this.text, start + 1);
    const make = (inner: Inline[]): Link => ({
      type: "link",
      url: this.text.slice(start + 2, end),
      children: unlinked(inner),
    });
    if (place === undefined || end === 0 || !this.wrap(place, "[", make)) {
      places.pop();
      return this.literal(start);
    }
    // Links don't nest: what is still open around this one is text.
    places.length = 0;
    return end + 1;
  }

  private delimiter(start: number): number {
    const run = this.runAt(start);
    const end = start + run.length;
    if (!(run in SPANS) && run !== "***") {
      this.add(run);
      return end;
    }
    const before = this.before(start);
    const after = this.after(end);
    let rest = run;
    if (!isSpace(before) && !(run === "_" && isWord(after))) rest = this.close(run);
    if (rest && !isSpace(after) && !(run === "_" && isWord(before))) this.push(rest);
    else if (rest) this.add(rest);
    return end;
  }

  private runAt(start: number): string {
    return matchAt(RUN, this.text, start)?.[0] ?? "";
  }

  private places(kind: string): number[] {
    return this.open.get(kind) ?? [];
  }

  /** Notes that `run`, which is text as yet, may open a span. */
  private push(run: string): void {
    for (const kind of kindsOf(run)) this.places(kind).push(this.openers.length);
    this.openers.push({ run, at: this.out.length });
    this.add(run);
  }

  /** Closes what `run` can close, innermost first; what is left of it. */
  private close(run: string): string {
    let rest = run;
    while (rest) {
      let place = -1;
      let kind = "";
      for (const candidate of kindsOf(rest)) {
        const latest = this.places(candidate).at(-1) ?? -1;
        if (latest > place) [place, kind] = [latest, candidate];
      }
      const type = SPANS[kind];
      if (!type || !this.wrap(place, kind, (children) => ({ type, children }))) break;
      rest = rest.slice(kind.length);
    }
    return rest;
  }

  /** Puts what came after an opener into a node, unless there is nothing in it or it nests too deep. */
  private wrap(place: number, kind: string, make: (inner: Inline[]) => Inline): boolean {
    const opener = this.openers[place];
    if (!opener) return false;
    let depth = 0;
    for (let index = opener.at + 1; index < this.depths.length; index++) depth = Math.max(depth, this.depths[index] ?? 0);
    depth += 1;
    if (depth > DEPTH_MAX) {
      // What is open further out holds the same deep node. To ask again for each would take quadratic time.
      this.forget(0);
      return false;
    }
    const children = join(this.out.slice(opener.at + 1));
    if (children.every((node) => node.type === "break" || (node.type === "text" && !INK.test(node.text)))) return false;
    this.forget(place);
    this.out.length = this.depths.length = opener.at;
    const rest = opener.run.slice(kind.length);
    if (rest) this.push(rest);
    this.add(make(children), depth);
    return true;
  }

  /** Forgets the openers from `place` on; they stay as text. */
  private forget(place: number): void {
    this.openers.length = place;
    for (const places of this.open.values()) {
      while ((places.at(-1) ?? -1) >= place) places.pop();
    }
  }
}

function kindsOf(run: string): string[] {
  return run === "***" ? ["**", "*"] : [run];
}

function matchAt(pattern: RegExp, text: string, start: number): RegExpExecArray | null {
  pattern.lastIndex = start;
  return pattern.exec(text);
}

/** The text without any of `characters` at its end. */
export function trimEnd(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

/** The items as nodes, pieces of text that touch as one. */
function join(items: Item[]): Inline[] {
  const nodes: Inline[] = [];
  let pieces: string[] = [];
  const flush = (): void => {
    if (pieces.length > 0) nodes.push({ type: "text", text: pieces.join("") });
    pieces = [];
  };
  for (const item of items) {
    if (typeof item === "string") pieces.push(item);
    else if (item.type === "text") pieces.push(item.text);
    else {
      flush();
      nodes.push(item);
    }
  }
  flush();
  return nodes;
}

/** The same without links and mentions, which can't be inside a link. */
function unlinked(nodes: Inline[]): Inline[] {
  return join(
    nodes.flatMap((node): Inline[] => {
      switch (node.type) {
        case "link":
          return node.children;
        case "mention":
          return [{ type: "text", text: `@${node.username}` } satisfies Text];
        case "bold":
        case "italic":
        case "strike":
        case "spoiler":
          return [{ type: node.type, children: unlinked(node.children) }];
        default:
          return [node];
      }
    }),
  );
}

/** Where each run of backticks begins -> where the next one of its length in its line begins, if there is one. */
function codeSpans(text: string): Map<number, number> {
  const spans = new Map<number, number>();
  const latest = new Map<number, number>();
  for (const run of text.matchAll(/`+|\n/g)) {
    if (run[0] === "\n") {
      latest.clear();
      continue;
    }
    const earlier = latest.get(run[0].length);
    if (earlier !== undefined) spans.set(earlier, run.index);
    latest.set(run[0].length, run.index);
  }
  return spans;
}

/** The end of the URL whose rest begins at `start`: where a character can't be in it, or a `)` has no `(`. */
function urlEnd(text: string, start: number, piece: RegExp): number {
  let position = start;
  let depth = 0;
  for (let found = matchAt(piece, text, position); found; found = matchAt(piece, text, position)) {
    if (found[0] === "(") depth += 1;
    else if (found[0] === ")") depth -= 1;
    if (depth < 0) break;
    position += found[0].length;
  }
  return position;
}

/** Where the `)` of `(url)` stands that begins at `start`; 0 where there is no such thing. */
function targetEnd(text: string, start: number): number {
  const scheme = matchAt(SCHEME, text, start + 1);
  if (!scheme || text.charAt(start) !== "(") return 0;
  const from = start + 1 + scheme[0].length;
  const end = urlEnd(text, from, URL_PIECE);
  return end > from && text.charAt(end) === ")" ? end : 0;
}

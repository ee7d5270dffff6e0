/** Marks what was searched for in a text: pieces to be shown as text, never as markup. */

export interface Piece {
  readonly text: string;
  readonly hit: boolean;
}

/** A piece of a longer text begins this many characters before what was found. */
const BEFORE = 60;

interface Folded {
  readonly text: string;
  /** For each unit of the folded text, where in the original the character begins that it comes from. */
  readonly from: readonly number[];
}

/** The pieces of a text in which the words stand, without regard to case and accents; `most` characters of it. */
export function highlight(text: string, words: readonly string[], most = Infinity): Piece[] {
  const hits = find(text, words);
  const start = text.length > most && hits[0] ? Math.max(0, Math.min(hits[0][0] - BEFORE, text.length - most)) : 0;
  const from = whole(text, start);
  const to = whole(text, Math.min(text.length, from + most));
  const pieces: Piece[] = [];
  const add = (piece: string, hit: boolean): void => void (piece && pieces.push({ text: piece, hit }));
  let at = from;
  if (from > 0) add("…", false);
  for (const [begin, end] of hits) {
    if (end <= at || begin >= to) continue;
    add(text.slice(at, Math.max(at, begin)), false);
    add(text.slice(Math.max(at, begin), Math.min(end, to)), true);
    at = Math.min(end, to);
  }
  add(text.slice(at, to), false);
  if (to < text.length) add("…", false);
  return pieces;
}

/** Where the words stand, in order and without overlaps. */
function find(text: string, words: readonly string[]): [number, number][] {
  const folded = foldWithPlaces(text);
  const found: [number, number][] = [];
  for (const word of words) {
    const wanted = foldWithPlaces(word).text.trim();
    if (!wanted) continue;
    for (let at = folded.text.indexOf(wanted); at >= 0; at = folded.text.indexOf(wanted, at + 1)) {
      found.push([folded.from[at]!, folded.from[at + wanted.length] ?? text.length]);
    }
  }
  found.sort(([one], [other]) => one - other);
  const merged: [number, number][] = [];
  for (const hit of found) {
    const last = merged.at(-1);
    if (last && hit[0] <= last[1]) last[1] = Math.max(last[1], hit[1]);
    else merged.push(hit);
  }
  return merged;
}

function foldWithPlaces(text: string): Folded {
  let folded = "";
  const from: number[] = [];
  let at = 0;
  for (const character of text) {
    const plain = character.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/\s/u, " ");
    folded += plain;
    for (let unit = 0; unit < plain.length; unit += 1) from.push(at);
    at += character.length;
  }
  return { text: folded, from };
}

/** The nearest place at or before `at` that is not inside a character. */
function whole(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? at - 1 : at;
}

/** Marks what is selected in a text as bold, italic or a link; marking it again takes the mark away. */

export interface Selection {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** What to put in the place of `from` to `to`, and what is selected then. */
export interface Replacement {
  readonly from: number;
  readonly to: number;
  readonly put: string;
  readonly start: number;
  readonly end: number;
}

export type Mark = "bold" | "italic" | "link";

const ADDRESS = /^(?:https?:\/\/|mailto:)\S+$/;

export function wrap(selection: Selection, mark: Mark): Replacement {
  if (mark === "link") return link(selection);
  return around(selection, mark === "bold" ? "**" : "_");
}

function around(selection: Selection, sign: string): Replacement {
  const { text } = selection;
  const [start, end] = tighten(selection);
  const inner = text.slice(start, end);
  const size = sign.length;
  if (text.slice(start - size, start) === sign && text.slice(end, end + size) === sign) {
    return { from: start - size, to: end + size, put: inner, start: start - size, end: end - size };
  }
  return { from: start, to: end, put: sign + inner + sign, start: start + size, end: end + size };
}

/** An address becomes the link of a name to be typed, anything else the name of an address to be typed. */
function link(selection: Selection): Replacement {
  const [from, to] = tighten(selection);
  const inner = selection.text.slice(from, to);
  if (ADDRESS.test(inner)) return { from, to, put: `[](${inner})`, start: from + 1, end: from + 1 };
  const start = from + inner.length + 3;
  return { from, to, put: `[${inner}](https://)`, start, end: start + 8 };
}

/** Without the spaces around: a mark next to a space marks nothing. */
function tighten({ text, start, end }: Selection): [number, number] {
  const inner = text.slice(start, end);
  const begin = start + inner.length - inner.trimStart().length;
  return begin >= end ? [end, end] : [begin, begin + inner.trim().length];
}

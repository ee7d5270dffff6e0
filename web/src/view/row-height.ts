/** How high rows are at least, to know before they are drawn how many fill a window. Pixels, as in styles/messages.css. */

import type { Row } from "../state/rows.ts";

/** A row of one line within a group, and what the first of a group has more. */
const ROW = 44;
const FIRST = 36;
const CHANGE = 20;
const LINE = 24;
/** No bubble has more characters in a line. */
const CHARACTERS = 110;
/** Higher than any window. */
const LINES_MAX = 100;

export function leastHeight(row: Row): number {
  if (row.changes.length) return CHANGE;
  const text = row.message?.text ?? row.outgoing?.text ?? "";
  const lines = Math.min(LINES_MAX, Math.ceil(text.length / CHARACTERS));
  return ROW + (row.first ? FIRST : 0) + Math.max(0, lines - 1) * LINE;
}

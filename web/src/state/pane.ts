/** The part of a conversation's history that the page holds: a run of messages without holes, of bounded length. */

import type { Messages, VisibleEntry } from "../api/types.ts";
import { between, CHANGES_MAX, isChange, runs, type Change } from "./changes.ts";
import { apply as applyToMessage, begin, complete, isAboutMessage, type Message } from "./messages.ts";

/** The most rows that are drawn at once: messages, and runs of changes between them. */
export const PANE_MAX = 300;

export interface Pane {
  /** Ascending by timestamp. */
  readonly messages: readonly Message[];
  /** Ascending by seq: those between the messages, and where there are no more messages on a side, those beyond them. */
  readonly changes: readonly Change[];
  readonly moreBefore: boolean;
  /** Whether there are later messages that are not held. Where there are none, new ones are added as they come. */
  readonly moreAfter: boolean;
}

export type Side = "before" | "after";

export function fromPage(page: Messages, changes: readonly Change[] = []): Pane {
  const messages = page.messages.map(complete);
  return trim({ messages, changes, moreBefore: page.more_before, moreAfter: page.more_after }, "before");
}

/** The pane after one entry of the log. Applying an entry again changes nothing. */
export function apply(pane: Pane, entry: VisibleEntry): Pane {
  if (isAboutMessage(entry)) {
    const index = find(pane.messages, entry.target);
    if (index < 0) return pane;
    const before = pane.messages[index]!;
    const after = applyToMessage(before, entry);
    return after === before ? pane : { ...pane, messages: pane.messages.with(index, after) };
  }
  if (pane.moreAfter || entry.seq <= lastSeq(pane)) return pane;
  if (entry.kind === "message") return { ...pane, messages: [...pane.messages, begin(entry)] };
  return isChange(entry) ? { ...pane, changes: [...pane.changes, entry] } : pane;
}

/** The seq of the last entry that is shown. */
function lastSeq({ messages, changes }: Pane): number {
  return Math.max(messages.at(-1)?.seq ?? 0, changes.at(-1)?.seq ?? 0);
}

/** The pane with one more page on a side, and the changes on it. What becomes too many is let go on the other side. */
export function extend(pane: Pane, page: Messages, side: Side, found: readonly Change[] = []): Pane {
  const fresh = page.messages.map(complete).filter((message) => find(pane.messages, message.timestamp) < 0);
  const held = new Set(pane.changes.map((change) => change.seq));
  const changes = [...pane.changes, ...found.filter((change) => !held.has(change.seq))].sort((one, other) => one.seq - other.seq);
  if (side === "before") {
    const messages = [...fresh, ...pane.messages];
    return trim({ ...pane, messages, changes, moreBefore: page.more_before }, "after");
  }
  const messages = [...pane.messages, ...fresh];
  return trim({ ...pane, messages, changes, moreAfter: page.more_after }, "before");
}

export function rowCount({ messages, changes }: Pick<Pane, "messages" | "changes">): number {
  return messages.length + runs(messages, changes).length;
}

/** Lets go of what is over the bound on one side. At least one message stays, and the changes next to it. */
export function trim(pane: Pane, side: Side, most: number = PANE_MAX): Pane {
  const { changes } = pane;
  const bounded = changes.length <= CHANGES_MAX ? pane : { ...pane, changes: side === "before" ? changes.slice(-CHANGES_MAX) : changes.slice(0, CHANGES_MAX) };
  if (rowCount(bounded) <= most) return bounded;
  let low = Math.min(1, pane.messages.length);
  let high = pane.messages.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (rowCount(keep(bounded, side, middle)) <= most) low = middle;
    else high = middle - 1;
  }
  return keep(bounded, side, low);
}

/** So many messages, without what is next to the others. */
function keep(pane: Pane, side: Side, count: number): Pane {
  if (count >= pane.messages.length) return pane;
  const messages = side === "before" ? pane.messages.slice(-count) : pane.messages.slice(0, count);
  if (side === "before") return { ...pane, messages, changes: between(pane.changes, messages[0]!.seq, Infinity), moreBefore: true };
  return { ...pane, messages, changes: between(pane.changes, 0, messages.at(-1)!.seq), moreAfter: true };
}

/** The index of the message with that timestamp, or -1. */
export function find(messages: readonly Message[], timestamp: number): number {
  let low = 0;
  let high = messages.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const at = messages[middle]!.timestamp;
    if (at === timestamp) return middle;
    if (at < timestamp) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/**
 * The message of a timestamp, or, where not `exact`, the first from then on; undefined where another page has to be read
 * to know.
 */
export function messageAt(pane: Pane | null | undefined, timestamp: number, exact: boolean): Message | undefined {
  if (!pane) return undefined;
  const { messages, moreBefore, moreAfter } = pane;
  const same = messages[find(messages, timestamp)];
  if (same || exact) return same;
  const next = messages.findIndex((message) => message.timestamp > timestamp);
  if (next > 0 || (next === 0 && !moreBefore)) return messages[next];
  return next < 0 && !moreAfter ? messages.at(-1) : undefined;
}

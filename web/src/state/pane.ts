/** The part of a conversation's history that the page holds: a run of messages without holes, of bounded length. */

import type { Messages, VisibleEntry } from "../api/types.ts";
import { apply as applyToMessage, begin, complete, isAboutMessage, type Message } from "./messages.ts";

/** The most messages that are held, and so drawn, at once. */
export const PANE_MAX = 300;

export interface Pane {
  /** Ascending by timestamp. */
  readonly messages: readonly Message[];
  readonly moreBefore: boolean;
  /** Whether there are later messages that are not held. Where there are none, new ones are added as they come. */
  readonly moreAfter: boolean;
}

export type Side = "before" | "after";

export function fromPage(page: Messages): Pane {
  return { messages: page.messages.map(complete), moreBefore: page.more_before, moreAfter: page.more_after };
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
  if (entry.kind !== "message" || pane.moreAfter) return pane;
  const last = pane.messages.at(-1);
  if (last && last.timestamp >= entry.timestamp) return pane;
  return { ...pane, messages: [...pane.messages, begin(entry)] };
}

/** The pane with one more page on a side. What becomes too many is let go on the other side. */
export function extend(pane: Pane, page: Messages, side: Side): Pane {
  const fresh = fromPage(page).messages.filter((message) => find(pane.messages, message.timestamp) < 0);
  if (side === "before") {
    const messages = [...fresh, ...pane.messages];
    return trim({ ...pane, messages, moreBefore: page.more_before }, "after");
  }
  const messages = [...pane.messages, ...fresh];
  return trim({ ...pane, messages, moreAfter: page.more_after }, "before");
}

/** Lets go of what is over the bound on one side. */
export function trim(pane: Pane, side: Side, most: number = PANE_MAX): Pane {
  if (pane.messages.length <= most) return pane;
  if (side === "before") return { ...pane, messages: pane.messages.slice(-most), moreBefore: true };
  return { ...pane, messages: pane.messages.slice(0, most), moreAfter: true };
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

/**
 * What the page holds of one thread: the message that it began with, and a run of the replies without holes.
 *
 * A thread is a view of the conversation's log: it follows the same entries as the conversation does, in the same way.
 */

import type { Messages, VisibleEntry } from "../api/types.ts";
import type { Held } from "./held.ts";
import { apply as applyToMessage, complete, isAboutMessage, type Message } from "./messages.ts";
import { apply as applyToPane, extend, fromPage, trim, type Pane, type Side } from "./pane.ts";

export interface Thread {
  /** The timestamp of the message that it began with. */
  readonly id: number;
  /** That message; null where the reader may not see it. */
  readonly first: Message | null;
  readonly pane: Pane;
  /** Up to this seq the log is in it. */
  readonly through: number;
}

/** With a page of it. `first`: what it began with, where that was read by itself. */
export function openThread(id: number, page: Messages, first: Message | null = null): Thread {
  const found = page.messages.find(({ timestamp }) => timestamp === id);
  return { id, first: found ? complete(found) : first, pane: fromPage(replies(id, page)), through: page.head.seq };
}

/** With one more page on a side. What came since that was read has to follow. */
export function widenThread(thread: Thread, page: Messages, side: Side): Thread {
  const pane = extend(thread.pane, replies(thread.id, page), side);
  return { ...thread, pane, through: Math.min(thread.through, page.head.seq) };
}

/** Brought to where the log stands for us; null where entries of it are no longer held, so that it must be read again. */
export function followThread(thread: Thread, held: Held): Thread | null {
  const have = held.conversation.head.seq;
  if (thread.through >= have) return thread;
  if ((held.recent[0]?.seq ?? Infinity) > thread.through + 1) return null;
  const fresh = held.recent.filter((entry) => entry.seq > thread.through);
  const after = fresh.reduce(apply, thread);
  return { ...after, pane: after.pane === thread.pane ? after.pane : trim(after.pane, "before"), through: have };
}

/** All that is held of it, in order. Between the first message and the others there may be some that aren't. */
export function messagesOf({ first, pane }: Thread): readonly Message[] {
  return first ? [first, ...pane.messages] : pane.messages;
}

function apply(thread: Thread, entry: VisibleEntry): Thread {
  if (isAboutMessage(entry)) {
    if (thread.first?.timestamp === entry.target) return { ...thread, first: applyToMessage(thread.first, entry) };
  } else if (entry.kind !== "message" || (entry.thread ?? 0) !== thread.id) {
    return thread;
  }
  const pane = applyToPane(thread.pane, entry);
  return pane === thread.pane ? thread : { ...thread, pane };
}

function replies(id: number, page: Messages): Messages {
  return { ...page, messages: page.messages.filter(({ timestamp }) => timestamp !== id) };
}

/**
 * What the page holds of one conversation, and how it follows the log.
 *
 * `conversation.head.seq` is the cursor: everything up to it is applied. A pushed entry is the next one, or old, or shows
 * a gap; a gap is filled from the log. `recent` keeps the last entries, so that a page of history that was read before
 * they came can be brought up to date.
 */

import type { Log, Messages, VisibleEntry } from "../api/types.ts";
import type { Change } from "./changes.ts";
import { apply as applyToConversation, newer, type Conversation } from "./conversations.ts";
import { apply as applyToPane, extend, fromPage, trim, type Pane, type Side } from "./pane.ts";

export const RECENT_MAX = 500;

export interface Held {
  readonly conversation: Conversation;
  /** Null until the conversation is opened. */
  readonly pane: Pane | null;
  readonly recent: readonly VisibleEntry[];
}

export type Arrival = "next" | "old" | "gap";

export function hold(conversation: Conversation): Held {
  return { conversation, pane: null, recent: [] };
}

/** What a pushed entry is to somebody who has everything up to the cursor. */
export function arrival(held: Held, entry: VisibleEntry): Arrival {
  const have = held.conversation.head.seq;
  if (entry.seq <= have) return "old";
  return entry.seq === have + 1 ? "next" : "gap";
}

/** After the next entry. The caller has made sure that it is the next, or that nothing before it is missing for this reader. */
export function follow(held: Held, entry: VisibleEntry, me: string): Held {
  const recent = [...held.recent, entry].slice(-RECENT_MAX);
  const conversation = applyToConversation(held.conversation, entry, me);
  return { conversation, pane: held.pane && applyToPane(held.pane, entry), recent };
}

/** After a page of the log that begins at or before the cursor. */
export function catchUp(held: Held, log: Log, me: string): Held {
  const have = held.conversation.head.seq;
  if (log.through <= have) return held;
  const fresh = log.entries.filter((entry) => entry.seq > have);
  const after = fresh.reduce((state, entry) => follow(state, entry, me), held);
  const head = log.through >= log.head.seq ? log.head : { ...after.conversation.head, seq: log.through };
  return { ...after, conversation: { ...after.conversation, head } };
}

/**
 * After a fresh view of the conversation. A pane stays only where nothing was missed; where something was, it is let go
 * and has to be read again.
 */
export function refresh(held: Held, fresh: Conversation): Held {
  const missed = fresh.head.seq > held.conversation.head.seq;
  const conversation = newer(held.conversation, fresh);
  return missed ? { conversation, pane: null, recent: [] } : { ...held, conversation };
}

/**
 * With the page that a conversation is opened at, and the changes between its messages; null where the page is so old
 * that it must be read again.
 */
export function open(held: Held, page: Messages, changes: readonly Change[] = []): Held | null {
  return current(held, fromPage(page, upTo(page, changes)), page);
}

/** With one more page on a side; null where the page is so old that it must be read again. */
export function widen(held: Held, page: Messages, side: Side, changes: readonly Change[] = []): Held | null {
  return held.pane && current(held, extend(held.pane, page, side, upTo(page, changes)), page);
}

/** With no more rows than may be drawn; asked for while the reader is at the end. */
export function forgetOldest(held: Held): Held {
  return held.pane ? { ...held, pane: trim(held.pane, "before") } : held;
}

/** The pane, read when the log stood at `page.head`, brought to where the log stands for us. */
function current(held: Held, pane: Pane, page: Messages): Held | null {
  const have = held.conversation.head.seq;
  const missed = held.recent.filter((entry) => entry.seq > page.head.seq);
  const covered = page.head.seq >= have || (held.recent[0]?.seq ?? Infinity) <= page.head.seq + 1;
  return covered ? { ...held, pane: missed.reduce(applyToPane, pane) } : null;
}

/** What was in the log when the page was read: what came later is applied in its turn. */
function upTo(page: Messages, changes: readonly Change[]): readonly Change[] {
  return changes.filter((change) => change.seq <= page.head.seq);
}

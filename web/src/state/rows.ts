/** Messages as rows: by day, grouped by author, with the line where the unread ones begin. */

import type { Message } from "./messages.ts";
import type { Outgoing } from "./outbox.ts";
import { dayKey } from "./times.ts";

/** Messages of one author are one group when they are closer than this (microseconds). */
export const GROUP_WITHIN = 5 * 60_000_000;

export interface Row {
  /** The same before and after the server has the message, so that the row stays the row it was. */
  readonly key: string;
  readonly author: string;
  readonly timestamp: number;
  readonly message: Message | null;
  readonly outgoing: Outgoing | null;
  /** Whether the row begins or ends a group of its author's. */
  readonly first: boolean;
  readonly last: boolean;
  /** Whether the unread messages begin here. */
  readonly divider: boolean;
}

export interface Day {
  readonly key: string;
  readonly timestamp: number;
  readonly rows: readonly Row[];
}

type Draft = Omit<Row, "first" | "last" | "divider">;

/** `unreadAfter` is the number of the last message that was read when the visit began; null where there is no line. */
export function toDays(messages: readonly Message[], outgoing: readonly Outgoing[], unreadAfter: number | null): Day[] {
  const sent = new Set(messages.map(keyOf));
  const rows = [...messages.map(ofMessage), ...outgoing.map(ofOutgoing).filter((row) => !sent.has(row.key))];
  const start = unreadAfter === null ? -1 : rows.findIndex((row) => row.message && row.message.number > unreadAfter);
  const days: { key: string; timestamp: number; rows: Row[] }[] = [];
  rows.forEach((row, index) => {
    const key = dayKey(row.timestamp);
    const before = index !== start && together(rows[index - 1], row);
    const after = index + 1 !== start && together(row, rows[index + 1]);
    if (days.at(-1)?.key !== key) days.push({ key, timestamp: row.timestamp, rows: [] });
    days.at(-1)!.rows.push({ ...row, first: !before, last: !after, divider: index === start });
  });
  return days;
}

export function keyOf(message: { author: string; id: string }): string {
  return `${message.author}/${message.id}`;
}

function ofMessage(message: Message): Draft {
  return { key: keyOf(message), author: message.author, timestamp: message.timestamp, message, outgoing: null };
}

function ofOutgoing(outgoing: Outgoing): Draft {
  const key = keyOf({ author: outgoing.user, id: outgoing.id });
  return { key, author: outgoing.user, timestamp: outgoing.at * 1000, message: null, outgoing };
}

function together(one: Draft | undefined, other: Draft | undefined): boolean {
  if (!one || !other || one.author !== other.author) return false;
  const near = other.timestamp - one.timestamp < GROUP_WITHIN;
  return near && dayKey(one.timestamp) === dayKey(other.timestamp);
}

/** Messages as rows: by day, grouped by author, with the line where the unread ones begin, and what else happened. */

import { runs, type Change } from "./changes.ts";
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
  /** What happened between two messages; empty in the row of a message. */
  readonly changes: readonly Change[];
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

interface Shown {
  readonly messages: readonly Message[];
  readonly changes: readonly Change[];
  /** Whether there are earlier messages, which aren't held. */
  readonly moreBefore?: boolean;
}

/**
 * `unreadAfter` is the number of the last message that was read when the visit began; null where there is no line. There is
 * none either where it would be among messages that aren't held.
 */
export function toDays({ messages, changes, moreBefore = false }: Shown, outgoing: readonly Outgoing[], unreadAfter: number | null): Day[] {
  const sent = new Set(messages.map(keyOf));
  const happened = runs(messages, changes).map(ofRun);
  const committed = merge(messages.map(ofMessage), happened);
  const rows = [...committed, ...outgoing.map(ofOutgoing).filter((row) => !sent.has(row.key))];
  const start = moreBefore && isAfter(messages[0], unreadAfter) ? -1 : rows.findIndex(({ message }) => isUnread(message, unreadAfter));
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

const isUnread = (message: Message | null, after: number | null): boolean => !!message && after !== null && message.number > after;

/** Whether a message is later than the first unread one. */
export const isAfter = (message: Message | undefined, after: number | null): boolean => !!message && after !== null && message.number > after + 1;

/** Of many rows one and those around it that fill `room`, about a third of it before that one. Where it isn't there, the last. */
export function around(days: readonly Day[], key: string, room: number, height: (row: Row) => number): readonly Day[] {
  const rows = days.flatMap(({ rows }) => rows);
  const found = rows.findIndex((row) => row.key === key);
  let first = found < 0 ? rows.length : found;
  let end = first;
  let left = room;
  const before = (rest: number): void => {
    while (first > 0 && left > rest) left -= height(rows[--first]!);
  };
  before(found < 0 ? 0 : (room * 2) / 3);
  while (end < rows.length && (left > 0 || end === found)) left -= height(rows[end++]!);
  before(0);
  if (end - first === rows.length) return days;
  const kept = new Set(rows.slice(first, end));
  return days.map((day) => ({ ...day, rows: day.rows.filter((row) => kept.has(row)) })).filter(({ rows }) => rows.length);
}

export function keyOf(message: { author: string; id: string }): string {
  return `${message.author}/${message.id}`;
}

function ofMessage(message: Message): Draft {
  return { key: keyOf(message), author: message.author, timestamp: message.timestamp, message, outgoing: null, changes: [] };
}

function ofOutgoing(outgoing: Outgoing): Draft {
  const key = keyOf({ author: outgoing.user, id: outgoing.id });
  return { key, author: outgoing.user, timestamp: outgoing.at * 1000, message: null, outgoing, changes: [] };
}

/** Its key is that of its first change: what is added later comes after that. */
function ofRun(run: readonly Change[]): Draft {
  const { seq, author, timestamp } = run[0]!;
  return { key: `change/${seq}`, author, timestamp, message: null, outgoing: null, changes: run };
}

/** Both are in time order. */
function merge(messages: readonly Draft[], happened: readonly Draft[]): Draft[] {
  const rows: Draft[] = [];
  let next = 0;
  for (const message of messages) {
    while (next < happened.length && happened[next]!.timestamp < message.timestamp) rows.push(happened[next++]!);
    rows.push(message);
  }
  return [...rows, ...happened.slice(next)];
}

function together(one: Draft | undefined, other: Draft | undefined): boolean {
  if (!one || !other || one.author !== other.author) return false;
  if (one.changes.length || other.changes.length) return false;
  const near = other.timestamp - one.timestamp < GROUP_WITHIN;
  return near && dayKey(one.timestamp) === dayKey(other.timestamp);
}

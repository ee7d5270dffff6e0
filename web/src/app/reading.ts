/**
 * Moves the read cursor: here at once, at the server as soon as there is a connection.
 *
 * The server's cursor only moves forward. What is marked unread again is so in this browser only, and kept in it.
 */

import type { Cursor } from "../api/types.ts";
import { advance, mark, moveCursor } from "../state/conversations.ts";
import type { Message } from "../state/messages.ts";
import type { Store } from "./store.ts";

/** So many conversations can have a mark; the oldest mark goes. */
const MARKS_MAX = 200;

type Tell = (conversation: string, timestamp: number) => Promise<unknown>;

export class Reading {
  private readonly store: Store;
  private readonly me: string;
  private readonly tell: Tell;
  private readonly key: string;
  private readonly untold = new Map<string, number>();

  constructor(store: Store, me: string, tell: Tell) {
    this.store = store;
    this.me = me;
    this.tell = tell;
    this.key = `tertulia.unread.${me}`;
    store.dress = (conversation) => mark(conversation, this.marks().get(conversation.id) ?? null);
  }

  /** Marks a message and all after it as unread. */
  markUnread(conversation: string, { timestamp, number }: Message): void {
    this.put(conversation, { timestamp: Math.max(0, timestamp - 1), number: number - 1 });
  }

  /** The message was seen: everything up to it is read. */
  saw(conversation: string, message: Message): void {
    const held = this.store.peek(conversation);
    const cursor = { timestamp: message.timestamp, number: message.number };
    const marked = held?.conversation.marked;
    if (marked && cursor.number > marked.number) this.put(conversation, cursor);
    if (!held || advance(held.conversation.read, cursor) !== cursor) return;
    this.store.update(conversation, (before) => ({
      ...before,
      conversation: moveCursor(before.conversation, this.me, cursor, this.me),
    }));
    this.untold.set(conversation, message.timestamp);
    void this.flush();
  }

  /** Tells the server what it was not told yet. */
  async flush(): Promise<void> {
    for (const [conversation, timestamp] of [...this.untold]) {
      try {
        await this.tell(conversation, timestamp);
        if (this.untold.get(conversation) === timestamp) this.untold.delete(conversation);
      } catch {
        return;
      }
    }
  }

  private put(conversation: string, cursor: Cursor): void {
    this.store.update(conversation, (held) => ({ ...held, conversation: mark(held.conversation, cursor) }));
    const marks = this.marks();
    marks.delete(conversation);
    const marked = this.store.peek(conversation)?.conversation.marked;
    if (marked) marks.set(conversation, marked);
    try {
      localStorage.setItem(this.key, JSON.stringify([...marks].slice(-MARKS_MAX)));
    } catch {
      return; // Storage is full or refused: the mark lives as long as the page.
    }
  }

  private marks(): Map<string, Cursor> {
    try {
      return new Map(JSON.parse(localStorage.getItem(this.key) ?? "[]") as [string, Cursor][]);
    } catch {
      return new Map();
    }
  }
}

/** Moves the read cursor: here at once, at the server as soon as there is a connection. */

import { advance, moveCursor } from "../state/conversations.ts";
import type { Message } from "../state/messages.ts";
import type { Store } from "./store.ts";

type Tell = (conversation: string, timestamp: number) => Promise<unknown>;

export class Reading {
  private readonly store: Store;
  private readonly me: string;
  private readonly tell: Tell;
  private readonly untold = new Map<string, number>();

  constructor(store: Store, me: string, tell: Tell) {
    this.store = store;
    this.me = me;
    this.tell = tell;
  }

  /** The message was seen: everything up to it is read. */
  saw(conversation: string, message: Message): void {
    const held = this.store.peek(conversation);
    const cursor = { timestamp: message.timestamp, number: message.number };
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
}

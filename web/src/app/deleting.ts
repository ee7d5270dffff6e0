/** Deleting with time to take it back: the server is told when that time is over, or when the page goes before. */

import { signal } from "@preact/signals";
import type { Message } from "../state/messages.ts";

/** As long as one needs to see that it was the wrong one, and to reach the button; in milliseconds. */
const UNDO_WITHIN = 6_000;

type Remove = (conversation: string, timestamp: number) => Promise<boolean>;

interface Pending {
  conversation: string;
  timestamp: number;
  timer: ReturnType<typeof setTimeout>;
}

export class Deleting {
  /** The keys of the messages that are shown as deleted before the log says it; true where that can be taken back. */
  readonly shown = signal<ReadonlyMap<string, boolean>>(new Map());
  private readonly pending = new Map<string, Pending>();
  private readonly remove: Remove;

  /** `remove` answers whether it went well; where it didn't, the message is shown again. */
  constructor(remove: Remove) {
    this.remove = remove;
  }

  /** Whether there is nothing more to do with a message. */
  gone(conversation: string, message: Message): boolean {
    return !!message.deleted || this.shown.peek().has(keyOf(conversation, message.timestamp));
  }

  begin(conversation: string, timestamp: number): void {
    const key = keyOf(conversation, timestamp);
    if (this.shown.peek().has(key)) return;
    const timer = setTimeout(() => void this.commit(key), UNDO_WITHIN);
    this.pending.set(key, { conversation, timestamp, timer });
    this.show(key, true);
  }

  undo(conversation: string, timestamp: number): void {
    const key = keyOf(conversation, timestamp);
    const pending = this.pending.get(key);
    if (!pending) return;
    clearTimeout(pending.timer);
    this.pending.delete(key);
    this.show(key);
  }

  /** What waits is deleted now; done when the server has answered. */
  readonly flush = async (): Promise<void> => {
    await Promise.all([...this.pending.keys()].map((key) => this.commit(key)));
  };

  private async commit(key: string): Promise<void> {
    const { conversation, timestamp, timer } = this.pending.get(key)!;
    clearTimeout(timer);
    this.pending.delete(key);
    this.show(key, false);
    // Where it went well the log has the deletion, and the key has no more to say.
    if (!(await this.remove(conversation, timestamp))) this.show(key);
  }

  private show(key: string, revocable?: boolean): void {
    const shown = new Map(this.shown.peek());
    if (revocable === undefined) shown.delete(key);
    else shown.set(key, revocable);
    this.shown.value = shown;
  }
}

export function keyOf(conversation: string, timestamp: number): string {
  return `${conversation}/${timestamp}`;
}

/** Reads one thread, and keeps it in step with the log that the page follows anyway. */

import { effect, signal } from "@preact/signals";
import type { Client, Page } from "../api/client.ts";
import { complete, type Message } from "../state/messages.ts";
import { find, type Side } from "../state/pane.ts";
import { followThread, messagesOf, openThread, widenThread, type Thread } from "../state/thread.ts";
import type { Store } from "./store.ts";

const PAGE = 50;
/** After this many pages that were older than what is held, it is said that it can't be read. */
const TRIES = 3;

export class ThreadReader {
  /** Null until it was read. */
  readonly thread = signal<Thread | null>(null);
  /** Whether it couldn't be read. */
  readonly failed = signal(false);
  private readonly client: Client;
  private readonly store: Store;
  private readonly conversation: string;
  private readonly id: number;
  private turn = 0;
  private widening = false;

  constructor(client: Client, store: Store, conversation: string, id: number) {
    this.client = client;
    this.store = store;
    this.conversation = conversation;
    this.id = id;
  }

  /** Begins to follow the log; answers what ends that. */
  start(): () => void {
    const end = effect(() => {
      const held = this.store.get(this.conversation);
      const before = this.thread.peek();
      if (!held || !before) return;
      const after = followThread(before, held);
      if (!after) void this.read();
      else this.thread.value = after;
    });
    return () => {
      this.turn += 1;
      end();
    };
  }

  /** Reads the last replies, or those around one. Of two calls the later counts. */
  async read(around?: number): Promise<void> {
    const turn = (this.turn += 1);
    this.failed.value = false;
    try {
      for (let tries = 0; tries < TRIES; tries += 1) {
        const fresh = await this.fresh(around);
        if (turn !== this.turn) return;
        const held = this.store.peek(this.conversation);
        const thread = held ? followThread(fresh, held) : fresh;
        if (thread) return void (this.thread.value = thread);
      }
      this.failed.value = true;
    } catch {
      if (turn === this.turn) this.failed.value = true;
    }
  }

  /** One page more on a side, once at a time. Raises where it can't be read. */
  async widen(side: Side): Promise<void> {
    const edge = side === "before" ? this.thread.peek()?.pane.messages[0] : this.thread.peek()?.pane.messages.at(-1);
    if (!edge || this.widening) return;
    this.widening = true;
    const { turn } = this;
    try {
      const page = await this.page({ [side]: edge.timestamp });
      const [thread, held] = [this.thread.peek(), this.store.peek(this.conversation)];
      if (turn !== this.turn || !thread || !held) return;
      const after = followThread(widenThread(thread, page, side), held);
      if (after) this.thread.value = after;
      else await this.read();
    } finally {
      this.widening = false;
    }
  }

  /** Reads so that the message is held; whether it is one of the thread's. */
  async reach(timestamp: number): Promise<boolean> {
    if (!this.holds(timestamp)) await this.read(timestamp);
    return this.holds(timestamp);
  }

  private holds(timestamp: number): boolean {
    const thread = this.thread.peek();
    return !!thread && find(messagesOf(thread), timestamp) >= 0;
  }

  private async fresh(around?: number): Promise<Thread> {
    const page = await this.page(around ? { around } : {});
    let first: Message | null = null;
    if (page.more_before) {
      const { messages } = await this.page({ before: this.id + 1, limit: 1 });
      first = messages[0] ? complete(messages[0]) : null;
    }
    return openThread(this.id, page, first);
  }

  private page(page: Page): ReturnType<Client["listMessages"]> {
    return this.client.listMessages(this.conversation, { limit: PAGE, ...page, thread: this.id });
  }
}

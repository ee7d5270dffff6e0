/** One visit to a conversation: what the person is doing there. Made when it is opened, gone when it is left. */

import { signal, type Signal } from "@preact/signals";
import type { Cursor } from "../api/types.ts";
import { threadOf, type Message } from "../state/messages.ts";

export type Mode = { kind: "new" } | { kind: "reply"; message: Message } | { kind: "edit"; message: Message };

export class Visit {
  readonly id: string;
  /** The message whose thread this is, by its timestamp; 0: the visit is to the whole conversation. */
  readonly thread: number;
  /**
   * The last message that was read when the visit began, or when the person last looked away; null where nothing was
   * unread. The line of the unread stays there.
   */
  readonly unreadAfter: Signal<Cursor | null>;
  readonly mode: Signal<Mode> = signal({ kind: "new" });
  /** The row that the Tab key leads to; "" for the last one. */
  readonly active = signal("");
  /** The key of the row that was last gone to from elsewhere; "" before. */
  readonly landed = signal("");
  /** The timestamp of the message that the visit begins at, or 0. */
  readonly landing: number;
  /** The timestamp of the day from which one goes to another, while that is asked; 0 while not. */
  readonly jumping = signal(0);
  /** Whether something was marked unread in this visit: then seeing messages doesn't count as reading them. */
  marked = false;
  /** The message that an emoji is chosen for. */
  readonly reacting: Signal<Message | null> = signal(null);
  /** The message whose moving picture is saved to the library. */
  readonly saving: Signal<Message | null> = signal(null);
  /** The timestamp of the message whose earlier versions are shown; 0 for none. */
  readonly versions = signal(0);
  /** Whether somebody wanted to the end before the list was there, such as by sending. */
  endWanted = false;
  /** Set by the list and by the composer while they are there. */
  messages: () => readonly Message[] = () => [];
  /** The timestamp that what is written replies to where nothing is chosen. */
  replyTo: () => number = () => 0;
  /** Where the visit can be left by itself, such as that to a thread. */
  leave: (() => void) | null = null;
  toEnd: () => void = () => (this.endWanted = true);
  toMessage: (timestamp: number, quietly?: boolean) => void = () => undefined;
  /** To the first message at or after a moment, or else the last. */
  toTime: (timestamp: number) => void = () => undefined;
  toUnread: () => void = () => undefined;
  byPages: (pages: number) => void = () => undefined;
  focusComposer: () => void = () => undefined;
  setText: (text: string) => void = () => undefined;

  constructor(id: string, unreadAfter: Cursor | null, landing = 0, thread = 0) {
    this.id = id;
    this.thread = thread;
    this.landing = landing;
    this.unreadAfter = signal(unreadAfter);
  }

  /** The thread in which what is being written will be, 0 for none. */
  get writingIn(): number {
    const mode = this.mode.peek();
    return this.thread || (mode.kind === "reply" ? threadOf(mode.message) : 0);
  }

  /** The name under which what is being written is kept. */
  get desk(): string {
    return this.thread ? `${this.id}/${this.thread}` : this.id;
  }
}

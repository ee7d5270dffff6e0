/** Sends messages: kept first, shown at once, sent one after the other, tried again with the same id until answered. */

import { signal } from "@preact/signals";
import { ApiError } from "../api/errors.ts";
import { newId } from "../api/ids.ts";
import type { AttachmentRef } from "../api/media.ts";
import type { Message, MessageSent } from "../api/types.ts";
import { backoff } from "../realtime/backoff.ts";
import * as box from "../state/outbox.ts";
import type { OutgoingFile } from "../state/uploads.ts";
import { openPages, page } from "./pages.ts";
import type { OutboxStorage } from "./storage.ts";

interface NewMessage {
  id: string;
  text: string;
  reply_to?: number;
  attachments?: readonly AttachmentRef[];
}

export interface SendingPorts {
  send: (conversation: string, message: NewMessage) => Promise<Message>;
  /** Takes in the entry of a message that the server has; done when it is shown. */
  arrived: (conversation: string, entry: MessageSent) => Promise<void>;
  storage: OutboxStorage;
  /** Uploads again what a message waits for. */
  reupload?: (files: readonly OutgoingFile[]) => void;
}

export class Sending {
  readonly outbox = signal<readonly box.Outgoing[]>([]);
  private readonly user: string;
  private readonly ports: SendingPorts;
  private running = false;
  private stopped = false;
  private failures = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(user: string, ports: SendingPorts) {
    this.user = user;
    this.ports = ports;
  }

  /** Takes up what an earlier page of this person left unsent. */
  async load(): Promise<void> {
    const kept = box.takeOver(await this.ports.storage.all(this.user), await openPages());
    const known = new Set(this.outbox.peek().map((message) => message.id));
    this.outbox.value = [...kept.filter((message) => !known.has(message.id)), ...this.outbox.peek()];
    this.flush();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  /** False where too many wait already; nothing is taken then. */
  add(conversation: string, text: string, replyTo: number, files: readonly OutgoingFile[] = []): boolean {
    if (box.isFull(this.outbox.peek(), conversation)) return false;
    const at = Date.now();
    const attached = files.length ? { files, page } : {};
    const message = { id: newId(at), user: this.user, conversation, text, reply_to: replyTo, at, tried: 0, failed: "", ...attached };
    this.outbox.value = box.enqueue(this.outbox.peek(), message);
    void this.ports.storage.put(message);
    this.flush();
    return true;
  }

  /** One of its files came to the server, or was refused for good: `problem` says why. */
  fileChanged(file: OutgoingFile, problem: string): void {
    const holder = this.outbox.peek().find((message) => message.files?.some((other) => other.upload === file.upload));
    if (!holder) return;
    this.outbox.value = box.withFile(this.outbox.peek(), file);
    this.change(holder.id, problem ? { failed: problem } : {});
    this.flush();
  }

  /** Tries a refused message again, under its id. */
  retry(id: string): void {
    const files = this.outbox.peek().find((message) => message.id === id)?.files ?? [];
    this.change(id, { failed: "", again: Date.now(), tried: 0 });
    this.ports.reupload?.(files.filter((file) => !file.media));
    this.flush();
  }

  retryAll(conversation: string): void {
    for (const message of this.outbox.peek()) {
      if (message.failed && message.conversation === conversation) this.retry(message.id);
    }
  }

  /** Lets go of a message that was not sent, and answers its text. */
  discard(id: string): string {
    const text = this.outbox.peek().find((message) => message.id === id)?.text ?? "";
    this.outbox.value = box.remove(this.outbox.peek(), id);
    void this.ports.storage.remove(id);
    return text;
  }

  /** Sends what waits, now; called after writing, after connecting, and by its own timer. */
  readonly flush = (): void => {
    clearTimeout(this.timer);
    if (!this.running && !this.stopped) void this.run();
  };

  private async run(): Promise<void> {
    this.running = true;
    try {
      this.expire();
      for (let next = box.nextOf(this.outbox.peek()); next; next = box.nextOf(this.outbox.peek())) {
        if (!(await this.attempt(next))) break;
      }
    } finally {
      this.running = false;
    }
  }

  /** Whether the message is done with, sent or refused; where not, the timer is set. */
  private async attempt(message: box.Outgoing): Promise<boolean> {
    if (!message.tried) this.change(message.id, { tried: Date.now() });
    const { id, text, reply_to, conversation } = message;
    const attachments = box.refsOf(message);
    try {
      const fields = { id, text, ...(reply_to && { reply_to }), ...(attachments.length && { attachments }) };
      const sent = await this.ports.send(conversation, fields);
      this.failures = 0;
      await this.ports.arrived(conversation, entryOf(sent)).catch(() => undefined);
      this.discard(id);
      return true;
    } catch (error) {
      const reason = box.refusal(error);
      if (reason) return this.fail(id, reason);
      this.failures += 1;
      const least = error instanceof ApiError ? error.retryAfter * 1000 : 0;
      if (!this.stopped) this.timer = setTimeout(this.flush, Math.max(least, 500, backoff(this.failures)));
      return false;
    }
  }

  /** What waited too long waits no more, also for its files or behind another. */
  private expire(): void {
    for (const message of this.outbox.peek()) {
      const late = message.failed ? "" : box.expired(message, Date.now());
      if (late) this.fail(message.id, late);
    }
  }

  private fail(id: string, reason: string): boolean {
    this.change(id, { failed: reason });
    return true;
  }

  private change(id: string, fields: Partial<box.Outgoing>): void {
    this.outbox.value = box.change(this.outbox.peek(), id, fields);
    const message = this.outbox.peek().find((other) => other.id === id);
    if (message) void this.ports.storage.put(message);
  }
}

function entryOf(message: Message): MessageSent {
  const { reactions, previews, edited, deleted, changed, ...sent } = message;
  return { kind: "message", ...sent };
}

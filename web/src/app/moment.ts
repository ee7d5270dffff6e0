/** Typing and live drafts: what others type, and telling others what is typed here. */

import { signal, type Signal } from "@preact/signals";
import type { DraftEvent, TypingEvent } from "../api/types.ts";
import { drafted, QUIET, said, settled, typed, type Typing } from "../state/typing.ts";

const TYPING_EVERY = 3_000;
const DRAFT_EVERY = 120;
const DRAFT_MAX = 1_000;
const SWEEP_EVERY = 1_000;

type Tell = (action: string, fields: object) => void;

export class Moment {
  private readonly boards = new Map<string, Signal<Typing>>();
  private readonly tell: Tell;
  private readonly sweeper: ReturnType<typeof setInterval>;
  private told = 0;
  private toldOf = 0;
  private version = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private pending: { conversation: string; text: string } | null = null;

  constructor(tell: Tell) {
    this.tell = tell;
    this.sweeper = setInterval(() => this.sweep(), SWEEP_EVERY);
  }

  stop(): void {
    clearInterval(this.sweeper);
    clearTimeout(this.timer);
  }

  board(conversation: string): Signal<Typing> {
    let board = this.boards.get(conversation);
    if (!board) this.boards.set(conversation, (board = signal(QUIET)));
    return board;
  }

  typing(event: TypingEvent): void {
    this.change(event.conversation, (state) => typed(state, event.username, event.thread ?? 0, Date.now()));
  }

  draft({ conversation, username, text, version }: DraftEvent): void {
    this.change(conversation, (state) => drafted(state, username, text, version, Date.now()));
  }

  said(conversation: string, username: string): void {
    this.change(conversation, (state) => said(state, username));
  }

  /** Something was typed here, in a thread or (0) in none. `live`: the conversation shows drafts as they are typed. */
  typedHere(conversation: string, thread: number, text: string, live: boolean): void {
    const now = Date.now();
    if (text && (now - this.told >= TYPING_EVERY || thread !== this.toldOf)) {
      this.told = now;
      this.toldOf = thread;
      this.tell("typing", { conversation, ...(thread && { thread }) });
    }
    if (!live) return;
    this.pending = { conversation, text: [...text].slice(-DRAFT_MAX).join("") };
    this.timer ??= setTimeout(() => this.sendDraft(), DRAFT_EVERY);
  }

  /** The message was sent or given up: the next key is told at once. */
  done(conversation: string, live: boolean): void {
    this.told = 0;
    if (live) this.typedHere(conversation, 0, "", true);
  }

  private sendDraft(): void {
    this.timer = undefined;
    if (!this.pending) return;
    this.version = Math.max(this.version + 1, Date.now());
    this.tell("draft", { ...this.pending, version: this.version });
    this.pending = null;
  }

  private change(conversation: string, change: (state: Typing) => Typing): void {
    const board = this.board(conversation);
    board.value = change(board.peek());
  }

  private sweep(): void {
    for (const board of this.boards.values()) board.value = settled(board.peek(), Date.now());
  }
}

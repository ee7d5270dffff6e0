/**
 * Swiping a message along its line, by touch, replies to it; holding the finger on it shows its toolbar. The button in the
 * toolbar does the same as the swipe, and a tap the same as holding (WCAG 2.5.7).
 */

import { find } from "../state/pane.ts";
import type { Chat } from "../app/chat.ts";
import type { Visit } from "./visit.ts";

/** From here on it counts (pixels), and no further does the message follow the finger. */
const ENOUGH = 56;
const FARTHEST = 80;
/** Before it has gone so far, it may still become scrolling. */
const SLOP = 10;
/** A finger that rests so long doesn't tap (milliseconds). */
const HELD = 500;
/** What has a use of its own for a finger that moves sideways. */
const OTHERS = "pre, input, audio, video, [role='slider']";

interface Touch {
  readonly row: HTMLElement;
  readonly x: number;
  readonly y: number;
  along: number;
  decided: boolean;
}

export class Swipe {
  private readonly chat: Chat;
  private readonly visit: Visit;
  private touch: Touch | null = null;
  private holding = 0;

  constructor(chat: Chat, visit: Visit) {
    this.chat = chat;
    this.visit = visit;
  }

  readonly start = (event: TouchEvent): void => {
    this.end();
    const target = event.target as HTMLElement;
    const row = target.closest<HTMLElement>("[data-timestamp]");
    const finger = event.touches[0];
    if (!row || !finger || event.touches.length > 1 || target.closest(OTHERS)) return;
    this.touch = { row, x: finger.clientX, y: finger.clientY, along: 0, decided: false };
    this.holding = window.setTimeout(() => row.focus({ preventScroll: true }), HELD);
  };

  readonly move = (event: TouchEvent): void => {
    const { touch } = this;
    const finger = event.touches[0];
    if (!touch || !finger) return;
    const forwards = getComputedStyle(touch.row).direction === "rtl" ? -1 : 1;
    const along = (finger.clientX - touch.x) * forwards;
    const across = Math.abs(finger.clientY - touch.y);
    if (!touch.decided && Math.max(Math.abs(along), across) < SLOP) return;
    clearTimeout(this.holding);
    if (!touch.decided && (across > Math.abs(along) || along < 0)) return this.end();
    touch.decided = true;
    touch.along = Math.max(0, Math.min(FARTHEST, along));
    touch.row.style.transform = `translateX(${touch.along * forwards}px)`;
  };

  readonly release = (): void => {
    const { touch, visit, chat } = this;
    this.end();
    if (!touch || touch.along < ENOUGH) return;
    const messages = visit.messages();
    const message = messages[find(messages, Number(touch.row.dataset["timestamp"]))];
    if (!message || chat.deleting.gone(visit.id, message)) return;
    visit.mode.value = { kind: "reply", message };
    visit.focusComposer();
  };

  /** The finger went elsewhere, or is gone: the message is where it was. */
  readonly end = (): void => {
    clearTimeout(this.holding);
    if (this.touch) this.touch.row.style.transform = "";
    this.touch = null;
  };
}

/** How much there is of everything on the server, asked for again while somebody looks. */

import { signal } from "@preact/signals";
import { sentenceOf } from "../api/errors.ts";
import type { Figures } from "../api/types.ts";

/** Between an answer and the next question (milliseconds). */
export const OFTEN = 10_000;
/** The same where the server's counts are hours old anyway. */
export const SELDOM = 600_000;

export interface Shown {
  readonly figures: Figures | null;
  readonly problem: string;
}

export class FigureWatch {
  readonly shown = signal<Shown>({ figures: null, problem: "" });
  private readonly ask: () => Promise<Figures>;
  private watched = false;
  private asking = false;
  private due = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(ask: () => Promise<Figures>) {
    this.ask = ask;
  }

  /** Whether somebody looks. Who comes back soon waits for the rest of the pause. */
  watch(watched: boolean): void {
    this.watched = watched;
    clearTimeout(this.timer);
    if (watched && !this.asking) this.timer = setTimeout(() => void this.read(), Math.max(0, this.due - Date.now()));
  }

  private async read(): Promise<void> {
    this.asking = true;
    try {
      this.shown.value = { figures: await this.ask(), problem: "" };
    } catch (error) {
      this.shown.value = { figures: this.shown.peek().figures, problem: sentenceOf(error) };
    }
    this.asking = false;
    this.due = Date.now() + (this.shown.peek().figures?.age_seconds ? SELDOM : OFTEN);
    this.watch(this.watched);
  }
}

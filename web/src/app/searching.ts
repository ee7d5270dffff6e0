/** Searching messages: one search at a time, its results kept while somebody looks at one of them. */

import { signal } from "@preact/signals";
import { sentenceOf } from "../api/errors.ts";
import type { SearchResults } from "../api/types.ts";
import { complete, type Message } from "../state/messages.ts";
import { readSearch, type Around, type Asked } from "../state/searching.ts";

/** So many results are looked for at once. */
export const AT_ONCE = 25;
/** Pages may be short or empty: at most so many are asked for before the person is asked whether to go on. */
export const PAGES_MAX = 10;

export interface Result {
  readonly conversation: string;
  readonly message: Message;
}

export interface Found {
  readonly state: "none" | "searching" | "done" | "problem";
  readonly results: readonly Result[];
  /** Where to go on; null where that was all. */
  readonly cursor: string | null;
  /** What is wrong, as a sentence. */
  readonly problem: string;
  /** What to mark in the results. */
  readonly marks: readonly string[];
}

/** `front`: on a narrow page, in front of the messages; `beside`: there, but what was found is being looked at. */
export type Shown = "closed" | "front" | "beside";

type Ask = (asked: Asked, cursor: string, limit: number) => Promise<SearchResults>;

const NOTHING: Found = { state: "none", results: [], cursor: null, problem: "", marks: [] };

export class Searching {
  readonly shown = signal<Shown>("closed");
  readonly text = signal("");
  readonly found = signal<Found>(NOTHING);
  /** The result that was last gone to, as `conversation/timestamp`; "" before. */
  readonly at = signal("");
  /** How far the results were scrolled when they were last left. */
  scrolled = 0;
  private readonly ask: Ask;
  private asked: Asked | null = null;
  private turn = 0;

  constructor(ask: Ask) {
    this.ask = ask;
  }

  /** Shows the panel, with what is to be found where that is given. */
  open(text?: string): void {
    if (text !== undefined) this.text.value = text;
    this.shown.value = "front";
  }

  close(): void {
    this.turn += 1;
    this.shown.value = "closed";
    this.at.value = "";
    this.found.value = NOTHING;
  }

  /** Searches for what is typed; a search that still runs is let go. */
  async start(around: Around): Promise<void> {
    const turn = (this.turn += 1);
    this.scrolled = 0;
    this.at.value = "";
    const reading = readSearch(this.text.peek(), around);
    if ("problem" in reading) {
      const state = reading.problem ? "problem" : "none";
      this.found.value = { ...NOTHING, state, problem: reading.problem };
      return;
    }
    this.asked = reading.asked;
    this.found.value = { ...NOTHING, state: "searching", marks: reading.marks };
    await this.go(turn, "");
  }

  async more(): Promise<void> {
    const { cursor, state } = this.found.peek();
    if (cursor === null || state === "searching") return;
    this.found.value = { ...this.found.peek(), state: "searching", problem: "" };
    await this.go((this.turn += 1), cursor);
  }

  /** Adds results until there are enough, or no more, or it has been asked for often. */
  private async go(turn: number, from: string): Promise<void> {
    let cursor: string | null = from;
    let wanted = AT_ONCE;
    try {
      for (let page = 0; cursor !== null && wanted > 0 && page < PAGES_MAX; page += 1) {
        const answer: SearchResults = await this.ask(this.asked!, cursor, wanted);
        if (turn !== this.turn) return;
        const fresh = answer.results.map(({ conversation, message }) => ({ conversation, message: complete(message) }));
        cursor = answer.cursor;
        wanted -= fresh.length;
        const { found } = this;
        found.value = { ...found.peek(), results: [...found.peek().results, ...fresh], cursor };
      }
      this.found.value = { ...this.found.peek(), state: "done" };
    } catch (error) {
      if (turn !== this.turn) return;
      this.found.value = { ...this.found.peek(), state: "problem", problem: sentenceOf(error), cursor };
    }
  }
}

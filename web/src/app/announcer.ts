/** What screen readers are told: one sentence a new message, never the history. The text is emptied after it was read. */

import { signal } from "@preact/signals";
import { t, tn } from "../words/index.ts";

const LONGEST = 200;
/** Shorter than a second, and some screen readers miss it. */
const EMPTY_AFTER = 1_000;
const GATHER = 300;
/** More new messages than this at once are counted, not read. */
const READ_SINGLY = 3;

/** Whether a new message of somebody else's is read out: `here` it is on the screen, `mentions` names the reader. */
export function announced(wanted: string, here: boolean, mentions: boolean): boolean {
  return wanted !== "off" && (mentions || (wanted === "all" && here));
}

export class Announcer {
  readonly text = signal("");
  private waiting: string[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** `attached`: the message's files in words, such as "2 photos". */
  message(name: string, text: string, attached = ""): void {
    const characters = [...text];
    const short = characters.length > LONGEST ? `${characters.slice(0, LONGEST).join("")}…` : text;
    this.say(t("{name}: {text}", { name, text: short && attached ? t("{text}, {files}", { text: short, files: attached }) : short || attached }));
  }

  say(sentence: string): void {
    this.waiting.push(sentence);
    this.timer ??= setTimeout(() => this.speak(), GATHER);
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private speak(): void {
    const sentences = this.waiting.splice(0);
    this.text.value = sentences.length > READ_SINGLY ? tn(sentences.length, { one: "{count} new message", other: "{count} new messages" }) : sentences.join(" \n");
    this.timer = setTimeout(() => {
      this.text.value = "";
      this.timer = this.waiting.length ? setTimeout(() => this.speak(), GATHER) : undefined;
    }, EMPTY_AFTER);
  }
}

/** Which messages somebody wants to be told of, a conversation each. */

import { t } from "../words/index.ts";

export const LEVELS = ["all", "mentions", "none"] as const;
export type Level = (typeof LEVELS)[number];

export function tells(level: Level, mentions: boolean): boolean {
  return level === "all" || (level === "mentions" && mentions);
}

export interface Told {
  readonly title: string;
  readonly body: string;
}

const BODY_MAX = 200;

/** What a notification says. `place` is a group's name, empty for a direct conversation. */
export function wordsOf(author: string, place: string, text: string): Told {
  const characters = [...text.replace(/\s+/gu, " ").trim()];
  const body = characters.length > BODY_MAX ? `${characters.slice(0, BODY_MAX).join("")}…` : characters.join("");
  return { title: place ? t("{author} in {place}", { author, place }) : author, body: body || t("An attachment") };
}

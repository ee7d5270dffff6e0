/** What is known of people: names and presence. */

import type { Presence, User } from "../api/types.ts";
import { t } from "../words/index.ts";

/** The name to show; the username where there is none. */
export function nameOf(user: User | undefined, username: string): string {
  return user?.name?.trim() || username;
}

/** One or two letters for the picture of somebody without one. */
export function initials(name: string): string {
  const words = name.split(/[\s._-]+/u).filter(Boolean);
  const letters = words.length > 1 ? [words[0]!, words.at(-1)!] : [words[0] ?? "?"];
  return letters.map((word) => [...word][0]!.toLocaleUpperCase()).join("");
}

/** A number from 0 to `count - 1` that is always the same for a name: it chooses a colour. */
export function hue(name: string, count: number): number {
  let sum = 7;
  for (const character of name) sum = (sum * 31 + character.codePointAt(0)!) % 9973;
  return sum % count;
}

/** How somebody is shown to be. */
export type Shown = Presence | "dnd";

const PRESENCE_WORDS: Record<Shown, () => string> = {
  online: () => t("online"),
  away: () => t("away"),
  offline: () => t("offline"),
  dnd: () => t("do not disturb"),
};

export function presenceWord(presence: Shown): string {
  return PRESENCE_WORDS[presence]();
}

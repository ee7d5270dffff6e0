/** Tells the server how this device is, and whose presence it follows. */

import type { Presence } from "../api/types.ts";
import { partner } from "../state/conversations.ts";
import type { People } from "./people.ts";
import type { Store } from "./store.ts";

export const WATCH_MAX = 200;

/** Whom to follow: the others of the conversation on the screen, then those of the direct ones, latest first. */
export function watched(store: Store, me: string): string[] {
  const shown = store.get(store.shown.value)?.conversation;
  const close = shown?.members.map((member) => member.username) ?? [];
  const direct = store.order.value.map((id) => partner(store.get(id)!.conversation, me));
  const usernames = new Set([...close, ...direct].filter((username) => username && username !== me));
  return [...usernames].slice(0, WATCH_MAX);
}

export function statusHere(): Presence {
  return document.visibilityState === "visible" ? "online" : "away";
}

export function learn(people: People, answer: Record<string, unknown>): void {
  for (const [username, status] of Object.entries((answer["presence"] ?? {}) as Record<string, Presence>)) {
    people.setPresence(username, status);
  }
}

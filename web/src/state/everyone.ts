/** Naming all members of a group at once: the same rules as `src/tertulia/domain/everyone.py`. */

import { everyone, EVERYONE } from "../markdown/index.ts";
import type { Conversation } from "./conversations.ts";

/** In a larger group `@all` and `@here` are words: limits.EVERYONE_MAX of the server. */
export const EVERYONE_MAX = 250;
/** Who would tell more people at once is asked before. */
export const ASK_OVER = 10;

export type Size = Pick<Conversation, "kind" | "member_count">;

/** Whether an entry that comes just now names this person, who is there. */
export function naming(names: readonly string[] | undefined, me: string): boolean {
  return !!names?.some((name) => name === me || EVERYONE.some((word) => name === `@${word}`));
}

/** How many others `@all` names; 0 where it names nobody. */
export function reach({ kind, member_count: count }: Size): number {
  return kind === "group" && count <= EVERYONE_MAX ? count - 1 : 0;
}

/** How many people a message tells at once, where that is to be asked before; else 0. */
export function asksFor(text: string, conversation: Size): number {
  const others = reach(conversation);
  return others > ASK_OVER && everyone(text).length ? others : 0;
}

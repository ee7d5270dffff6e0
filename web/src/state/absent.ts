/** What a text names in vain: who isn't in the conversation, and everybody where that are too many. */

import { everyone, EVERYONE, mentions } from "../markdown/index.ts";
import type { Conversation } from "./conversations.ts";
import { EVERYONE_MAX, type Size } from "./everyone.ts";

/** Of the people whom a text names and who aren't there, so many are looked at. */
const ABSENT_MAX = 3;

/** Whether the text says `@all` or `@here` where that tells nobody because the group is too large. */
export function isTooMany(text: string, { kind, member_count: count }: Size): boolean {
  return kind === "group" && count > EVERYONE_MAX && everyone(text).length > 0;
}

/** The first usernames in a text that are no members'; none where not all members are known. */
export function absentIn(text: string, { kind, members, member_count: count }: Conversation): string[] {
  if (members.length < count) return [];
  const words: readonly string[] = kind === "group" ? EVERYONE : [];
  const there = new Set([...members.map((member) => member.username), ...words]);
  return mentions(text).filter((name) => !there.has(name)).slice(0, ABSENT_MAX);
}

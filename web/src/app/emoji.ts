/** The emoji and their names, loaded when they are first wanted, and those that are used often here. */

import { signal } from "@preact/signals";
import address from "../emoji/en.txt?url";
import { parseEmoji, used, withTone, type Emoji, type Group, type Use } from "../state/emoji.ts";
import { settings } from "./settings.ts";

const KEY = "tertulia.emoji";
/** Offered first while somebody has no habits yet. */
const USUAL = ["👍", "❤️", "😂", "🎉", "😮", "🙏"];

export interface Catalogue {
  readonly groups: readonly Group[];
  readonly all: readonly Emoji[];
  readonly byCode: ReadonlyMap<string, Emoji>;
}

/** Null until they are loaded. */
export const catalogue = signal<Catalogue | null>(null);
export const uses = signal<readonly Use[]>(kept());
let loading: Promise<Catalogue> | null = null;

/** Loads them once; where it fails, the next who asks tries again. */
export function loadEmoji(): Promise<Catalogue> {
  loading ??= fetchAll().catch((error: unknown) => {
    loading = null;
    throw error;
  });
  return loading;
}

async function fetchAll(): Promise<Catalogue> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`The list of emoji can't be had: ${response.status}`);
  const groups = parseEmoji(await response.text());
  const all = groups.flatMap(({ emoji }) => emoji);
  const byCode = new Map(all.toReversed().flatMap((entry) => entry.codes.map((code) => [code, entry] as const)));
  catalogue.value = { groups, all, byCode };
  return catalogue.value;
}

/** What is written for an emoji: in the tone that is set. */
export function chosen(entry: Emoji): string {
  return withTone(entry, Number(settings.tone.peek()));
}

export function noteUse(emoji: string): void {
  uses.value = used(uses.peek(), emoji);
  try {
    localStorage.setItem(KEY, JSON.stringify(uses.peek()));
  } catch {
    return; // Storage is full or refused: habits last as long as the page.
  }
}

/** The emoji of a person's habit, filled up with the usual ones. */
export function frequent(most: number, known: (emoji: string) => boolean): string[] {
  return [...new Set([...uses.value.map(({ emoji }) => emoji), ...USUAL])].filter(known).slice(0, most);
}

/** Forgets the habits of who signs out. */
export function forgetUses(): void {
  uses.value = [];
  try {
    localStorage.removeItem(KEY);
  } catch {
    return;
  }
}

function kept(): Use[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(found) ? found.filter(isUse) : [];
  } catch {
    return [];
  }
}

function isUse(value: unknown): value is Use {
  const use = value as Use | null;
  return typeof use?.emoji === "string" && typeof use.count === "number";
}

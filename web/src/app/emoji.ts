/** The emoji and their names, loaded when they are first wanted, and those that are used often here. */

import { signal } from "@preact/signals";
import arabic from "../emoji/ar.txt?url";
import english from "../emoji/en.txt?url";
import spanish from "../emoji/es.txt?url";
import { parseEmoji, translated, used, withTone, type Emoji, type Group, type Use } from "../state/emoji.ts";
import { languageOf, type Language } from "../words/language.ts";
import { settings } from "./settings.ts";

const KEY = "tertulia.emoji";
/** Names in other languages. */
const NAMES: Partial<Record<Language, string>> = { ar: arabic, es: spanish };
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
let loading: { readonly language: Language; readonly done: Promise<Catalogue> } | null = null;

/** Loads them once in the language of the page; where it fails, the next who asks tries again. */
export function loadEmoji(): Promise<Catalogue> {
  const language = languageOf.peek();
  if (loading?.language === language) return loading.done;
  const done = fetchAll(NAMES[language]).catch((error: unknown) => {
    loading = null;
    throw error;
  });
  loading = { language, done };
  return done;
}

async function fetchAll(names: string | undefined): Promise<Catalogue> {
  const [text, said] = await Promise.all([textAt(english), names && textAt(names)]);
  const listed = parseEmoji(text);
  const groups = said ? translated(listed, said) : listed;
  const all = groups.flatMap(({ emoji }) => emoji);
  const byCode = new Map(all.toReversed().flatMap((entry) => entry.codes.map((code) => [code, entry] as const)));
  catalogue.value = { groups, all, byCode };
  return catalogue.value;
}

async function textAt(address: string): Promise<string> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`The list of emoji can't be had: ${response.status}`);
  return response.text();
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

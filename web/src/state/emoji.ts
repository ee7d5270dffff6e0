/** Emoji by name: the lists as they are in `src/emoji`, searching them, skin tones, and which ones somebody uses often. */

import { fold } from "./switching.ts";

export interface Emoji {
  readonly emoji: string;
  /** Short names, the usual one first. */
  readonly codes: readonly string[];
  readonly label: string;
  readonly tags: readonly string[];
  readonly toned: boolean;
}

export interface Group {
  readonly name: string;
  readonly emoji: readonly Emoji[];
}

export interface Use {
  readonly emoji: string;
  readonly count: number;
}

/** So many of those that were used are remembered. */
export const USES_MAX = 48;
/** When one has been used so often, all counts are halved: habits change. */
const OFTEN = 64;
const TONES = ["", "\u{1F3FB}", "\u{1F3FC}", "\u{1F3FD}", "\u{1F3FE}", "\u{1F3FF}"];

export function parseEmoji(text: string): Group[] {
  const groups: { name: string; emoji: Emoji[] }[] = [];
  for (const line of text.split("\n")) {
    const name = /^# ([a-z-]+)$/.exec(line)?.[1];
    if (name) groups.push({ name, emoji: [] });
    const [emoji, toned, codes, label, tags] = line.split("\t");
    if (!emoji || codes === undefined) continue;
    groups.at(-1)?.emoji.push({ emoji, toned: toned === "+", codes: words(codes), label: label ?? "", tags: words(tags ?? "") });
  }
  return groups;
}

/** With the names of another language (`es.txt`, say), and found by its keywords too. */
export function translated(groups: readonly Group[], text: string): Group[] {
  const names = new Map(text.split("\n").map((line) => line.split("\t")).map(([emoji, label, tags]) => [emoji!, { label, tags }]));
  return groups.map(({ name, emoji }) => ({
    name,
    emoji: emoji.map((entry) => {
      const { label = "", tags = "" } = names.get(entry.emoji) ?? {};
      return label ? { ...entry, label, tags: [...words(fold(tags)), ...entry.tags] } : entry;
    }),
  }));
}

/** Those that a few letters name, best first: by the beginning of a short name, of a word, of a keyword. */
export function searchEmoji(all: readonly Emoji[], query: string, most: number): Emoji[] {
  const wanted = fold(query).replace(/[\s-]+/g, "_");
  if (!wanted) return [];
  const scored = all.map((entry, index) => ({ entry, index, score: score(entry, wanted) })).filter(({ score }) => score > 0);
  scored.sort((one, other) => other.score - one.score || one.index - other.index);
  return scored.slice(0, most).map(({ entry }) => entry);
}

function score({ codes, label, tags }: Emoji, wanted: string): number {
  if (codes[0] === wanted) return 6;
  if (codes.includes(wanted)) return 5;
  const names = [...codes, fold(label).replace(/[\s-]+/g, "_")];
  if (names.some((name) => name.startsWith(wanted))) return 4;
  const parts = names.flatMap((name) => name.split("_"));
  if (parts.some((part) => part.startsWith(wanted))) return 3;
  if (tags.some((tag) => tag.startsWith(wanted))) return 2;
  return names.some((name) => name.includes(wanted)) ? 1 : 0;
}

/** In a skin tone, 0 for none, where the emoji takes one. */
export function withTone({ emoji, toned }: Pick<Emoji, "emoji" | "toned">, tone: number): string {
  if (!toned || !TONES[tone]) return emoji;
  const [first, ...rest] = [...emoji];
  return first + TONES[tone] + rest.join("").replace(/^\uFE0F/, "");
}

/** After one more use; most used first, of equal ones the latest. */
export function used(uses: readonly Use[], emoji: string): Use[] {
  const count = (uses.find((use) => use.emoji === emoji)?.count ?? 0) + 1;
  const all = [{ emoji, count }, ...uses.filter((use) => use.emoji !== emoji)];
  const bounded = count < OFTEN ? all : all.map((use) => ({ ...use, count: Math.ceil(use.count / 2) }));
  // What is new here has its chance: it takes the place of the one that is used least.
  const [newest, ...others] = bounded;
  return [newest!, ...others.slice(0, USES_MAX - 1)].sort((one, other) => other.count - one.count);
}

function words(text: string): string[] {
  return text.split(" ").filter(Boolean);
}

/**
 * What somebody types to search, as what the server is asked: words and "phrases", and `from:`, `in:`, `before:`,
 * `after:`, `has:`. Days are the reader's own: `before:` a day is earlier than it, `after:` a day from it on.
 */

import { t } from "../words/index.ts";
import { fold } from "./switching.ts";

export interface Asked {
  readonly query: string;
  readonly from?: string;
  readonly conversation?: string;
  /** Timestamps in microseconds; what is found lies strictly between them. */
  readonly before?: number;
  readonly after?: number;
  readonly has?: "attachment" | "link";
}

export interface Place {
  readonly id: string;
  readonly name: string;
}

export interface Around {
  readonly me: string;
  /** The conversation on the screen, or "". */
  readonly here: string;
  readonly places: readonly Place[];
}

/** Either what to ask, with what should be marked in the results, or what is wrong with what was typed. */
export type Reading = { asked: Asked; marks: readonly string[] } | { problem: string };

const WORD = /(?:([a-z]+):)?(?:["“”„]([^"“”„]*)(?:["“”„]|$)|(\S+))/giu;
const DAY = /^(\d{4})-(\d{1,2})-(\d{1,2})$/;
const HAS = { link: "link", links: "link", file: "attachment", files: "attachment", attachment: "attachment" } as const;
const FILTERS = new Set(["from", "in", "before", "after", "has"]);

export function readSearch(text: string, around: Around): Reading {
  const asked: { -readonly [K in keyof Asked]: Asked[K] } = { query: "" };
  const marks: string[] = [];
  const said: string[] = [];
  for (const [whole, name, phrase, word] of text.matchAll(WORD)) {
    const filter = name?.toLowerCase() ?? "";
    const value = phrase ?? word ?? "";
    if (FILTERS.has(filter)) {
      const problem = narrow(asked, filter, value, around);
      if (problem) return { problem };
    } else {
      said.push(whole);
      marks.push(name === undefined ? value : whole.replace(/["“”„]/gu, ""));
    }
  }
  asked.query = said.join(" ");
  const empty = Object.entries(asked).every(([key, value]) => key === "conversation" || !value);
  return empty ? { problem: "" } : { asked, marks: marks.filter((mark) => mark.trim()) };
}

/** Applies one filter; answers what is wrong with it, or "". */
function narrow(asked: { -readonly [K in keyof Asked]: Asked[K] }, filter: string, value: string, around: Around): string {
  if (filter === "from") {
    const username = value.replace(/^@/, "").toLowerCase();
    if (username.length < 2) return t("After from: comes a username, such as from:ana, or from:me.");
    asked.from = username === "me" ? around.me : username;
  } else if (filter === "in") {
    const id = placeOf(value, around);
    if (!id) return t("After in: comes the name of one of your conversations, such as in:here or in:\"Book club\".");
    asked.conversation = id;
  } else if (filter === "has") {
    const has = HAS[value.toLowerCase() as keyof typeof HAS];
    if (!has) return t("After has: comes link or file.");
    asked.has = has;
  } else {
    const day = startOfDay(value);
    if (day === null) return t("After {filter}: comes a day, such as {filter}:2026-09-01.", { filter });
    // What lies at the very start of the day is of that day.
    if (filter === "before") asked.before = day;
    else asked.after = Math.max(0, day - 1);
  }
  return "";
}

function placeOf(value: string, { here, places }: Around): string {
  const wanted = fold(value.replace(/^[#@]/, ""));
  if (!wanted) return "";
  if (wanted === "here") return here;
  const named = places.map(({ id, name }) => ({ id, name: fold(name) }));
  const found =
    named.find(({ name }) => name === wanted) ??
    named.find(({ name }) => name.startsWith(wanted)) ??
    named.find(({ name }) => name.includes(wanted));
  return found?.id ?? "";
}

/** The first moment of a day here, in microseconds; null where there is no such day. */
export function startOfDay(text: string): number | null {
  const parts = DAY.exec(text.trim());
  if (!parts) return null;
  const [year, month, day] = parts.slice(1).map(Number) as [number, number, number];
  const date = new Date(year, month - 1, day);
  const real = date.getFullYear() === year && date.getMonth() === month - 1 && date.getDate() === day;
  return real && year >= 1970 ? Math.max(0, date.getTime()) * 1000 : null;
}

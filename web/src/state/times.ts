/** Times as people read them, in the reader's own zone and habits. Timestamps are in microseconds. */

import { dateFormat, relativeFormat } from "../words/formats.ts";
import { t } from "../words/index.ts";

const MINUTE = 60_000;

const CLOCK = { hour: "2-digit", minute: "2-digit" } as const;
const WEEKDAY = { weekday: "long", day: "numeric", month: "long" } as const;
const WITH_YEAR = { dateStyle: "long" } as const;
const SHORT = { day: "numeric", month: "short" } as const;
const SHORT_YEAR = { dateStyle: "short" } as const;
const FULL = { dateStyle: "full", timeStyle: "short" } as const;

export function dateOf(timestamp: number): Date {
  return new Date(timestamp / 1000);
}

/** A key that two timestamps share where they fall on the same day here. */
export function dayKey(timestamp: number): string {
  const date = dateOf(timestamp);
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}

export function clockTime(timestamp: number): string {
  return dateFormat(CLOCK).format(dateOf(timestamp));
}

export function fullTime(timestamp: number): string {
  return dateFormat(FULL).format(dateOf(timestamp));
}

export function dayName(timestamp: number, now: number = Date.now()): string {
  const days = daysBetween(dateOf(timestamp), new Date(now));
  if (days === 0) return t("Today");
  if (days === 1) return t("Yesterday");
  const date = dateOf(timestamp);
  return date.getFullYear() === new Date(now).getFullYear() ? dateFormat(WEEKDAY).format(date) : dateFormat(WITH_YEAR).format(date);
}

/** For the list: the time today, else the date, as short as can be. */
export function briefTime(timestamp: number, now: number = Date.now()): string {
  const date = dateOf(timestamp);
  const days = daysBetween(date, new Date(now));
  if (days === 0) return now - date.getTime() < MINUTE ? t("now") : dateFormat(CLOCK).format(date);
  if (days === 1) return t("Yesterday");
  return date.getFullYear() === new Date(now).getFullYear() ? dateFormat(SHORT).format(date) : dateFormat(SHORT_YEAR).format(date);
}

/** A day as `<input type="date">` has it. */
export function dateInput(timestamp: number): string {
  const date = dateOf(timestamp);
  const two = (part: number): string => String(part).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function daysBetween(one: Date, other: Date): number {
  const start = (date: Date): number => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return Math.round((start(other) - start(one)) / 86_400_000);
}

type Style = "t" | "T" | "d" | "D" | "f" | "F" | "R";

const STYLES: Record<Exclude<Style, "R">, Intl.DateTimeFormatOptions> = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
};
const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** A moment in seconds since 1970 that a message names, in the style that it names. */
export function relativeOrDate(seconds: number, style: Style, now: number = Date.now()): string {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return String(seconds);
  if (style !== "R") return dateFormat(STYLES[style]).format(date);
  const away = seconds - now / 1000;
  const [unit, size] = UNITS.find(([, length]) => Math.abs(away) >= length) ?? ["second", 1];
  return relativeFormat().format(Math.round(away / size), unit as Intl.RelativeTimeFormatUnit);
}

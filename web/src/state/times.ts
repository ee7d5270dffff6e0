/** Times as people read them, in the reader's own zone and habits. Timestamps are in microseconds. */

const MINUTE = 60_000;

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const withYear = new Intl.DateTimeFormat(undefined, { dateStyle: "long" });
const short = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const shortYear = new Intl.DateTimeFormat(undefined, { dateStyle: "short" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" });

export function dateOf(timestamp: number): Date {
  return new Date(timestamp / 1000);
}

/** A key that two timestamps share where they fall on the same day here. */
export function dayKey(timestamp: number): string {
  const date = dateOf(timestamp);
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}

export function clockTime(timestamp: number): string {
  return clock.format(dateOf(timestamp));
}

export function fullTime(timestamp: number): string {
  return full.format(dateOf(timestamp));
}

export function dayName(timestamp: number, now: number = Date.now()): string {
  const days = daysBetween(dateOf(timestamp), new Date(now));
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  const date = dateOf(timestamp);
  return date.getFullYear() === new Date(now).getFullYear() ? weekday.format(date) : withYear.format(date);
}

/** For the list: the time today, else the date, as short as can be. */
export function briefTime(timestamp: number, now: number = Date.now()): string {
  const date = dateOf(timestamp);
  const days = daysBetween(date, new Date(now));
  if (days === 0) return now - date.getTime() < MINUTE ? "now" : clock.format(date);
  if (days === 1) return "Yesterday";
  return date.getFullYear() === new Date(now).getFullYear() ? short.format(date) : shortYear.format(date);
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
  if (style !== "R") return new Intl.DateTimeFormat(undefined, STYLES[style]).format(date);
  const away = seconds - now / 1000;
  const [unit, size] = UNITS.find(([, length]) => Math.abs(away) >= length) ?? ["second", 1];
  return new Intl.RelativeTimeFormat(undefined, { numeric: "auto" }).format(Math.round(away / size), unit as Intl.RelativeTimeFormatUnit);
}

/** Which messages somebody wants to be told of, a conversation each, and when not: the same rules as the server's. */

import type { NotificationChoice, QuietHoursView } from "../api/types.ts";
import { t } from "../words/index.ts";
import { told, type Phrases, type Told } from "./telling.ts";

export const LEVELS = ["all", "mentions", "none"] as const;
export type Level = (typeof LEVELS)[number];
export type Choice = NotificationChoice;
export type Quiet = QuietHoursView;

export const NORMAL: Choice = { level: "all", muted_until: 0 };

/** `now` in microseconds. */
export function tells({ level, muted_until }: Choice, mentions: boolean, now: number): boolean {
  return muted_until <= now && (level === "all" || (level === "mentions" && mentions));
}

/** Whether the minute of the day is a quiet one; hours may go over midnight. */
export function isQuiet(quiet: Quiet | null, minute: number): boolean {
  if (!quiet) return false;
  const { begin, end } = quiet;
  return begin <= end ? begin <= minute && minute < end : begin <= minute || minute < end;
}

/** The minute of the day where the person is. */
export function minuteOf(time: Date, zone: string): number {
  const parts = (timeZone?: string): Intl.DateTimeFormatPart[] =>
    new Intl.DateTimeFormat("en", { hour: "numeric", minute: "numeric", hourCycle: "h23", ...(timeZone && { timeZone }) }).formatToParts(time);
  const read = (all: Intl.DateTimeFormatPart[]): number => {
    const [hour, minute] = (["hour", "minute"] as const).map((type) => Number(all.find((part) => part.type === type)?.value ?? 0));
    return hour! * 60 + minute!;
  };
  try {
    return read(parts(zone));
  } catch {
    return read(parts()); // A zone that this browser doesn't know.
  }
}

/** A minute of the day as a time field has it, and back. */
export function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}

export function minuteIn(text: string): number | null {
  const [, hours, minutes] = /^(\d\d):(\d\d)/.exec(text) ?? [];
  return hours === undefined ? null : Number(hours) * 60 + Number(minutes);
}

export function phrases(): Phrases {
  return {
    place: t("{author} in {place}", { author: "{author}", place: "{place}" }),
    attachment: t("An attachment"),
    message: t("A new message"),
    location: t("Location"),
    live: t("Live location"),
  };
}

/** What a notification says. `place` is a group's name, empty for a direct conversation. */
export function wordsOf(author: string, place: string, text: string): Told {
  return told(phrases(), author, place, text);
}

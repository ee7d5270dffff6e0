/** What somebody says of themselves: what of it holds, and until when. Times are in microseconds; 0 is for ever. */

import type { Status } from "../api/types.ts";

const MINUTE = 60_000_000;

const over = (until: number, now: number): boolean => until > 0 && until <= now;

/** What of it holds now; the same where nothing has ended. */
export function current(status: Status, now: number): Status {
  const { until = 0, dnd_until = 0 } = status;
  const said = over(until, now) ? { ...status, emoji: "", text: "", until: 0 } : status;
  return over(dnd_until, now) ? { ...said, dnd: false, dnd_until: 0 } : said;
}

/** When the next of it ends, or 0. */
export function nextEnd({ until = 0, dnd_until = 0 }: Status): number {
  return until && dnd_until ? Math.min(until, dnd_until) : until || dnd_until;
}

/** How long one can choose; `kept` is what was chosen before, `chosen` a time by the clock. */
export const SPANS = ["always", "30", "60", "240", "today", "chosen"] as const;
export type Span = (typeof SPANS)[number] | "kept";

/** When it ends that begins now: `kept` before, or at `chosen`, as a field for a time has it. NaN where that is no time to come. */
export function endOf(span: Span, now: number, kept: number, chosen: string): number {
  if (span === "always") return 0;
  if (span === "kept") return kept;
  if (span === "today") return new Date(now / 1_000).setHours(24, 0, 0, 0) * 1_000;
  if (span !== "chosen") return now + Number(span) * MINUTE;
  const time = new Date(chosen).getTime() * 1_000;
  return time > now ? time : NaN;
}

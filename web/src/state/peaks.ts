/** How loud a voice note is over its length, in few numbers. */

/** So many numbers are kept of a note. */
export const PEAKS = 64;
/** At most so many loudnesses are held of a recording, however long it is. */
export const HELD_MAX = 2_048;
/** A recording that is quieter than this all along is shown as quiet. */
const QUIET = 0.05;

/** The loudnesses of a recording so far. Each of `held` stands for `every` measurements; `open` is not full yet. */
export interface Loudness {
  readonly held: readonly number[];
  readonly every: number;
  readonly open: readonly number[];
}

export const SILENCE: Loudness = { held: [], every: 1, open: [] };

/** The loudest of a window of samples between -1 and 1: from 0 to 1. */
export function loudest(window: Iterable<number>): number {
  let most = 0;
  for (const sample of window) most = Math.max(most, Math.abs(sample));
  return Math.min(1, most);
}

/** With one more measurement. Where there are too many, each two become one, so that all stand for the same time. */
export function gather({ held, every, open }: Loudness, next: number): Loudness {
  if (open.length + 1 < every) return { held, every, open: [...open, next] };
  const all = [...held, Math.max(next, ...open)];
  if (all.length < HELD_MAX) return { held: all, every, open: [] };
  const halved = Array.from({ length: all.length / 2 }, (_, index) => Math.max(all[2 * index]!, all[2 * index + 1]!));
  return { held: halved, every: every * 2, open: [] };
}

/** So many numbers from 0 to 255: the loudest of each stretch, against the loudest of all. */
export function peaksOf({ held }: Loudness, count: number = PEAKS): readonly number[] {
  const most = Math.max(QUIET, ...held);
  return Array.from({ length: count }, (_, index) => {
    const from = Math.floor((index * held.length) / count);
    const to = Math.max(from + 1, Math.floor(((index + 1) * held.length) / count));
    return Math.round((Math.max(0, ...held.slice(from, to)) / most) * 255);
  });
}

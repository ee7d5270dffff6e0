/** How long to wait before connecting again. */

const FIRST = 500;
const LONGEST = 30_000;

/** Milliseconds before try number `failures` (from 1): all of it random, so that many clients don't return together. */
export function backoff(failures: number, random: number = Math.random()): number {
  return random * Math.min(LONGEST, FIRST * 2 ** Math.min(failures - 1, 16));
}

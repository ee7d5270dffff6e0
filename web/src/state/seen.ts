/** Which messages were seen: visible to somebody who looks, for a whole second. Times are in milliseconds. */

export const SEEN_AFTER = 1_000;

/** Since when each message, by its timestamp, is visible. */
export type Watch = ReadonlyMap<number, number>;

export interface Glance {
  readonly watch: Watch;
  /** The latest message that was seen, or 0. */
  readonly seen: number;
  /** Milliseconds until it is worth looking again, or 0. */
  readonly again: number;
}

/** `visible` are the timestamps of the messages that can be seen now; `attentive` whether anybody looks. */
export function look(watch: Watch, visible: readonly number[], attentive: boolean, now: number): Glance {
  if (!attentive) return { watch: new Map(), seen: 0, again: 0 };
  const next = new Map(visible.map((timestamp) => [timestamp, watch.get(timestamp) ?? now]));
  const seen = [...next].filter(([, since]) => now - since >= SEEN_AFTER).map(([timestamp]) => timestamp);
  const left = [...next.values()].map((since) => since + SEEN_AFTER - now).filter((wait) => wait > 0);
  return { watch: next, seen: Math.max(0, ...seen), again: left.length ? Math.min(...left) : 0 };
}

/** Whether enough of a box shows to have been seen: half of it, or half of what there is to see. */
export function showsEnough(top: number, bottom: number, viewTop: number, viewBottom: number): boolean {
  const shown = Math.min(bottom, viewBottom) - Math.max(top, viewTop);
  return shown > 0 && shown >= Math.min(bottom - top, viewBottom - viewTop) / 2;
}

/** What comes after the first screen, so that this is there in half of the time: what isn't seen at first, and times. */

import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

/** Milliseconds until the rest is drawn: what was typed meanwhile comes first. */
const REST_AFTER = 50;
/** A page that isn't seen has no frames (milliseconds). */
const PATIENCE = 200;
const PLACE = "\u00a0";

const drawn = signal(false);

/** Whether the rest is to be drawn: false at first, when only what is seen is. */
export function useRest(): boolean {
  const [whole, setWhole] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setWhole(true), REST_AFTER);
    return () => clearTimeout(timer);
  }, []);
  return whole;
}

/**
 * A time, in the frame after the page's first: to write the first one a browser reads its tables of dates, which takes as long
 * as drawing all messages. Until then its place is kept.
 */
export function LateTime({ text }: { text: () => string }): JSX.Element {
  return <>{drawn.value ? text() : PLACE}</>;
}

/** For the page: times come when it has been drawn. */
export function useFirstScreen(): void {
  useEffect(() => {
    const come = (): unknown => (drawn.value = true);
    setTimeout(come, PATIENCE);
    requestAnimationFrame(() => setTimeout(come));
  }, []);
}

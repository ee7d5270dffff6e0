/** Notes which messages were seen, and says so. */

import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { look, showsEnough, type Watch } from "../state/seen.ts";

export function useSeen(scroller: RefObject<HTMLElement | null>, onSeen: (timestamp: number) => void): { glance: () => void } {
  const watch = useRef<Watch>(new Map());
  const timer = useRef(0);
  const told = useRef(onSeen);
  told.current = onSeen;

  const glance = (): void => {
    clearTimeout(timer.current);
    const element = scroller.current;
    if (!element) return;
    const looking = attentive();
    const after = look(watch.current, looking ? visibleIn(element) : [], looking, performance.now());
    watch.current = after.watch;
    if (after.again) timer.current = window.setTimeout(glance, after.again + 1);
    if (after.seen) told.current(after.seen);
  };

  useEffect(() => {
    addEventListener("focus", glance);
    addEventListener("blur", glance);
    document.addEventListener("visibilitychange", glance);
    return () => {
      clearTimeout(timer.current);
      removeEventListener("focus", glance);
      removeEventListener("blur", glance);
      document.removeEventListener("visibilitychange", glance);
    };
  }, []);

  return { glance };
}

/** Whether somebody looks at this page, as far as a page can know. */
export function attentive(): boolean {
  return document.visibilityState === "visible" && document.hasFocus();
}

/** The timestamps of the messages that show enough. */
function visibleIn(element: HTMLElement): number[] {
  // What lies behind the results of a search, or behind a thread, isn't seen.
  if (!element.checkVisibility({ checkVisibilityCSS: true })) return [];
  const view = element.getBoundingClientRect();
  const rows = [...element.querySelectorAll<HTMLElement>("[data-timestamp]")];
  const shown = rows.filter((row) => {
    const { top, bottom } = row.getBoundingClientRect();
    return showsEnough(top, bottom, view.top, view.bottom);
  });
  return shown.map((row) => Number(row.dataset["timestamp"]));
}

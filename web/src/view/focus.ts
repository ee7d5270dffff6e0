/** Where the focus goes when what has it is taken off the page. */

import type { RefObject } from "preact";
import { useLayoutEffect } from "preact/hooks";

const CONTROLS = "a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled)";

/** When the element goes and the focus was in it, the next control of its dialog has it, or else the one before. */
export function useNeighbour(element: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const here = element.current!;
    return () => {
      if (here.contains(document.activeElement)) neighbour(here)?.focus();
    };
  }, []);
}

function neighbour(here: HTMLElement): HTMLElement | undefined {
  const all = [...(here.closest("dialog")?.querySelectorAll<HTMLElement>(CONTROLS) ?? [])];
  const others = all.filter((control) => !here.contains(control));
  const after = (control: HTMLElement): boolean => !!(here.compareDocumentPosition(control) & Node.DOCUMENT_POSITION_FOLLOWING);
  return others.find(after) ?? others.at(-1);
}

/** Whether something that can move does: as the person has set it, until its own button says otherwise. */

import { useState } from "preact/hooks";
import { settings } from "../app/settings.ts";

export interface Moving {
  readonly moving: boolean;
  /** Whether the pointer or the focus is on it. */
  readonly point: (on: boolean) => void;
  readonly toggle: () => void;
}

/** `frame` is what the focus may be in. */
export function useMoving(animated: boolean, frame: { current: Element | null }): Moving {
  const [pointed, setPointed] = useState(false);
  const [chosen, setChosen] = useState<boolean | null>(null);
  if (!animated) return { moving: false, point: () => undefined, toggle: () => undefined };
  const moving = chosen ?? (settings.motion.value === "auto" || (settings.motion.value === "hover" && pointed));
  const point = (on: boolean): void => {
    setPointed(on || frame.current?.contains(document.activeElement) === true);
  };
  return { moving, point, toggle: () => setChosen(!moving) };
}

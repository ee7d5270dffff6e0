/** Whether animated pictures move: this device's choice. Without one, they don't where the system asks for less motion. */

import { signal } from "@preact/signals";

export const MOTIONS = ["auto", "hover", "never"] as const;
export type Motion = (typeof MOTIONS)[number];

const KEY = "tertulia.setting.motion";

export const motion = signal<Motion>(chosen() ?? fromSystem());

export function setMotion(value: Motion): void {
  motion.value = value;
  try {
    localStorage.setItem(KEY, value);
  } catch {
    return; // It holds as long as the page.
  }
}

function chosen(): Motion | undefined {
  try {
    return MOTIONS.find((value) => value === localStorage.getItem(KEY));
  } catch {
    return undefined;
  }
}

function fromSystem(): Motion {
  if (typeof matchMedia === "undefined") return "auto";
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? "never" : "auto";
}

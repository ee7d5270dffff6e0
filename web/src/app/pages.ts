/** Which pages of this browser are open: each holds a lock of its own name, which the browser frees when it closes. */

import { newId } from "../api/ids.ts";

const PREFIX = "tertulia-page.";

/** This page's name. */
export const page = newId();

let holding = false;

/** From now on other pages can tell that this one is open. Where a browser has no locks, none can. */
export function holdPage(): void {
  if (!holding && typeof navigator !== "undefined" && "locks" in navigator) {
    holding = true;
    void navigator.locks.request(PREFIX + page, () => new Promise<never>(() => undefined)).catch(() => undefined);
  }
}

export async function openPages(): Promise<ReadonlySet<string>> {
  if (typeof navigator === "undefined" || !("locks" in navigator)) return new Set();
  const { held = [] } = await navigator.locks.query();
  return new Set(held.map(({ name = "" }) => name.slice(PREFIX.length)));
}

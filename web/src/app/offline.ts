/** When the person should know that there is no connection. */

import { effect, type ReadonlySignal, type Signal } from "@preact/signals";

/** The banner waits this long (milliseconds), so that a blip doesn't flash. */
export const OFFLINE_AFTER = 3_000;

/** Sets `offline` by `connected`, from now until what it answers is called. `may`: whether it may be said at all. */
export function watchOffline(connected: ReadonlySignal<boolean>, offline: Signal<boolean>, may: () => boolean): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const end = effect(() => {
    clearTimeout(timer);
    if (connected.value) offline.value = false;
    else timer = setTimeout(() => (offline.value = may()), OFFLINE_AFTER);
  });
  return () => {
    end();
    clearTimeout(timer);
  };
}

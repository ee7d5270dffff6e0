/** A part of the page that is loaded when it is first wanted, so that a first visit doesn't wait for it. */

import type { ComponentType, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { notify } from "../app/notices.ts";
import { t } from "../words/index.ts";

/**
 * A component that comes later; where it can't be had, that is said unless it is a comfort, and `onClose` called where
 * there is one.
 */
export function later<P extends object>(load: () => Promise<ComponentType<P>>, quiet = false): (props: P) => JSX.Element | null {
  let loaded: ComponentType<P> | null = null;
  return (props: P) => {
    const [Part, put] = useState<ComponentType<P> | null>(() => loaded);
    useEffect(() => {
      if (Part) return;
      let here = true;
      const failed = (): void => {
        if (!quiet) notify(t("This part of the page couldn’t be loaded. Check the connection and try again."), true);
        if ("onClose" in props && typeof props.onClose === "function") props.onClose();
      };
      load().then(
        (part) => {
          loaded = part;
          if (here) put(() => part);
        },
        () => here && failed(),
      );
      return () => {
        here = false;
      };
    }, []);
    return Part && <Part {...props} />;
  };
}

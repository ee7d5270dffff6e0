/** Parts of the page that are loaded when they are first needed. */

import type { ComponentType, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { notify } from "../../app/notices.ts";

/** The component, as soon as it is there. `onFail` is called where it can't be loaded, such as without a connection. */
export function later<P extends object>(load: () => Promise<ComponentType<P>>): (props: P & { onFail: () => void }) => JSX.Element | null {
  let loaded: ComponentType<P> | null = null;
  return function Later({ onFail, ...props }) {
    const [, setThere] = useState(loaded !== null);
    useEffect(() => {
      if (loaded) return;
      let here = true;
      load().then(
        (component) => {
          loaded = component;
          if (here) setThere(true);
        },
        () => {
          if (!here) return;
          notify("This part of the page can’t be loaded. Check the connection and try again.", true);
          onFail();
        },
      );
      return () => {
        here = false;
      };
    }, []);
    const Component = loaded as ComponentType<P> | null;
    return Component && <Component {...(props as unknown as P)} />;
  };
}

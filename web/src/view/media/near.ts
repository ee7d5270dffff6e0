/** Contents are loaded when they come near the window, and addresses asked for then. */

import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Media } from "../../api/media.ts";
import { useChat } from "../context.ts";

/** Loaded from so far outside of the window on. */
const MARGIN = "600px";

/** Whether the element has been near the window. */
export function useNear(element: RefObject<HTMLElement | null>): boolean {
  const [near, setNear] = useState(false);
  useEffect(() => {
    if (near || !element.current) return;
    const observer = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && setNear(true), { rootMargin: MARGIN });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [near]);
  return near;
}

export interface Source {
  readonly described: Media | null;
  readonly failed: boolean;
  /** The content could not be loaded: once, another address is asked for; the second time it has failed. */
  readonly onError: () => void;
  /** Everything from the beginning. */
  readonly again: () => void;
}

/** Where a file is, asked for while `wanted`. */
export function useSource(media: string, wanted: boolean): Source {
  const { addresses } = useChat().media;
  const [described, setDescribed] = useState<Media | null>(null);
  const [tries, setTries] = useState(0);
  const [failed, setFailed] = useState(false);
  const renewed = useRef(false);
  useEffect(() => {
    if (!wanted) return;
    let here = true;
    const asked = tries ? addresses.renew(media) : addresses.get(media);
    asked.then(
      (found) => here && setDescribed(found),
      () => here && setFailed(true),
    );
    return () => {
      here = false;
    };
  }, [media, wanted, tries]);
  const renew = (): void => {
    // What shows the content is made anew then, even where the address is the same as before.
    setDescribed(null);
    setTries(tries + 1);
  };
  const onError = (): void => {
    if (renewed.current) return setFailed(true);
    renewed.current = true;
    renew();
  };
  const again = (): void => {
    renewed.current = false;
    setFailed(false);
    renew();
  };
  return { described, failed, onError, again };
}

/** Short notices that pass, above everything: a modal dialog has them inside, since nothing outside can be seen or heard then. */

import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";
import { dismiss, notices } from "../app/notices.ts";
import { t } from "../words/index.ts";
import { Icon } from "./icons.tsx";

/** The places that could show them, the page first, then the dialogs as they were opened: the last one does. */
const places = signal<readonly symbol[]>([]);

export function Notices(): JSX.Element | null {
  const [mine] = useState(() => Symbol("place"));
  useLayoutEffect(() => {
    places.value = [...places.peek(), mine];
    return () => void (places.value = places.peek().filter((place) => place !== mine));
  }, []);
  if (places.value.at(-1) !== mine) return null;
  return (
    <div class="notices">
      {notices.value.map((notice) => (
        <p key={notice.id} class={notice.urgent ? "notice urgent" : "notice"} role={notice.urgent ? "alert" : "status"}>
          <span dir="auto">{notice.text}</span>
          <button type="button" class="icon-button" aria-label={t("Dismiss")} onClick={() => dismiss(notice.id)}>
            <Icon name="close" />
          </button>
        </p>
      ))}
    </div>
  );
}

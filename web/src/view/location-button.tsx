/** Opens what one shares a place with; absent where the browser knows none. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { t } from "../words/index.ts";
import { Icon } from "./icons.tsx";
import { later } from "./later.tsx";

const LocationDialog = later(() => import("./location-dialog.tsx").then((module) => module.LocationDialog));

export function LocationButton({ conversation }: { conversation: string }): JSX.Element | null {
  const [open, setOpen] = useState(false);
  if (!("geolocation" in navigator)) return null;
  return (
    <>
      <button type="button" class="icon-button composer-tool" aria-label={t("Share where you are")} title={t("Share where you are")} onClick={() => setOpen(true)}>
        <Icon name="pin" />
      </button>
      {open && <LocationDialog conversation={conversation} onClose={() => setOpen(false)} />}
    </>
  );
}

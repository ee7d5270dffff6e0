/** Asks whether to share the place once or for a while; the browser asks for its permission only after that. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Chat } from "../app/chat.ts";
import { newId } from "../api/ids.ts";
import { attempt, notify } from "../app/notices.ts";
import { geoUri, type Place } from "../state/location.ts";
import { numberFormat } from "../words/formats.ts";
import { t } from "../words/index.ts";
import { useChat } from "./context.ts";
import { Dialog } from "./dialog.tsx";

/** Minutes. */
const CHOICES = [15, 60, 480] as const;
const PATIENCE = 20_000;

export function LocationDialog({ conversation, onClose }: { conversation: string; onClose: () => void }): JSX.Element {
  const chat = useChat();
  const [busy, setBusy] = useState(false);
  const share = async (work: (chat: Chat, conversation: string) => Promise<boolean>): Promise<void> => {
    setBusy(true);
    if (await work(chat, conversation)) onClose();
    else setBusy(false);
  };
  return (
    <Dialog title={t("Share where you are")} onClose={onClose}>
      <p>{t("The members of this conversation see it. A live location is passed on while it lasts and kept nowhere.")}</p>
      <div class="location-choices">
        <button type="button" class="button" disabled={busy} onClick={() => void share(once)}>{t("Where I am now")}</button>
        {CHOICES.map((minutes) => (
          <button key={minutes} type="button" class="button" disabled={busy} onClick={() => void share((...given) => live(...given, minutes))}>
            {t("Live for {duration}", { duration: durationWords(minutes) })}
          </button>
        ))}
      </div>
      <p role="status">{busy ? t("Asking this device where it is…") : ""}</p>
    </Dialog>
  );
}

function durationWords(minutes: number): string {
  const hours = minutes >= 60;
  return numberFormat({ style: "unit", unit: hours ? "hour" : "minute", unitDisplay: "long" }).format(hours ? minutes / 60 : minutes);
}

async function once(chat: Chat, conversation: string): Promise<boolean> {
  const place = await here();
  if (!place) return false;
  if (!chat.sending.add(conversation, geoUri(place), 0)) notify(t("Too many messages wait to be sent here. Try again when you are connected."), true);
  return true;
}

/** The place is asked for first: a share that nobody can fill is not begun. */
async function live(chat: Chat, conversation: string, minutes: number): Promise<boolean> {
  if (!(await here())) return false;
  const message = { id: newId(), text: "", live_seconds: minutes * 60 };
  return attempt(
    chat.client.sendMessage(conversation, message).then(({ timestamp, live_until }) => {
      chat.locating.begin({ conversation, timestamp, until: (live_until ?? 0) / 1_000 });
    }),
  );
}

/** Null where it can't be had; that is said. */
function here(): Promise<Place | null> {
  return new Promise((resolve) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords: { latitude, longitude, accuracy } }) => resolve({ latitude, longitude, accuracy }),
      (error) => {
        const refused = error.code === error.PERMISSION_DENIED;
        notify(refused ? t("The browser may not say where you are. You can allow it in its settings for this page.") : t("This device doesn’t know where it is now. Try again."), true);
        resolve(null);
      },
      { enableHighAccuracy: true, timeout: PATIENCE, maximumAge: 30_000 },
    );
  });
}

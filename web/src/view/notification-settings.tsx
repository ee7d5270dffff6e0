/** Whether this browser tells of new messages, also while no page is open, and in which hours nobody is told. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { askPermission, permission, type Permission } from "../app/notifying.ts";
import { zoneHere } from "../app/preferences.ts";
import { settings } from "../app/settings.ts";
import { pushState, pushSupported, renew, switchOff, switchOn, type PushState } from "../app/pushing.ts";
import { clock, minuteIn, type Quiet } from "../state/notifying.ts";
import { t } from "../words/index.ts";
import { useChat } from "./context.ts";
import { OnOff } from "./on-off.tsx";

const SAID: Record<Permission, () => string> = {
  granted: () => t("Of messages in conversations that nobody looks at."),
  default: () => t("The browser will ask you."),
  denied: () => t("The browser doesn’t allow it for this page. You can change that where it shows the address."),
  unsupported: () => t("This browser has none; on an iPhone, add the page to the home screen first."),
};
const PUSH: Record<PushState, () => string> = {
  off: () => t("By the push service of your browser’s maker, which can’t read it."),
  on: () => t("This browser is told while none of your devices shows Tertulia."),
  refused: SAID.denied,
  unsupported: () => t("This browser can’t; on an iPhone, add the page to the home screen first."),
  failed: () => t("The browser’s push service can’t be reached. It is tried again when the page is opened."),
};
/** From ten in the evening to seven. */
const NIGHT = { begin: 22 * 60, end: 7 * 60 } as const;

export function NotificationSettings(): JSX.Element {
  const { client } = useChat();
  const [allowed, setAllowed] = useState(permission());
  const possible = allowed === "granted" || allowed === "default";
  const change = async (on: boolean): Promise<void> => {
    const answer = on ? await askPermission() : allowed;
    setAllowed(answer);
    settings.notifications.value = on && answer === "granted" ? "on" : "off";
    if (settings.notifications.value === "off" && settings.push.value === "on") await switchOff(client);
  };
  return (
    <fieldset class="choices">
      <legend>{t("Tell me of new messages")}</legend>
      <label class="switch">
        <input
          type="checkbox"
          role="switch"
          disabled={!possible}
          checked={settings.notifications.value === "on" && allowed === "granted"}
          onChange={(event) => void change(event.currentTarget.checked)}
        />
        <span>
          {t("Notifications")}
          <small>{SAID[allowed]()}</small>
        </span>
      </label>
      <Push onAsked={() => setAllowed(permission())} />
      <OnOff label={t("A sound")} value={settings.sound}>{t("One, however many tabs are open.")}</OnOff>
      <QuietHours />
    </fieldset>
  );
}

/** Also while no page is open. It stands for notifications in general too: without them it makes no sense. */
function Push({ onAsked }: { onAsked: () => void }): JSX.Element {
  const { client, config } = useChat();
  const [busy, setBusy] = useState(false);
  const on = settings.push.value === "on";
  const state: PushState = pushSupported() ? (permission() === "denied" ? "refused" : pushState.value) : "unsupported";
  const change = async (wanted: boolean): Promise<void> => {
    setBusy(true);
    if (wanted) await switchOn(client, config.api);
    else await switchOff(client);
    if (settings.push.value === "on") settings.notifications.value = "on";
    setBusy(false);
    onAsked();
  };
  const text = (shown: boolean): void => {
    settings.pushText.value = shown ? "on" : "off";
    void renew(client, config.api);
  };
  return (
    <>
      <label class="switch" aria-busy={busy}>
        <input
          type="checkbox"
          role="switch"
          disabled={state === "unsupported" || state === "refused"}
          checked={on && state !== "unsupported" && state !== "refused"}
          onChange={(event) => void change(event.currentTarget.checked)}
        />
        <span>
          {t("Also when Tertulia is closed")}
          <small role="status">{PUSH[state]()}</small>
        </span>
      </label>
      {on && (
        <label class="switch">
          <input
            type="checkbox"
            role="switch"
            checked={settings.pushText.value === "on"}
            onChange={(event) => text(event.currentTarget.checked)}
          />
          <span>
            {t("Show what was written")}
            <small>{t("Without it, notifications while Tertulia is closed say only who wrote, and where.")}</small>
          </span>
        </label>
      )}
    </>
  );
}

/** The same on all devices, by the clock where the person was when they were set. */
function QuietHours(): JSX.Element {
  const { preferences } = useChat();
  const quiet = preferences.quiet.value;
  const set = (hours: Pick<Quiet, "begin" | "end"> | null): void => {
    void preferences.setQuiet(hours && { begin: hours.begin, end: hours.end, ...zoneHere() });
  };
  const time = (name: "begin" | "end", label: string, hours: Quiet): JSX.Element => (
    <label class="field">
      <span>{label}</span>
      <input
        type="time"
        required
        value={clock(hours[name])}
        onChange={(event) => {
          const minute = minuteIn(event.currentTarget.value);
          if (minute !== null) set({ ...hours, [name]: minute });
        }}
      />
    </label>
  );
  return (
    <>
      <label class="switch">
        <input type="checkbox" role="switch" checked={!!quiet} onChange={(event) => set(event.currentTarget.checked ? NIGHT : null)} />
        <span>
          {t("Quiet hours")}
          <small>{t("Nothing is told then, on any of your devices.")}</small>
        </span>
      </label>
      {quiet && (
        <div class="field-row">
          {time("begin", t("From"), quiet)}
          {time("end", t("To"), quiet)}
        </div>
      )}
    </>
  );
}

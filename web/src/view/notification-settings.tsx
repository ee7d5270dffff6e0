/** Whether this browser tells of new messages, and of which in a conversation. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { askPermission, permission, type Permission } from "../app/notifying.ts";
import { settings } from "../app/settings.ts";
import { LEVELS, type Level } from "../state/notifying.ts";
import { t } from "../words/index.ts";
import { useChat } from "./context.ts";
import { OnOff } from "./on-off.tsx";

const SAID: Record<Permission, () => string> = {
  granted: () => t("Of messages in conversations that nobody looks at."),
  default: () => t("The browser will ask you."),
  denied: () => t("The browser doesn’t allow it for this page. You can change that where it shows the address."),
  unsupported: () => t("This browser has none; on an iPhone, add the page to the home screen first."),
};
const WORDS: Record<Level, () => string> = { all: () => t("All messages"), mentions: () => t("Mentions of me"), none: () => t("Nothing") };

export function NotificationSettings(): JSX.Element {
  const [allowed, setAllowed] = useState(permission());
  const possible = allowed === "granted" || allowed === "default";
  const change = async (on: boolean): Promise<void> => {
    const answer = on ? await askPermission() : allowed;
    setAllowed(answer);
    settings.notifications.value = on && answer === "granted" ? "on" : "off";
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
      <OnOff label={t("A sound")} value={settings.sound}>{t("One, however many tabs are open.")}</OnOff>
    </fieldset>
  );
}

/** For one conversation. */
export function NotificationLevel({ conversation }: { conversation: string }): JSX.Element {
  const { notifying } = useChat();
  return (
    <label class="field">
      <span>{t("Notify me of")}</span>
      <select value={notifying.level(conversation)} onChange={(event) => notifying.setLevel(conversation, event.currentTarget.value as Level)}>
        {LEVELS.map((level) => (
          <option key={level} value={level}>{WORDS[level]()}</option>
        ))}
      </select>
      <small>{t("In this browser, where notifications or sounds are on in the settings.")}</small>
    </label>
  );
}

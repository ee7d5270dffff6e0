/** Whether this browser tells of new messages, and of which in a conversation. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { askPermission, permission, type Permission } from "../app/notifying.ts";
import { settings } from "../app/settings.ts";
import { LEVELS, type Level } from "../state/notifying.ts";
import { useChat } from "./context.ts";
import { OnOff } from "./on-off.tsx";

const SAID: Record<Permission, string> = {
  granted: "Of messages in conversations that nobody looks at.",
  default: "The browser will ask you.",
  denied: "The browser doesn’t allow it for this page. You can change that where it shows the address.",
  unsupported: "This browser has none; on an iPhone, add the page to the home screen first.",
};
const WORDS: Record<Level, string> = { all: "All messages", mentions: "Mentions of me", none: "Nothing" };

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
      <legend>Tell me of new messages</legend>
      <label class="switch">
        <input
          type="checkbox"
          role="switch"
          disabled={!possible}
          checked={settings.notifications.value === "on" && allowed === "granted"}
          onChange={(event) => void change(event.currentTarget.checked)}
        />
        <span>
          Notifications
          <small>{SAID[allowed]}</small>
        </span>
      </label>
      <OnOff label="A sound" value={settings.sound}>One, however many tabs are open.</OnOff>
    </fieldset>
  );
}

/** For one conversation. */
export function NotificationLevel({ conversation }: { conversation: string }): JSX.Element {
  const { notifying } = useChat();
  return (
    <label class="field">
      <span>Notify me of</span>
      <select value={notifying.level(conversation)} onChange={(event) => notifying.setLevel(conversation, event.currentTarget.value as Level)}>
        {LEVELS.map((level) => (
          <option key={level} value={level}>{WORDS[level]}</option>
        ))}
      </select>
      <small>In this browser, where notifications or sounds are on in the settings.</small>
    </label>
  );
}

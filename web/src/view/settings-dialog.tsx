/** How this browser is set. Every change holds at once and is kept here, not at the server. */

import type { Signal } from "@preact/signals";
import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { settings } from "../app/settings.ts";
import { Dialog } from "./dialog.tsx";
import { NotificationSettings } from "./notification-settings.tsx";
import { OnOff } from "./on-off.tsx";

export default function SettingsDialog({ onClose, onKeys }: { onClose: () => void; onKeys: () => void }): JSX.Element {
  const keys = (): void => {
    onClose();
    onKeys();
  };
  return (
    <Dialog title="Settings" onClose={onClose} class="tall">
      <p class="hint">They are kept in this browser, for whoever uses it.</p>
      <Choice
        label="Look"
        value={settings.theme}
        choices={{ system: "As the system", light: "Light", dark: "Dark", contrast: "High contrast" }}
      />
      <Choice
        label="Moving pictures"
        value={settings.motion}
        choices={{ auto: "Move by themselves", hover: "Move while pointed at or focused", never: "Stand still until started" }}
      />
      <Choice
        label="To send"
        value={settings.sending}
        choices={{ enter: "Enter sends, Shift+Enter begins a line", "ctrl-enter": "Ctrl+Enter sends, Enter begins a line" }}
      />
      <Choice
        label="What a screen reader is told"
        value={settings.announcing}
        choices={{ all: "New messages in this conversation, and mentions of you", mentions: "Mentions of you", off: "Nothing" }}
      />
      <NotificationSettings />
      <fieldset class="choices">
        <legend>And</legend>
        <OnOff label="Single letters are shortcuts in the message list" value={settings.letters}>
          Such as r to reply. Switch it off where speech input types letters.
        </OnOff>
        <OnOff label="Messages are read when you have seen them" value={settings.reading}>
          Without it they are when you press Escape where you write, or answer.
        </OnOff>
      </fieldset>
      <div class="dialog-choices">
        <button type="button" class="button" onClick={keys}>Keyboard shortcuts</button>
      </div>
    </Dialog>
  );
}

function Choice<T extends string>(props: { label: string; value: Signal<T>; choices: Record<T, string> }): JSX.Element {
  const name = useId();
  const entries = Object.entries<string>(props.choices) as [T, string][];
  return (
    <fieldset class="choices">
      <legend>{props.label}</legend>
      {entries.map(([value, label]) => (
        <label key={value} class="choice">
          <input type="radio" name={name} checked={props.value.value === value} onChange={() => (props.value.value = value)} />
          <span>{label}</span>
        </label>
      ))}
    </fieldset>
  );
}

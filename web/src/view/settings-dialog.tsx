/** How this browser is set. Every change holds at once and is kept here, not at the server. */

import type { Signal } from "@preact/signals";
import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { setReceipts } from "../api/statuses.ts";
import { attempt } from "../app/notices.ts";
import { settings, type LanguageSetting as Language } from "../app/settings.ts";
import { LANGUAGES, t } from "../words/index.ts";
import { useChat } from "./context.ts";
import { Dialog } from "./dialog.tsx";
import { NotificationSettings } from "./notification-settings.tsx";
import { OnOff } from "./on-off.tsx";

export default function SettingsDialog({ onClose, onKeys }: { onClose: () => void; onKeys: () => void }): JSX.Element {
  const keys = (): void => {
    onClose();
    onKeys();
  };
  return (
    <Dialog title={t("Settings")} onClose={onClose} class="tall">
      <p class="hint">{t("They are kept in this browser, for whoever uses it.")}</p>
      <Choice
        label={t("Look")}
        value={settings.theme}
        choices={{ system: t("As the system"), light: t("Light"), dark: t("Dark"), contrast: t("High contrast") }}
      />
      <Choice
        label={t("Moving pictures")}
        value={settings.motion}
        choices={{ auto: t("Move by themselves"), hover: t("Move while pointed at or focused"), never: t("Stand still until started") }}
      />
      <Choice
        label={t("To send")}
        value={settings.sending}
        choices={{ enter: t("Enter sends, Shift+Enter begins a line"), "ctrl-enter": t("Ctrl+Enter sends, Enter begins a line") }}
      />
      <Choice
        label={t("What a screen reader is told")}
        value={settings.announcing}
        choices={{ all: t("New messages in this conversation, and mentions of you"), mentions: t("Mentions of you"), off: t("Nothing") }}
      />
      <LanguageChoice />
      <NotificationSettings />
      <fieldset class="choices">
        <legend>{t("And")}</legend>
        <OnOff label={t("Single letters are shortcuts in the message list")} value={settings.letters}>
          {t("Such as r to reply. Switch it off where speech input types letters.")}
        </OnOff>
        <OnOff label={t("Messages are read when you have seen them")} value={settings.reading}>
          {t("Without it they are when you press Escape where you write, or answer.")}
        </OnOff>
        <Receipts />
        <OnOff label={t("Show link previews")} value={settings.previews}>
          {t("What the page that a message links to says of itself.")}
        </OnOff>
        <OnOff label={t("Keep drafts on the server")} value={settings.drafts}>
          {t("What you write and don’t send is then on all your devices. Without it, it stays in this browser.")}
        </OnOff>
        <OnOff label={t("Faces become emoji")} value={settings.faces}>
          {t("What you send as :) arrives as 🙂.")}
        </OnOff>
      </fieldset>
      <div class="dialog-choices">
        <button type="button" class="button" onClick={keys}>{t("Keyboard shortcuts")}</button>
      </div>
    </Dialog>
  );
}

/** The person's, and not the browser's: it holds here at once, and where the server doesn't take it, it is as before. */
function Receipts(): JSX.Element {
  const { client, preferences } = useChat();
  const change = async (shown: boolean): Promise<void> => {
    preferences.toldReceipts(shown);
    if (!(await attempt(setReceipts(client, shown)))) preferences.toldReceipts(!shown);
  };
  return (
    <label class="switch">
      <input
        type="checkbox"
        role="switch"
        checked={preferences.receipts.value}
        onChange={(event) => void change(event.currentTarget.checked)}
      />
      <span>
        {t("Let others see what you have read")}
        <small>{t("On all your devices. Without it you don’t see what they have read either. Whoever writes shows having read what came before.")}</small>
      </span>
    </label>
  );
}

/** Each language by its own name, so that who can't read the others finds it. */
const OWN_NAMES = { en: "English", es: "Español", ar: "العربية" } as const;

function LanguageChoice(): JSX.Element {
  return (
    <label class="field">
      <span>{t("Language")}</span>
      <select value={settings.language.value} onChange={(event) => (settings.language.value = event.currentTarget.value as Language)}>
        <option value="browser">{t("As the browser")}</option>
        {LANGUAGES.map((language) => (
          <option key={language} value={language} lang={language}>{OWN_NAMES[language]}</option>
        ))}
      </select>
    </label>
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

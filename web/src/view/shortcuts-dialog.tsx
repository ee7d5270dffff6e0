/** All keys that do something, in one list. */

import type { JSX } from "preact";
import { reads, t } from "../words/index.ts";
import { Dialog } from "./dialog.tsx";

type Line = readonly [keys: string, action: string];

const groups = (): readonly (readonly [string, readonly Line[]])[] => [
  [
    t("Everywhere"),
    [
      ["Ctrl K", t("Go to a conversation")],
      ["Ctrl Shift F", t("Search messages")],
      ["Alt ↑ / Alt ↓", t("Previous, next conversation")],
      ["Alt Shift ↑ / Alt Shift ↓", t("The same, of those with unread messages")],
      ["Alt ← / Alt →", t("Back, forward (the browser’s own)")],
      ["F6 / Shift F6", t("Next, previous part of the page")],
      ["Ctrl+/ or ?", t("This list")],
    ],
  ],
  [
    t("Where you write"),
    [
      ["Enter", t("Send (or Ctrl Enter, as you set it)")],
      ["Shift Enter", t("New line")],
      ["↑", t("Edit your last message, when nothing is written")],
      ["Shift ↑", t("Reply to the last message, when nothing is written")],
      ["Page Up / Page Down", t("Scroll the messages, when nothing is written")],
      ["Shift Page Up", t("First unread message")],
      ["Ctrl B / Ctrl I", t("Bold, italic")],
      ["Ctrl K", t("Link, when something is selected")],
      ["Ctrl Shift \\", t("React to the last message")],
      ["@ or :", t("Names and emoji to choose from")],
      ["/jump 2026-09-01", t("Go to a day")],
      ["Escape", t("Cancel; else mark as read and go to the end")],
    ],
  ],
  [
    t("In the messages"),
    [
      ["↑ / ↓ or k / j", t("Previous, next message")],
      ["Home / End", t("First, last of those that are loaded")],
      ["Ctrl Home / Ctrl End", t("Beginning, end of the conversation")],
      [reads() === "rtl" ? "Enter or ←" : "Enter or →", t("What one can do with the message")],
      ["r", t("Reply")],
      ["t", t("Open thread")],
      ["e", t("Edit")],
      ["+", t("React")],
      ["Shift U", t("Mark unread from here")],
      ["n", t("Next conversation with unread messages")],
      ["g", t("Go to a day")],
      ["Escape", t("Back to where you write")],
    ],
  ],
];

export default function ShortcutsDialog({ onClose }: { onClose: () => void }): JSX.Element {
  return (
    <Dialog title={t("Keyboard shortcuts")} onClose={onClose} class="tall wide">
      <p class="hint">{t("On a Mac, ⌘ is as good as Ctrl. Single letters can be switched off in the settings.")}</p>
      {groups().map(([name, lines]) => (
        <section key={name}>
          <h3 class="section-name">{name}</h3>
          <dl class="shortcuts">
            {lines.map(([keys, action]) => (
              <div key={keys}>
                <dt>{keysOf(keys)}</dt>
                <dd>{action}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Dialog>
  );
}

/** Keys as keys; what is between two ways is text. */
function keysOf(keys: string): JSX.Element[] {
  if (keys.startsWith("/jump")) return [<kbd key="0" dir="ltr">{keys}</kbd>];
  return keys.split(/( \/ (?!or )| or )/).map((part, index) =>
    index % 2 ? (
      <span key={index} class="shortcut-or">{part === " or " ? ` ${t("or")} ` : part}</span>
    ) : (
      <kbd key={index} dir="ltr">{part}</kbd>
    ),
  );
}

/** All keys that do something, in one list. */

import type { JSX } from "preact";
import { Dialog } from "./dialog.tsx";

type Line = readonly [keys: string, action: string];

const GROUPS: readonly (readonly [string, readonly Line[]])[] = [
  [
    "Everywhere",
    [
      ["Ctrl K", "Go to a conversation"],
      ["Ctrl Shift F", "Search messages"],
      ["Alt ↑ / Alt ↓", "Previous, next conversation"],
      ["Alt Shift ↑ / Alt Shift ↓", "The same, of those with unread messages"],
      ["Alt ← / Alt →", "Back, forward (the browser’s own)"],
      ["F6 / Shift F6", "Next, previous part of the page"],
      ["Ctrl+/ or ?", "This list"],
    ],
  ],
  [
    "Where you write",
    [
      ["Enter", "Send (or Ctrl Enter, as you set it)"],
      ["Shift Enter", "New line"],
      ["↑", "Edit your last message, when nothing is written"],
      ["Shift ↑", "Reply to the last message, when nothing is written"],
      ["Page Up / Page Down", "Scroll the messages, when nothing is written"],
      ["Shift Page Up", "First unread message"],
      ["Ctrl B / Ctrl I", "Bold, italic"],
      ["Ctrl K", "Link, when something is selected"],
      ["Ctrl Shift \\", "React to the last message"],
      ["@ and : and letters", "Names and emoji to choose from"],
      ["/jump 2026-09-01", "Go to a day"],
      ["Escape", "Cancel; else mark as read and go to the end"],
    ],
  ],
  [
    "In the messages",
    [
      ["↑ / ↓ or k / j", "Previous, next message"],
      ["Home / End", "First, last of those that are loaded"],
      ["Ctrl Home / Ctrl End", "Beginning, end of the conversation"],
      ["Enter or →", "What one can do with the message"],
      ["r", "Reply"],
      ["e", "Edit"],
      ["+", "React"],
      ["Shift U", "Mark unread from here"],
      ["n", "Next conversation with unread messages"],
      ["g", "Go to a day"],
      ["Escape", "Back to where you write"],
    ],
  ],
];

export default function ShortcutsDialog({ onClose }: { onClose: () => void }): JSX.Element {
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose} class="tall wide">
      <p class="hint">On a Mac, ⌘ is as good as Ctrl. Single letters can be switched off in the settings.</p>
      {GROUPS.map(([name, lines]) => (
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
  if (keys.startsWith("/jump")) return [<kbd key="0">{keys}</kbd>];
  return keys.split(/( \/ (?=\S)| or | and )/).map((part, index) =>
    index % 2 ? (
      <span key={index} class="shortcut-or">{part}</span>
    ) : (
      <kbd key={index}>{part}</kbd>
    ),
  );
}

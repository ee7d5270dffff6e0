/** What keys do in the box where one writes, beside writing and sending. */

import { notify } from "../app/notices.ts";
import type { Chat } from "../app/chat.ts";
import type { Message } from "../state/messages.ts";
import { startOfDay } from "../state/searching.ts";
import { wrap, type Mark } from "../state/wrapping.ts";
import { t } from "../words/index.ts";
import type { Visit } from "./visit.ts";

const MARKS: Readonly<Record<string, Mark>> = { b: "bold", i: "italic", k: "link" };
const COMMAND = /^\/jump\s+(\S+)\s*$/;

/** Marks the selection; whether the key was one of those. Without a selection Ctrl+K leads elsewhere, as everywhere. */
export function markingKey(event: KeyboardEvent, box: HTMLTextAreaElement): boolean {
  const mark = MARKS[event.key.toLowerCase()];
  if (!mark || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return false;
  const { value: text, selectionStart: start, selectionEnd: end } = box;
  if (mark === "link" && start === end) return false;
  const change = wrap({ text, start, end }, mark);
  replace(box, change.from, change.to, change.put);
  box.setSelectionRange(change.start, change.end);
  return true;
}

/** Puts text in the place of other, as if it were typed: undoing works. */
export function replace(box: HTMLTextAreaElement, from: number, to: number, text: string): void {
  box.focus();
  box.setSelectionRange(from, to);
  // Deprecated, and still the only way that keeps the browser's own undo.
  if (document.execCommand("insertText", false, text)) return;
  box.setRangeText(text, from, to, "end");
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

/** The last message of the list that isn't deleted, of those that are held. */
export function lastOf(chat: Chat, visit: Visit): Message | undefined {
  return visit.messages().findLast((other) => !chat.deleting.gone(visit.id, other));
}

export function replyToLast(chat: Chat, visit: Visit): void {
  const message = lastOf(chat, visit);
  if (message) visit.mode.value = { kind: "reply", message };
}

/** Ctrl+Shift+\, whatever that types on this keyboard. */
export function reactingKey(event: KeyboardEvent): boolean {
  const key = event.key === "\\" || event.key === "|" || event.code === "Backslash";
  return key && event.shiftKey && (event.ctrlKey || event.metaKey) && !event.altKey;
}

/** Does what a line asks for that isn't meant to be sent; false where it is an ordinary message. */
export function command(text: string, visit: Visit): boolean {
  const day = COMMAND.exec(text)?.[1];
  if (day === undefined) return false;
  const moment = startOfDay(day);
  if (moment === null) notify(t("After /jump comes a day, such as /jump 2026-09-01."), true);
  else visit.toTime(moment);
  return true;
}

/** The keyboard in the message list: one Tab stop, arrows between rows, into a row's controls and out again. */

import type { Chat } from "../app/chat.ts";
import { settings } from "../app/settings.ts";
import { notify } from "../app/notices.ts";
import { navigate, threadPath } from "../app/route.ts";
import { changeable, threadOf, type Message } from "../state/messages.ts";
import { reads, t } from "../words/index.ts";
import { nextUnread } from "./global-keys.ts";
import { find } from "../state/pane.ts";
import type { Visit } from "./visit.ts";

interface Around {
  visit: Visit;
  rows: HTMLElement[];
  chat: Chat;
}

export function listKeys(event: KeyboardEvent, around: Around): void {
  if (event.altKey || event.isComposing) return;
  const target = event.target as HTMLElement;
  const row = target.closest<HTMLElement>("[data-key]");
  if (!row || target.closest("dialog")) return;
  if (event.ctrlKey || event.metaKey || (event.shiftKey && event.key === "PageUp")) {
    if (far(event.key, around.visit)) event.preventDefault();
    return;
  }
  const done = target === row ? onRow(event, row, around) : inRow(event, row, target);
  if (done) event.preventDefault();
}

function onRow(event: KeyboardEvent, row: HTMLElement, { visit, rows, chat }: Around): boolean {
  const at = rows.indexOf(row);
  const letters = settings.letters.peek() === "on";
  const steps: Record<string, number> = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: rows.length - 1, ...(letters && { k: at - 1, j: at + 1 }) };
  const step = steps[event.key];
  if (step !== undefined) {
    const next = rows[Math.max(0, Math.min(rows.length - 1, step))]!;
    visit.active.value = next.dataset["key"]!;
    next.focus();
    return true;
  }
  switch (event.key) {
    case "Enter":
    case onward():
      controls(row)[0]?.focus();
      return true;
    case "Escape":
      (visit.leave ?? visit.focusComposer)();
      return true;
    default:
      return letters && letter(event.key, row, visit, chat);
  }
}

/** The keys that lead out of what is loaded. */
function far(key: string, visit: Visit): boolean {
  if (key === "Home") visit.toTime(0);
  else if (key === "End") visit.toTime(Infinity);
  else if (key === "PageUp") visit.toUnread();
  else return false;
  return true;
}

/** Single letters act only while a row itself has the focus, and can be switched off (WCAG 2.1.4). */
function letter(key: string, row: HTMLElement, visit: Visit, chat: Chat): boolean {
  if (key === "n") return nextUnread(chat);
  const messages = visit.messages();
  if (key === "g" && !visit.thread) return ((visit.jumping.value = Number(row.dataset["timestamp"]) || Date.now() * 1000), true);
  const message = messages[find(messages, Number(row.dataset["timestamp"]))];
  if (message && !visit.thread && key === "U") return (markUnread(chat, visit, message), true);
  if (message && !visit.thread && key === "t") return (openThread(visit, message), true);
  if (!message || chat.deleting.gone(visit.id, message)) return false;
  if (key === "r") visit.mode.value = { kind: "reply", message };
  else if (key === "e" && message.author === chat.me.username) return edit(chat, visit, message);
  else if (key === "+") return focusFirst(row, ".actions button");
  else return false;
  visit.focusComposer();
  return true;
}

function edit(chat: Chat, visit: Visit, message: Message): true {
  if (changeable(message, chat.me.username, chat.config.edit_seconds ?? 0)) {
    visit.mode.value = { kind: "edit", message };
    visit.focusComposer();
  } else {
    notify(t("The time in which this message could be changed is over."));
  }
  return true;
}

export function openThread(visit: Visit, message: Message): void {
  navigate(threadPath(visit.id, threadOf(message)));
}

/** From this message on everything is unread, and stays so for this visit. */
export function markUnread(chat: Chat, visit: Visit, message: Message): void {
  chat.reading.markUnread(visit.id, message);
  visit.marked = true;
  visit.unreadAfter.value = { number: message.number - 1, timestamp: message.timestamp - 1 };
  notify(t("Marked as unread from here, in this browser."));
}

function inRow(event: KeyboardEvent, row: HTMLElement, target: HTMLElement): boolean {
  const all = controls(row);
  const at = all.indexOf(target);
  if (event.key === onward()) all[Math.min(all.length - 1, at + 1)]?.focus();
  else if (event.key === backward() && at > 0) all[at - 1]!.focus();
  else if (event.key === backward() || event.key === "Escape") row.focus();
  else return false;
  return true;
}

/** The arrows as the page is read: a row's controls stand the other way round where that is from right to left. */
const onward = (): string => (reads() === "rtl" ? "ArrowLeft" : "ArrowRight");
const backward = (): string => (reads() === "rtl" ? "ArrowRight" : "ArrowLeft");

function controls(row: HTMLElement): HTMLElement[] {
  return [...row.querySelectorAll<HTMLElement>("a[href], button, audio, video, input")];
}

function focusFirst(row: HTMLElement, selector: string): boolean {
  row.querySelector<HTMLElement>(selector)?.focus();
  return true;
}

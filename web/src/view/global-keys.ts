/** Keys that work everywhere on the page. */

import type { Chat } from "../app/chat.ts";
import { navigate, pathOf, route } from "../app/route.ts";
import { settings } from "../app/settings.ts";
import { unread } from "../state/conversations.ts";

/** Each region of the page, and where the focus goes in it; the first of the targets that is there. */
const REGIONS = [
  { region: ".top", targets: ["button"] },
  { region: ".sidebar", targets: ["a[aria-current]", "a.conversation", "button"] },
  { region: ".list-frame", targets: ["[data-key][tabindex='0']"] },
  { region: ".composer", targets: ["textarea"] },
  { region: ".pane.empty, .pane.admin", targets: ["input", "button:not(.only-narrow)"] },
  { region: ".thread-panel", targets: ["[data-key][tabindex='0']", "textarea", "button"] },
  { region: ".search-panel", targets: ["input"] },
] as const;

/** What a key opens. */
export interface Doors {
  switch: () => void;
  search: () => void;
  shortcuts: () => void;
}

export function globalKeys(chat: Chat, open: Doors): () => void {
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.isComposing || event.defaultPrevented) return;
    const control = (event.ctrlKey || event.metaKey) && !event.altKey;
    const key = event.key.toLowerCase();
    if (control && !event.shiftKey && key === "k") open.switch();
    else if (control && event.shiftKey && key === "f") open.search();
    else if (control && key === "/") open.shortcuts();
    else if (key === "?" && !control && settings.letters.peek() === "on" && !isField(event.target)) open.shortcuts();
    else if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) step(chat, event);
    else if (event.key === "F6") cycle(event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
  };
  addEventListener("keydown", onKeyDown);
  return () => removeEventListener("keydown", onKeyDown);
}

/** Whether letters that are typed there are text. */
function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input, textarea, select");
}

/** To the next or previous conversation; with Shift, of those with unread messages. */
function step(chat: Chat, event: KeyboardEvent): void {
  const here = route.peek();
  const order = chat.store.order.peek();
  const way = event.key === "ArrowDown" ? 1 : -1;
  let at = here.name === "conversation" ? order.indexOf(here.id) : way > 0 ? -1 : order.length;
  for (at += way; at >= 0 && at < order.length; at += way) {
    const id = order[at]!;
    if (event.shiftKey && !unread(chat.store.peek(id)!.conversation)) continue;
    return navigate(pathOf(id));
  }
}

/** To the conversation with the latest unread message that is not on the screen; false where there is none. */
export function nextUnread(chat: Chat): boolean {
  const here = route.peek();
  const id = chat.store.order.peek().find((other) => {
    const shown = here.name === "conversation" && here.id === other;
    return !shown && unread(chat.store.peek(other)!.conversation) > 0;
  });
  if (id) navigate(pathOf(id));
  return !!id;
}

/** To the next region of the page that can be seen: the conversations, the messages, where one writes. */
function cycle(way: number): void {
  const regions = REGIONS.map(({ region }) => document.querySelector(region));
  const now = regions.findIndex((region) => region?.contains(document.activeElement));
  for (let turn = 1; turn <= regions.length; turn += 1) {
    const next = (Math.max(now, way > 0 ? -1 : 0) + way * turn + regions.length * 2) % regions.length;
    const found = REGIONS[next]!.targets.map((target) => regions[next]?.querySelector<HTMLElement>(target));
    const target = found.find((element) => element?.checkVisibility({ checkVisibilityCSS: true }));
    if (target) return target.focus();
  }
}

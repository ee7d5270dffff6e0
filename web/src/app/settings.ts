/**
 * How this browser is set: kept in its own storage, shared by its tabs, and not known to the server.
 *
 * The look of the page is also set by `public/first.js`, before anything is drawn; both write the same attributes.
 */

import { effect, signal, type Signal } from "@preact/signals";

const PREFIX = "tertulia.setting.";

export const THEMES = ["system", "light", "dark", "contrast"] as const;
export const MOTIONS = ["auto", "hover", "never"] as const;
export const SENDING = ["enter", "ctrl-enter"] as const;
export const ANNOUNCING = ["all", "mentions", "off"] as const;
export const SWITCH = ["on", "off"] as const;
/** `pseudo` is for tests and stands in no menu. */
export const LANGUAGE = ["browser", "en", "es", "ar", "pseudo"] as const;
export const TONES = ["0", "1", "2", "3", "4", "5"] as const;

export type Theme = (typeof THEMES)[number];
/** What moves by itself: always, while it is pointed at or has the focus, or not at all. */
export type Motion = (typeof MOTIONS)[number];
export type LanguageSetting = (typeof LANGUAGE)[number];
export type Switch = (typeof SWITCH)[number];

interface Setting {
  readonly name: string;
  readonly signal: Signal<string>;
  readonly choices: readonly string[];
  readonly normal: string;
}

const all: Setting[] = [];

export const settings = {
  theme: setting("theme", THEMES, "system"),
  motion: setting("motion", MOTIONS, stillWanted() ? "never" : "auto"),
  sending: setting("sending", SENDING, "enter"),
  announcing: setting("announcing", ANNOUNCING, "all"),
  /** Whether single letters do something in the message list (WCAG 2.1.4). */
  letters: setting("letters", SWITCH, "on"),
  /** Whether messages count as read because they were seen. */
  reading: setting("reading", SWITCH, "on"),
  /** Whether what the pages say of themselves to which messages link is shown. */
  previews: setting("previews", SWITCH, "on"),
  /** Whether drafts are kept by the server, for other devices. */
  drafts: setting("drafts", SWITCH, "on"),
  /** Whether `:)` is sent as an emoji. */
  faces: setting("faces", SWITCH, "on"),
  notifications: setting("notifications", SWITCH, "off"),
  sound: setting("sound", SWITCH, "off"),
  /** Notifications also while no page is open, and whether they say what was written. */
  push: setting("push", SWITCH, "off"),
  pushText: setting("push-text", SWITCH, "on"),
  language: setting("language", LANGUAGE, "browser"),
  /** The skin tone of emoji: 0 for none, else 1 (light) to 5 (dark). */
  tone: setting("tone", TONES, "0"),
};

/** Writes what the styles look at, now and with each change. */
export function followSettings(): void {
  effect(() => {
    const { dataset } = document.documentElement;
    dataset["theme"] = settings.theme.value;
    dataset["motion"] = settings.motion.value;
  });
}

/** Takes over what another tab changes, and has changed since the page began: listening takes a while to begin. */
export function followOtherTabs(): void {
  addEventListener("storage", (event) => {
    const changed = all.find(({ name }) => PREFIX + name === event.key);
    if (changed) changed.signal.value = allowed(event.newValue, changed.choices, changed.normal);
  });
  for (const { name, signal, choices, normal } of all) signal.value = allowed(kept(name) ?? signal.peek(), choices, normal);
}

/** One setting, as it was left; a choice that isn't one (any more) is the normal one. */
function setting<const T extends string>(name: string, choices: readonly T[], normal: T): Signal<T> {
  const made = signal(allowed(kept(name), choices, normal));
  let first = true;
  effect(() => {
    const value = made.value;
    if (!first) keep(name, value);
    first = false;
  });
  all.push({ name, signal: made as unknown as Signal<string>, choices, normal });
  return made;
}

export function allowed<T extends string>(value: string | null, choices: readonly T[], normal: T): T {
  return choices.find((choice) => choice === value) ?? normal;
}

function kept(name: string): string | null {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

function keep(name: string, value: string): void {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    return; // Storage is full or refused: the setting lives as long as the page.
  }
}

function stillWanted(): boolean {
  return typeof matchMedia === "function" && matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** Notifications and sounds: of the tab that leads, for what nobody looks at, as far as is wanted in this browser. */

import { effect, signal } from "@preact/signals";
import type { VisibleEntry } from "../api/types.ts";
import { gist } from "../state/gist.ts";
import { unread, type Conversation } from "../state/conversations.ts";
import { conversationName } from "../state/names.ts";
import { LEVELS, tells, wordsOf, type Level, type Told } from "../state/notifying.ts";
import type { People } from "./people.ts";
import { navigate, pathOf } from "./route.ts";
import { allowed, settings } from "./settings.ts";
import type { Store } from "./store.ts";
import { Tabs } from "./tabs.ts";

type Said = Extract<VisibleEntry, { kind: "message" }>;

const ICON = "/icon-192.png";
/** The mark of an unread conversation; changed with the page's title. */
const MARKS = { none: "/favicon.svg", some: "/favicon-unread.svg" } as const;
/** Two short tones, quiet: hertz, and seconds after the first. */
const TONES = [[660, 0], [880, 0.11]] as const;
const LOUDNESS = 0.06;
/** So many conversations can have a level of their own. */
const LEVELS_MAX = 500;

/** What the browser says of notifications here. */
export type Permission = NotificationPermission | "unsupported";

export function permission(): Permission {
  return "Notification" in globalThis ? Notification.permission : "unsupported";
}

/** Asks the person, which a browser allows only after a click. */
export async function askPermission(): Promise<Permission> {
  return permission() === "default" ? Notification.requestPermission() : permission();
}

export class Notifying {
  readonly tabs: Tabs;
  private readonly store: Store;
  private readonly people: People;
  private readonly me: string;
  private readonly levels = signal<ReadonlyMap<string, Level>>(new Map());
  private readonly shown = new Map<string, () => void>();
  private readonly ends: (() => void)[] = [];

  constructor(store: Store, people: People, me: string) {
    this.store = store;
    this.people = people;
    this.me = me;
    this.tabs = new Tabs((conversation) => store.shown.peek() === conversation && document.visibilityState === "visible" && document.hasFocus());
    this.levels.value = this.kept();
  }

  start(): void {
    this.tabs.start();
    this.ends.push(effect(() => this.mark(this.store.unreadTotal.value)), effect(() => this.tidy()));
  }

  stop(): void {
    for (const end of this.ends) end();
    this.tabs.stop();
    this.mark(0);
  }

  level(conversation: string): Level {
    return this.levels.value.get(conversation) ?? "all";
  }

  setLevel(conversation: string, level: Level): void {
    const levels = new Map(this.levels.peek());
    levels.delete(conversation);
    if (level !== "all") levels.set(conversation, level);
    this.levels.value = new Map([...levels].slice(-LEVELS_MAX));
    try {
      localStorage.setItem(this.key, JSON.stringify([...this.levels.value]));
    } catch {
      return; // Storage is full or refused: it holds as long as the page.
    }
  }

  /** Somebody wrote something new. */
  async noticed(id: string, entry: Said): Promise<void> {
    if (entry.author === this.me || !tells(this.level(id), !!entry.mentions?.includes(this.me))) return;
    const wanted = settings.notifications.peek() === "on" && permission() === "granted";
    const sounds = settings.sound.peek() === "on";
    if (!(wanted || sounds) || !this.tabs.leading.peek() || (await this.tabs.watched(id))) return;
    const conversation = this.store.peek(id)?.conversation;
    if (!conversation) return;
    if (sounds) void sound();
    if (wanted) await this.show(id, entry.timestamp, this.words(conversation, entry));
  }

  private words(conversation: Conversation, entry: Said): Told {
    const name = (username: string): string => this.people.name(username);
    const place = conversation.kind === "group" ? conversationName(conversation, this.me, name) : "";
    return wordsOf(name(entry.author), place, gist(entry));
  }

  /** By the service worker where there is one: on phones there is no other way. A newer one takes the place of an older. */
  private async show(id: string, timestamp: number, { title, body }: Told): Promise<void> {
    const path = pathOf(id, timestamp);
    const options = { body, tag: id, icon: ICON, data: { path } };
    const registration = await navigator.serviceWorker?.getRegistration();
    if (registration?.active) {
      await registration.showNotification(title, options);
      this.shown.set(id, () => void closeAll(registration, id));
      return;
    }
    const notification = new Notification(title, options);
    notification.onclick = () => {
      notification.close();
      window.focus();
      navigate(path);
    };
    this.shown.set(id, () => notification.close());
  }

  /** What was read here or elsewhere needs no notification any more. */
  private tidy(): void {
    for (const [id, close] of this.shown) {
      const held = this.store.get(id);
      if (held && unread(held.conversation)) continue;
      close();
      this.shown.delete(id);
    }
    void this.store.unreadTotal.value;
  }

  private mark(count: number): void {
    document.title = count ? `(${count}) Tertulia` : "Tertulia";
    document.querySelector("link[rel='icon']")?.setAttribute("href", count ? MARKS.some : MARKS.none);
    if (!("setAppBadge" in navigator)) return;
    void (count ? navigator.setAppBadge(count) : navigator.clearAppBadge()).catch(() => undefined);
  }

  private get key(): string {
    return `tertulia.notify.${this.me}`;
  }

  private kept(): Map<string, Level> {
    try {
      const found = JSON.parse(localStorage.getItem(this.key) ?? "[]") as [string, string][];
      return new Map(found.map(([id, level]) => [id, allowed(level, LEVELS, "all")]));
    } catch {
      return new Map();
    }
  }
}

async function closeAll(registration: ServiceWorkerRegistration, tag: string): Promise<void> {
  for (const notification of await registration.getNotifications({ tag })) notification.close();
}

/** A browser may refuse it until somebody has clicked on the page; then it stays silent. */
async function sound(): Promise<void> {
  try {
    const audio = new AudioContext();
    if (audio.state !== "running") await audio.resume();
    for (const [pitch, after] of TONES) {
      const tone = new OscillatorNode(audio, { frequency: pitch });
      const volume = new GainNode(audio, { gain: LOUDNESS });
      const begin = audio.currentTime + after;
      volume.gain.exponentialRampToValueAtTime(0.001, begin + 0.3);
      tone.connect(volume).connect(audio.destination);
      tone.start(begin);
      tone.stop(begin + 0.3);
    }
    setTimeout(() => void audio.close(), 1_000);
  } catch {
    return;
  }
}

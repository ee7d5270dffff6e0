/** Notifications and sounds: of the tab that leads, for what nobody looks at, as far as is wanted in this browser. */

import { effect } from "@preact/signals";
import type { VisibleEntry } from "../api/types.ts";
import { gist } from "../state/gist.ts";
import { readTo, unread, type Conversation } from "../state/conversations.ts";
import { naming } from "../state/everyone.ts";
import { conversationName } from "../state/names.ts";
import { isQuiet, minuteOf, tells, wordsOf } from "../state/notifying.ts";
import { notice, type Told } from "../state/telling.ts";
import type { People } from "./people.ts";
import type { Preferences } from "./preferences.ts";
import { navigate } from "./route.ts";
import { settings } from "./settings.ts";
import type { Store } from "./store.ts";
import { Tabs } from "./tabs.ts";
import { answerWorker } from "./worker.ts";

type Said = Extract<VisibleEntry, { kind: "message" }>;

/** The mark of an unread conversation; changed with the page's title. */
const MARKS = { none: "/favicon.svg", some: "/favicon-unread.svg" } as const;
/** Milliseconds until the mark is changed: a slow one takes a tenth of a second to draw it, and the first screen comes first. */
const MARK_AFTER = 500;
/** Two short tones, quiet: hertz, and seconds after the first. */
const TONES = [[660, 0], [880, 0.11]] as const;
const LOUDNESS = 0.06;

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
  private readonly preferences: Preferences;
  private readonly shown = new Map<string, () => void>();
  private readonly ends: (() => void)[] = [];
  private marking = 0;

  constructor(store: Store, people: People, me: string, preferences: Preferences) {
    this.store = store;
    this.people = people;
    this.me = me;
    this.preferences = preferences;
    this.tabs = new Tabs((conversation) => store.shown.peek() === conversation && document.visibilityState === "visible" && document.hasFocus());
  }

  start(): void {
    this.tabs.start();
    const knows = (id: string, timestamp: number): boolean => (this.store.peek(id)?.conversation.head.timestamp ?? 0) >= timestamp;
    this.ends.push(effect(() => this.mark(this.store.unreadTotal.value)), effect(() => this.tidy()), answerWorker(knows));
  }

  stop(): void {
    for (const end of this.ends) end();
    this.tabs.stop();
    this.mark(0);
  }

  /** Somebody wrote something new. */
  async noticed(id: string, entry: Said): Promise<void> {
    if (entry.author === this.me || this.silent(id, entry)) return;
    const wanted = settings.notifications.peek() === "on" && permission() === "granted";
    const sounds = settings.sound.peek() === "on";
    if (!(wanted || sounds) || !this.tabs.leading.peek() || (await this.tabs.watched(id))) return;
    const conversation = this.store.peek(id)?.conversation;
    if (!conversation || entry.number <= readTo(conversation).number) return;
    if (sounds) void sound();
    if (wanted) await this.show(id, entry.timestamp, this.words(conversation, entry));
  }

  /** The server has the same rules: page and push agree. */
  private silent(id: string, entry: Said): boolean {
    const quiet = this.preferences.quiet.peek();
    const now = new Date();
    if (quiet && isQuiet(quiet, minuteOf(now, quiet.zone))) return true;
    if (this.people.said(this.me).dnd) return true;
    return !tells(this.preferences.choice(id), naming(entry.mentions, this.me), now.getTime() * 1_000);
  }

  private words(conversation: Conversation, entry: Said): Told {
    const name = (username: string): string => this.people.name(username);
    const place = conversation.kind === "group" ? conversationName(conversation, this.me, name) : "";
    return wordsOf(name(entry.author), place, gist(entry));
  }

  /** By the service worker where there is one: on phones there is no other way. A newer one takes the place of an older. */
  private async show(id: string, timestamp: number, told: Told): Promise<void> {
    const { title, options } = notice(told, id, timestamp);
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
      navigate(options.data.path);
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
    clearTimeout(this.marking);
    this.marking = window.setTimeout(() => drawMark(count > 0), MARK_AFTER);
    if (!("setAppBadge" in navigator)) return;
    void (count ? navigator.setAppBadge(count) : navigator.clearAppBadge()).catch(() => undefined);
  }
}

function drawMark(some: boolean): void {
  const link = document.querySelector("link[rel='icon']");
  link?.setAttribute("type", "image/svg+xml");
  link?.setAttribute("href", some ? MARKS.some : MARKS.none);
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

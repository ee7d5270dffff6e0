/** What this person is told of, the same on all devices: kept by the server, and here for when it can't be reached. */

import { signal } from "@preact/signals";
import type { Client } from "../api/client.ts";
import { LEVELS, NORMAL, type Choice, type Level, type Quiet } from "../state/notifying.ts";
import { attempt } from "./notices.ts";
import { allowed } from "./settings.ts";

interface Kept {
  readonly choices: readonly (readonly [string, Choice])[];
  readonly quiet: Quiet | null;
  /** Whether others are shown what is read; absent where it was kept before that could be set. */
  readonly receipts?: boolean;
}

/** What the server keeps; of older choices of this browser alone no more are handed over. */
const CHOICES_MAX = 200;

/** The time zone of this browser, and how many minutes east of Greenwich it is now. */
export function zoneHere(): Pick<Quiet, "zone" | "offset"> {
  return { zone: new Intl.DateTimeFormat().resolvedOptions().timeZone, offset: -new Date().getTimezoneOffset() };
}

export class Preferences {
  readonly quiet = signal<Quiet | null>(null);
  /** Whether others are shown what is read here. */
  readonly receipts = signal(true);
  private learning: Promise<void> | null = null;
  private readonly choices = signal<ReadonlyMap<string, Choice>>(new Map());
  private readonly client: Client;
  private readonly me: string;

  constructor(client: Client, me: string) {
    this.client = client;
    this.me = me;
    const { choices, quiet, receipts = true } = this.read();
    this.choices.value = new Map(choices);
    this.quiet.value = quiet;
    this.receipts.value = receipts;
  }

  choice(conversation: string): Choice {
    return this.choices.value.get(conversation) ?? NORMAL;
  }

  /** As the server has it: learnt once, and again after `missed`. Raises where it can't be asked. */
  known(): Promise<void> {
    this.learning ??= this.learn().catch((error: unknown) => {
      this.learning = null;
      throw error;
    });
    return this.learning;
  }

  /** What another device sets was perhaps not heard. */
  missed(): void {
    this.learning = null;
  }

  /** With what the server has. What was chosen in this browser before servers kept it goes there first. */
  async learn(): Promise<void> {
    for (const [id, level] of this.before()) await this.client.chooseNotifications(id, { level });
    localStorage.removeItem(this.old);
    const { conversations, quiet, receipts } = await this.client.getNotifications();
    this.choices.value = new Map(Object.entries(conversations));
    this.quiet.value = quiet;
    this.receipts.value = receipts;
    this.keep();
    // Summer time begins and ends: a server that doesn't know the zone goes by what was said of it last.
    const here = zoneHere();
    if (quiet && quiet.zone === here.zone && quiet.offset !== here.offset) await this.client.setQuietHours({ ...quiet, ...here });
  }

  /** Holds here at once; where the server doesn't take it, that is said, and it is as before. */
  async choose(conversation: string, change: Partial<Choice>): Promise<void> {
    const before = this.choices.peek();
    this.put(new Map(before).set(conversation, { ...this.choice(conversation), ...change }));
    if (!(await attempt(this.client.chooseNotifications(conversation, change)))) this.put(before);
  }

  async setQuiet(quiet: Quiet | null): Promise<void> {
    const before = this.quiet.peek();
    this.quiet.value = quiet;
    if (!(await attempt(this.client.setQuietHours(quiet)))) this.quiet.value = before;
    this.keep();
  }

  /** On another device, or here in the settings. */
  toldReceipts(shown: boolean): void {
    this.receipts.value = shown;
    this.keep();
  }

  private put(choices: ReadonlyMap<string, Choice>): void {
    this.choices.value = choices;
    this.keep();
  }

  private get key(): string {
    return `tertulia.notifications.${this.me}`;
  }

  private get old(): string {
    return `tertulia.notify.${this.me}`;
  }

  private keep(): void {
    const kept: Kept = { choices: [...this.choices.peek()], quiet: this.quiet.peek(), receipts: this.receipts.peek() };
    try {
      localStorage.setItem(this.key, JSON.stringify(kept));
    } catch {
      return; // Storage is full or refused: it holds as long as the page.
    }
  }

  private read(): Kept {
    try {
      return (JSON.parse(localStorage.getItem(this.key) ?? "null") as Kept | null) ?? { choices: [], quiet: null };
    } catch {
      return { choices: [], quiet: null };
    }
  }

  private before(): [string, Level][] {
    try {
      const found = JSON.parse(localStorage.getItem(this.old) ?? "[]") as [string, string][];
      return found.slice(-CHOICES_MAX).map(([id, level]) => [id, allowed(level, LEVELS, "all")]);
    } catch {
      return [];
    }
  }
}

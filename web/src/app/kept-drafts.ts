/**
 * Drafts at the server, so that they are on all devices of their person: what is changed here goes there after a pause in
 * writing, what another device changed comes from there. What is being written here is never replaced: then it is the newer
 * one, and goes to the server. Loaded when the page is connected.
 */

import { effect } from "@preact/signals";
import { ApiError, isTemporary } from "../api/errors.ts";
import type { AttachmentRef, DraftKept, KeepDraft, KeptDrafts as Listed, KeptDraftEvent } from "../api/types.ts";
import type { Chat } from "./chat.ts";
import { isEmpty, type Draft, type Drafts } from "./drafts.ts";
import { refOf } from "../state/outbox.ts";
import type { Upload } from "../state/uploads.ts";
import { settings } from "./settings.ts";

export { restore } from "./restoring.ts";

/** A pause in writing (milliseconds). */
export const PAUSE = 3_000;
/** The server keeps no longer ones. */
const TEXT_MAX = 8_000;
/** The server lists no more. */
const DRAFTS_MAX = 100;
/** For so long the server keeps a draft (microseconds). */
const LIFE = 30 * 24 * 3_600_000_000;

export interface KeptPorts {
  list: () => Promise<Listed>;
  /** `going`: the page may go meanwhile. */
  keep: (conversation: string, body: KeepDraft, going: boolean) => Promise<DraftKept>;
  connected: () => boolean;
  /** Another draft has taken the place of what was here; these are its files. */
  replaced: (conversation: string, files: readonly AttachmentRef[]) => void;
}

export class KeptDrafts {
  private readonly drafts: Drafts;
  private readonly ports: KeptPorts;
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();
  private readonly saving = new Map<string, Promise<void>>();
  /** What was answered to this page. */
  private readonly own = new Map<string, number>();
  /** What was told while it wasn't known yet whether this page was its cause. */
  private readonly told = new Map<string, number>();
  /** Drafts as the server refused them; they are not sent again so. */
  private readonly refused = new Map<string, string>();
  /** What was saved since the list was asked for: it may not know yet. */
  private fresh = new Set<string>();
  private learning: Promise<void> | null = null;
  /** The request for the list, while it is on its way. */
  private asking: Promise<Listed | null> = Promise.resolve(null);
  private again = false;
  private readonly ends: (() => void)[] = [];

  constructor(drafts: Drafts, ports: KeptPorts) {
    this.drafts = drafts;
    this.ports = ports;
    drafts.onChange = (conversation) => this.changed(conversation);
    drafts.pause = async () => {
      await this.flush();
      await this.asking;
    };
    let before = settings.drafts.peek();
    const end = effect(() => {
      const now = settings.drafts.value;
      if (now !== before) void (now === "on" ? this.connect() : this.withdraw());
      before = now;
    });
    this.onStop(end);
  }

  onStop(end: () => void): void {
    this.ends.push(end);
  }

  stop(): void {
    for (const end of this.ends.splice(0)) end();
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.drafts.onChange = () => undefined;
    this.drafts.pause = () => Promise.resolve();
  }

  /** There is a connection: what others changed comes, and what was changed here without one goes. */
  async connect(): Promise<void> {
    if (!this.wanted) return;
    await this.learn();
    await this.flush();
  }

  /** The server says that a draft is another. */
  heard({ conversation, timestamp }: KeptDraftEvent): void {
    if (this.saving.has(conversation)) this.told.set(conversation, timestamp);
    else if (this.own.get(conversation) !== timestamp && this.drafts.of(conversation).kept !== timestamp) void this.learn();
  }

  /** What was changed goes to the server now. */
  async flush(going = false): Promise<void> {
    const changed = this.drafts.all().filter(([, draft]) => draft.changed);
    await Promise.all(changed.map(([id]) => this.save(id, going)));
  }

  private get wanted(): boolean {
    return settings.drafts.peek() === "on";
  }

  private changed(conversation: string): void {
    clearTimeout(this.timers.get(conversation));
    if (!this.wanted) return;
    // What was sent or cleared is gone elsewhere at once.
    const wait = isEmpty(this.drafts.of(conversation)) ? 0 : PAUSE;
    this.timers.set(conversation, setTimeout(() => void this.save(conversation), wait));
  }

  private async save(conversation: string, going = false): Promise<void> {
    clearTimeout(this.timers.get(conversation));
    this.timers.delete(conversation);
    const draft = this.drafts.of(conversation);
    if (!draft.changed || !(this.wanted && isKept(conversation))) return;
    const running = this.saving.get(conversation);
    if (running) return running;
    if (isEmpty(draft) && !draft.kept) return this.drafts.put(conversation, leftOf(draft));
    const said = JSON.stringify(bodyOf(draft));
    if (!this.ports.connected() || [...draft.text].length > TEXT_MAX || this.refused.get(conversation) === said) return;
    const saving = Promise.resolve().then(() => this.put(conversation, draft, going)).finally(() => this.saving.delete(conversation));
    this.saving.set(conversation, saving);
    await saving;
    this.settle(conversation, said);
  }

  private async put(conversation: string, draft: Draft, going: boolean): Promise<void> {
    const body = bodyOf(draft);
    try {
      const { timestamp } = await this.ports.keep(conversation, body, going);
      this.own.set(conversation, timestamp);
      this.fresh.add(conversation);
      const now = this.drafts.of(conversation);
      const same = JSON.stringify(bodyOf(now)) === JSON.stringify(body);
      const gone = isEmpty(draft);
      this.drafts.put(conversation, same && gone ? leftOf(now) : { ...now, kept: gone ? 0 : timestamp, changed: !same });
    } catch (error) {
      // It stays here. The next change, pause or connection tries again, unless that can't help.
      if (error instanceof ApiError && !isTemporary(error)) this.refused.set(conversation, JSON.stringify(body));
    }
  }

  /** After a save: what was written meanwhile goes after the next pause, and what was told meanwhile is looked at. */
  private settle(conversation: string, said: string): void {
    const draft = this.drafts.of(conversation);
    if (draft.changed && JSON.stringify(bodyOf(draft)) !== said && !this.timers.has(conversation)) this.changed(conversation);
    const told = this.told.get(conversation);
    this.told.delete(conversation);
    if (told !== undefined && told !== this.own.get(conversation)) void this.learn();
  }

  /** Takes what the server has, one list at a time. A page that nobody looks at waits until somebody does. */
  private async learn(): Promise<void> {
    if (!this.wanted) return;
    if (this.learning) {
      this.again = true;
      return this.learning;
    }
    this.learning = this.read().finally(() => (this.learning = null));
    await this.learning;
    if (!this.again) return;
    this.again = false;
    await this.learn();
  }

  private async read(): Promise<void> {
    await seen();
    this.fresh = new Set();
    // Without an answer what is here stays; the next connection asks again.
    this.asking = this.ports.list().catch(() => null);
    const listed = await this.asking;
    if (listed) this.take(listed.drafts);
  }

  private take(listed: Listed["drafts"]): void {
    if (!this.wanted) return;
    const free = (id: string): boolean => !this.drafts.of(id).changed && !this.saving.has(id) && !this.fresh.has(id);
    const there = new Set(listed.map(({ conversation }) => conversation));
    let taken = 0;
    for (const [id, mine] of this.drafts.all()) {
      if (!isKept(id) || there.has(id) || !free(id) || (isEmpty(mine) && !mine.kept)) continue;
      taken += 1;
      // What ended by itself, or where there were too many, was neither sent nor cleared elsewhere.
      const ended = !mine.kept || listed.length >= DRAFTS_MAX || Date.now() * 1000 - mine.kept > LIFE;
      if (ended) this.drafts.put(id, { ...mine, kept: 0, changed: true });
      else this.replace(id, null);
    }
    for (const { conversation, timestamp, text = "", reply_to: reply = 0, attachments: files = [] } of listed) {
      if (!free(conversation) || this.drafts.of(conversation).kept === timestamp) continue;
      taken += 1;
      this.replace(conversation, { text, reply, files, kept: timestamp, changed: false, at: timestamp / 1000 });
    }
    if (taken) this.drafts.taken.value += 1;
  }

  private replace(conversation: string, draft: Draft | null): void {
    this.ports.replaced(conversation, draft?.files ?? []);
    this.drafts.put(conversation, draft);
  }

  /** Drafts are to be in this browser alone: what the server has of them goes. */
  private async withdraw(): Promise<void> {
    for (const [id, draft] of this.drafts.all()) {
      if (!draft.kept) continue;
      await this.ports.keep(id, {}, false).then(
        () => this.drafts.put(id, { ...this.drafts.of(id), kept: 0, changed: true }),
        () => undefined,
      );
    }
  }
}

/** The server keeps one a conversation; what is written in a thread stays in this browser. */
const isKept = (id: string): boolean => !id.includes("/");

/** Of a draft in which nothing is said: what is answered, for this browser alone. */
const leftOf = (draft: Draft): Draft | null => (draft.reply ? { ...draft, kept: 0, changed: false } : null);

function bodyOf({ text, reply, files }: Draft): KeepDraft {
  const said = text.trim() ? text : "";
  return { ...(said && { text: said }), ...(reply && { reply_to: reply }), ...(files.length && { attachments: [...files] }) };
}

/** Resolves when somebody looks at the page. */
function seen(): Promise<void> {
  if (typeof document === "undefined" || !document.hidden) return Promise.resolve();
  return new Promise((resolve) => {
    document.addEventListener("visibilitychange", () => resolve(), { once: true });
  });
}

/** Keeps one person's drafts from now on, until it is stopped. */
export function begin(chat: Chat): KeptDrafts {
  const { drafts, client, media: { uploads } } = chat;
  const kept = new KeptDrafts(drafts, {
    list: () => client.listDrafts(),
    keep: (conversation, body, going) => client.keepDraft(conversation, body, going),
    connected: () => chat.connected.peek(),
    replaced(conversation, files) {
      uploads.known.delete(conversation);
      for (const upload of uploads.all.peek()) {
        const own = upload.conversation === conversation && !upload.taken && upload.state === "done";
        if (own && !files.some(({ media }) => media === upload.media)) uploads.cancel(upload.upload);
      }
    },
  });
  kept.onStop(effect(() => followFiles(drafts, uploads.known, uploads.all.value)));
  const hidden = (): void => void (document.hidden && kept.flush(true));
  const going = (): void => void kept.flush(true);
  // Another page of this browser has changed something; what it has deleted is deleted here too.
  const elsewhere = ({ key, newValue }: StorageEvent): void => {
    if (!key?.startsWith(drafts.prefix)) return;
    if (newValue === null) drafts.put(key.slice(drafts.prefix.length), null);
    drafts.read();
    drafts.taken.value += 1;
  };
  document.addEventListener("visibilitychange", hidden);
  addEventListener("pagehide", going);
  addEventListener("storage", elsewhere);
  kept.onStop(() => {
    document.removeEventListener("visibilitychange", hidden);
    removeEventListener("pagehide", going);
    removeEventListener("storage", elsewhere);
  });
  return kept;
}

/** A draft names the files of what is being written that are at the server; in its own order, so that two devices agree. */
export function followFiles(drafts: Drafts, known: ReadonlySet<string>, all: readonly Upload[]): void {
  for (const conversation of known) {
    const now = all.filter((upload) => upload.conversation === conversation && !upload.taken && upload.state === "done").map(refOf);
    const before = drafts.of(conversation).files.map(({ media }) => media);
    const place = (media: string): number => (before.includes(media) ? before.indexOf(media) : before.length);
    drafts.change(conversation, { files: now.sort((one, other) => place(one.media) - place(other.media)) });
  }
}

/** Keeps what is held in step with the server: pushed entries, gaps, reconnecting, pages of history. */

import type { Client, Page } from "../api/client.ts";
import { ApiError } from "../api/errors.ts";
import type { EntryEvent, HeadEvent, MemberView, Messages, ReadEvent, VisibleEntry } from "../api/types.ts";
import { isChange, spanOf, type Change, type Span } from "../state/changes.ts";
import { fromView, moveCursor, readTo, unread, type Conversation } from "../state/conversations.ts";
import { arrival, catchUp, follow, forgetOldest, open, widen, type Held } from "../state/held.ts";
import type { Message } from "../state/messages.ts";
import { find, type Pane, type Side } from "../state/pane.ts";
import type { Store } from "./store.ts";

/** A reader who is further behind than this many entries reads the last page again instead of the log. */
const FAR_BEHIND = 1_000;
/** With more unread messages than this, a conversation opens around the first of them. */
const UNREAD_ON_A_PAGE = 30;
/** Entries of the log that are read at once. */
const LOG_PAGE = 500;
const AGAIN = 400;
const TRIES = 4;
/** What was asked for ahead is drawn together, if all of it comes in this time (milliseconds). */
const TOGETHER = 300;
/** How many pushed entries are remembered, so that one that is pushed twice is told once. */
const TOLD_MAX = 1_000;

type Put = (held: Held, page: Messages, changes: readonly Change[]) => Held | null;
export type Listener = (conversation: string, entry: VisibleEntry) => void;

export class Sync {
  private readonly client: Client;
  private readonly store: Store;
  private readonly me: string;
  private readonly reached = new Map<string, number>();
  private readonly filling = new Map<string, Promise<void>>();
  private readonly joining = new Map<string, Promise<void>>();
  private readonly widening = new Set<string>();
  private readonly told = new Set<string>();
  private joined = new Set<string>();
  /** Conversations that were left: what still comes of them is not asked after. */
  private readonly gone = new Set<string>();
  private early: { readonly what: string; readonly done: Promise<void>; there: boolean } | null = null;
  /** What is about to be looked at, if anything: it is read while the page with the list is still being drawn. */
  ahead: () => { readonly id: string; readonly at: number } | null = () => null;
  /** Called once for each entry that was pushed, also where it had been read by then: a first message comes with its conversation. */
  onEntry: Listener = () => undefined;

  constructor(client: Client, store: Store, me: string) {
    this.client = client;
    this.store = store;
    this.me = me;
  }

  /** Takes in an entry, pushed or answered; when the promise is done it is applied, and all before it. */
  async entry({ conversation: id, entry }: Pick<EntryEvent, "conversation" | "entry">): Promise<void> {
    const held = this.store.peek(id) ?? (await this.joinedNow(id));
    if (!held) return;
    const kind = arrival(held, entry);
    if (kind === "gap") await this.reach(id, entry.seq);
    if (kind === "next") this.apply(id, (before) => follow(before, entry, this.me));
    this.tell(id, entry);
  }

  private tell(id: string, entry: VisibleEntry): void {
    const key = `${id}/${entry.seq}`;
    if (this.told.has(key)) return;
    this.told.add(key);
    if (this.told.size > TOLD_MAX) this.told.delete(this.told.values().next().value!);
    this.onEntry(id, entry);
  }

  /** There is an entry that was too large to be pushed: reads it from the log. */
  async heardOf({ conversation: id, seq }: HeadEvent): Promise<void> {
    const held = this.store.peek(id) ?? (await this.joinedNow(id));
    if (!held) return;
    if (held.conversation.head.seq < seq) return this.reach(id, seq);
  }

  /** What is held of a conversation of which something was heard before it was: what was read may be older than that. */
  private async joinedNow(id: string): Promise<Held | undefined> {
    if (!this.gone.has(id)) await this.join(id);
    return this.store.peek(id);
  }

  read(event: ReadEvent): void {
    this.apply(event.conversation, (held) => ({
      ...held,
      conversation: moveCursor(held.conversation, event.username, event.read, this.me),
    }));
  }

  /** Reads a conversation that is new here, or that has to be read afresh; once at a time. */
  join(id: string): Promise<void> {
    this.joined.add(id);
    this.gone.delete(id);
    const running = this.joining.get(id);
    if (running) return running;
    const joining = this.readView(id).finally(() => this.joining.delete(id));
    this.joining.set(id, joining);
    return joining;
  }

  leave(id: string): void {
    this.joined.delete(id);
    this.gone.add(id);
    this.store.remove(id);
  }

  /**
   * Takes what was asked for ahead of this program, so that it is seen before there is a connection; that then brings it
   * up to date. A list of several pages is left to it.
   */
  async glance(): Promise<void> {
    const page = await this.client.listedAhead(TOGETHER);
    if (!page || page.cursor !== null || this.store.loaded.peek()) return;
    const catching = this.takeListed(page.conversations.map(fromView));
    const late = new Promise((resolve) => setTimeout(resolve, TOGETHER));
    await Promise.race([this.early?.done.catch(() => undefined), late]);
    this.store.loaded.value = true;
    await Promise.all(catching);
  }

  /** After connecting: reads the list, and the logs of what is open, up to where the server stands. */
  async resync(): Promise<void> {
    const before = this.store.ids();
    this.joined = new Set();
    const listed = new Set<string>();
    const catching: Promise<void>[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const page = await this.client.listConversations(cursor);
      const fresh = page.conversations.map(fromView);
      catching.push(...this.takeListed(fresh));
      for (const conversation of fresh) listed.add(conversation.id);
      cursor = page.cursor;
    }
    for (const id of before) if (!listed.has(id) && !this.joined.has(id)) this.store.remove(id);
    this.store.loaded.value = true;
    await Promise.all(catching);
  }

  /** Takes a page of the list; the logs of what is open are caught up with in the promises. */
  private takeListed(fresh: readonly Conversation[]): Promise<void>[] {
    const catching: Promise<void>[] = [];
    const behind = fresh.filter((conversation) => this.store.peek(conversation.id)?.pane);
    for (const conversation of behind) {
      const { id, head, read } = conversation;
      const have = this.store.peek(id)!.conversation.head.seq;
      if (head.seq <= have || head.seq - have > FAR_BEHIND) this.store.take(conversation);
      else {
        // The log doesn't say what was read elsewhere.
        this.apply(id, (held) => ({ ...held, conversation: moveCursor(held.conversation, this.me, read, this.me) }));
        catching.push(this.reach(id, head.seq));
      }
    }
    this.store.takeAll(fresh.filter((conversation) => !behind.includes(conversation)));
    this.readAhead();
    return catching;
  }

  /** Reads what a conversation opens with. `afresh`: the last page, whatever is held and unread. */
  async openPane(id: string, afresh = false): Promise<void> {
    if (!afresh && (await this.tookEarly(id, 0))) return;
    const held = this.store.peek(id);
    if (!held || (!afresh && isReady(held))) return;
    const waiting = unread(held.conversation);
    const page: Page = !afresh && waiting > UNREAD_ON_A_PAGE ? { around: readTo(held.conversation).timestamp } : {};
    await this.place(id, page, open);
  }

  /** Reads the messages around one that is not held. */
  async openAt(id: string, timestamp: number): Promise<void> {
    await this.place(id, { around: timestamp }, open);
  }

  /** The same where the message may be held already. */
  async openFor(id: string, timestamp: number): Promise<void> {
    if (await this.tookEarly(id, timestamp)) return;
    const messages = this.store.peek(id)?.pane?.messages ?? [];
    if (find(messages, timestamp) < 0) await this.openAt(id, timestamp);
  }

  /** Reads one more page on a side, once at a time. */
  async widenPane(id: string, side: Side): Promise<void> {
    const pane = this.store.peek(id)?.pane;
    const more = side === "before" ? pane?.moreBefore : pane?.moreAfter;
    const edge = pane && edgeOf(pane, side);
    if (!more || !edge || this.widening.has(id)) return;
    this.widening.add(id);
    try {
      const bounds: [number, number] = side === "before" ? [0, edge.seq] : [edge.seq, Infinity];
      // Where the reader went elsewhere meanwhile, the page belongs to nothing that is held.
      const fits = ({ pane: now }: Held): boolean => !!now && edgeOf(now, side)?.timestamp === edge.timestamp;
      await this.place(id, { [side]: edge.timestamp }, (held, page, changes) => (fits(held) ? widen(held, page, side, changes) : held), bounds);
    } finally {
      this.widening.delete(id);
    }
  }

  /** Reads all members of a conversation that shows only the first ones. */
  async loadMembers(id: string): Promise<void> {
    const conversation = this.store.peek(id)?.conversation;
    if (!conversation || conversation.members.length >= conversation.member_count) return;
    let cursor: string | null = "";
    const members: MemberView[] = [];
    while (cursor !== null) {
      const page = await this.client.listMembers(id, cursor);
      members.push(...page.members);
      cursor = page.cursor;
    }
    this.apply(id, (held) => ({ ...held, conversation: { ...held.conversation, members } }));
  }

  /** Once a page: the view that wants it takes it over. */
  private readAhead(): void {
    const place = this.store.loaded.peek() ? null : this.ahead();
    const held = place && this.store.peek(place.id);
    if (!held || held.pane || this.early) return;
    const { id, at } = place;
    const done = at ? this.openFor(id, at) : this.openPane(id);
    const early = { what: `${id}/${at}`, done, there: false };
    this.early = early;
    done.then(
      () => (early.there = true),
      () => undefined,
    );
  }

  /** Whether what a conversation opens with is there already; then it need not be read. */
  hasOpened(id: string, at: number): boolean {
    if (this.early?.what !== `${id}/${at}` || !this.early.there || !this.store.peek(id)?.pane) return false;
    this.early = null;
    return true;
  }

  /** Whether what was read ahead is what is wanted now, and is there. Raises what it raised. */
  private async tookEarly(id: string, at: number): Promise<boolean> {
    if (this.early?.what !== `${id}/${at}`) return false;
    const { done } = this.early;
    this.early = null;
    await done;
    return !!this.store.peek(id)?.pane;
  }

  private async readView(id: string): Promise<void> {
    try {
      this.store.take(fromView(await this.client.getConversation(id)));
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 404) throw error;
      this.store.remove(id);
    }
  }

  /** `bounds`: the seqs of the held messages that the page comes after and before. */
  private async place(id: string, page: Page, put: Put, bounds: [number, number] = [0, Infinity]): Promise<void> {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const answer = await this.client.listMessages(id, { ...page, limit: 50 });
      const span = spanOf(answer, ...bounds);
      const changes = span ? await this.readChanges(id, span) : [];
      const held = this.store.peek(id);
      const placed = held && put(held, answer, changes);
      if (placed) {
        this.store.update(id, () => placed);
        return this.reach(id, answer.head.seq);
      }
      await new Promise((resolve) => setTimeout(resolve, AGAIN));
    }
  }

  private async readChanges(id: string, { after, through }: Span): Promise<Change[]> {
    const changes: Change[] = [];
    for (let at = after; at < through; ) {
      const log = await this.client.readLog(id, at, Math.min(LOG_PAGE, through - at));
      changes.push(...log.entries.filter((entry) => entry.seq <= through).filter(isChange));
      if (log.through <= at) break;
      at = log.through;
    }
    return changes;
  }

  /** Applies the log up to `seq` at least. */
  private reach(id: string, seq: number): Promise<void> {
    this.reached.set(id, Math.max(seq, this.reached.get(id) ?? 0));
    const running = this.filling.get(id);
    if (running) return running;
    const filling = this.fill(id).finally(() => this.filling.delete(id));
    this.filling.set(id, filling);
    return filling;
  }

  private async fill(id: string): Promise<void> {
    for (;;) {
      const have = this.store.peek(id)?.conversation.head.seq ?? Infinity;
      const missing = (this.reached.get(id) ?? 0) - have;
      if (missing <= 0) return;
      if (missing > FAR_BEHIND || !this.store.peek(id)?.pane) return this.join(id);
      const log = await this.client.readLog(id, have);
      if (log.through <= have) return this.join(id);
      this.apply(id, (held) => catchUp(held, log, this.me));
    }
  }

  private apply(id: string, change: (held: Held) => Held): void {
    this.store.update(id, (held) => {
      const after = change(held);
      return this.store.shown.peek() === id ? after : forgetOldest(after);
    });
  }
}

function edgeOf({ messages }: Pane, side: Side): Message | undefined {
  return side === "before" ? messages[0] : messages.at(-1);
}

/** Whether what is held is where opening would lead: at the end, and from the first unread message on. */
function isReady({ pane, conversation }: Held): boolean {
  const first = pane?.messages[0];
  if (!pane || pane.moreAfter) return false;
  return !first || !pane.moreBefore || first.number <= readTo(conversation).number + 1;
}

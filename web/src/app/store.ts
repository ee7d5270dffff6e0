/** What the page holds of every conversation, as signals: a change of one conversation redraws what shows that one. */

import { computed, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import { hold, refresh, type Held } from "../state/held.ts";
import { unread, type Conversation } from "../state/conversations.ts";

/** Conversations whose messages stay held after they were left, so that going back is immediate. */
export const PANES_MAX = 12;

export class Store {
  private readonly all: Signal<ReadonlyMap<string, Signal<Held>>> = signal(new Map());
  private visited: string[] = [];
  /** Conversations that were restored, and not heard of since. */
  private readonly kept = new Set<string>();
  /** What to add to a conversation that is new here, such as marks that were kept. */
  dress: (conversation: Conversation) => Conversation = (conversation) => conversation;
  /** Whether the list has been read at least once. */
  readonly loaded = signal(false);
  /** The conversation that is on the screen, or "". */
  readonly shown = signal("");

  /** Ids, the conversation with the latest entry first. */
  readonly order: ReadonlySignal<readonly string[]> = computed(() =>
    [...this.all.value.values()]
      .map((held) => held.value.conversation)
      .sort((one, other) => other.head.timestamp - one.head.timestamp)
      .map((conversation) => conversation.id),
  );

  readonly unreadTotal: ReadonlySignal<number> = computed(() =>
    [...this.all.value.values()].reduce((sum, held) => sum + unread(held.value.conversation), 0),
  );

  /** What is held of a conversation; whoever reads it in a component is drawn again when it changes. */
  get(id: string): Held | undefined {
    return this.all.value.get(id)?.value;
  }

  peek(id: string): Held | undefined {
    return this.all.peek().get(id)?.peek();
  }

  ids(): readonly string[] {
    return [...this.all.peek().keys()];
  }

  update(id: string, change: (held: Held) => Held): void {
    const held = this.all.peek().get(id);
    if (held) held.value = change(held.peek());
  }

  /** Takes in a fresh view of a conversation, known or new. */
  take(conversation: Conversation): void {
    const held = this.all.peek().get(conversation.id);
    if (held) held.value = this.refreshed(held.peek(), conversation);
    else this.all.value = new Map(this.all.peek()).set(conversation.id, signal(hold(this.dress(conversation))));
  }

  /** The same for many at once, and with one redraw of the list. */
  takeAll(conversations: readonly Conversation[]): void {
    const fresh = conversations.filter((conversation) => !this.all.peek().has(conversation.id));
    for (const conversation of conversations) if (!fresh.includes(conversation)) this.take(conversation);
    if (!fresh.length) return;
    const all = new Map(this.all.peek());
    for (const conversation of fresh) all.set(conversation.id, signal(hold(this.dress(conversation))));
    this.all.value = all;
  }

  /** Puts what was kept where nothing is held yet; of the latest conversations also their messages. */
  restore(kept: readonly Held[]): void {
    const fresh = kept.filter(({ conversation }) => !this.all.peek().has(conversation.id));
    const withPanes = fresh.filter(({ pane }) => pane).sort((one, other) => other.conversation.head.timestamp - one.conversation.head.timestamp);
    const open = new Set(withPanes.slice(0, PANES_MAX).map(({ conversation }) => conversation.id));
    const all = new Map(this.all.peek());
    for (const held of fresh) all.set(held.conversation.id, signal(open.has(held.conversation.id) ? held : { ...held, pane: null }));
    for (const { conversation } of fresh) this.kept.add(conversation.id);
    this.visited.push(...open);
    this.all.value = all;
  }

  /** What was kept may not have known yet that messages were read which the person then marked as unread. */
  private refreshed(held: Held, conversation: Conversation): Held {
    const fresh = refresh(held, conversation);
    return this.kept.delete(conversation.id) ? { ...fresh, conversation: this.dress(fresh.conversation) } : fresh;
  }

  remove(id: string): void {
    if (!this.all.peek().has(id)) return;
    const all = new Map(this.all.peek());
    all.delete(id);
    this.all.value = all;
  }

  /** Notes that a conversation is on the screen, and lets go of the messages of those that were long ago. */
  visit(id: string): void {
    this.shown.value = id;
    if (!id) return;
    this.visited = [id, ...this.visited.filter((other) => other !== id)];
    for (const old of this.visited.splice(PANES_MAX)) this.update(old, (held) => ({ ...held, pane: null }));
  }
}

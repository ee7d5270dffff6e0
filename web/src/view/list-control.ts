/** What moves in the message list: keeping the place, reading more rows, going somewhere. Made once a visit. */

import { signal } from "@preact/signals";
import type { Chat } from "../app/chat.ts";
import { attempt, notify } from "../app/notices.ts";
import { forgetOldest } from "../state/held.ts";
import type { Message } from "../state/messages.ts";
import { find, messageAt, PANE_MAX, rowCount, type Pane } from "../state/pane.ts";
import { isAfter, keyOf, type Day, type Row } from "../state/rows.ts";
import { t } from "../words/index.ts";
import { NEAR, ScrollKeeper } from "./scroll.ts";
import type { Visit } from "./visit.ts";

/** Closer than this to an end of the rows, more are read (pixels). */
const EAGER = 900;
/** After a page could not be read, the next try waits (milliseconds). */
const PATIENCE = 3_000;
/** So many rows more than the bound may gather at the end before the oldest go. */
const SLACK = 50;

export class ListControl {
  /** Whether the reader is away from the present. */
  readonly away = signal(false);
  /** A moment of the day of the first row that is seen, while the reader is away from the present; else 0. */
  readonly day = signal(0);
  /** Whether the line of the unread is somewhere above, and hasn't been seen since it is there. */
  readonly unseen = signal(false);
  private readonly chat: Chat;
  private readonly visit: Visit;
  private keeper: ScrollKeeper | null = null;
  private pane: Pane;
  private days: readonly Day[] = [];
  /** Whether all rows that are held are drawn: at first there are only those that are seen. */
  private whole = false;
  private refused = 0;
  private seen = -1;

  constructor(chat: Chat, visit: Visit, pane: Pane) {
    this.chat = chat;
    this.visit = visit;
    this.pane = pane;
  }

  /** While the rows that are shown still are the old ones: notes what the reader looks at. */
  before(pane: Pane, days: readonly Day[], whole: boolean): void {
    this.pane = pane;
    this.days = days;
    this.whole = whole;
    if (!this.keeper) return;
    this.keeper.atPresent = !pane.moreAfter;
    if (!this.keeper.pinned) this.keeper.capture();
  }

  /** When the new rows are there: puts the reader's place back, or at first where the visit begins. */
  after(element: HTMLElement): void {
    if (!this.keeper) {
      this.keeper = new ScrollKeeper(element);
      this.keeper.atPresent = !this.pane.moreAfter;
      this.attach(this.keeper);
      if (this.visit.endWanted) this.toEnd();
      else if (!this.toLanding() && !this.toUnread()) this.keeper.toEnd();
    }
    this.settle();
    this.feed();
    const crowded = this.keeper.pinned && rowCount(this.pane) > PANE_MAX + SLACK;
    if (crowded) this.chat.store.update(this.visit.id, forgetOldest);
  }

  /** Something changed its size. */
  readonly settle = (): void => {
    this.keeper?.restore();
    this.look();
  };

  readonly touched = (): void => this.keeper?.touched();

  readonly scrolled = (): void => {
    this.keeper?.scrolled();
    this.look();
    this.feed();
  };

  readonly toEnd = (): void => {
    if (!this.keeper) return;
    if (this.chat.store.peek(this.visit.id)?.pane?.moreAfter) {
      this.keeper.pinned = true;
      void attempt(this.chat.sync.openPane(this.visit.id, true));
    } else {
      this.keeper.toEnd();
    }
    this.away.value = false;
  };

  /** To the end, with the focus on the last row. */
  private async toLast(): Promise<void> {
    this.keeper!.pinned = true;
    if (this.chat.store.peek(this.visit.id)?.pane?.moreAfter) {
      if (!(await attempt(this.chat.sync.openPane(this.visit.id, true)))) return;
      await new Promise(requestAnimationFrame);
    }
    this.toEnd();
    this.rows().at(-1)?.focus({ preventScroll: true });
  }

  rows(): HTMLElement[] {
    return this.keeper?.rows() ?? [];
  }

  private attach(keeper: ScrollKeeper): void {
    const { visit } = this;
    visit.toEnd = this.toEnd;
    visit.toMessage = (timestamp, quietly) => void this.toMessage(timestamp, true, quietly);
    visit.toTime = (timestamp) => void (timestamp === Infinity ? this.toLast() : this.toMessage(timestamp, false));
    visit.toUnread = () => {
      const after = visit.unreadAfter.peek();
      if (!this.toUnread() && after) void this.toMessage(after.timestamp + 1, false);
    };
    visit.byPages = (pages) => keeper.byPages(pages);
  }

  private look(): void {
    const { keeper, pane } = this;
    this.away.value = !!keeper && !keeper.pinned && (pane.moreAfter || keeper.distance() > NEAR);
    const first = this.away.value ? keeper?.first() : "";
    const day = first && this.days.find((day) => day.rows.some((row) => row.key === first));
    this.day.value = day ? day.timestamp : 0;
    this.lookForLine();
  }

  private lookForLine(): void {
    const after = this.visit.unreadAfter.peek()?.number ?? this.seen;
    const line = after === this.seen ? undefined : this.line();
    const side = line && this.keeper?.sideOf(line.key);
    if (side === "within") this.seen = after;
    this.unseen.value = after !== this.seen && (line ? side === "above" : isAfter(this.pane.messages[0], after));
  }

  /** The key of the row at which the visit begins: where the address leads, else the line of the unread; "" for the end. */
  begins(days: readonly Day[]): string {
    if (this.visit.endWanted) return "";
    const landing = this.pane.messages[find(this.pane.messages, this.visit.landing)];
    if (landing) return keyOf(landing);
    return days.flatMap((day): readonly Row[] => day.rows).find((row) => row.divider)?.key ?? "";
  }

  /** The row with the line of the unread, if it is held. */
  private line(): Row | undefined {
    return this.days.flatMap((day): readonly Row[] => day.rows).find((row) => row.divider);
  }

  /** Reads more rows where the reader comes near an end of them. */
  private feed(): void {
    const { keeper, pane } = this;
    if (!keeper || !this.whole || Date.now() < this.refused) return;
    if (pane.moreBefore && keeper.distanceFromTop() < EAGER) this.widen("before");
    if (pane.moreAfter && keeper.distance() < EAGER) this.widen("after");
  }

  private widen(side: "before" | "after"): void {
    void attempt(this.chat.sync.widenPane(this.visit.id, side)).then((well) => {
      if (!well) this.refused = Date.now() + PATIENCE;
    });
  }

  private toUnread(): boolean {
    const first = this.line();
    return !!first && !!this.keeper?.toRow(first.key);
  }

  private toLanding(): boolean {
    const message = this.pane.messages[find(this.pane.messages, this.visit.landing)];
    return !!message && !!this.keeper?.toRow(keyOf(message));
  }

  /** `exact`: to no other message than that of the timestamp, else to the first from then on; `quietly`: without focus. */
  private async toMessage(timestamp: number, exact: boolean, quietly = false): Promise<void> {
    const { chat, visit, keeper } = this;
    if (!keeper) return;
    const message = (): Message | undefined => messageAt(chat.store.peek(visit.id)?.pane, timestamp, exact);
    const asked = document.activeElement;
    if (!message()) {
      keeper.pinned = false;
      if (!(await attempt(chat.sync.openAt(visit.id, timestamp)))) return;
      await new Promise(requestAnimationFrame);
    }
    const there = message();
    if (!there) return notify(t("That message isn’t there."));
    if (!keeper.toRow(keyOf(there))) return;
    visit.active.value = visit.landed.value = keyOf(there);
    if (quietly) return;
    // Who has gone on meanwhile, such as to write, stays there.
    const now = document.activeElement;
    if (now === asked || now === document.body) keeper.find(keyOf(there))?.focus({ preventScroll: true });
  }
}

import { describe, expect, it } from "vitest";
import type { ConversationView, Log, Messages, VisibleEntry } from "../api/types.ts";
import { fromView, unread } from "./conversations.ts";
import { isChange } from "./changes.ts";
import { arrival, catchUp, follow, forgetOldest, hold, open, refresh, widen, type Held } from "./held.ts";
import { begin } from "./messages.ts";
import { PANE_MAX } from "./pane.ts";

const ME = "ana";

function view(fields: Partial<ConversationView> = {}): ConversationView {
  return {
    id: "g_1",
    kind: "group",
    title: "Table",
    live_typing: false,
    history: "joined",
    created: 1,
    head: { seq: 1, timestamp: 10, messages: 0 },
    last_message: null,
    members: ["ana", "ben"].map((username) => ({ username, role: "member" as const, read: { timestamp: 10, number: 0 } })),
    member_count: 2,
    role: "member",
    read: { timestamp: 10, number: 0 },
    unread: 0,
    since: 10,
    ...fields,
  };
}

/** A log that has every kind of entry, with the `seq` from 2 on. */
function log(): VisibleEntry[] {
  const kinds: Omit<VisibleEntry, "seq" | "timestamp">[] = [
    { kind: "message", author: "ben", id: "b1", number: 1, text: "one" } as never,
    { kind: "message", author: "ana", id: "a1", number: 2, text: "two" } as never,
    { kind: "reaction_added", author: "ana", target: 20, emoji: "👍" } as never,
    { kind: "edited", author: "ben", target: 20, text: "one!" } as never,
    { kind: "reaction_added", author: "ben", target: 20, emoji: "👍" } as never,
    { kind: "reaction_removed", author: "ana", target: 20, emoji: "👍" } as never,
    { kind: "title_changed", author: "ben", title: "Round table" } as never,
    { kind: "member_added", author: "ben", username: "cleo" } as never,
    { kind: "message", author: "cleo", id: "c1", number: 3, text: "three", reply_to: 20 } as never,
    { kind: "hidden" } as never,
    { kind: "deleted", author: "ben", target: 20 } as never,
    { kind: "settings_changed", author: "ben", live_typing: true } as never,
    { kind: "role_changed", author: "ben", username: "ana", role: "admin" } as never,
    { kind: "member_removed", author: "cleo", username: "cleo" } as never,
    { kind: "message", author: "ben", id: "b2", number: 4, text: "four" } as never,
  ];
  return kinds.map((entry, index) => ({ ...entry, seq: index + 2, timestamp: (index + 2) * 10 }) as VisibleEntry);
}

const EMPTY: Messages = { messages: [], more_before: false, more_after: false, head: { seq: 1, timestamp: 10, messages: 0 } };

function start(): Held {
  return open(hold(fromView(view())), EMPTY)!;
}

const all = (entries: readonly VisibleEntry[], held: Held = start()): Held =>
  entries.reduce((state, entry) => follow(state, entry, ME), held);

/** What a client that is pushed `entries` holds, where it asks the log whenever it sees a gap. */
function pushed(entries: readonly VisibleEntry[], complete: readonly VisibleEntry[]): Held {
  let held = start();
  for (const entry of entries) {
    const kind = arrival(held, entry);
    if (kind === "next") held = follow(held, entry, ME);
    if (kind === "gap") held = catchUp(held, answer(complete, held.conversation.head.seq), ME);
  }
  return held;
}

function answer(entries: readonly VisibleEntry[], after: number): Log {
  const last = entries.at(-1)!;
  const messages = Math.max(0, ...entries.map((entry) => (entry.kind === "message" ? entry.number : 0)));
  const head = { seq: last.seq, timestamp: last.timestamp, messages };
  return { entries: entries.filter((entry) => entry.seq > after), through: last.seq, head };
}

const shown = (held: Held) => ({ conversation: held.conversation, messages: held.pane?.messages, changes: held.pane?.changes });

describe("following the log", () => {
  it("ends where the log ends", () => {
    const { conversation, pane } = all(log());
    expect(conversation).toMatchObject({
      title: "Round table",
      live_typing: true,
      role: "admin",
      member_count: 2,
      head: { seq: 16, timestamp: 160, messages: 4 },
      last_message: { text: "four" },
      read: { number: 2 },
    });
    expect(unread(conversation)).toBe(2);
    expect(pane?.messages.map((message) => message.text)).toEqual(["", "two", "three", "four"]);
    expect(pane?.messages[0]).toMatchObject({ deleted: 120, reactions: [] });
    expect(pane?.changes.map((change) => change.seq)).toEqual([8, 9, 13, 14, 15]);
  });

  it("has an answer for every pushed entry: the next, an old one, or a gap", () => {
    const held = all(log().slice(0, 3));
    expect(log().map((entry) => arrival(held, entry)).slice(0, 6)).toEqual(["old", "old", "old", "next", "gap", "gap"]);
  });

  it.each(log().map((entry) => entry.seq))("comes to the same when the push of entry %i is lost", (lost) => {
    const complete = log();
    const held = pushed(complete.filter((entry) => entry.seq !== lost), complete);
    if (lost === complete.at(-1)!.seq) expect(held.conversation.head.seq).toBe(lost - 1);
    const caught = catchUp(held, answer(complete, held.conversation.head.seq), ME);
    expect(shown(caught)).toEqual(shown(all(complete)));
  });

  it("comes to the same when every entry is pushed twice, and the log is read in two pages that overlap", () => {
    const complete = log();
    const doubled = complete.flatMap((entry) => [entry, entry]);
    expect(shown(pushed(doubled, complete))).toEqual(shown(all(complete)));
    const half = catchUp(start(), { ...answer(complete.slice(0, 8), 1), head: answer(complete, 0).head }, ME);
    expect(half.conversation.head.seq).toBe(9);
    expect(shown(catchUp(half, answer(complete, 4), ME))).toEqual(shown(all(complete)));
  });

  it("goes past entries that are not for this reader", () => {
    const complete = log();
    const visible = complete.filter((entry) => entry.seq < 5 || entry.seq > 9);
    const held = catchUp(start(), { ...answer(complete, 1), entries: visible }, ME);
    expect(held.conversation.head).toEqual(answer(complete, 1).head);
  });
});

describe("pages", () => {
  it.each([...log().keys()])("brings a page up to date that was read before the last %i entries came", (behind) => {
    const complete = log();
    const early = complete.slice(0, complete.length - behind);
    const page: Messages = { ...EMPTY, messages: all(early).pane!.messages, head: { ...EMPTY.head, seq: early.at(-1)!.seq } };
    const followed = all(complete, hold(fromView(view())));
    // The log beside the page is read after it, and so may be ahead of it.
    expect(shown(open(followed, page, complete.filter(isChange))!)).toEqual(shown(all(complete)));
  });

  it("takes a page that is ahead, and applies nothing twice when the log comes after it", () => {
    const complete = log();
    const page: Messages = { ...EMPTY, messages: all(complete).pane!.messages, head: { ...EMPTY.head, seq: 16 } };
    const opened = open(hold(fromView(view())), page, complete.filter(isChange))!;
    expect(shown(all(complete, opened))).toEqual(shown(all(complete)));
  });

  it("refuses a page that is older than what can be replayed", () => {
    const fresh = fromView(view({ head: { seq: 9, timestamp: 90, messages: 2 } }));
    expect(open(hold(fresh), EMPTY)).toBeNull();
  });

  it("lets go of the messages where a fresh view shows that something was missed, and keeps the further cursors", () => {
    const held = all(log().slice(0, 2));
    const fresh = fromView(view({ head: { seq: 16, timestamp: 160, messages: 4 }, read: { timestamp: 0, number: 0 } }));
    const after = refresh(held, fresh);
    expect(after.pane).toBeNull();
    expect(after.conversation.head.seq).toBe(16);
    expect(after.conversation.read.number).toBe(2);
    expect(refresh(held, fromView(view())).pane).toBe(held.pane);
  });

  it("holds a bounded run without holes, whichever way one reads", () => {
    const message = (number: number) =>
      begin({ kind: "message", author: "ben", id: `m${number}`, seq: number, timestamp: number * 10, number });
    const page = (from: number, to: number): Messages => ({
      messages: Array.from({ length: to - from + 1 }, (_, index) => message(from + index)),
      more_before: from > 1,
      more_after: to < 1000,
      head: { seq: 1000, timestamp: 10_000, messages: 1000 },
    });
    let held = open(hold(fromView(view({ head: page(951, 1000).head }))), page(951, 1000))!;
    for (let from = 901; from > 500; from -= 50) held = widen(held, page(from, from + 49), "before")!;
    expect(held.pane!.messages.length).toBe(PANE_MAX);
    expect(held.pane).toMatchObject({ moreBefore: true, moreAfter: true });
    held = widen(held, page(801, 850), "after")!;
    const numbers = held.pane!.messages.map((each) => each.number);
    expect(numbers).toEqual(Array.from({ length: PANE_MAX }, (_, index) => numbers[0]! + index));
    const sent = { kind: "message", author: "ben", id: "x", seq: 1001, timestamp: 10_010, number: 1001 } as const;
    expect(follow(held, sent, ME).pane!.messages.at(-1)!.number).toBe(numbers.at(-1));
    expect(forgetOldest(held).pane!.messages.length).toBe(PANE_MAX);
  });
});

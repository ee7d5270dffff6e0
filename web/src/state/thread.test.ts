import { describe, expect, it } from "vitest";
import type { ConversationView, Message as Sent, MessageSent, Messages, VisibleEntry } from "../api/types.ts";
import { fromView } from "./conversations.ts";
import { follow, hold, RECENT_MAX, type Held } from "./held.ts";
import { begin, complete, threadOf } from "./messages.ts";
import { PANE_MAX } from "./pane.ts";
import { followThread, messagesOf, openThread, widenThread, type Thread } from "./thread.ts";

const FIRST = 20;

/** Message by message, of which every other one is in the thread of the first. */
function entries(count: number): VisibleEntry[] {
  return Array.from({ length: count }, (_, index) => {
    const seq = index + 2;
    const within = index > 0 && index % 2 === 0 ? { reply_to: FIRST, thread: FIRST } : {};
    return { kind: "message", author: "ben", id: `b${seq}`, seq, timestamp: seq * 10, number: index + 1, text: `${seq}`, ...within } as MessageSent;
  });
}

function held(log: readonly VisibleEntry[]): Held {
  const view = { id: "g", kind: "group", title: "", members: [], member_count: 2, head: { seq: 1, timestamp: 10, messages: 0 }, last_message: null, read: { timestamp: 10, number: 0 } };
  return log.reduce((state, entry) => follow(state, entry, "ana"), hold(fromView(view as unknown as ConversationView)));
}

/** As the server answers when the log stands at `seq`. */
function page(log: readonly VisibleEntry[], seq: number, most = 50): Messages {
  const all = log.filter((entry) => entry.seq <= seq && entry.kind === "message") as MessageSent[];
  const found = all.filter((entry) => entry.timestamp === FIRST || entry.thread === FIRST).map((entry) => begin(entry) as Sent);
  return { messages: found.slice(-most), more_before: found.length > most, more_after: false, head: { seq, timestamp: seq * 10, messages: all.length } };
}

const stamps = (thread: Thread): number[] => messagesOf(thread).map(({ timestamp }) => timestamp);

describe("a thread", () => {
  it("holds what it began with and the replies, and takes in those that come, once", () => {
    const log = entries(8);
    const before = openThread(FIRST, page(log, 5));
    expect(stamps(before)).toEqual([FIRST, 40]);
    const after = followThread(before, held(log))!;
    expect(stamps(after)).toEqual([FIRST, 40, 60, 80]);
    expect(followThread(after, held(log))).toBe(after);
    expect(messagesOf(after)).toEqual(page(log, 9).messages.map(complete));
  });

  it("follows edits and deletions of all of it, and nothing about others", () => {
    const log = entries(3);
    const about = [
      { kind: "edited", author: "ben", target: FIRST, text: "new" },
      { kind: "reaction_added", author: "ana", target: 30, emoji: "👍" },
      { kind: "deleted", author: "ben", target: 40 },
      { kind: "title_changed", author: "ben", title: "Table" },
    ].map((entry, index) => ({ ...entry, seq: index + 5, timestamp: (index + 5) * 10 }) as VisibleEntry);
    const after = followThread(openThread(FIRST, page(log, 4)), held([...log, ...about]))!;
    expect(after.first).toMatchObject({ text: "new", edited: 50 });
    expect(after.pane.messages[0]).toMatchObject({ deleted: 70, text: "", thread: FIRST });
    expect(stamps(after)).toEqual([FIRST, 40]);
    expect(after.pane.changes).toEqual([]);
  });

  it("is read again where what came is no longer held", () => {
    const log = entries(RECENT_MAX + 10);
    expect(followThread(openThread(FIRST, page(log, 5)), held(log))).toBeNull();
    expect(followThread(openThread(FIRST, page(log, 12)), held(log))).not.toBeNull();
  });

  it("is read in pages, keeps its beginning and is bounded", () => {
    const log = entries(60);
    const first = begin(log[0] as MessageSent);
    const last = openThread(FIRST, page(log, 61, 5), first);
    expect([last.first, last.pane.moreBefore, stamps(last).length]).toEqual([first, true, 6]);
    const older = page(log.filter((entry) => entry.timestamp < last.pane.messages[0]!.timestamp), 61, 50);
    const whole = widenThread(last, older, "before");
    expect(stamps(whole)).toEqual([FIRST, ...log.filter((entry) => (entry as MessageSent).thread).map((entry) => entry.timestamp)]);
    expect(whole.pane.moreBefore).toBe(false);
    const many = entries(RECENT_MAX);
    let thread = openThread(FIRST, page(many, 2));
    for (let turn = 1; turn < 4; turn += 1) {
      const on = many.map((entry) => ({ ...entry, seq: entry.seq + turn * RECENT_MAX, timestamp: entry.timestamp + turn * RECENT_MAX * 10, reply_to: FIRST, thread: FIRST }) as VisibleEntry);
      thread = { ...thread, through: turn * RECENT_MAX + 1 };
      thread = followThread(thread, held(on))!;
    }
    expect(thread.pane.messages.length).toBe(PANE_MAX);
    expect(thread.pane.moreBefore).toBe(true);
  });

  it("is that of a reply's, or begins with the message", () => {
    expect(entries(3).map((entry) => threadOf(begin(entry as MessageSent)))).toEqual([FIRST, 30, FIRST]);
  });
});

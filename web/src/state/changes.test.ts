import { describe, expect, it } from "vitest";
import type { Messages } from "../api/types.ts";
import { isChange, spanOf, SPAN_MAX, toLines, type Change } from "./changes.ts";
import { begin } from "./messages.ts";
import { apply, extend, fromPage, PANE_MAX, rowCount, trim, type Pane } from "./pane.ts";

const message = (seq: number) => begin({ kind: "message", seq, timestamp: seq * 10, number: seq, author: "ben", id: `m${seq}` });
const renamed = (seq: number): Change => ({ kind: "title_changed", seq, timestamp: seq * 10, author: "ben", title: `t${seq}` });

function page(seqs: readonly number[], head: number, more: [boolean, boolean] = [false, false]): Messages {
  return { messages: seqs.map(message), more_before: more[0], more_after: more[1], head: { seq: head, timestamp: head * 10, messages: 0 } };
}

const seqsOf = (pane: Pane) => [...pane.messages, ...pane.changes].map((one) => one.seq).sort((one, other) => one - other);

describe("the part of the log beside a page", () => {
  it("is none where the page's messages follow each other", () => {
    expect(spanOf(page([4, 5, 6], 9, [true, true]))).toBeNull();
    expect(spanOf(page([4, 5, 6], 6, [true, false]))).toBeNull();
    expect(spanOf(page([1, 2], 2))).toBeNull();
    expect(spanOf(page([4, 5], 9, [true, true]), 0, 6)).toBeNull();
    expect(spanOf(page([4, 5], 9, [true, true]), 3)).toBeNull();
  });

  it("goes from the first hole to the last", () => {
    expect(spanOf(page([4, 6, 7, 9], 20, [true, true]))).toEqual({ after: 4, through: 8 });
    expect(spanOf(page([4, 5], 7, [true, false]))).toEqual({ after: 5, through: 7 });
    expect(spanOf(page([4, 5], 5))).toEqual({ after: 0, through: 3 });
    expect(spanOf(page([], 3))).toEqual({ after: 0, through: 3 });
  });

  it("reaches to the message that is held next to the page", () => {
    expect(spanOf(page([4, 5], 20, [true, true]), 0, 8)).toEqual({ after: 5, through: 7 });
    expect(spanOf(page([12, 13], 20, [true, true]), 9)).toEqual({ after: 9, through: 11 });
    expect(spanOf(page([], 20, [false, true]), 0, 3)).toEqual({ after: 0, through: 2 });
  });

  it("is bounded: of too many entries the last are read", () => {
    expect(spanOf(page([1, SPAN_MAX + 2], SPAN_MAX + 2))).toEqual({ after: 1, through: SPAN_MAX + 1 });
    expect(spanOf(page([1, SPAN_MAX + 3], SPAN_MAX + 3))).toEqual({ after: 2, through: SPAN_MAX + 2 });
  });
});

describe("changes of a pane", () => {
  it("are added as they come, each once, and not where later messages are not held", () => {
    const pane = fromPage(page([1, 3], 3), [renamed(2)]);
    const once = apply(pane, renamed(4));
    expect(seqsOf(once)).toEqual([1, 2, 3, 4]);
    for (const seq of [1, 2, 3, 4]) expect(apply(once, renamed(seq))).toBe(once);
    const middle = { ...pane, moreAfter: true };
    expect(apply(middle, renamed(4))).toBe(middle);
  });

  it("come with pages at both ends, and none twice", () => {
    const pane = fromPage(page([11, 13], 30, [true, true]), [renamed(12)]);
    const before = extend(pane, page([7, 9], 30, [true, true]), "before", [renamed(8), renamed(10), renamed(12)]);
    const both = extend(before, page([15, 16], 30, [true, true]), "after", [renamed(14)]);
    expect(seqsOf(both)).toEqual([7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
    expect(both.changes.map((change) => change.seq)).toEqual([8, 10, 12, 14]);
  });

  it("count as rows, so that with them no more is drawn than without", () => {
    const odd = Array.from({ length: 200 }, (_, index) => 2 * index + 1);
    const changes = odd.map((seq) => renamed(seq + 1));
    const full = { messages: odd.map(message), changes, moreBefore: false, moreAfter: false };
    expect(rowCount(full)).toBe(400);
    const newest = trim(full, "before");
    expect([rowCount(newest), newest.messages[0]!.seq, newest.changes[0]!.seq]).toEqual([PANE_MAX, 101, 102]);
    expect([newest.moreBefore, newest.moreAfter]).toEqual([true, false]);
    const oldest = trim(full, "after");
    expect(rowCount(oldest)).toBe(PANE_MAX - 1);
    expect(oldest.changes.at(-1)!.seq).toBeLessThan(oldest.messages.at(-1)!.seq);
    expect([oldest.moreBefore, oldest.moreAfter]).toEqual([false, true]);
  });

  it("do not push the messages out, however many follow each other", () => {
    const many = Array.from({ length: 5_000 }, (_, index) => renamed(index + 2));
    const pane = trim({ messages: [message(1), message(6_000)], changes: many, moreBefore: false, moreAfter: false }, "before");
    expect(pane.messages).toHaveLength(2);
    expect(pane.moreBefore).toBe(false);
    expect([pane.changes.length, pane.changes.at(-1)!.seq]).toEqual([1_000, 5_001]);
  });
});

describe("sentences", () => {
  const say = (...run: object[]) =>
    toLines(run.map((change, index) => ({ seq: index + 1, timestamp: index, author: "ben", ...change }) as Change), "ana").map(({ pieces }) =>
      pieces.map((piece) => (typeof piece === "string" ? piece : "title" in piece ? piece.title : piece.username)).join(""),
    );
  const group = { kind: "created", type: "group", members: ["ben", "ana"].map((username) => ({ username, role: "member" })) };

  it.each([
    ["ben began the group with you", group],
    ["ben began the group “Trip” with you", { ...group, title: "Trip" }],
    ["You began the group with ben", { ...group, author: "ana" }],
    ["ben began the conversation", { ...group, type: "direct" }],
    ["ben added you", { kind: "member_added", username: "ana" }],
    ["You added cleo as an admin", { kind: "member_added", author: "ana", username: "cleo", role: "admin" }],
    ["ben removed cleo", { kind: "member_removed", username: "cleo" }],
    ["ben left", { kind: "member_removed", username: "ben" }],
    ["ben made you an owner", { kind: "role_changed", username: "ana", role: "owner" }],
    ["ben made cleo a member", { kind: "role_changed", username: "cleo", role: "member" }],
    ["ben changed the title to “Round table”", { kind: "title_changed", title: "Round table" }],
    ["ben took the title away", { kind: "title_changed", title: "" }],
    ["ben switched live typing on", { kind: "settings_changed", live_typing: true }],
    ["ben switched live typing off", { kind: "settings_changed", live_typing: false }],
    ["ben let new members read what was written before they came", { kind: "settings_changed", history: "all" }],
    ["You let new members read only what is written after they came", { kind: "settings_changed", author: "ana", history: "joined" }],
    ["You left", { kind: "member_removed", author: "ana", username: "ana" }],
    ["You removed cleo", { kind: "member_removed", author: "ana", username: "cleo" }],
  ])("%s", (words, change) => {
    expect(say(change)).toEqual([words]);
  });

  it("are two where two things were set at once", () => {
    const both = { kind: "settings_changed", live_typing: true, history: "joined" };
    expect(say(both)).toEqual(["ben switched live typing on", "ben let new members read only what is written after they came"]);
  });

  it("are one for one person's like changes that follow each other", () => {
    const add = (username: string, fields: object = {}) => ({ kind: "member_added", username, ...fields });
    expect(say(add("c"), add("d"), add("e"))).toEqual(["ben added c, d, and e"]);
    expect(say(...["c", "d", "e", "f", "g"].map((name) => add(name)))).toEqual(["ben added c, d, e, f, and g"]);
    expect(say(...["c", "d", "e", "f", "g", "h"].map((name) => add(name)))).toEqual(["ben added c, d, e, f, and 2 others"]);
    expect(say(add("c"), add("d", { role: "admin" }), add("e", { author: "ana" }))).toEqual(["ben added c", "ben added d as an admin", "You added e"]);
    const leave = (username: string) => ({ kind: "member_removed", author: username, username });
    expect(say(leave("ana"), leave("c"), { kind: "member_removed", username: "d" })).toEqual(["You and c left", "ben removed d"]);
    expect(say({ kind: "title_changed", title: "one" }, { kind: "title_changed", title: "two" })).toEqual(["ben changed the title to “two”"]);
    const set = (fields: object) => ({ kind: "settings_changed", ...fields });
    expect(say(set({ live_typing: true }), set({ live_typing: false }), set({ history: "all" }))).toHaveLength(2);
    const role = (username: string, role: string) => ({ kind: "role_changed", username, role });
    expect(say(role("c", "admin"), role("d", "admin"), role("d", "owner"))).toEqual(["ben made c and d admins", "ben made d an owner"]);
  });

  it("are there for what happened, and for no message", () => {
    expect(isChange({ kind: "hidden", seq: 1, timestamp: 1 })).toBe(false);
    expect(isChange({ kind: "message", seq: 1, timestamp: 1, number: 1, author: "ben", id: "1" })).toBe(false);
    expect(isChange({ kind: "deleted", seq: 1, timestamp: 1, target: 1, author: "ben" })).toBe(false);
    expect(isChange(renamed(1))).toBe(true);
  });
});

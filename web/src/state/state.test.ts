import { describe, expect, it } from "vitest";
import { begin, changeable } from "./messages.ts";
import { around, toDays } from "./rows.ts";
import { look, SEEN_AFTER, showsEnough } from "./seen.ts";
import { rank } from "./switching.ts";
import { drafted, QUIET, said, settled, typed, typists, TYPING_SHOWN } from "./typing.ts";

const MINUTE = 60_000_000;
const NOON = new Date(2026, 4, 4, 12).getTime() * 1000;

function message(number: number, author: string, minutes: number) {
  return begin({ kind: "message", seq: number, number, id: `m${number}`, author, timestamp: NOON + minutes * MINUTE });
}

describe("changing a message", () => {
  it("is for who wrote it, in time, and while it isn't deleted", () => {
    const sent = message(1, "a", 0);
    const at = NOON / 1_000;
    expect([0, 60].map((seconds) => changeable(sent, "a", seconds, at + 60_000))).toEqual([true, true]);
    expect([0, 60].map((seconds) => changeable(sent, "a", seconds, at + 60_001))).toEqual([true, false]);
    expect(changeable(sent, "b", 0, at)).toBe(false);
    expect(changeable({ ...sent, deleted: NOON + 1 }, "a", 0, at)).toBe(false);
  });
});

describe("rows", () => {
  it("groups one author's messages within five minutes of each other", () => {
    const rows = toDays({ messages: [message(1, "a", 0), message(2, "a", 4), message(3, "a", 9), message(4, "b", 10)], changes: [] }, [], null)[0]!.rows;
    expect(rows.map((row) => [row.first, row.last])).toEqual([[true, false], [false, true], [true, true], [true, true]]);
  });

  it("puts one line where the unread messages begin, and begins a group there", () => {
    const rows = toDays({ messages: [message(1, "a", 0), message(2, "a", 1), message(3, "a", 2)], changes: [] }, [], 1)[0]!.rows;
    expect(rows.map((row) => row.divider)).toEqual([false, true, false]);
    expect(rows.map((row) => row.first)).toEqual([true, true, false]);
  });

  it("puts no line among messages that aren't held", () => {
    const lines = (first: number, after: number, moreBefore: boolean) =>
      toDays({ messages: [message(first, "a", 0), message(first + 1, "a", 1)], changes: [], moreBefore }, [], after)[0]!.rows.map((row) => row.divider);
    expect(lines(6, 4, true)).toEqual([false, false]);
    expect(lines(5, 4, true)).toEqual([true, false]);
    expect(lines(6, 4, false)).toEqual([true, false]);
    expect(lines(4, 4, true)).toEqual([false, true]);
  });

  it("can be had around one of them, or from the end, with the days that they need", () => {
    const days = toDays({ messages: Array.from({ length: 40 }, (_, index) => message(index + 1, "a", index * 120)), changes: [] }, [], null);
    const numbers = (key: string, most: number) => around(days, key, most * 50, () => 50).flatMap(({ rows }) => rows.map((row) => row.message!.number));
    const key = days.flatMap(({ rows }) => rows)[19]!.key;
    expect(numbers(key, 9)).toEqual([17, 18, 19, 20, 21, 22, 23, 24, 25]);
    expect(numbers("", 3)).toEqual([38, 39, 40]);
    expect(numbers(days[0]!.rows[0]!.key, 3)).toEqual([1, 2, 3]);
    expect(numbers(days.at(-1)!.rows.at(-1)!.key, 3)).toEqual([38, 39, 40]);
    expect(numbers(key, 0.5)).toContain(20);
    expect(around(days, "", 3, () => 1).every(({ rows }) => rows.length)).toBe(true);
    expect(around(days, "", 40, () => 1)).toBe(days);
    expect(around(days, "", 4, ({ message }) => (message!.number === 40 ? 3 : 1)).flatMap(({ rows }) => rows).length).toBe(2);
  });

  it("puts each day under a heading of its own", () => {
    const days = toDays({ messages: [message(1, "a", 0), message(2, "a", 24 * 60), message(3, "a", 24 * 60 + 1)], changes: [] }, [], null);
    expect(days.map((day) => day.rows.length)).toEqual([1, 2]);
  });

  it("keeps a message in its row when the server confirms it, and never shows it twice", () => {
    const waiting = { id: "m2", user: "a", conversation: "c", text: "", reply_to: 0, at: NOON / 1000, tried: 0, failed: "" };
    const before = toDays({ messages: [message(1, "a", 0)], changes: [] }, [waiting], null)[0]!.rows.map((row) => row.key);
    const after = toDays({ messages: [message(1, "a", 0), message(2, "a", 0)], changes: [] }, [waiting], null)[0]!.rows.map((row) => row.key);
    expect(after).toEqual(before);
  });
});

describe("rows of what else happened", () => {
  const added = (seq: number, minutes: number) =>
    ({ kind: "member_added", seq, timestamp: NOON + minutes * MINUTE, author: "a", username: `u${seq}` }) as const;

  it("stand between the messages in time order, those that follow each other in one row", () => {
    const messages = [message(2, "a", 1), message(5, "a", 2), message(6, "a", 3)];
    const changes = [added(1, 0), added(3, 1.2), added(4, 1.4), added(7, 4)];
    const rows = toDays({ messages, changes }, [], null)[0]!.rows;
    expect(rows.map((row) => row.message?.seq ?? row.changes.map((change) => change.seq))).toEqual([[1], 2, [3, 4], 5, 6, [7]]);
    expect(rows.map((row) => [row.first, row.last]).slice(1, 5)).toEqual([[true, true], [true, true], [true, false], [false, true]]);
  });

  it("stand under their own day, and move no line of the unread", () => {
    const messages = [message(1, "a", 0), message(4, "b", 24 * 60 + 2)];
    const days = toDays({ messages, changes: [added(2, 1), added(3, 24 * 60 + 1)] }, [], 1);
    expect(days.map((day) => day.rows.map((row) => row.changes.length))).toEqual([[0, 1], [1, 0]]);
    expect(days.flatMap((day) => day.rows.map((row) => row.divider))).toEqual([false, false, false, true]);
  });

  it("keep their key when more happens", () => {
    const keys = (changes: ReturnType<typeof added>[]) => toDays({ messages: [message(1, "a", 0)], changes }, [], null)[0]!.rows.map((row) => row.key);
    expect(keys([added(2, 1), added(3, 2)])).toEqual(keys([added(2, 1)]));
  });
});

describe("what was seen", () => {
  it("is what was visible to somebody who looked for a whole second", () => {
    const first = look(new Map(), [10, 20], true, 0);
    expect(first).toMatchObject({ seen: 0, again: SEEN_AFTER });
    const scrolled = look(first.watch, [20, 30], true, 600);
    expect(scrolled).toMatchObject({ seen: 0, again: 400 });
    expect(look(scrolled.watch, [20, 30], true, 1000).seen).toBe(20);
  });

  it("is nothing while nobody looks, and looking away begins the second anew", () => {
    const first = look(new Map(), [10], true, 0);
    const gone = look(first.watch, [10], false, 900);
    expect(gone).toMatchObject({ seen: 0, again: 0 });
    expect(look(gone.watch, [10], true, 1000).seen).toBe(0);
  });

  it("needs half of the message, or of the view where the message is larger", () => {
    expect(showsEnough(0, 100, 50, 500)).toBe(true);
    expect(showsEnough(0, 100, 51, 500)).toBe(false);
    expect(showsEnough(-1000, 250, 0, 500)).toBe(true);
    expect(showsEnough(-1000, 249, 0, 500)).toBe(false);
  });
});

describe("typing", () => {
  it("is shown for five seconds, or until the message comes", () => {
    const state = typed(QUIET, "ben", 0, 0);
    expect(settled(state, TYPING_SHOWN - 1).typing.has("ben")).toBe(true);
    expect(settled(state, TYPING_SHOWN).typing.has("ben")).toBe(false);
    expect(said(state, "ben").typing.has("ben")).toBe(false);
  });

  it("is shown in its thread, and in the conversation whatever the thread is", () => {
    const state = typed(typed(QUIET, "ben", 10, 0), "cleo", 0, 0);
    expect([0, 10, 20].map((thread) => typists(state, thread))).toEqual([["ben", "cleo"], ["ben"], []]);
    expect(typists(typed(state, "ben", 20, 1), 10)).toEqual([]);
  });

  it("never goes back to an older draft, nor to one of a message that was sent", () => {
    const state = drafted(drafted(QUIET, "ben", "newer", 2, 0), "ben", "older", 1, 0);
    expect(state.drafts.get("ben")?.text).toBe("newer");
    const sent = drafted(said(state, "ben"), "ben", "newer", 2, 0);
    expect(sent.drafts.get("ben")?.text).toBe("");
  });
});

describe("the switcher", () => {
  it("finds by letters in their order, whatever case and accents, the best match first", () => {
    const choices = ["Zoë Brown", "Bowling", "Ana María", "Marian"].map((name, id) => ({ id: String(id), name, unread: 0 }));
    const names = (query: string) => rank(choices, query).map((choice) => choice.name);
    expect(names("maria")).toEqual(["Marian", "Ana María"]);
    expect(names("zoe")).toEqual(["Zoë Brown"]);
    expect(names("bwn")).toEqual(["Zoë Brown", "Bowling"]);
    expect(names("xyz")).toEqual([]);
    expect(names("")).toHaveLength(4);
  });

  it("puts unread conversations before others that match as well", () => {
    const choices = [{ id: "1", name: "Team A", unread: 0 }, { id: "2", name: "Team B", unread: 3 }];
    expect(rank(choices, "team").map((choice) => choice.id)).toEqual(["2", "1"]);
  });
});

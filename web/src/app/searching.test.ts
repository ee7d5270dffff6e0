import { describe, expect, it } from "vitest";
import { NoAnswer } from "../api/errors.ts";
import type { SearchResults } from "../api/types.ts";
import { AT_ONCE, PAGES_MAX, Searching } from "./searching.ts";

const AROUND = { me: "ana", here: "", places: [] };

function result(timestamp: number) {
  return { conversation: "c", message: { seq: 1, timestamp, number: 1, author: "ben", id: String(timestamp), text: "tea" } };
}

/** A server whose pages are given; notes the cursors that it is asked for. */
function searching(pages: (SearchResults | Error)[]) {
  const asked: string[] = [];
  const made = new Searching(async (_, cursor) => {
    asked.push(cursor);
    const page = pages[asked.length - 1] ?? { results: [], cursor: `after ${asked.length}` };
    if (page instanceof Error) throw page;
    return page;
  });
  made.text.value = "tea";
  return { made, asked };
}

const timestamps = (made: Searching) => made.found.value.results.map(({ message }) => message.timestamp);

describe("searching", () => {
  it("follows the cursor over short and empty pages to the end", async () => {
    const { made, asked } = searching([
      { results: [result(3)], cursor: "a" },
      { results: [], cursor: "b" },
      { results: [result(2), result(1)], cursor: null },
    ]);
    await made.start(AROUND);
    expect(asked).toEqual(["", "a", "b"]);
    expect(timestamps(made)).toEqual([3, 2, 1]);
    expect(made.found.value).toMatchObject({ state: "done", cursor: null, marks: ["tea"] });
  });

  it("stops when it has enough, and goes on from there", async () => {
    const many = Array.from({ length: AT_ONCE }, (_, index) => result(100 - index));
    const { made, asked } = searching([
      { results: many, cursor: "a" },
      { results: [result(1)], cursor: null },
    ]);
    await made.start(AROUND);
    expect(asked).toEqual([""]);
    await made.more();
    expect(asked).toEqual(["", "a"]);
    expect(timestamps(made)).toHaveLength(AT_ONCE + 1);
  });

  it("asks a bounded number of times where pages stay empty", async () => {
    const { made, asked } = searching([]);
    await made.start(AROUND);
    expect(asked).toHaveLength(PAGES_MAX);
    expect(made.found.value).toMatchObject({ state: "done", cursor: `after ${PAGES_MAX}` });
  });

  it("keeps what it has where it fails, and can go on", async () => {
    const { made } = searching([{ results: [result(3)], cursor: "a" }, new NoAnswer(), { results: [result(2)], cursor: null }]);
    await made.start(AROUND);
    expect(made.found.value).toMatchObject({ state: "problem", problem: "The server can’t be reached.", cursor: "a" });
    await made.more();
    expect(timestamps(made)).toEqual([3, 2]);
  });

  it("shows only the last search's results, in whatever order answers come", async () => {
    const answers: ((page: SearchResults) => void)[] = [];
    const made = new Searching(() => new Promise((resolve) => answers.push(resolve)));
    made.text.value = "tea";
    const first = made.start(AROUND);
    const second = made.start(AROUND);
    answers[1]!({ results: [result(2)], cursor: null });
    answers[0]!({ results: [result(1)], cursor: null });
    await Promise.all([first, second]);
    expect(timestamps(made)).toEqual([2]);
  });

  it("says what is wrong with what was typed, without asking", async () => {
    const { made, asked } = searching([]);
    made.text.value = "before:soon";
    await made.start(AROUND);
    expect(asked).toEqual([]);
    expect(made.found.value.problem).toContain("before:2026-09-01");
  });
});

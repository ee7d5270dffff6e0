import { describe, expect, it } from "vitest";
import { highlight } from "./highlight.ts";
import { readSearch, startOfDay } from "./searching.ts";

const AROUND = { me: "ana", here: "c1", places: [{ id: "c1", name: "Ben" }, { id: "c2", name: "Café Society" }] };
const day = (text: string): number => startOfDay(text)!;

describe("what is typed to search", () => {
  it("is words and phrases", () => {
    expect(readSearch('hello "good morning" you', AROUND)).toEqual({
      asked: { query: 'hello "good morning" you' },
      marks: ["hello", "good morning", "you"],
    });
  });

  it("is narrowed by who, where, when and with what", () => {
    expect(readSearch("from:@Ben in:cafe before:2026-09-02 after:2026-09-01 has:file tea", AROUND)).toEqual({
      asked: { query: "tea", from: "ben", conversation: "c2", before: day("2026-09-02"), after: day("2026-09-01") - 1, has: "attachment" },
      marks: ["tea"],
    });
  });

  it("knows me and here", () => {
    expect(readSearch("from:me in:here", AROUND)).toEqual({ asked: { query: "", from: "ana", conversation: "c1" }, marks: [] });
  });

  it("takes names with spaces in quotes", () => {
    expect(readSearch('in:"café society" tea', AROUND)).toMatchObject({ asked: { query: "tea", conversation: "c2" } });
  });

  it("leaves what only looks like a filter as words", () => {
    expect(readSearch("https://example.org note:this", AROUND)).toEqual({
      asked: { query: "https://example.org note:this" },
      marks: ["https://example.org", "note:this"],
    });
  });

  it.each(["in:nowhere x", "before:yesterday", "after:2026-02-30", "has:cheese", "from:@"])("says what is wrong with %s", (text) => {
    expect(readSearch(text, AROUND)).toEqual({ problem: expect.stringMatching(/^After [a-z]+: comes/) });
  });

  it("asks nothing where nothing was said, or only where", () => {
    expect(readSearch("  ", AROUND)).toEqual({ problem: "" });
    expect(readSearch("in:here", AROUND)).toEqual({ problem: "" });
  });
});

describe("a day", () => {
  it("begins at midnight here, in microseconds", () => {
    expect(startOfDay("2026-09-01")).toBe(new Date(2026, 8, 1).getTime() * 1000);
  });

  it.each(["2026-13-01", "2026-02-29", "1969-01-01", "today", ""])("%s is none", (text) => {
    expect(startOfDay(text)).toBeNull();
  });
});

describe("marks", () => {
  const marked = (text: string, words: string[], most?: number) =>
    highlight(text, words, most).map(({ text, hit }) => (hit ? `[${text}]` : text)).join("");

  it("stand at each word, whatever its case and accents", () => {
    expect(marked("Un CAFÉ, deux cafés", ["cafe"])).toBe("Un [CAFÉ], deux [café]s");
    expect(marked("Un cafe\u0301!", ["café"])).toBe("Un [cafe\u0301]!");
  });

  it("are one where they overlap", () => {
    expect(marked("ababab", ["aba", "bab"])).toBe("[ababab]");
  });

  it("keep markup as text", () => {
    expect(highlight("<b>x</b>", ["b>"])).toEqual([
      { text: "<", hit: false },
      { text: "b>", hit: true },
      { text: "x</", hit: false },
      { text: "b>", hit: true },
    ]);
  });

  it("show a bounded part of a long text, around the first", () => {
    const text = `${"a ".repeat(500)}needle${" b".repeat(500)}`;
    const shown = marked(text, ["needle"], 200);
    expect(shown).toContain("[needle]");
    expect(shown.length).toBeLessThanOrEqual(204);
    expect(shown.startsWith("…") && shown.endsWith("…")).toBe(true);
  });

  it("never cut a character in two", () => {
    for (let most = 1; most < 12; most += 1) {
      expect(marked("😀😀😀needle😀😀", ["needle"], most)).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/);
    }
  });
});

import { describe, expect, it } from "vitest";
import { tells, wordsOf } from "./notifying.ts";

describe("what is told of", () => {
  it.each([
    ["all", false, true],
    ["all", true, true],
    ["mentions", false, false],
    ["mentions", true, true],
    ["none", true, false],
  ] as const)("at %s, a mention %s: %s", (level, mentions, expected) => {
    expect(tells(level, mentions)).toBe(expected);
  });

  it("is said in a line, of bounded length, with the place where it is a group", () => {
    expect(wordsOf("Ana", "", "one\n\ntwo")).toEqual({ title: "Ana", body: "one two" });
    expect(wordsOf("Ana", "Tea", "")).toEqual({ title: "Ana in Tea", body: "An attachment" });
    expect([...wordsOf("Ana", "", "😀".repeat(500)).body]).toHaveLength(201);
  });
});

import { describe, expect, it } from "vitest";
import { clock, isQuiet, minuteIn, minuteOf, NORMAL, phrases, tells, wordsOf } from "./notifying.ts";
import { ENGLISH } from "./telling.ts";

describe("what is told of", () => {
  it.each([
    ["all", false, true],
    ["all", true, true],
    ["mentions", false, false],
    ["mentions", true, true],
    ["none", true, false],
  ] as const)("at %s, a mention %s: %s", (level, mentions, expected) => {
    expect(tells({ level, muted_until: 0 }, mentions, 5)).toBe(expected);
  });

  it("is nothing while a conversation is muted, mentions neither", () => {
    expect(tells({ ...NORMAL, muted_until: 6 }, true, 5)).toBe(false);
    expect(tells({ ...NORMAL, muted_until: 5 }, false, 5)).toBe(true);
  });

  it("is said with the phrases that the worker has where nothing else was given", () => {
    expect(phrases()).toEqual(ENGLISH);
    expect(wordsOf("Ana", "Tea", "")).toEqual({ title: "Ana in Tea", body: "An attachment" });
  });
});

describe("quiet hours", () => {
  it.each([
    [60, 120, [60, 119], [59, 120]],
    [1380, 420, [1380, 0, 419], [420, 1379]],
    [5, 5, [], [4, 5, 6]],
  ])("from %i to %i", (begin, end, quiet, loud) => {
    const hours = { begin, end, zone: "UTC", offset: 0 };
    for (const minute of quiet) expect(isQuiet(hours, minute)).toBe(true);
    for (const minute of loud) expect(isQuiet(hours, minute)).toBe(false);
    expect(isQuiet(null, 60)).toBe(false);
  });

  it("go by the clock where the person is", () => {
    const midnight = new Date("2024-01-01T00:00:00Z");
    expect(minuteOf(midnight, "Europe/Madrid")).toBe(60);
    expect(minuteOf(midnight, "Asia/Tokyo")).toBe(540);
    expect(minuteOf(midnight, "No/Where")).toBe(midnight.getHours() * 60 + midnight.getMinutes());
  });

  it("are written as a time field has them", () => {
    expect(clock(65)).toBe("01:05");
    expect(minuteIn("23:59")).toBe(1439);
    expect(minuteIn("")).toBeNull();
  });
});

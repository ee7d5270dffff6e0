import { describe, expect, it } from "vitest";
import { current, endOf, nextEnd } from "./status.ts";

const WHOLE = { emoji: "🌴", text: "away", until: 10, dnd: true, dnd_until: 20, since: 1 };
const NOON = new Date(2026, 10, 28, 12).getTime() * 1_000;
const HOUR = 3_600_000_000;

describe("a status", () => {
  it("ends a part at a time, at the time itself", () => {
    expect(current(WHOLE, 9)).toBe(WHOLE);
    expect(current(WHOLE, 10)).toEqual({ ...WHOLE, emoji: "", text: "", until: 0 });
    expect(current(WHOLE, 20)).toMatchObject({ text: "", dnd: false, dnd_until: 0, since: 1 });
    expect(current({ text: "x" }, 1e15)).toEqual({ text: "x" });
  });

  it("has a next end where there is one", () => {
    expect(nextEnd(WHOLE)).toBe(10);
    expect(nextEnd({ until: 30, dnd_until: 20 })).toBe(20);
    expect(nextEnd({ dnd: true, dnd_until: 20 })).toBe(20);
    expect(nextEnd({ text: "x" })).toBe(0);
  });

  it("ends when somebody chooses", () => {
    expect(endOf("always", NOON, 7, "")).toBe(0);
    expect(endOf("kept", NOON, 7, "")).toBe(7);
    expect(endOf("60", NOON, 7, "")).toBe(NOON + HOUR);
    expect(endOf("today", NOON, 7, "")).toBe(NOON + 12 * HOUR);
    expect(endOf("chosen", NOON, 7, "2026-11-28T13:00")).toBe(NOON + HOUR);
    for (const wrong of ["2026-11-28T12:00", "2026-11-27T13:00", ""]) expect(endOf("chosen", NOON, 7, wrong)).toBeNaN();
  });
});

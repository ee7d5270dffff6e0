import { describe, expect, it } from "vitest";
import { announced } from "./announcer.ts";

describe("what is announced", () => {
  it.each([
    ["all", true, false, true],
    ["all", false, false, false],
    ["all", false, true, true],
    ["mentions", true, false, false],
    ["mentions", true, true, true],
    ["off", true, true, false],
  ])("with %s, here %s, a mention %s: %s", (wanted, here, mentions, expected) => {
    expect(announced(wanted, here, mentions)).toBe(expected);
  });
});

import { describe, expect, it } from "vitest";
import { absentIn, isTooMany } from "./absent.ts";
import { asksFor, ASK_OVER, EVERYONE_MAX, naming, reach } from "./everyone.ts";
import type { Conversation } from "./conversations.ts";

const group = (member_count: number) => ({ kind: "group", member_count }) as const;
const pair = { kind: "direct", member_count: 2 } as const;

describe("everybody", () => {
  it.each([
    [undefined, false],
    [[], false],
    [["ben"], false],
    [["ana"], true],
    [["@all"], true],
    [["@here"], true],
    [["all"], false],
  ])("%j names Ana: %s", (names, expected) => {
    expect(naming(names, "ana")).toBe(expected);
  });

  it("is the others of a group, up to a size", () => {
    expect([reach(group(3)), reach(group(EVERYONE_MAX)), reach(group(EVERYONE_MAX + 1)), reach(pair)]).toEqual([2, 249, 0, 0]);
  });

  it("is asked for where more than ten are told", () => {
    expect(asksFor("@all hello", group(ASK_OVER + 1))).toBe(0);
    expect(asksFor("@all hello", group(ASK_OVER + 2))).toBe(11);
    expect(asksFor("@here", group(ASK_OVER + 2))).toBe(11);
    for (const text of ["hello", "`@all`", "> @all", "@allan"]) expect(asksFor(text, group(50)), text).toBe(0);
    expect(asksFor("@all", group(EVERYONE_MAX + 1))).toBe(0);
  });

  it("is nobody where there are too many, and that can be said", () => {
    expect(isTooMany("@here", group(EVERYONE_MAX + 1))).toBe(true);
    expect(isTooMany("@here", group(EVERYONE_MAX))).toBe(false);
    expect(isTooMany("hello", group(EVERYONE_MAX + 1))).toBe(false);
  });
});

describe("who isn’t there", () => {
  const of = (kind: "group" | "direct", count: number): Conversation =>
    ({ kind, member_count: count, members: [{ username: "ana" }, { username: "ben" }] }) as unknown as Conversation;

  it("is who is named and no member", () => {
    expect(absentIn("@ana @cleo `@dan` @all", of("group", 2))).toEqual(["cleo"]);
    expect(absentIn("@all", of("direct", 2))).toEqual(["all"]);
    expect(absentIn("@c1 @c2 @c3 @c4", of("group", 2))).toEqual(["c1", "c2", "c3"]);
  });

  it("isn’t known while members are missing", () => {
    expect(absentIn("@cleo", of("group", 3))).toEqual([]);
  });
});

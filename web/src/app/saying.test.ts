import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Client } from "../api/client.ts";
import { People } from "./people.ts";
import { ask, forget, put } from "./saying.ts";

const NOW = 1_700_000_000_000;
const us = (milliseconds: number): number => (NOW + milliseconds) * 1_000;

beforeEach(() => void vi.useFakeTimers({ now: NOW }));
afterEach(() => void vi.useRealTimers());

describe("what somebody says", () => {
  it("holds until it ends, and \"do not disturb\" is a presence of its own until then", () => {
    const people = new People({} as Client);
    people.setPresence("ana", "away");
    put(people, "ana", { text: "x", until: us(1_000), dnd: true, dnd_until: us(60 * 24 * 3_600_000), since: 5 });
    expect([people.said("ana").text, people.presence("ana")]).toEqual(["x", "dnd"]);
    vi.advanceTimersByTime(1_001);
    expect([people.said("ana").text, people.presence("ana")]).toEqual(["", "dnd"]);
    vi.advanceTimersByTime(60 * 24 * 3_600_000);
    expect(people.presence("ana")).toBe("away");
  });

  it("gives way to what was said later, and not to what was said before", async () => {
    const people = new People({} as Client);
    put(people, "ana", { text: "new", since: 7 });
    put(people, "ana", { text: "old", since: 6 });
    expect(people.said("ana").text).toBe("new");
    const asked: (readonly string[])[] = [];
    const call = (_: string, path: string, { usernames }: { usernames: string }) => {
      expect(path).toBe("/statuses");
      asked.push(usernames.split(","));
      return Promise.resolve({ statuses: { ben: { emoji: "🌴", since: 9 } } });
    };
    await ask({ call } as unknown as Client, people, ["ana", "ben", ...Array.from({ length: 99 }, (_, n) => `p${n}`)]);
    expect([people.said("ana").text, people.said("ben").emoji]).toEqual(["new", "🌴"]);
    expect(asked.map(({ length }) => length)).toEqual([100, 1]);
    await ask({ call } as unknown as Client, people, ["ana", "cleo"]);
    expect(asked.at(-1)).toEqual(["cleo"]);
    forget(people);
    await ask({ call } as unknown as Client, people, ["ana", "cleo"]);
    expect(asked.at(-1)).toEqual(["ana", "cleo"]);
    put(people, "ana", { since: 8 });
    expect(people.said("ana").text).toBeUndefined();
  });
});

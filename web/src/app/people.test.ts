import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Client } from "../api/client.ts";
import type { User } from "../api/types.ts";
import { People } from "./people.ts";

const MINUTE = 60_000;
const ANA: User = { username: "ana", name: "Ana", picture: "p1", picture_url: "/p1?1" };

let asked: string[];
let server: Map<string, User>;
let people: People;

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  server = new Map([["ana", ANA], ["ben", { username: "ben", name: "Ben" }]]);
  const listUsers = ({ usernames = "" }: { usernames?: string }) => {
    asked.push(usernames);
    if (!server.size) return Promise.reject(new Error("no answer"));
    return Promise.resolve({ users: usernames.split(",").flatMap((name) => server.get(name) ?? []), cursor: null });
  };
  people = new People({ listUsers } as unknown as Client);
});

afterEach(() => void vi.useRealTimers());

/** Looks at both, and waits for what that asks for. */
async function look(): Promise<(User | undefined)[]> {
  people.user("ana");
  people.user("ben");
  await vi.advanceTimersByTimeAsync(50);
  return [people.user("ana"), people.user("ben")];
}

describe("people", () => {
  it("are asked for together and once, and again before an address of a picture ends", async () => {
    expect(await look()).toEqual([ANA, server.get("ben")]);
    await look();
    expect(asked).toEqual(["ana,ben"]);
    server.set("ana", { ...ANA, name: "Ana María", picture_url: "/p1?2" });
    await vi.advanceTimersByTimeAsync(26 * MINUTE);
    expect((await look())[0]).toMatchObject({ name: "Ana María", picture_url: "/p1?2" });
    expect(asked).toEqual(["ana,ben", "ana,ben"]);
  });

  it("keep the address of the same picture when they come without one, and are asked for where it is another", async () => {
    await look();
    people.know([{ username: "ana", name: "Ana", picture: "p1" }]);
    expect((await look())[0]?.picture_url).toBe("/p1?1");
    expect(asked).toHaveLength(1);
    server.set("ana", { ...ANA, picture: "p2", picture_url: "/p2" });
    people.know([{ username: "carla", picture: "p3" }]);
    people.user("carla");
    await look();
    expect(asked).toEqual(["ana,ben", "carla"]);
  });

  it("are asked for again where the picture doesn't come, once a minute at most", async () => {
    await look();
    people.lost("ana");
    await look();
    expect(asked).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(2 * MINUTE);
    for (let times = 0; times < 5; times += 1) people.lost("ana");
    await look();
    expect(asked).toEqual(["ana,ben", "ana"]);
  });

  it("stay as they are known where nothing can be learnt, and aren't asked for at every look", async () => {
    await look();
    server.clear();
    await vi.advanceTimersByTimeAsync(26 * MINUTE);
    for (let times = 0; times < 5; times += 1) expect((await look())[0]).toEqual(ANA);
    expect(asked).toHaveLength(2);
  });

  it("that were kept from the last time are asked for when they are shown", async () => {
    people.know([{ username: "ana", name: "Old" }, { username: "ben", name: "Ben" }], 0);
    expect(people.name("ana")).toBe("Old");
    await vi.advanceTimersByTimeAsync(50);
    expect(people.name("ana")).toBe("Ana");
    expect(asked).toEqual(["ana"]);
  });
});

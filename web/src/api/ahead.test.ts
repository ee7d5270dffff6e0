import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { afterEach, describe, expect, it, vi } from "vitest";
import { allAhead, isAhead, takeAhead } from "./ahead.ts";
import { Client } from "./client.ts";
import { ApiError, NoAnswer } from "./errors.ts";
import { send } from "./http.ts";
import { Session } from "./session.ts";

const SCRIPT = readFileSync(join(import.meta.dirname, "..", "..", "public", "ahead.js"), "utf8");
const GRANTED = { access_token: "secret", expires_in: 300, user: { username: "ana", name: "Ana" } };
const REFRESH = "POST /api/auth/refresh";
const LIST = "GET /api/conversations?limit=100";
const TICKET = "POST /api/tickets";

interface Page {
  path?: string;
  signedIn?: boolean;
  refused?: boolean;
  locks?: boolean;
}

/** Runs the script in a page of its own; what it asked for, in order, and with which token. */
async function opened({ path = "/", signedIn = true, refused = false, locks = true }: Page = {}) {
  const asked: string[] = [];
  const tokens = new Set<string | undefined>();
  let locked = "";
  const fetch = async (address: string, options: RequestInit): Promise<Response> => {
    asked.push(`${options.method} ${address}`);
    tokens.add((options.headers as Record<string, string>)["Authorization"]);
    if (address === "/api/auth/refresh") {
      expect(locked).toBe("tertulia-refresh");
      return refused ? new Response("{}", { status: 401 }) : Response.json(GRANTED);
    }
    return Response.json({ address });
  };
  const request = async (name: string, work: () => Promise<unknown>): Promise<unknown> => {
    locked = name;
    return work().finally(() => (locked = ""));
  };
  const window = {} as { tertuliaAhead: NonNullable<typeof tertuliaAhead> };
  const localStorage = { getItem: (name: string) => (signedIn && name === "tertulia.signed-in" ? "1" : null) };
  const navigator = locks ? { locks: { request } } : {};
  runInNewContext(SCRIPT, { window, fetch, localStorage, navigator, location: { pathname: path }, AbortSignal, Map, Date, JSON });
  globalThis.tertuliaAhead = window.tertuliaAhead;
  await allAhead();
  return { asked, tokens };
}

afterEach(() => {
  globalThis.tertuliaAhead = undefined;
  vi.unstubAllGlobals();
});

describe("what is asked for ahead of the program", () => {
  it("is who is signed in, under the lock, and then the rest at once", async () => {
    const { asked, tokens } = await opened({ path: "/c/abc" });
    expect(asked.slice(0, 2)).toEqual(["GET /config.json", REFRESH]);
    expect(asked.slice(2).sort()).toEqual([LIST, "GET /api/conversations/abc/messages?limit=50", TICKET].sort());
    expect([...tokens]).toEqual([undefined, "Bearer secret"]);
  });

  it.each([
    ["/c/abc/1700000000000000", "GET /api/conversations/abc/messages?around=1700000000000000&limit=50"],
    ["/c/abc/thread/17", undefined],
    ["/admin", undefined],
  ])("at %s are these messages: %s", async (path, expected) => {
    const { asked } = await opened({ path });
    expect(asked.find((each) => each.includes("messages"))).toBe(expected);
    expect(asked).toContain(LIST);
  });

  it.each([
    ["where nobody was signed in", { signedIn: false }, ["GET /config.json"]],
    ["where tabs can't take turns", { locks: false }, ["GET /config.json"]],
    ["where the session is over", { refused: true }, ["GET /config.json", REFRESH]],
  ])("is no more than it may be %s", async (_, page, expected) => {
    expect((await opened(page)).asked).toEqual(expected);
  });
});

describe("an answer that came ahead", () => {
  const call = { method: "GET", path: "/conversations", query: { limit: 100 }, ahead: true } as const;

  it("is given once, and only to who would take it", async () => {
    await opened();
    const fresh = vi.fn(async () => Response.json({ fresh: true }));
    vi.stubGlobal("fetch", fresh);
    const { ahead: _, ...plain } = call;
    expect(await send("/api", plain)).toEqual({ fresh: true });
    expect(await send("/api", call)).toEqual({ address: "/api/conversations?limit=100" });
    expect(await send("/api", call)).toEqual({ fresh: true });
    expect(fresh).toHaveBeenCalledTimes(2);
  });

  it("is what this program would have asked for", async () => {
    await opened({ path: "/c/abc/17" });
    vi.stubGlobal("fetch", vi.fn(() => Promise.reject(new Error("asked again"))));
    const stored = new Map([["tertulia.signed-in", "1"]]);
    vi.stubGlobal("localStorage", { getItem: (name: string) => stored.get(name) ?? null, setItem: () => undefined, removeItem: () => undefined });
    vi.stubGlobal("navigator", {});
    const session = new Session("/api");
    const client = new Client("/api", session);
    expect((await session.resume())?.username).toBe("ana");
    expect(await client.listedAhead(1_000)).toEqual({ address: "/api/conversations?limit=100" });
    expect(await client.listMessages("abc", { around: 17, limit: 50 })).toEqual({ address: "/api/conversations/abc/messages?around=17&limit=50" });
    expect(await client.createTicket()).toEqual({ address: "/api/tickets" });
    expect(await client.listedAhead(1_000)).toBeNull();
  });

  it("says what went wrong as another would", async () => {
    await opened({ refused: true });
    const refresh = { method: "POST", path: "/auth/refresh", body: {}, ahead: true } as const;
    await expect(send("/api", refresh)).rejects.toBeInstanceOf(ApiError);
    await opened();
    globalThis.tertuliaAhead!.answers.set(LIST, { answer: Promise.reject(new TypeError("no network")), asked: Date.now() });
    await expect(send("/api", call)).rejects.toBeInstanceOf(NoAnswer);
  });

  it("is nothing any more when it is old, or when somebody signs out", async () => {
    await opened();
    const now = vi.spyOn(Date, "now").mockReturnValue(Date.now() + 10_000);
    expect(isAhead("GET", "/api/conversations?limit=100")).toBe(false);
    expect(takeAhead("GET", "/api/conversations?limit=100")).toBeNull();
    now.mockRestore();
    expect(isAhead("POST", "/api/tickets")).toBe(true);
    vi.stubGlobal("localStorage", { removeItem: () => undefined });
    new Session("/api").forget();
    expect(isAhead("POST", "/api/tickets")).toBe(false);
  });
});

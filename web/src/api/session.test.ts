import { afterEach, describe, expect, it, vi } from "vitest";
import { NoAnswer } from "./errors.ts";
import { Session } from "./session.ts";

const GRANTED = { access_token: "secret", expires_in: 300, user: { username: "ana", name: "Ana" } };

afterEach(() => vi.unstubAllGlobals());

describe("signing out", () => {
  it("ends what is still asked, and asks nothing more: it would be refused", async () => {
    const asked: string[] = [];
    vi.stubGlobal("fetch", async (address: string, { signal }: RequestInit): Promise<Response> => {
      signal!.throwIfAborted();
      asked.push(address);
      if (address === "/api/slow") await new Promise((_, reject) => signal!.addEventListener("abort", () => reject(signal!.reason as Error)));
      return Response.json(GRANTED);
    });
    const session = new Session("/api");
    await session.signIn("ana", "correct horse battery");
    const ask = (path: string): Promise<void> => expect(session.authorised({ method: "GET", path })).rejects.toBeInstanceOf(NoAnswer);
    const ended = ask("/slow");
    const leaving = session.signOut();
    await Promise.all([ended, ask("/meanwhile"), leaving]);
    await ask("/afterwards");
    expect(asked).toEqual(["/api/auth/sign-in", "/api/slow", "/api/auth/sign-out"]);
    await session.signIn("ana", "correct horse battery");
    expect(await session.authorised({ method: "GET", path: "/again" })).toEqual(GRANTED);
  });

  it("goes on as before where the server can't be reached", async () => {
    let reached = true;
    vi.stubGlobal("fetch", async (): Promise<Response> => (reached ? Response.json(GRANTED) : Promise.reject(new TypeError("no network"))));
    const session = new Session("/api");
    await session.signIn("ana", "correct horse battery");
    reached = false;
    await expect(session.signOut()).rejects.toBeInstanceOf(NoAnswer);
    reached = true;
    expect(await session.authorised({ method: "GET", path: "/again" })).toEqual(GRANTED);
  });
});

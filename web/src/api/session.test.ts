import { afterEach, describe, expect, it, vi } from "vitest";
import { NoAnswer } from "./errors.ts";
import { Session } from "./session.ts";

const GRANTED = { access_token: "secret", expires_in: 300, user: { username: "ana", name: "Ana" } };

afterEach(() => vi.unstubAllGlobals());

describe("signing out", () => {
  it("ends what is still asked, which would be refused", async () => {
    const asked: string[] = [];
    vi.stubGlobal("fetch", async (address: string, { signal }: RequestInit): Promise<Response> => {
      asked.push(address);
      if (address === "/api/slow") await new Promise((_, reject) => signal!.addEventListener("abort", () => reject(signal!.reason as Error)));
      return Response.json(GRANTED);
    });
    const session = new Session("/api");
    await session.signIn("ana", "correct horse battery");
    const slow = session.authorised({ method: "GET", path: "/slow" });
    const ended = expect(slow).rejects.toBeInstanceOf(NoAnswer);
    await session.signOut();
    await ended;
    expect(asked).toEqual(["/api/auth/sign-in", "/api/slow", "/api/auth/sign-out"]);
    await session.signIn("ana", "correct horse battery");
    expect(await session.authorised({ method: "GET", path: "/again" })).toEqual(GRANTED);
  });
});

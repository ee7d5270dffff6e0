import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Client } from "../api/client.ts";
import type { NotificationChoice, Notifications } from "../api/types.ts";
import { NORMAL } from "../state/notifying.ts";
import { Preferences } from "./preferences.ts";

const QUIET = { begin: 0, end: 60, zone: "UTC", offset: 0 };

/** A server that keeps what is chosen, or refuses everything. */
class Server {
  conversations: Record<string, NotificationChoice> = {};
  quiet: typeof QUIET | null = null;
  receipts = true;
  asked = 0;
  refuses = false;

  readonly client = {
    getNotifications: async () => {
      this.asked += 1;
      const { quiet, conversations, receipts } = this;
      return this.answer({ key: "", devices: [], quiet, conversations, receipts } as Notifications);
    },
    chooseNotifications: async (id: string, change: Partial<NotificationChoice>) => {
      const choice = this.answer({ ...NORMAL, ...this.conversations[id], ...change });
      this.conversations = { ...this.conversations, [id]: choice };
      return choice;
    },
    setQuietHours: async (quiet: typeof QUIET | null) => {
      this.quiet = this.answer(quiet);
      return {};
    },
  } as unknown as Client;

  private answer<T>(value: T): T {
    if (this.refuses) throw new Error("refused");
    return value;
  }
}

beforeEach(() => {
  const kept = new Map<string, string>();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  });
  return () => vi.unstubAllGlobals();
});

describe("what is told of", () => {
  it("is the server's, and known here when it can't be reached", async () => {
    const server = new Server();
    const first = new Preferences(server.client, "ana");
    await first.choose("g", { level: "none" });
    await first.setQuiet(QUIET);
    const other = new Preferences(server.client, "ana");
    server.refuses = true;
    await expect(other.learn()).rejects.toThrow();
    expect(other.choice("g").level).toBe("none");
    expect(other.quiet.value).toEqual(QUIET);
    expect(new Preferences(server.client, "ben").choice("g")).toEqual(NORMAL);
  });

  it("is as before where the server doesn't take it", async () => {
    const server = new Server();
    const preferences = new Preferences(server.client, "ana");
    server.refuses = true;
    await preferences.choose("g", { muted_until: 7 });
    await preferences.setQuiet(QUIET);
    expect(preferences.choice("g")).toEqual(NORMAL);
    expect(preferences.quiet.value).toBeNull();
  });

  it("says whether others are shown what is read, here at once and where it was set elsewhere", async () => {
    const server = new Server();
    const [here, there] = [new Preferences(server.client, "ana"), new Preferences(server.client, "ana")];
    await there.known();
    here.toldReceipts(false);
    server.receipts = false;
    expect([here.receipts.value, there.receipts.value]).toEqual([false, true]);
    await there.known();
    expect([there.receipts.value, server.asked]).toEqual([true, 1]);
    there.missed();
    await there.known();
    expect([there.receipts.value, server.asked]).toEqual([false, 2]);
    server.refuses = true;
    expect(new Preferences(server.client, "ana").receipts.value).toBe(false);
    here.missed();
    await expect(here.known()).rejects.toThrow();
    server.refuses = false;
    await here.known();
  });

  it("goes to the server once where an earlier page kept it in the browser", async () => {
    localStorage.setItem("tertulia.notify.ana", JSON.stringify([["g", "mentions"], ["h", "purple"]]));
    const server = new Server();
    await new Preferences(server.client, "ana").learn();
    expect(server.conversations["g"]?.level).toBe("mentions");
    expect(localStorage.getItem("tertulia.notify.ana")).toBeNull();
    server.conversations = {};
    const again = new Preferences(server.client, "ana");
    await again.learn();
    expect(again.choice("g")).toEqual(NORMAL);
  });
});

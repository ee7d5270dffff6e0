import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError, NoAnswer } from "../api/errors.ts";
import type { Message } from "../api/types.ts";
import { Sending, type SendingPorts } from "./sending.ts";
import { Database } from "./storage.ts";

/** A server that keeps what it is sent once a message, and answers a repeat with the first result. */
class Server {
  readonly kept: Message[] = [];
  readonly calls: string[] = [];
  /** What the next calls do before they answer; absent: answer. `lost`: keep the message and lose the answer. */
  plan: (Error | "lost")[] = [];

  readonly send: SendingPorts["send"] = async (_, { id, text }) => {
    this.calls.push(id);
    const next = this.plan.shift();
    if (next instanceof Error) throw next;
    let message = this.kept.find((each) => each.id === id);
    if (!message) {
      const number = this.kept.length + 1;
      message = { id, text, author: "ana", seq: number, number, timestamp: number * 10 };
      this.kept.push(message);
    }
    if (next === "lost") throw new NoAnswer();
    return message;
  };
}

const page = new EventTarget();
let kept: Map<string, string>;
let server: Server;
let storage: Database;
let arrived: string[];
let name = 0;
const started: Sending[] = [];

function sending(): Sending {
  const made = new Sending("ana", {
    send: server.send,
    arrived: async (_, entry) => void arrived.push(entry.id),
    storage,
  });
  started.push(made);
  return made;
}

const texts = () => server.kept.map((message) => message.text);
const settled = (box: Sending) => vi.waitFor(() => expect(box.outbox.value).toEqual([]), { timeout: 8000 });

beforeEach(() => {
  kept = new Map();
  vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
  vi.stubGlobal("removeEventListener", page.removeEventListener.bind(page));
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  });
  server = new Server();
  storage = new Database(`test-${(name += 1)}`);
  arrived = [];
});

afterEach(async () => {
  for (const box of started.splice(0)) box.stop();
  await storage.close();
  vi.unstubAllGlobals();
});

describe("sending", () => {
  it("keeps the order, one message after the other", async () => {
    const box = sending();
    for (const text of ["one", "two", "three"]) box.add("c", text, 0);
    await settled(box);
    expect(texts()).toEqual(["one", "two", "three"]);
    expect(arrived).toEqual(server.calls);
    expect(await storage.all("ana")).toEqual([]);
  });

  it("takes in all that the server says of the message as it was sent", async () => {
    const entries: object[] = [];
    const said = { author: "ana", seq: 4, number: 3, timestamp: 40, reply_to: 20, thread: 10, mentions: ["ben"], live_until: 90 };
    const box = new Sending("ana", {
      send: async (_, { id, text }) => ({ ...said, id, text, reactions: [], edited: 0 }),
      arrived: async (_, entry) => void entries.push(entry),
      storage,
    });
    started.push(box);
    box.add("c", "@ben where?", 20);
    await settled(box);
    expect(entries).toEqual([{ kind: "message", ...said, id: expect.any(String), text: "@ben where?" }]);
  });

  it("tries again with the same id when no answer came, so that the message is there once", async () => {
    server.plan = ["lost", new NoAnswer(), new ApiError({ status: 503, temporary: true })];
    const box = sending();
    box.add("c", "hello", 0);
    box.add("c", "again", 0);
    await settled(box);
    expect(texts()).toEqual(["hello", "again"]);
    expect(new Set(server.calls).size).toBe(2);
    expect(server.calls).toHaveLength(5);
  });

  it("stops trying when the server refuses, says why, goes on with the next, and retries when asked, under the same id", async () => {
    server.plan = [new ApiError({ status: 409, detail: "Not like this." })];
    const box = sending();
    box.add("c", "refused", 0);
    box.add("c", "fine", 0);
    await vi.waitFor(() => expect(texts()).toEqual(["fine"]));
    await vi.waitFor(() => expect(box.outbox.value.map((message) => message.failed)).toEqual(["Not like this."]));
    const { id } = box.outbox.value[0]!;
    box.retryAll("c");
    await settled(box);
    expect(server.kept.map((message) => message.id)).toContain(id);
  });

  it("sends after a reload what was not sent before it, once and in order", async () => {
    server.plan = ["lost"];
    const before = sending();
    before.add("c", "one", 0);
    before.add("c", "two", 7);
    await vi.waitFor(() => expect(server.calls).toHaveLength(1));
    before.stop();
    await vi.waitFor(async () => expect(await storage.all("ana")).toHaveLength(2));
    const after = sending();
    await after.load();
    await settled(after);
    expect(texts()).toEqual(["one", "two"]);
    expect(await storage.all("ana")).toEqual([]);
  });

  it("keeps what the database hadn't got when the page went", async () => {
    const message = { id: "x", user: "ana", conversation: "c", text: "two", reply_to: 0, at: Date.now(), tried: 0, failed: "" };
    const writing = storage.put(message);
    page.dispatchEvent(new Event("pagehide"));
    expect(JSON.parse(kept.get("tertulia.unsent")!)).toEqual([message]);
    await writing;
    // As in a browser that ended before that was written.
    await storage.remove(message.id);
    expect(await storage.all("ben")).toEqual([]);
    expect([...kept]).toEqual([]);
    expect(await storage.all("ana")).toEqual([message]);
    page.dispatchEvent(new Event("pagehide"));
    expect([...kept]).toEqual([]);
  });

  it("leaves another person's unsent messages alone", async () => {
    const at = Date.now();
    await storage.put({ id: "x", user: "ben", conversation: "c", text: "his", reply_to: 0, at, tried: 0, failed: "" });
    const box = sending();
    await box.load();
    expect(box.outbox.value).toEqual([]);
    expect(await storage.all("ben")).toHaveLength(1);
  });

  it("does not send what waited for more than two days", async () => {
    const at = Date.now() - 49 * 3_600_000;
    await storage.put({ id: "x", user: "ana", conversation: "c", text: "old", reply_to: 0, at, tried: 1, failed: "" });
    const box = sending();
    await box.load();
    await vi.waitFor(() => expect(box.outbox.value[0]?.failed).toMatch(/two days/));
    expect(server.calls).toEqual([]);
  });

  it("expires also what waits for its files, or behind such a one, and then sends what came later", async () => {
    const at = Date.now() - 49 * 3_600_000;
    const file = { upload: "u", media: "", name: "f", type: "", size: 1, alt: "" };
    const box = sending();
    box.add("c", "with a file", 0, [file]);
    box.outbox.value = box.outbox.value.map((message) => ({ ...message, at }));
    box.add("c", "later", 0);
    await vi.waitFor(() => expect(box.outbox.value.map((message) => message.failed)).toEqual([expect.stringMatching(/two days/)]));
    expect(texts()).toEqual(["later"]);
  });

  it("sends what is tried again in its old place, after a reload too", async () => {
    const at = Date.now() - 1_000;
    const kept = { user: "ana", conversation: "c", reply_to: 0, tried: 0, failed: "" };
    await storage.put({ ...kept, id: "x", text: "one", at, failed: "No." });
    await storage.put({ ...kept, id: "y", text: "two", at: at + 1 });
    server.plan = [new NoAnswer()];
    const before = sending();
    await before.load();
    before.retry("x");
    await vi.waitFor(async () => expect((await storage.all("ana")).map((message) => message.failed)).toEqual(["", ""]));
    before.stop();
    const after = sending();
    await after.load();
    await settled(after);
    expect(texts()).toEqual(["one", "two"]);
  });

  it("gives the text back when a message is let go", async () => {
    server.plan = [new ApiError({ status: 400, detail: "No." })];
    const box = sending();
    box.add("c", "text", 0);
    await vi.waitFor(() => expect(box.outbox.value[0]?.failed).toBe("No."));
    expect(box.discard(box.outbox.value[0]!.id)).toBe("text");
    await vi.waitFor(async () => expect(await storage.all("ana")).toEqual([]));
  });
});

import { describe, expect, it } from "vitest";
import type { Client, Page } from "../api/client.ts";
import type { ConversationView, Message, Messages, MessageSent } from "../api/types.ts";
import { fromView } from "../state/conversations.ts";
import { catchUp, follow } from "../state/held.ts";
import { messagesOf } from "../state/thread.ts";
import { parse, threadPath } from "./route.ts";
import { Store } from "./store.ts";
import { ThreadReader } from "./thread.ts";

/** A server with a thread of so many messages, the first at 10; each follows the other in the log. */
class Server {
  broken = false;
  readonly asked: Page[] = [];
  readonly log: MessageSent[];

  constructor(count: number) {
    this.log = Array.from({ length: count }, (_, index) => this.message(index + 1));
  }

  message(seq: number): MessageSent {
    return { kind: "message", seq, timestamp: seq * 10, number: seq, author: "ben", id: `${seq}`, ...(seq > 1 && { reply_to: 10, thread: 10 }) } as MessageSent;
  }

  get head() {
    return { seq: this.log.length, timestamp: this.log.length * 10, messages: this.log.length };
  }

  async listMessages(_: string, page: Page): Promise<Messages> {
    this.asked.push(page);
    if (this.broken) throw new Error("It can't be reached.");
    const { before = page.around ? page.around + 1 : Infinity, after = 0, limit = 50 } = page;
    const fitting = this.log.filter(({ timestamp }) => timestamp < before && timestamp > after);
    const found = (after ? fitting.slice(0, limit) : fitting.slice(-limit)) as unknown as Message[];
    const [first, last] = [found[0], found.at(-1)];
    return { messages: found, more_before: first?.seq !== this.log[0]!.seq, more_after: last?.seq !== this.log.at(-1)!.seq, head: this.head };
  }
}

function open(server: Server): { store: Store; reader: ThreadReader; held: () => number[]; end: () => void } {
  const store = new Store();
  const view = { id: "c", kind: "group", title: "", members: [], member_count: 1, head: server.head, last_message: null, read: { timestamp: 0, number: 0 } };
  store.take(fromView(view as unknown as ConversationView));
  const reader = new ThreadReader(server as unknown as Client, store, "c", 10);
  const held = (): number[] => (reader.thread.peek() ? messagesOf(reader.thread.peek()!).map(({ seq }) => seq) : []);
  return { store, reader, held, end: reader.start() };
}

describe("reading a thread", () => {
  it("begins at its end, with its first message, and goes on both ways", async () => {
    const server = new Server(120);
    const { reader, held, end } = open(server);
    await reader.read();
    expect(held()).toEqual([1, ...Array.from({ length: 50 }, (_, index) => index + 71)]);
    await Promise.all([reader.widen("before"), reader.widen("before")]);
    expect(held().length).toBe(101);
    expect(await reader.reach(150)).toBe(true);
    expect(reader.thread.peek()!.pane.moreAfter).toBe(true);
    await reader.widen("after");
    expect(held().at(-1)).toBe(65);
    expect(await reader.reach(15)).toBe(false);
    end();
  });

  it("follows the log, and is read again where the log was skipped", async () => {
    const server = new Server(3);
    const { store, reader, held, end } = open(server);
    await reader.read();
    server.log.push(server.message(4));
    store.update("c", (before) => follow(before, server.log[3]!, "ana"));
    expect(held()).toEqual([1, 2, 3, 4]);
    expect(server.asked.length).toBe(1);
    server.log.push(server.message(5), server.message(6));
    store.update("c", (before) => ({ ...catchUp(before, { entries: [], through: 6, head: server.head }, "ana"), recent: [] }));
    await expect.poll(held).toEqual([1, 2, 3, 4, 5, 6]);
    end();
  });

  it("says where it can't be read, and can be asked again", async () => {
    const server = new Server(3);
    const { reader, held, end } = open(server);
    server.broken = true;
    await reader.read();
    expect([reader.failed.peek(), held()]).toEqual([true, []]);
    server.broken = false;
    await reader.read();
    expect([reader.failed.peek(), held()]).toEqual([false, [1, 2, 3]]);
    end();
  });
});

describe("the address of a thread", () => {
  it("leads to it, and no other does", () => {
    const at = (path: string) => parse(new URL(path, "https://chat.example"));
    expect(at(threadPath("d_a_b", 7))).toEqual({ name: "conversation", id: "d_a_b", at: 0, thread: 7 });
    expect(at("/c/g_1/7")).toEqual({ name: "conversation", id: "g_1", at: 7, thread: 0 });
    expect(at("/c/g_1")).toEqual({ name: "conversation", id: "g_1", at: 0, thread: 0 });
    expect(at("/c/g_1/thread")).toEqual({ name: "home" });
  });
});

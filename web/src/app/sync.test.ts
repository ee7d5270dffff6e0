import { describe, expect, it } from "vitest";
import type { Client, Page } from "../api/client.ts";
import type { ConversationView, Log, Message, Messages, VisibleEntry } from "../api/types.ts";
import { isChange } from "../state/changes.ts";
import { fromView, unread } from "../state/conversations.ts";
import { Store } from "./store.ts";
import { Sync } from "./sync.ts";

const PAGE = 50;

/** A server with one conversation, of messages and titles as `kinds` says: `m` and `t`, from seq 1 on. */
class Server {
  readonly entries: VisibleEntry[];
  readonly asked: string[] = [];
  /** Pages of messages that were asked for. */
  pages = 0;
  /** Called before each answer to a request for the log. */
  meanwhile: () => void = () => undefined;

  constructor(kinds: string) {
    let number = 0;
    this.entries = [...kinds].map((kind, index) => {
      const stamp = { seq: index + 1, timestamp: (index + 1) * 10, author: "ben" };
      return kind === "m"
        ? { kind: "message", ...stamp, number: (number += 1), id: `m${index + 1}` }
        : { kind: "title_changed", ...stamp, title: `t${index + 1}` };
    });
  }

  get head() {
    const messages = this.entries.filter((entry) => entry.kind === "message").length;
    return { seq: this.entries.length, timestamp: this.entries.length * 10, messages };
  }

  /** As it is when it is asked for, answered when `meanwhile` is over. */
  async getConversation(): Promise<ConversationView> {
    const view = viewOf(this.head);
    this.meanwhile();
    await Promise.resolve();
    return view;
  }

  async listConversations(): Promise<{ conversations: ConversationView[]; cursor: null }> {
    return { conversations: [viewOf(this.head)], cursor: null };
  }

  async listMessages(_: string, { before = Infinity, after = 0 }: Page): Promise<Messages> {
    this.pages += 1;
    const all = this.entries.filter((entry) => entry.kind === "message") as unknown as Message[];
    const fitting = all.filter((message) => message.timestamp < before && message.timestamp > after);
    const messages = after ? fitting.slice(0, PAGE) : fitting.slice(-PAGE);
    const [first, last] = [messages[0], messages.at(-1)];
    return { messages, more_before: first !== all[0], more_after: last !== all.at(-1), head: this.head };
  }

  async readLog(_: string, after: number, limit = 500): Promise<Log> {
    this.asked.push(`${after}+${limit}`);
    this.meanwhile();
    const entries = this.entries.slice(after, after + limit);
    return { entries, through: after + entries.length, head: this.head };
  }
}

function viewOf(head: Server["head"]): ConversationView {
  const view = { id: "c", kind: "group", title: "", members: [], member_count: 1, head, last_message: null, read: { timestamp: 0, number: head.messages } };
  return view as unknown as ConversationView;
}

function start(kinds: string) {
  const server = new Server(kinds);
  const store = new Store();
  store.take(fromView(viewOf(server.head)));
  store.visit("c");
  const sync = new Sync(server as unknown as Client, store, "ana");
  const shown = (): number[] => {
    const pane = store.peek("c")!.pane!;
    return [...pane.messages, ...pane.changes].map((one) => one.seq).sort((one, other) => one - other);
  };
  return { server, store, sync, shown };
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe("the changes beside a page of messages", () => {
  const kinds = `t${"m".repeat(60)}tt${"m".repeat(30)}t${"m".repeat(20)}t`;

  it("are not asked for where there are none", async () => {
    const { server, sync, shown } = start("m".repeat(120));
    await sync.openPane("c");
    await sync.widenPane("c", "before");
    expect(shown()).toEqual(range(21, 120));
    expect(server.asked).toEqual([]);
  });

  it("are there with the page, and each page's alone is read", async () => {
    const { server, sync, shown } = start(kinds);
    await sync.openPane("c");
    expect(shown()).toEqual(range(64, 115));
    await sync.widenPane("c", "before");
    expect(shown()).toEqual(range(12, 115));
    await sync.widenPane("c", "before");
    expect(shown()).toEqual(range(1, 115));
    expect(server.asked).toEqual(["93+22", "61+2", "0+1"]);
  });

  it("come each once where one is pushed while the log is read", async () => {
    const { server, store, sync, shown } = start(kinds);
    server.meanwhile = () => {
      server.meanwhile = () => undefined;
      const entry = { kind: "title_changed", seq: 116, timestamp: 1160, author: "ben", title: "late" } as const;
      server.entries.push(entry);
      void sync.entry({ conversation: "c", entry });
    };
    await sync.openPane("c");
    expect(shown()).toEqual(range(64, 116));
    expect(store.peek("c")!.pane!.changes.every(isChange)).toBe(true);
    expect(store.peek("c")!.conversation.title).toBe("late");
  });

  it("are not put to a page that took the place of theirs meanwhile", async () => {
    const { server, sync, shown } = start("m".repeat(120));
    await sync.openPane("c");
    await sync.widenPane("c", "before");
    const answer = server.listMessages.bind(server);
    server.listMessages = async (id, page) => {
      server.listMessages = answer;
      const late = await answer(id, page);
      await sync.openPane("c", true);
      return late;
    };
    await sync.widenPane("c", "before");
    expect(shown()).toEqual(range(71, 120));
  });

  it("are read in bounded parts, and not for ever", async () => {
    const { server, sync, shown } = start(`m${"t".repeat(1_200)}m`);
    await sync.openPane("c");
    expect(server.asked).toEqual(["201+500", "701+500"]);
    expect(shown()).toEqual([1, ...range(202, 1_202)]);
  });
});

describe("what came while there was no connection", () => {
  const more = (seq: number) => ({ kind: "message", seq, timestamp: seq * 10, author: "ben", number: seq, id: `m${seq}` }) as const;

  /** An open conversation, which has two messages more than is known here. */
  const behind = async () => {
    const { server, store, sync } = start("mm");
    const told: number[] = [];
    sync.onEntry = (_, { seq }) => told.push(seq);
    await sync.openPane("c");
    server.entries.push(more(3), more(4));
    return { store, sync, told };
  };

  it("is caught up with silently: only what is pushed is told", async () => {
    const { store, sync, told } = await behind();
    await sync.heardOf({ type: "head", conversation: "c", seq: 4 });
    expect(store.peek("c")!.conversation.head.seq).toBe(4);
    expect(told).toEqual([]);
    await sync.entry({ conversation: "c", entry: more(5) });
    expect(told).toEqual([5]);
  });

  it("is caught up with where something that was pushed comes after it, which is told", async () => {
    const { store, sync, told } = await behind();
    await sync.entry({ conversation: "c", entry: more(4) });
    expect(store.peek("c")!.conversation.head.seq).toBe(4);
    expect(told).toEqual([4]);
  });
});

describe("what was read elsewhere while there was no connection", () => {
  it("is read here, whether or not there is a log to catch up with", async () => {
    for (const more of ["", "m"]) {
      const { server, store, sync } = start("mm");
      await sync.openPane("c");
      store.update("c", (held) => ({ ...held, conversation: { ...held.conversation, read: { timestamp: 10, number: 1 } } }));
      for (const _ of more) server.entries.push({ kind: "message", seq: 3, timestamp: 30, author: "ben", number: 3, id: "m3" });
      await sync.resync();
      expect(unread(store.peek("c")!.conversation)).toBe(0);
    }
  });
});

describe("a conversation that is new here", () => {
  it("has what was told while it was read", async () => {
    const server = new Server("t");
    const store = new Store();
    const sync = new Sync(server as unknown as Client, store, "ana");
    let told: Promise<void> | undefined;
    server.meanwhile = () => {
      server.meanwhile = () => undefined;
      const entry = { kind: "message", seq: 2, timestamp: 20, author: "ben", number: 1, id: "m2", text: "hello" } as const;
      server.entries.push(entry);
      told = sync.entry({ conversation: "c", entry });
    };
    await sync.join("c");
    await told;
    expect(store.peek("c")!.conversation.head.seq).toBe(2);
  });

  it("tells once of its first message, which was there when it was read", async () => {
    const server = new Server("tm");
    const sync = new Sync(server as unknown as Client, new Store(), "ana");
    const told: number[] = [];
    sync.onEntry = (_, { seq }) => told.push(seq);
    await sync.join("c");
    await sync.entry({ conversation: "c", entry: server.entries[1]! });
    await sync.entry({ conversation: "c", entry: server.entries[1]! });
    expect(told).toEqual([2]);
  });

  it("is brought up to what it was only told of", async () => {
    const server = new Server("tm");
    const store = new Store();
    const sync = new Sync(server as unknown as Client, store, "ana");
    server.meanwhile = () => {
      server.meanwhile = () => undefined;
      server.entries.push({ kind: "title_changed", seq: 3, timestamp: 30, author: "ben", title: "late" });
    };
    await sync.heardOf({ type: "head", conversation: "c", seq: 3 });
    expect(store.peek("c")!.conversation.head.seq).toBe(3);
  });
});

describe("what was asked for ahead of the program", () => {
  const ahead = async (cursor: string | null) => {
    const { server, store, sync, shown } = start("mm");
    const listedAhead = async () => ({ ...(await server.listConversations()), cursor });
    Object.assign(server, { listedAhead });
    sync.ahead = () => ({ id: "c", at: 0 });
    await sync.glance();
    return { server, store, sync, shown };
  };

  it("is there before the connection, which brings what came since", async () => {
    const { server, store, sync, shown } = await ahead(null);
    expect(store.loaded.value).toBe(true);
    expect(shown()).toEqual([1, 2]);
    expect(["c", "c"].map((id) => sync.hasOpened(id, 0))).toEqual([true, false]);
    server.entries.push({ kind: "message", seq: 3, timestamp: 30, author: "ben", number: 3, id: "m3" });
    await sync.resync();
    expect(shown()).toEqual([1, 2, 3]);
    expect(server.pages).toBe(1);
  });

  it("waits for the connection where it is only a part of the list", async () => {
    const { store } = await ahead("next");
    expect(store.loaded.value).toBe(false);
    expect(store.peek("c")!.pane).toBeNull();
  });
});

describe("what is about to be looked at", () => {
  const opened = async (ahead: ReturnType<Sync["ahead"]>) => {
    const { server, store, sync } = start("mmm");
    sync.ahead = () => ahead;
    await sync.resync();
    return { server, store, sync };
  };

  it("is read with the list, and not once more by who opens it", async () => {
    const { server, store, sync } = await opened({ id: "c", at: 0 });
    expect(server.pages).toBe(1);
    await sync.openPane("c");
    expect(server.pages).toBe(1);
    expect(store.peek("c")!.pane!.messages).toHaveLength(3);
  });

  it("is read once: who comes back to another place of it asks for that", async () => {
    const { server, sync } = await opened({ id: "c", at: 0 });
    await sync.openAt("c", 20);
    expect(server.pages).toBe(2);
    await sync.resync();
    expect(server.pages).toBe(2);
  });

  it("may be nothing, or something that isn't there", async () => {
    expect((await opened(null)).server.pages).toBe(0);
    expect((await opened({ id: "other", at: 0 })).server.pages).toBe(0);
  });
});

import "fake-indexeddb/auto";
import { describe, expect, it, vi } from "vitest";
import type { Client } from "../api/client.ts";
import type { Config, User } from "../api/types.ts";
import type { Conversation } from "../state/conversations.ts";
import { hold, type Held } from "../state/held.ts";
import { complete } from "../state/messages.ts";
import { Keeping } from "./keeping.ts";
import { People } from "./people.ts";
import { PANES_MAX, Store } from "./store.ts";

const CONFIG: Config = { api: "/api", ws: "/ws", sign_up: "open" };
const ANA: User = { username: "ana", name: "Ana" };
const AT_ONCE = 1;
let databases = 0;

function conversation(id: string, timestamp = 1): Conversation {
  const cursor = { timestamp, number: 1 };
  const head = { seq: 2, timestamp, messages: 1 };
  return {
    id, kind: "group", title: id, live_typing: false, history: "all", created: 1, head, last_message: null,
    members: [], member_count: 1, role: "member", read: cursor, since: 0,
  } as Conversation;
}

function open(id: string, timestamp = 1): Held {
  const message = complete({ seq: 2, timestamp, number: 1, author: "ben", id, text: `in ${id}` });
  return { ...hold(conversation(id, timestamp)), pane: { messages: [message], changes: [], moreBefore: false, moreAfter: false } };
}

function page(name: string) {
  return { keeping: new Keeping(name, AT_ONCE), store: new Store(), people: new People({} as Client) };
}

/** What another page finds that is opened afterwards. */
async function restored(name: string) {
  const { keeping, store, people } = page(name);
  await keeping.restore(store, people, ANA.username);
  return { identity: await keeping.identity(), ids: [...store.ids()].sort(), store, names: people.known().map((user) => user.name) };
}

async function kept(...held: Held[]): Promise<string> {
  const name = `kept-${(databases += 1)}`;
  const { keeping, store, people } = page(name);
  await keeping.enter({ config: CONFIG, user: ANA });
  people.know([ANA]);
  store.restore(held);
  keeping.watch(store, people);
  await vi.waitFor(async () => expect((await restored(name)).ids).toHaveLength(held.length));
  keeping.stop();
  return name;
}

describe("keeping what was seen", () => {
  it("has conversations, messages and names there the next time", async () => {
    const found = await restored(await kept(open("one"), hold(conversation("two"))));
    expect(found.identity?.user).toEqual(ANA);
    expect(found.ids).toEqual(["one", "two"]);
    expect(found.store.peek("one")?.pane?.messages[0]?.text).toBe("in one");
    expect(found.store.peek("two")?.pane).toBeNull();
    expect(found.names).toEqual(["Ana"]);
  });

  it("holds the messages of a bounded number of conversations, the latest", async () => {
    const many = Array.from({ length: PANES_MAX + 3 }, (_, index) => open(`c${index}`, index + 1));
    const { store, ids } = await restored(await kept(...many));
    expect(ids).toHaveLength(PANES_MAX + 3);
    expect(ids.filter((id) => store.peek(id)?.pane)).toHaveLength(PANES_MAX);
    expect(store.peek("c0")?.pane).toBeNull();
  });

  it("opens no database before there is something to keep", async () => {
    const name = `kept-${(databases += 1)}`;
    vi.stubGlobal("localStorage", { getItem: () => null, setItem: () => undefined });
    const opened = async () => (await indexedDB.databases()).some((database) => database.name === name);
    const { keeping, store, people } = page(name);
    keeping.look();
    await keeping.restore(store, people, ANA.username);
    expect(await opened()).toBe(false);
    await keeping.enter({ config: CONFIG, user: ANA });
    expect(await opened()).toBe(true);
    vi.unstubAllGlobals();
  });

  it("takes the place of nothing that is newer", async () => {
    const name = await kept(open("one"));
    const { keeping, store, people } = page(name);
    store.take({ ...conversation("one"), title: "newer" });
    await keeping.restore(store, people, ANA.username);
    expect(store.peek("one")?.conversation.title).toBe("newer");
  });

  it("is read ahead of knowing who is signed in, and given to that person alone", async () => {
    const name = await kept(open("one"));
    const { keeping, store, people } = page(name);
    keeping.look();
    await keeping.restore(store, people, "somebody");
    expect(store.ids()).toEqual([]);
    await keeping.restore(store, people, ANA.username);
    expect(store.ids()).toEqual(["one"]);
  });

  it("isn't looked for where nothing was kept", async () => {
    const notes = new Map<string, string>();
    vi.stubGlobal("localStorage", {
      getItem: (name: string) => notes.get(name) ?? null,
      setItem: (name: string, value: string) => void notes.set(name, value),
      removeItem: (name: string) => void notes.delete(name),
    });
    notes.set("tertulia.kept", "1");
    const name = await kept(open("one"));
    notes.clear();
    expect((await restored(name)).ids).toEqual([]);
    const { keeping, store, people } = page(name);
    await keeping.enter({ config: CONFIG, user: ANA });
    store.restore([open("two")]);
    keeping.watch(store, people);
    await vi.waitFor(() => expect([...notes.keys()]).toEqual(["tertulia.kept"]));
    await keeping.forget();
    expect([...notes.keys()]).toEqual([]);
    vi.unstubAllGlobals();
  });

  it("leaves nothing to the next person", async () => {
    const name = await kept(open("one"));
    const { keeping, store, people } = page(name);
    void keeping.enter({ config: CONFIG, user: { username: "ben" } });
    await keeping.restore(store, people, ANA.username);
    expect(store.ids()).toEqual([]);
    expect(people.known()).toEqual([]);
  });

  it("forgets all, and writes nothing that was still to be written", async () => {
    const name = await kept(open("one"));
    const { keeping, store, people } = page(name);
    await keeping.restore(store, people, ANA.username);
    keeping.watch(store, people);
    await keeping.forget();
    store.take(conversation("late"));
    await new Promise((resolve) => setTimeout(resolve, 20 * AT_ONCE));
    expect(await restored(name)).toMatchObject({ identity: null, ids: [], names: [] });
  });
});

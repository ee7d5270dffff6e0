/**
 * What was seen, kept in this browser so that it can be read without a connection and is there at once the next time:
 * the conversations, the messages of those that were open last, and people's names. Of one person only; gone when
 * nobody is signed in any more. Where a browser keeps nothing, all works as before, with a connection.
 */

import { effect } from "@preact/signals";
import { openDB, type DBSchema, type IDBPDatabase } from "idb";
import { hint, hinted } from "../api/hint.ts";
import type { Config, User } from "../api/types.ts";
import type { Conversation } from "../state/conversations.ts";
import { type Held } from "../state/held.ts";
import { complete } from "../state/messages.ts";
import type { Pane } from "../state/pane.ts";
import type { People } from "./people.ts";
import type { Store } from "./store.ts";

/** So many conversations are kept, the latest; with the messages of those that the page holds messages of. */
const CONVERSATIONS_MAX = 200;
const PEOPLE_MAX = 1_000;
/** What changes is written after this (milliseconds), so that a busy conversation doesn't write all the time. */
const WRITE_AFTER = 1_000;
/** Noted while something is kept. */
const HINT = "tertulia.kept";
/** A database that doesn't open in this time is done without. */
const PATIENCE = 1_500;

export interface Identity {
  readonly config: Config;
  readonly user: User;
}

interface Kept {
  readonly id: string;
  readonly conversation: Conversation;
  readonly pane: Pane | null;
}

interface Schema extends DBSchema {
  identity: { key: string; value: Identity };
  conversations: { key: string; value: Kept };
  people: { key: string; value: User };
}

interface Found {
  readonly identity: Identity | undefined;
  readonly conversations: readonly Kept[];
  readonly people: readonly User[];
}

const STORES = ["identity", "conversations", "people"] as const;

export class Keeping {
  private opened: Promise<IDBPDatabase<Schema> | null> | null = null;
  private readonly name: string;
  private readonly writeAfter: number;
  private written: ReadonlyMap<string, Held> = new Map();
  private names = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private end: () => void = () => undefined;
  /** Writes follow each other; nothing is written after what is kept was forgotten. */
  private last: Promise<void> = Promise.resolve();
  private forgotten = false;
  private found: Promise<Found | undefined> | null = null;

  constructor(name = "tertulia-kept", writeAfter = WRITE_AFTER) {
    this.name = name;
    this.writeAfter = writeAfter;
  }

  /** Opened when it is first needed: a new one takes longer to open than all else that the first screen needs. */
  private get database(): Promise<IDBPDatabase<Schema> | null> {
    return (this.opened ??= this.open());
  }

  private open(): Promise<IDBPDatabase<Schema> | null> {
    const opened = openDB<Schema>(this.name, 1, {
      upgrade(database) {
        database.createObjectStore("identity");
        database.createObjectStore("conversations", { keyPath: "id" });
        database.createObjectStore("people", { keyPath: "username" });
      },
    }).catch(() => null);
    const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), PATIENCE));
    return Promise.race([opened, late]);
  }

  /** Who was signed in here last, and where the server was; null where nobody was. */
  async identity(): Promise<Identity | null> {
    return (await this.read((database) => database.get("identity", "me"))) ?? null;
  }

  /** Notes who is signed in; what is kept of somebody else goes first. Where nothing is kept that is as urgent as all writing. */
  enter(identity: Identity): Promise<void> {
    const late = hinted(HINT) ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, this.writeAfter));
    this.last = this.last.then(() => late).then(() => this.note(identity));
    return this.last;
  }

  private async note(identity: Identity): Promise<void> {
    if (this.forgotten) return;
    const before = await this.identity();
    if (before && before.user.username !== identity.user.username) await this.clear();
    await this.read((database) => database.put("identity", identity, "me"));
  }

  /** Begins to read what was kept, while it is still asked who is signed in. */
  look(): void {
    if (hinted(HINT)) this.found ??= this.readAll();
  }

  /** Puts what was kept of this person into an empty store. */
  async restore(store: Store, people: People, username: string): Promise<void> {
    if (!hinted(HINT)) return;
    const found = await (this.found ?? this.last.then(() => this.readAll()));
    this.found = null;
    if (found?.identity?.user.username !== username) return;
    people.know(found.people, 0);
    // What an earlier version of the page kept gets what it lacks.
    const whole = (pane: Pane): Pane => ({ ...pane, messages: pane.messages.map(complete) });
    store.restore(found.conversations.map(({ conversation, pane }) => ({ conversation, pane: pane && whole(pane), recent: [] })));
  }

  private readAll(): Promise<Found | undefined> {
    return this.read(async (database) => {
      const transaction = database.transaction(STORES);
      const [identity, conversations, people] = await Promise.all([
        transaction.objectStore("identity").get("me"),
        transaction.objectStore("conversations").getAll(),
        transaction.objectStore("people").getAll(),
      ]);
      return { identity, conversations, people };
    });
  }

  /** From now on keeps what changes. */
  watch(store: Store, people: People): void {
    this.end = effect(() => {
      for (const id of store.order.value.slice(0, CONVERSATIONS_MAX)) store.get(id);
      this.timer ??= setTimeout(() => {
        this.timer = undefined;
        this.last = this.last.then(() => this.write(store, people)).catch(() => undefined);
      }, this.writeAfter);
    });
  }

  stop(): void {
    this.end();
    clearTimeout(this.timer);
  }

  /** Nobody is signed in any more: everything goes, and nothing is kept from here on. */
  async forget(): Promise<void> {
    this.stop();
    this.forgotten = true;
    hint(HINT, false);
    await this.last;
    await this.clear();
    (await this.database)?.close();
  }

  private async write(store: Store, people: People): Promise<void> {
    const database = await this.database;
    if (!database || this.forgotten) return;
    hint(HINT, true);
    const order = store.order.peek().slice(0, CONVERSATIONS_MAX);
    const now = new Map(order.map((id) => [id, store.peek(id)!]));
    const transaction = database.transaction(["conversations", "people"], "readwrite");
    const conversations = transaction.objectStore("conversations");
    for (const [id, held] of now) {
      if (this.written.get(id) !== held) void conversations.put({ id, conversation: held.conversation, pane: held.pane });
    }
    // What is gone from a list that was read whole is gone.
    if (store.loaded.peek()) {
      for (const id of await conversations.getAllKeys()) if (!now.has(id)) void conversations.delete(id);
    }
    const users = people.known().slice(-PEOPLE_MAX);
    if (users.length !== this.names) {
      void transaction.objectStore("people").clear();
      // Addresses of pictures end before they would be read.
      for (const { picture_url: _, ...user } of users) void transaction.objectStore("people").put(user);
    }
    await transaction.done;
    this.written = now;
    this.names = users.length;
  }

  private async clear(): Promise<void> {
    await this.read(async (database) => {
      const transaction = database.transaction(STORES, "readwrite");
      await Promise.all(STORES.map((name) => transaction.objectStore(name).clear()));
      await transaction.done;
    });
  }

  /** Keeping is a comfort: where it fails, there is nothing kept. */
  private async read<T>(work: (database: IDBPDatabase<Schema>) => Promise<T>): Promise<T | undefined> {
    try {
      const database = await this.database;
      return database ? await work(database) : undefined;
    } catch {
      return undefined;
    }
  }
}

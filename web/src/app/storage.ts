/** What outlives a reload: unsent messages in IndexedDB. Where a browser refuses it, they live as long as the page. */

import { openDB, type DBSchema, type IDBPDatabase } from "idb";
import type { Outgoing } from "../state/outbox.ts";

interface Schema extends DBSchema {
  outbox: { key: string; value: Outgoing; indexes: { user: string } };
}

export interface OutboxStorage {
  all(user: string): Promise<readonly Outgoing[]>;
  put(message: Outgoing): Promise<void>;
  remove(id: string): Promise<void>;
}

/** For what wasn't written when the page went: IndexedDB takes some milliseconds, and forgets what it was at. */
const LATE = "tertulia.unsent";

export class Database implements OutboxStorage {
  private readonly database: Promise<IDBPDatabase<Schema> | null>;
  private readonly unwritten = new Map<string, Outgoing>();

  constructor(name = "tertulia") {
    this.database = openDB<Schema>(name, 1, {
      upgrade(database) {
        database.createObjectStore("outbox", { keyPath: "id" }).createIndex("user", "user");
      },
    }).catch(() => null);
    addEventListener("pagehide", this.going);
  }

  /** One person's unsent messages, in the order in which they were written. */
  async all(user: string): Promise<readonly Outgoing[]> {
    const late = readLate();
    await Promise.all(late.map((message) => this.put(message)));
    if (late.length) localStorage.removeItem(LATE);
    const messages = (await (await this.database)?.getAllFromIndex("outbox", "user", user)) ?? [];
    return messages.sort((one, other) => one.at - other.at || (one.id < other.id ? -1 : 1));
  }

  async put(message: Outgoing): Promise<void> {
    this.unwritten.set(message.id, message);
    await (await this.database)?.put("outbox", message);
    if (this.unwritten.get(message.id) === message) this.unwritten.delete(message.id);
  }

  async remove(id: string): Promise<void> {
    this.unwritten.delete(id);
    await (await this.database)?.delete("outbox", id);
  }

  private readonly going = (): void => {
    try {
      if (this.unwritten.size) localStorage.setItem(LATE, JSON.stringify([...readLate(), ...this.unwritten.values()]));
    } catch {
      return; // Storage is full or refused.
    }
  };

  async close(): Promise<void> {
    removeEventListener("pagehide", this.going);
    (await this.database)?.close();
  }
}

function readLate(): Outgoing[] {
  try {
    return JSON.parse(localStorage.getItem(LATE) ?? "[]") as Outgoing[];
  } catch {
    return [];
  }
}

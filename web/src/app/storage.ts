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

export class Database implements OutboxStorage {
  private readonly database: Promise<IDBPDatabase<Schema> | null>;

  constructor(name = "tertulia") {
    this.database = openDB<Schema>(name, 1, {
      upgrade(database) {
        database.createObjectStore("outbox", { keyPath: "id" }).createIndex("user", "user");
      },
    }).catch(() => null);
  }

  /** One person's unsent messages, in the order in which they were written. */
  async all(user: string): Promise<readonly Outgoing[]> {
    const messages = (await (await this.database)?.getAllFromIndex("outbox", "user", user)) ?? [];
    return messages.sort((one, other) => one.at - other.at || (one.id < other.id ? -1 : 1));
  }

  async put(message: Outgoing): Promise<void> {
    await (await this.database)?.put("outbox", message);
  }

  async remove(id: string): Promise<void> {
    await (await this.database)?.delete("outbox", id);
  }

  async close(): Promise<void> {
    (await this.database)?.close();
  }
}

/** What an administrator sees of the server's users, and does with them. */

import { signal } from "@preact/signals";
import { sentenceOf } from "../api/errors.ts";
import type { User, Users } from "../api/types.ts";

export const AT_ONCE = 50;

export interface UserPorts {
  list(query: { query: string; limit: number; cursor?: string }): Promise<Users>;
  update(username: string, change: UserChange): Promise<User>;
}

export interface UserChange {
  disabled?: boolean;
  admin?: boolean;
  /** Only "": the picture is removed. */
  picture?: "";
}

export interface Listed {
  readonly state: "reading" | "done" | "problem";
  readonly users: readonly User[];
  readonly cursor: string | null;
  readonly problem: string;
}

const READING: Listed = { state: "reading", users: [], cursor: null, problem: "" };

export class Administration {
  readonly listed = signal<Listed>(READING);
  private readonly ports: UserPorts;
  private query = "";
  private turn = 0;

  constructor(ports: UserPorts) {
    this.ports = ports;
  }

  /** Lists users by the beginning of a name; all where nothing is asked. What is still being read is let go. */
  async find(query: string): Promise<void> {
    this.query = query.trim().replace(/^@/, "");
    this.listed.value = { ...this.listed.peek(), state: "reading", problem: "" };
    await this.read("", []);
  }

  async more(): Promise<void> {
    const { cursor, users, state } = this.listed.peek();
    if (cursor === null || state === "reading") return;
    this.listed.value = { ...this.listed.peek(), state: "reading", problem: "" };
    await this.read(cursor, users);
  }

  /** Changes a user; the list shows what the server then says. Raises what goes wrong. */
  async change(username: string, change: UserChange): Promise<void> {
    const changed = await this.ports.update(username, change);
    const listed = this.listed.peek();
    this.listed.value = { ...listed, users: listed.users.map((user) => (user.username === username ? changed : user)) };
  }

  private async read(cursor: string, before: readonly User[]): Promise<void> {
    const turn = (this.turn += 1);
    try {
      const page = await this.ports.list({ query: this.query, limit: AT_ONCE, ...(cursor && { cursor }) });
      if (turn === this.turn) this.listed.value = { state: "done", users: [...before, ...page.users], cursor: page.cursor, problem: "" };
    } catch (error) {
      if (turn === this.turn) this.listed.value = { ...this.listed.peek(), state: "problem", problem: sentenceOf(error) };
    }
  }
}

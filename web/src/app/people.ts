/** Names, pictures and presence of people, asked for as they are needed. */

import { signal, type Signal } from "@preact/signals";
import type { Client } from "../api/client.ts";
import type { Presence, Status, User } from "../api/types.ts";
import { nameOf, type Shown } from "../state/people.ts";

const TOGETHER = 100;
const GATHER = 20;
/** What was learnt longer ago is asked for again when somebody looks: addresses of pictures are good for half an hour. */
const AGAIN_AFTER = 25 * 60_000;
/** A picture that didn't come is asked for again, but no sooner. */
const RETRY_AFTER = 60_000;

export class People {
  private readonly client: Client;
  private readonly users = new Map<string, Signal<User | undefined>>();
  private readonly statuses = new Map<string, Signal<Presence>>();
  private readonly sayings = new Map<string, Signal<Status>>();
  /** When each was learnt, or last asked for. */
  private readonly times = new Map<string, number>();
  private missing = new Set<string>();

  constructor(client: Client) {
    this.client = client;
  }

  /** The name to show. The username at first; whoever shows it is drawn again when the name comes. */
  name(username: string): string {
    return nameOf(this.user(username), username);
  }

  /** What is known of somebody; asked for where nothing is, or nothing new. */
  user(username: string): User | undefined {
    return this.asked(username).value;
  }

  /** Who isn't to be disturbed is shown so, there or not. */
  presence(username: string): Shown {
    return this.said(username).dnd ? "dnd" : this.status(username).value;
  }

  /** What somebody says of themselves now: see `saying.ts`. */
  said(username: string): Status {
    return this.saying(username).value;
  }

  /** Who comes without the address of the same picture, as from a search, keeps the one that is known. */
  know(users: readonly User[], learnt = Date.now()): void {
    for (const user of users) {
      const entry = this.entry(user.username);
      const { picture, picture_url } = entry.peek() ?? {};
      const known = !user.picture_url && picture_url && user.picture === picture;
      entry.value = known ? { ...user, picture_url } : user;
      if (!known && !user.picture === !user.picture_url) this.times.set(user.username, learnt);
    }
  }

  /** The address of somebody's picture leads nowhere. */
  lost(username: string): void {
    if (this.isOlder(username, RETRY_AFTER)) this.want(username);
  }

  /** Everybody of whom more than the username is known. */
  known(): readonly User[] {
    return [...this.users.values()].flatMap((user) => user.peek() ?? []);
  }

  setPresence(username: string, status: Presence): void {
    this.status(username).value = status;
  }

  /** People by the beginning of a name; some people where the query is empty. */
  async search(query: string): Promise<readonly User[]> {
    const { users } = await this.client.listUsers({ query, limit: 20 });
    this.know(users);
    return users;
  }

  private asked(username: string): Signal<User | undefined> {
    if (!this.users.has(username) || this.isOlder(username, AGAIN_AFTER)) this.want(username);
    return this.entry(username);
  }

  private isOlder(username: string, age: number): boolean {
    return Date.now() - (this.times.get(username) ?? -Infinity) > age;
  }

  private want(username: string): void {
    if (!this.missing.size) setTimeout(() => void this.fetch(), GATHER);
    this.missing.add(username);
    this.times.set(username, Date.now());
  }

  private entry(username: string): Signal<User | undefined> {
    return held(this.users, username, undefined);
  }

  saying(username: string): Signal<Status> {
    return held(this.sayings, username, {});
  }

  private status(username: string): Signal<Presence> {
    return held(this.statuses, username, "offline");
  }

  /** Names are a comfort: where they can't be had the username stays, and the next who asks tries again. */
  private async fetch(): Promise<void> {
    const wanted = [...this.missing];
    this.missing = new Set();
    for (let start = 0; start < wanted.length; start += TOGETHER) {
      const usernames = wanted.slice(start, start + TOGETHER);
      try {
        const { users } = await this.client.listUsers({ usernames: usernames.join(","), limit: TOGETHER });
        this.know(users);
      } catch {
        for (const username of usernames) if (!this.users.get(username)?.peek()) this.users.delete(username);
      }
    }
  }
}

/** The signal of somebody, which begins with `first`. */
function held<T>(all: Map<string, Signal<T>>, username: string, first: T): Signal<T> {
  let one = all.get(username);
  if (!one) all.set(username, (one = signal(first)));
  return one;
}

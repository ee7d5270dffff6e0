/** What people say of themselves, learnt and ended. Loaded once there is a connection: it isn't needed before. */

import type { Client } from "../api/client.ts";
import { listStatuses } from "../api/statuses.ts";
import type { Status } from "../api/types.ts";
import { current, nextEnd } from "../state/status.ts";
import type { People } from "./people.ts";

const TOGETHER = 100;
/** Milliseconds, the longest that a browser's timer waits. */
const WAIT_MAX = 2 ** 31 - 1;

/** What somebody says from now on. Of two, the later one holds; what ends goes when it does. */
export function put(people: People, username: string, status: Status): void {
  if ((status.since ?? 0) >= (people.said(username).since ?? 0)) show(people, username, status);
}

/** Whose was asked for since the connection began: of changes events tell. */
const asked = new WeakMap<People, Set<string>>();

/** Changes were perhaps not told. */
export function forget(people: People): void {
  asked.delete(people);
}

/** Asks for what these say, as far as that isn't known. Without an answer it stays as it is until the next connection. */
export async function ask(client: Client, people: People, usernames: readonly string[]): Promise<void> {
  const known = asked.get(people) ?? new Set();
  asked.set(people, known);
  const wanted = usernames.filter((username) => !known.has(username));
  for (const username of wanted) known.add(username);
  for (let start = 0; start < wanted.length; start += TOGETHER) {
    const some = wanted.slice(start, start + TOGETHER);
    const { statuses } = await listStatuses(client, some);
    for (const username of some) put(people, username, statuses[username] ?? {});
  }
}

function show(people: People, username: string, status: Status): void {
  const held = current(status, Date.now() * 1_000);
  people.saying(username).value = held;
  const end = nextEnd(held);
  if (!end) return;
  const again = (): void => {
    if (people.said(username) === held) show(people, username, held);
  };
  setTimeout(again, Math.min(Math.max(0, end / 1_000 - Date.now()) + 1, WAIT_MAX));
}

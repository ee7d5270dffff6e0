/** Operations on what people say of themselves, and show of what they have read. Not in `client.ts`, which every page loads. */

import type { Client } from "./client.ts";
import type { PeopleStatuses, SetStatus, Status } from "./types.ts";

/** Of up to 100 people. */
export function listStatuses(client: Client, usernames: readonly string[]): Promise<PeopleStatuses> {
  return client.call("GET", "/statuses", { usernames: usernames.join(",") });
}

export function setStatus(client: Client, status: SetStatus): Promise<Status> {
  return client.call("PUT", "/users/me/status", {}, status);
}

export function setReceipts(client: Client, shown: boolean): Promise<object> {
  return client.call("PUT", "/users/me/receipts", {}, { shown });
}

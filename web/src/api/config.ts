/** Where the server's parts are. The page is the same in every home; this is what differs. */

import { send } from "./http.ts";
import type { Config } from "./types.ts";

export function loadConfig(): Promise<Config> {
  return send<Config>("", { method: "GET", path: "/config.json", ahead: true });
}

/** The address of the WebSocket, from what the configuration says and where the page is. */
export function socketAddress(ws: string, page: string): string {
  const url = new URL(ws, page);
  url.protocol = url.protocol.replace("http", "ws");
  return url.href;
}

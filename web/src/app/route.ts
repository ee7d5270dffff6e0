/** The address bar: where in the page one is. */

import { signal } from "@preact/signals";

export { pathOf } from "../state/telling.ts";

/** `at` is the timestamp of the message that the address leads to, `thread` of the one whose thread it opens; or 0. */
export type Route = { name: "home" } | { name: "conversation"; id: string; at: number; thread: number } | { name: "admin" } | { name: "sign-up"; invite: string };

export function parse(url: URL): Route {
  const [, id, thread, at] = /^\/c\/([A-Za-z0-9_-]{1,64})(?:(\/thread)?\/(\d{1,16}))?\/?$/.exec(url.pathname) ?? [];
  if (id) return { name: "conversation", id, at: thread ? 0 : Number(at ?? 0), thread: thread ? Number(at) : 0 };
  if (/^\/admin\/?$/.test(url.pathname)) return { name: "admin" };
  const fragment = new URLSearchParams(url.hash.slice(1));
  const invite = url.searchParams.get("invite") ?? fragment.get("invite") ?? "";
  if (invite || url.pathname === "/sign-up") return { name: "sign-up", invite };
  return { name: "home" };
}

/** The address of the thread that a message began. */
export const threadPath = (id: string, thread: number): string => `/c/${id}/thread/${thread}`;

export const route = signal<Route>({ name: "home" });

export function follow(): void {
  const read = (): void => {
    route.value = parse(new URL(location.href));
  };
  addEventListener("popstate", read);
  addEventListener("hashchange", read);
  read();
}

/** Goes there. Where one is there already, whoever follows the route is told again. */
export function navigate(path: string, replace = false): void {
  const same = path === location.pathname + location.search + location.hash;
  if (!same) history[replace ? "replaceState" : "pushState"](null, "", path);
  route.value = parse(new URL(location.href));
}

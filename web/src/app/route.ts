/** The address bar: where in the page one is. */

import { signal } from "@preact/signals";

export type Route = { name: "home" } | { name: "conversation"; id: string } | { name: "sign-up"; invite: string };

export function parse(url: URL): Route {
  const conversation = /^\/c\/([A-Za-z0-9_-]{1,64})\/?$/.exec(url.pathname)?.[1];
  if (conversation) return { name: "conversation", id: conversation };
  const fragment = new URLSearchParams(url.hash.slice(1));
  const invite = url.searchParams.get("invite") ?? fragment.get("invite") ?? "";
  if (invite || url.pathname === "/sign-up") return { name: "sign-up", invite };
  return { name: "home" };
}

export const route = signal<Route>({ name: "home" });

export function follow(): void {
  const read = (): void => {
    route.value = parse(new URL(location.href));
  };
  addEventListener("popstate", read);
  addEventListener("hashchange", read);
  read();
}

export function navigate(path: string, replace = false): void {
  if (path === location.pathname + location.search + location.hash) return;
  history[replace ? "replaceState" : "pushState"](null, "", path);
  route.value = parse(new URL(location.href));
}

export function pathOf(conversation: string): string {
  return `/c/${conversation}`;
}

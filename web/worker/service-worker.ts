/**
 * Lets the page open without a connection, and takes clicks on notifications.
 *
 * It keeps the hashed files of one build, and answers for nothing else: not for the API, not for media. `index.html`
 * comes from the network, and from here only where there is none. A new worker waits until the pages of the old one are
 * closed, so that no page ever lacks a file of its own build.
 */

declare const self: ServiceWorkerGlobalScope;

/** Paths of the build's files; the build writes them in. */
const SHELL: readonly string[] = "__SHELL__" as unknown as string[];
const CACHE = "tertulia-shell-__VERSION__";
const PAGE = "/";
/** Files whose names stay: from the network where there is one. */
const FIXED: ReadonlySet<string> = new Set(["/first.js", "/favicon.svg", "/favicon-unread.svg", "/manifest.webmanifest"]);
/** The addresses that are pages of the client. */
const PAGES = /^\/(?:$|c\/|admin$|sign-up$)/;
/** A connection that doesn't answer for so long counts as none (milliseconds). */
const PATIENCE = 4_000;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([PAGE, ...FIXED, ...SHELL])));
});

self.addEventListener("activate", (event) => {
  const clean = async (): Promise<void> => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith("tertulia-shell-") && name !== CACHE).map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(clean());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (SHELL.includes(pathname)) event.respondWith(kept(request, pathname));
  else if (FIXED.has(pathname)) event.respondWith(fresh(request, pathname));
  else if (request.mode === "navigate" && PAGES.test(pathname)) event.respondWith(fresh(request, PAGE));
});

/** What never changes under its name: from here. */
async function kept(request: Request, path: string): Promise<Response> {
  return (await caches.match(path, { cacheName: CACHE })) ?? fetch(request);
}

/** From the network, or from here where it fails or takes long. */
async function fresh(request: Request, path: string): Promise<Response> {
  const network = fetch(request);
  const late = new Promise<Response | undefined>((resolve) => setTimeout(() => resolve(caches.match(path, { cacheName: CACHE })), PATIENCE));
  try {
    return (await Promise.race([network, late])) ?? (await network);
  } catch (error) {
    const found = await caches.match(path, { cacheName: CACHE });
    if (found) return found;
    throw error;
  }
}

/** Leads to the page that is open, the one that was looked at last; opens one where there is none. */
self.addEventListener("notificationclick", (event) => {
  const path = String((event.notification.data as { path?: string } | null)?.path ?? PAGE);
  event.notification.close();
  const go = async (): Promise<void> => {
    const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
    const page = pages.find((client) => client.focused) ?? pages.find((client) => client.visibilityState === "visible") ?? pages[0];
    if (!page) return void (await self.clients.openWindow(path));
    page.postMessage({ go: path });
    await page.focus();
  };
  event.waitUntil(go());
});

export {};

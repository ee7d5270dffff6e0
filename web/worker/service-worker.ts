/**
 * Lets the page open without a connection, tells of messages while no page is open, and takes clicks on notifications.
 *
 * It keeps the hashed files of one build, and answers for nothing else: not for the API, not for media. `index.html`
 * comes from the network, and from here only where there is none. A new worker waits until the pages of the old one are
 * closed, so that no page ever lacks a file of its own build.
 */

import { ENGLISH, KEPT, notice, pushed, toldOf, type Kept, type Pushed } from "../src/state/telling.ts";

declare const self: ServiceWorkerGlobalScope;

/** Paths of the build's files; the build writes them in. */
const SHELL: readonly string[] = "__SHELL__" as unknown as string[];
const CACHE = "tertulia-shell-__VERSION__";
const PAGE = "/";
/** Files whose names stay: from the network where there is one. */
const FIXED: ReadonlySet<string> = new Set(["/first.js", "/ahead.js", "/favicon.png", "/favicon.svg", "/favicon-unread.svg", "/manifest.webmanifest"]);
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

/** A page that doesn't answer for so long sleeps (milliseconds). */
const ANSWER_IN = 500;
/** The page's lock for its refresh token: see src/api/session.ts. */
const REFRESHING = "tertulia-refresh";

self.addEventListener("push", (event) => {
  let said: Pushed | null = null;
  try {
    said = pushed(event.data?.json());
  } catch {
    return; // Not the server's.
  }
  if (said) event.waitUntil(tell(said));
});

/** One notification, of the page or of this: a browser wants one for each push message. */
async function tell(said: Pushed): Promise<void> {
  const { conversation, timestamp } = said;
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const known = await Promise.all(pages.map((page) => knows(page, conversation, timestamp)));
  if (known.includes(true)) return;
  const shown = await self.registration.getNotifications({ tag: conversation });
  if (shown.some(({ data }) => ((data as { timestamp?: number } | null)?.timestamp ?? 0) >= timestamp)) return;
  const made = notice(toldOf(await keptWords(), said), conversation, timestamp);
  await self.registration.showNotification(made.title, made.options);
}

/** Whether the page has the message already, and so has told of it itself. */
async function knows(page: Client, conversation: string, timestamp: number): Promise<boolean> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data === true);
    setTimeout(() => resolve(false), ANSWER_IN);
    page.postMessage({ told: { conversation, timestamp } }, [port2]);
  });
}

async function keptWords(): Promise<Kept> {
  const normal: Kept = { ...ENGLISH, api: "/api", show_text: true };
  try {
    const found = await caches.match(KEPT.address, { cacheName: KEPT.cache });
    return { ...normal, ...((await found?.json()) as Partial<Kept> | undefined) };
  } catch {
    return normal;
  }
}

/** The browser has made its subscription void: there is another, of which the server hears here or, where nobody is
 * signed in just now, when the page is opened. */
self.addEventListener("pushsubscriptionchange", (event) => {
  const { oldSubscription, newSubscription } = event as Event & { oldSubscription?: PushSubscription; newSubscription?: PushSubscription };
  const again = async (): Promise<void> => {
    const options = oldSubscription?.options;
    const fresh = newSubscription ?? (options && (await self.registration.pushManager.subscribe(options)));
    if (!fresh) return;
    const { api, show_text } = await keptWords();
    const ask = (path: string, body: object, token = ""): Promise<Response> =>
      fetch(`${api}${path}`, {
        method: "POST",
        headers: { "Content-Type": "application/json", ...(token && { Authorization: `Bearer ${token}` }) },
        body: JSON.stringify(body),
      });
    const granted = await navigator.locks.request(REFRESHING, () => ask("/auth/refresh", {}));
    if (!granted.ok) return;
    const { access_token } = (await granted.json()) as { access_token: string };
    const { endpoint, keys } = fresh.toJSON();
    await ask("/notifications/devices", { endpoint, p256dh: keys?.["p256dh"], auth: keys?.["auth"], show_text }, access_token);
  };
  (event as ExtendableEvent).waitUntil(again());
});

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


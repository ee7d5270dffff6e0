/** Notifications also while no page is open: this browser's push subscription. Loaded when it is wanted. */

import { signal } from "@preact/signals";
import type { Client } from "../api/client.ts";
import { phrases } from "../state/notifying.ts";
import { KEPT, type Kept } from "../state/telling.ts";
import { askPermission, permission } from "./notifying.ts";
import { settings } from "./settings.ts";

/** `failed`: the browser's push service or the server could not be reached. */
export type PushState = "unsupported" | "refused" | "off" | "on" | "failed";

export const pushState = signal<PushState>("off");

export function pushSupported(): boolean {
  return permission() !== "unsupported" && "serviceWorker" in navigator && "PushManager" in globalThis;
}

/** Subscribes, asking the person where that is needed, and tells the server. */
export async function switchOn(client: Client, api: string): Promise<void> {
  if (!pushSupported()) return void (pushState.value = "unsupported");
  const answer = await askPermission();
  if (answer !== "granted") return void (pushState.value = answer === "denied" ? "refused" : "off");
  settings.push.value = "on";
  await renew(client, api);
}

/** Sees to it that the server knows this browser, as often as wanted: a subscription may have changed, or the session. */
export async function renew(client: Client, api: string): Promise<void> {
  if (!pushSupported()) return void (pushState.value = "unsupported");
  if (permission() !== "granted") return void (pushState.value = "refused");
  const show_text = settings.pushText.peek() === "on";
  try {
    await keep({ ...phrases(), api, show_text });
    const { key } = await client.getNotifications();
    const { endpoint, keys } = (await subscription(decoded(key))).toJSON();
    await client.putDevice({ endpoint: endpoint!, p256dh: keys!["p256dh"]!, auth: keys!["auth"]!, show_text });
    pushState.value = "on";
  } catch {
    pushState.value = "failed";
  }
}

/** The browser is told nothing any more, whether or not the server can be reached: nothing can be sent to it then. */
export async function switchOff(client: Client): Promise<void> {
  settings.push.value = "off";
  pushState.value = "off";
  const registration = await navigator.serviceWorker?.getRegistration();
  const found = await registration?.pushManager?.getSubscription();
  if (!found) return;
  await found.unsubscribe();
  await client.removeDevice(await deviceId(found.endpoint)).catch(() => undefined);
}

/** The one that there is, where it is for this server's key; else a new one. */
async function subscription(key: Uint8Array<ArrayBuffer>): Promise<PushSubscription> {
  const { pushManager } = await navigator.serviceWorker.ready;
  const found = await pushManager.getSubscription();
  if (found && same(new Uint8Array(found.options.applicationServerKey ?? new ArrayBuffer(0)), key)) return found;
  await found?.unsubscribe();
  return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

async function keep(kept: Kept): Promise<void> {
  const cache = await caches.open(KEPT.cache);
  await cache.put(KEPT.address, new Response(JSON.stringify(kept), { headers: { "Content-Type": "application/json" } }));
}

/** The server's own name for it: see domain/notifying.py. */
async function deviceId(endpoint: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(endpoint));
  return encoded(new Uint8Array(digest).slice(0, 16));
}

function same(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, place) => byte === other[place]);
}

function decoded(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (character) => character.charCodeAt(0));
}

function encoded(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

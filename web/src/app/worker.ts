/** The service worker: the page opens without a connection, and can be installed. */

import { navigate } from "./route.ts";

interface Policies {
  createPolicy(name: string, rules: { createScriptURL: (url: string) => string }): { createScriptURL: (url: string) => string };
}

const ADDRESS = "/sw.js";

type Knows = (conversation: string, timestamp: number) => boolean;

/** Where a browser has none or refuses it, everything else works as before. */
export function startWorker(): void {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  navigator.serviceWorker.addEventListener("message", ({ data }) => {
    const path: unknown = (data as { go?: unknown } | null)?.go;
    if (typeof path === "string" && path.startsWith("/") && !path.startsWith("//")) navigate(path);
  });
  const register = (): void => void navigator.serviceWorker.register(trusted()).catch(() => undefined);
  if (document.readyState === "complete") register();
  else addEventListener("load", register, { once: true });
}

/** The worker got a push message: a page that has the message already has told of it, as far as that is wanted. */
export function answerWorker(knows: Knows): () => void {
  if (!("serviceWorker" in navigator)) return () => undefined;
  const answer = ({ data, ports }: MessageEvent): void => {
    const { conversation, timestamp } = (data as { told?: { conversation: string; timestamp: number } } | null)?.told ?? {};
    if (conversation && timestamp) ports[0]?.postMessage(knows(conversation, timestamp));
  };
  navigator.serviceWorker.addEventListener("message", answer);
  return () => navigator.serviceWorker.removeEventListener("message", answer);
}

/** Ends this browser's push subscription: whoever was signed in is told nothing here any more. */
export async function endPush(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  await (await registration?.pushManager?.getSubscription())?.unsubscribe();
}

/** The policy of the page takes no plain text where a script is named; this names one, and no other. */
function trusted(): string {
  const { trustedTypes } = globalThis as { trustedTypes?: Policies };
  return trustedTypes?.createPolicy("tertulia-worker", { createScriptURL: () => ADDRESS }).createScriptURL(ADDRESS) ?? ADDRESS;
}

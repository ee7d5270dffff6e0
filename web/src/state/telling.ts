/**
 * What a notification says and where its click leads: shared by the page and the service worker, so it knows neither
 * the languages nor the store. The page gives the worker the phrases of its language.
 */

/** `place` has the names {author} and {place}; the others stand for a message without words, `message` for a hidden one. */
export interface Phrases {
  readonly place: string;
  readonly attachment: string;
  readonly message: string;
  readonly location: string;
  readonly live: string;
}

/** What the worker is to know while no page is open: kept in its cache. */
export interface Kept extends Phrases {
  readonly api: string;
  readonly show_text: boolean;
}

export interface Told {
  readonly title: string;
  readonly body: string;
}

export interface Notice {
  readonly title: string;
  readonly options: {
    readonly body: string;
    readonly tag: string;
    readonly icon: string;
    readonly data: { readonly path: string; readonly timestamp: number };
  };
}

/** A push message, as the server encrypts it. */
export interface Pushed {
  readonly conversation: string;
  readonly timestamp: number;
  readonly author: string;
  readonly name: string;
  readonly title?: string;
  readonly text?: string;
  readonly what?: "place" | "live";
}

export const ENGLISH: Phrases = { place: "{author} in {place}", attachment: "An attachment", message: "A new message", location: "Location", live: "Live location" };
/** Where the worker finds what it is to know: a cache, and an address in it that is no file's. */
export const KEPT = { cache: "tertulia-notices", address: "/kept-for-notices.json" } as const;
const ICON = "/icon-192.png";
const BODY_MAX = 200;

/** `place` is a group's name, empty for a direct conversation. */
export function told(phrases: Phrases, author: string, place: string, text: string, otherwise: string = phrases.attachment): Told {
  const characters = [...text.replace(/\s+/gu, " ").trim()];
  const body = characters.length > BODY_MAX ? `${characters.slice(0, BODY_MAX).join("")}…` : characters.join("");
  const title = place ? phrases.place.replace(/\{(author|place)\}/g, (_, name) => (name === "author" ? author : place)) : author;
  return { title, body: body || otherwise };
}

/** A newer one takes the place of an older of the same conversation. */
export function notice({ title, body }: Told, conversation: string, timestamp: number): Notice {
  return { title, options: { body, tag: conversation, icon: ICON, data: { path: pathOf(conversation, timestamp), timestamp } } };
}

/** The address of a conversation, or of a message in it. */
export function pathOf(conversation: string, at = 0): string {
  return at ? `/c/${conversation}/${at}` : `/c/${conversation}`;
}

/** The same for a push message. */
export function toldOf(kept: Kept, { name, title = "", text = "", what }: Pushed): Told {
  const otherwise = { place: kept.location, live: kept.live, words: kept.show_text ? kept.attachment : kept.message };
  return told(kept, name, title, text, otherwise[what ?? "words"]);
}

/** What a push message says, or null for what isn't one. */
export function pushed(value: unknown): Pushed | null {
  const { conversation, timestamp, name } = (value ?? {}) as Partial<Pushed>;
  const known = typeof conversation === "string" && /^[A-Za-z0-9_-]{1,64}$/.test(conversation);
  return known && Number.isSafeInteger(timestamp) && typeof name === "string" ? (value as Pushed) : null;
}

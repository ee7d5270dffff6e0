/** The server's own pictures as this page knows them: emoji by name, looking for others, which were used lately. */

import { signal } from "@preact/signals";
import type { Client } from "../api/client.ts";
import type { PictureKind } from "../api/types.ts";
import { isFresh, lately, type Picture } from "../state/pictures.ts";

const KEY = "tertulia.pictures.";
/** The emoji are not asked for again sooner (milliseconds): a name that nobody has would ask each time. */
const AGAIN_AFTER = 60_000;
/** As many pages of emoji as a server can have. */
const PAGES_MAX = 8;

export class Library {
  /** Empty until they are loaded. */
  readonly emoji = signal<ReadonlyMap<string, Picture>>(new Map());
  readonly lately = signal<readonly Picture[]>([]);
  private readonly client: Pick<Client, "listPictures">;
  private readonly key: string;
  private asked = -Infinity;

  constructor(client: Pick<Client, "listPictures">, username: string) {
    this.client = client;
    this.key = KEY + username;
    this.lately.value = kept(this.key);
  }

  /** The emoji of that name, where there is one. Asks for them where they aren't known, or their addresses end. */
  want(name: string): Picture | undefined {
    const found = this.emoji.value.get(name);
    if (!found || !isFresh(found, Date.now())) void this.loadEmoji();
    return found;
  }

  /** Loads them, if that wasn't tried a moment ago. What fails is tried again when they are next wanted. */
  async loadEmoji(now = Date.now()): Promise<void> {
    if (now - this.asked < AGAIN_AFTER) return;
    this.asked = now;
    const found = new Map<string, Picture>();
    let cursor: string | null = "";
    try {
      for (let page = 0; cursor !== null && page < PAGES_MAX; page += 1) {
        const answer = await this.client.listPictures("emoji", "", cursor);
        for (const picture of answer.pictures) found.set(picture.name, picture);
        cursor = answer.cursor ?? null;
      }
      this.emoji.value = found;
    } catch {
      return;
    }
  }

  /** Up to `most` pictures that are found, and from where to go on. Pages without any are passed over. */
  async find(kind: PictureKind, query: string, cursor: string, most = 60): Promise<{ pictures: readonly Picture[]; cursor: string | null }> {
    const pictures: Picture[] = [];
    let next: string | null = cursor;
    do {
      const page = await this.client.listPictures(kind, query, next, most);
      pictures.push(...page.pictures);
      next = page.cursor ?? null;
    } while (next !== null && pictures.length < most / 2);
    return { pictures, cursor: next };
  }

  used(picture: Picture): void {
    this.keep(lately(this.lately.peek(), picture));
  }

  /** It was removed, or can't be sent any more. */
  forget(media: string): void {
    this.keep(this.lately.peek().filter((picture) => picture.media !== media));
  }

  /** After emoji were changed here. */
  changed(): void {
    this.asked = -Infinity;
    void this.loadEmoji();
  }

  private keep(pictures: readonly Picture[]): void {
    this.lately.value = pictures;
    try {
      localStorage.setItem(this.key, JSON.stringify(pictures));
    } catch {
      return; // Storage is full or refused: it lasts as long as the page.
    }
  }
}

/** What the browser keeps of whoever signs out goes. */
export function forgetPictures(): void {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(KEY)) localStorage.removeItem(key);
  } catch {
    return;
  }
}

function kept(key: string): readonly Picture[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(key) ?? "[]");
    return Array.isArray(found) ? found.filter(isPicture) : [];
  } catch {
    return [];
  }
}

function isPicture(value: unknown): value is Picture {
  const picture = value as Picture | null;
  return typeof picture?.media === "string" && typeof picture.name === "string" && typeof picture.kind === "string";
}

/** The server's own pictures: stickers, GIFs and emoji, and which of them somebody used lately. */

import type { Attachment } from "../api/media.ts";
import type { PictureKind, PictureView } from "../api/types.ts";
import { houseWords } from "./house.ts";
import { fold } from "./switching.ts";
import type { OutgoingFile } from "./uploads.ts";

export type Picture = PictureView;

/** So many of each kind are remembered. */
export const LATELY_MAX = 24;
/** An address isn't used any more so long before it ends (seconds). */
const MARGIN = 120;
/** As many bytes as the server lets a GIF of the library have. */
export const GIF_BYTES_MAX = 8 * 1024 * 1024;
const CUSTOM = /^:([a-z0-9_+-]{1,30}):$/;

/** The name in `:name:`; empty where it is an emoji of Unicode's. */
export function customName(emoji: string): string {
  return CUSTOM.exec(emoji)?.[1] ?? "";
}

/** What a picture shows, in words; those of the product's own pack in the reader's language. */
export function altOf({ media, alt, name }: Pick<Attachment, "media" | "alt" | "name">): string {
  return houseWords(media) || alt || name;
}

/** Whether each word that is typed begins a word of what it shows, in the reader's language; the server looks in its own. */
export function shows(picture: Pick<Picture, "media" | "alt" | "name">, query: string): boolean {
  const words = wordsOf(altOf({ media: picture.media, name: picture.name, alt: picture.alt ?? "" }));
  return wordsOf(query).every((wanted) => words.some((word) => word.startsWith(wanted)));
}

function wordsOf(text: string): string[] {
  return fold(text).split(/[\s_+-]+/u).filter(Boolean);
}

/** A picture of the library as a message carries it: there is nothing to upload. */
export function outgoingOf(picture: Picture, upload: string): OutgoingFile {
  const { media, name, type = "", width, height, thumbhash, animated, kind } = picture;
  return {
    upload,
    media,
    name,
    type,
    size: 0,
    alt: picture.alt || name,
    library: kind,
    ...(width && height && { width, height }),
    ...(thumbhash && { thumbhash }),
    ...(animated && { animated }),
  };
}

/** Whether its addresses are good for a while yet; `now` in milliseconds. */
export function isFresh({ expires }: Pick<Picture, "expires">, now: number): boolean {
  return !expires || now / 1000 < expires - MARGIN;
}

/** After one more use: the latest first, each once, of each kind a bounded number. Addresses aren't kept: they end. */
export function lately(before: readonly Picture[], { url: _url, still: _still, expires: _expires, ...used }: Picture): Picture[] {
  const all: Picture[] = [{ ...used, url: "" }, ...before.filter(({ media }) => media !== used.media)];
  const counts = new Map<PictureKind, number>();
  return all.filter(({ kind }) => {
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    return counts.get(kind)! <= LATELY_MAX;
  });
}

/** Tags as somebody types them: words, with or without commas and signs between them, each once. */
export function tagsOf(text: string): string[] {
  return [...new Set(text.split(/[\s,;#،]+/u).filter(Boolean))].slice(0, 12).map((tag) => [...tag].slice(0, 32).join(""));
}

/** The file of a message that can be saved to the library's GIFs: the first that moves, and isn't there yet. */
export function savable({ attachments }: { readonly attachments: readonly Attachment[] }): Attachment | undefined {
  return attachments.find(({ animated, library, size }) => animated && !library && size <= GIF_BYTES_MAX);
}

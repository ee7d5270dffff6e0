/** Files in words and in boxes: what kind one is, how large it is shown, what a message with files is called. */

import type { Attachment, MediaKind } from "../api/media.ts";

/** The most that a picture in the list takes, in CSS pixels; its thumbnail has twice that for fine screens, where it can. */
export const SHOWN_WIDTH = 480;
export const SHOWN_HEIGHT = 320;
/** No picture is narrower or lower than a finger (WCAG 2.5.8). */
const SHOWN_LEAST = 48;
/** What a picture gets whose size nobody knows. */
const UNKNOWN = { width: 256, height: 192 } as const;

const IMAGES: ReadonlySet<string> = new Set(["image/avif", "image/gif", "image/jpeg", "image/png", "image/webp"]);
const AUDIO: ReadonlySet<string> = new Set(["audio/aac", "audio/flac", "audio/mp4", "audio/mpeg", "audio/ogg", "audio/wav", "audio/webm"]);
const VIDEO: ReadonlySet<string> = new Set(["video/mp4", "video/ogg", "video/quicktime", "video/webm"]);

type Typed = Pick<Attachment, "type" | "voice">;

/** How a file is shown. What a browser doesn't show by itself is a file; SVG is one. */
export function kindOf({ type, voice }: Typed): MediaKind | "voice" {
  if (voice) return "voice";
  if (IMAGES.has(type)) return "image";
  if (AUDIO.has(type)) return "audio";
  return VIDEO.has(type) ? "video" : "file";
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The box of a picture or film of that size: within the bounds, never enlarged, the same shape unless that is extreme. */
export function boxOf(size: Partial<Size>): Size {
  if (!size.width || !size.height) return UNKNOWN;
  const scale = Math.min(1, SHOWN_WIDTH / size.width, SHOWN_HEIGHT / size.height);
  const bounded = (value: number): number => Math.max(SHOWN_LEAST, Math.round(value * scale));
  return { width: bounded(size.width), height: bounded(size.height) };
}

type Noun = readonly [one: string, more: string];
type Nouns = Readonly<Record<ReturnType<typeof kindOf>, Noun>>;

/** As a sentence names them. */
const SPOKEN: Nouns = {
  image: ["an image", "images"],
  voice: ["a voice note", "voice notes"],
  audio: ["an audio file", "audio files"],
  video: ["a video", "videos"],
  file: ["a file", "files"],
};
/** As a title does. */
const TITLES: Nouns = { ...SPOKEN, image: ["photo", "photos"], voice: ["voice note", "voice notes"], audio: ["audio", "audio files"], video: ["video", "videos"], file: ["file", "files"] };

function listed(files: readonly Typed[], nouns: Nouns): string {
  const counts = new Map<keyof Nouns, number>();
  for (const file of files) counts.set(kindOf(file), (counts.get(kindOf(file)) ?? 0) + 1);
  const words = [...counts].map(([kind, count]) => (count === 1 ? nouns[kind][0] : `${count} ${nouns[kind][1]}`));
  return new Intl.ListFormat("en").format(words);
}

/** What is attached, in words: "2 images and a file". Empty where nothing is. */
export function attachedWords(files: readonly Typed[]): string {
  return listed(files, SPOKEN);
}

/** The same as a short title: "Photo", "Voice note", "2 photos and video". A single file is called by its name. */
export function attachedTitle(files: readonly (Typed & { readonly name: string })[]): string {
  const [first] = files;
  if (files.length === 1 && first && kindOf(first) === "file") return shownName(first.name);
  const words = listed(files, TITLES);
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

/** Characters that turn the order of a text: with them, a name can end as it does not ("fdp.exe" read as "exe.pdf"). */
const TURNING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** A file's name as it is shown: in the order in which it is written. */
export function shownName(name: string): string {
  return name.replace(TURNING, "");
}

const UNITS = ["kB", "MB", "GB"] as const;

/** "512 bytes", "3.4 MB": in powers of 1000, as systems show files. */
export function sizeText(bytes: number): string {
  if (bytes < 1000) return bytes === 1 ? "1 byte" : `${bytes} bytes`;
  const unit = Math.min(UNITS.length, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** unit;
  return `${value < 10 ? Math.round(value * 10) / 10 : Math.round(value)} ${UNITS[unit - 1]}`;
}

/** "0:07", "12:05", "1:00:00"; of what isn't known, "–:––". */
export function durationText(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return "–:––";
  const whole = Math.floor(seconds);
  const two = (value: number): string => String(value).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

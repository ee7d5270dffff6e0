/** Files in words and in boxes: what kind one is, how large it is shown, what a message with files is called. */

import type { Attachment, MediaKind } from "../api/media.ts";
import { numberFormat } from "../words/formats.ts";
import { listed, t, tn, type Counted } from "../words/index.ts";
import { altOf } from "./pictures.ts";

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
/** What is needed to put a file into words. */
type Worded = Typed & Partial<Pick<Attachment, "media" | "name" | "alt" | "library">>;

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

type Kind = ReturnType<typeof kindOf>;

const COUNTED: Readonly<Record<Kind, Counted>> = {
  image: { one: "an image", other: "{count} images" },
  voice: { one: "a voice note", other: "{count} voice notes" },
  audio: { one: "an audio file", other: "{count} audio files" },
  video: { one: "a video", other: "{count} videos" },
  file: { one: "a file", other: "{count} files" },
};
/** A single one, as a title. */
const TITLES: Readonly<Record<Exclude<Kind, "file">, () => string>> = {
  image: () => t("Photo"),
  voice: () => t("Voice note"),
  audio: () => t("Audio"),
  video: () => t("Video"),
};

/** What is attached, in words: "2 images and a file". Empty where nothing is. */
export function attachedWords(files: readonly Worded[]): string {
  const counts = new Map<Kind, number>();
  const said: string[] = [];
  for (const file of files) {
    if (file.library) said.push(libraryWords(file));
    else counts.set(kindOf(file), (counts.get(kindOf(file)) ?? 0) + 1);
  }
  return listed([...said, ...[...counts].map(([kind, count]) => tn(count, COUNTED[kind]))]);
}

/** One of the server's own pictures is what it shows. */
function libraryWords({ media = "", name = "", alt = "", library }: Worded): string {
  const words = altOf({ media, name, alt });
  return library === "gif" ? t("GIF: {alt}", { alt: words }) : words;
}

/** The same as a short title: "Photo", "Voice note", "2 images and a video". A single file is called by its name. */
export function attachedTitle(files: readonly (Worded & { readonly name: string })[]): string {
  const [first] = files;
  if (files.length === 1 && first && !first.library) {
    const kind = kindOf(first);
    return kind === "file" ? shownName(first.name) : TITLES[kind]();
  }
  const words = attachedWords(files);
  return words.slice(0, 1).toLocaleUpperCase() + words.slice(1);
}

/** Characters that turn the order of a text: with them, a name can end as it does not ("fdp.exe" read as "exe.pdf"). */
const TURNING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** A file's name as it is shown: in the order in which it is written. */
export function shownName(name: string): string {
  return name.replace(TURNING, "");
}

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

/** "512 bytes", "3.4 MB": in powers of 1000, as systems show files. */
export function sizeText(bytes: number): string {
  const unit = bytes < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** unit;
  const digits = unit && value < 10 ? 1 : 0;
  return numberFormat({ style: "unit", unit: UNITS[unit]!, unitDisplay: unit ? "short" : "long", maximumFractionDigits: digits }).format(value);
}

/** "0:07", "12:05", "1:00:00"; of what isn't known, "–:––". */
export function durationText(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return "–:––";
  const whole = Math.floor(seconds);
  const one = (value: number): string => numberFormat({ useGrouping: false }).format(value);
  const two = (value: number): string => numberFormat({ minimumIntegerDigits: 2 }).format(value);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours ? `${one(hours)}:${two(minutes)}:${two(whole % 60)}` : `${one(minutes)}:${two(whole % 60)}`;
}

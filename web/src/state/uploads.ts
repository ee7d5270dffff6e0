/** Files on their way to the server. Pure: how they are sent is decided above. Sizes are in bytes. */

import type { Media } from "../api/media.ts";
import { t, tn } from "../words/index.ts";
import { shownName } from "./media.ts";

/** A message has at most so many files. */
export const FILES_MAX = 10;
/** At most so many uploads are held, of all conversations. */
export const UPLOADS_MAX = 60;
/** Where the server tells no limit of its own. */
export const BYTES_MAX = 25 * 1024 * 1024;
/** As long as the server lets a file's name be. */
export const NAME_MAX = 255;

/**
 * waiting: in the queue. sending. checking: all sent; the server looks at it. done. lost: no connection for so long that
 * it waits for the next one. failed: refused.
 */
export type UploadState = "waiting" | "sending" | "checking" | "done" | "lost" | "failed";

/** What a message needs to know of a file of its own. */
export interface OutgoingFile {
  /** The page's own name of the upload. */
  readonly upload: string;
  /** The server's name of it; empty until the file is there. */
  readonly media: string;
  readonly name: string;
  readonly type: string;
  readonly size: number;
  readonly alt: string;
  readonly width?: number;
  readonly height?: number;
  readonly thumbhash?: string;
  readonly animated?: boolean;
  readonly duration?: number;
  readonly voice?: boolean;
  readonly peaks?: readonly number[];
  /** It is one of the server's own pictures, of that kind. */
  readonly library?: string;
}

export interface Upload extends OutgoingFile {
  readonly conversation: string;
  readonly state: UploadState;
  readonly sent: number;
  /** Why it failed or waits; empty where all is well. */
  readonly problem: string;
  /** Whether it belongs to a message that was sent, and no longer to what is being written. */
  readonly taken: boolean;
  /** Whether it is a voice note that is being listened to, and not among the files to send. */
  readonly aside?: boolean;
}

export interface Candidate {
  readonly name: string;
  readonly size: number;
}

/** Why a file can't be sent, in a sentence; empty where it can. `limit` in bytes, `said` the same in words. */
export function refusalOf(file: Candidate, limit: number, said: (bytes: number) => string): string {
  if (!file.size) return t("“{name}” is empty.", { name: shownName(file.name) });
  if (file.size > limit) return t("“{name}” is too large: a file may have {limit}.", { name: shownName(file.name), limit: said(limit) });
  return "";
}

/** How many of `count` more files fit into a message that has `have`, and the sentence for those that don't. */
export function roomFor(have: number, count: number, most: number = FILES_MAX): { take: number; problem: string } {
  const take = Math.max(0, Math.min(count, most - have));
  const left = count - take;
  if (!left) return { take, problem: "" };
  const words = { one: "A message can have {most} files; one was left out.", other: "A message can have {most} files; {count} were left out." };
  return { take, problem: tn(left, words, { most }) };
}

/** How much of the file is sent: from 0 to 1. */
export function progressOf({ sent, size, state }: Pick<Upload, "sent" | "size" | "state">): number {
  if (state === "done" || state === "checking") return 1;
  return size ? Math.min(1, sent / size) : 0;
}

/** From which byte to which (exclusive) part `number` (from 1) of a file goes. */
export function partRange(number: number, partBytes: number, size: number): [number, number] {
  return [(number - 1) * partBytes, Math.min(size, number * partBytes)];
}

/** How many bytes of a file are there when these parts are still missing. */
export function arrivedBytes(missing: readonly { readonly number: number }[], partBytes: number, size: number): number {
  const lack = missing.reduce((sum, { number }) => {
    const [from, to] = partRange(number, partBytes, size);
    return sum + to - from;
  }, 0);
  return size - lack;
}

/** The upload when the server has looked at it. */
export function completed(upload: Upload, { id, type, width, height, thumbhash, animated, duration }: Media): Upload {
  return {
    ...upload,
    media: id,
    type,
    state: "done",
    sent: upload.size,
    problem: "",
    ...(width && height && { width, height }),
    ...(thumbhash && { thumbhash }),
    ...(animated && { animated }),
    ...(duration && { duration }),
  };
}

/** What a message takes of an upload. */
export function fileOf(upload: Upload): OutgoingFile {
  const { conversation: _c, state, sent: _s, problem: _p, taken: _t, aside: _a, media, ...rest } = upload;
  return { ...rest, media: state === "done" ? media : "" };
}

/** The name under which a file is announced: one line, not too long, its ending kept. */
export function sentName(name: string): string {
  const line = name.replace(/[\p{Cc}\u2028\u2029]/gu, " ").trim() || "file";
  const characters = [...line];
  if (characters.length <= NAME_MAX) return line;
  const ending = /\.[^.\s]{1,10}$/.exec(line)?.[0] ?? "";
  return characters.slice(0, NAME_MAX - ending.length).join("") + ending;
}

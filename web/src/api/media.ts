/** Files: what the server says of them, and sending their content. */

import { ApiError, NoAnswer } from "./errors.ts";
import type * as t from "./types.ts";

export type MediaKind = "image" | "audio" | "video" | "file";

/** A file that a message carries, with what a client needs to keep its place before it is there. */
export type Attachment = t.Attachment & {
  readonly thumbhash?: string;
  readonly animated?: boolean;
  /** Seconds. */
  readonly duration?: number;
  /** How loud a voice note is over its length: up to 100 numbers from 0 to 255. */
  readonly peaks?: readonly number[];
  readonly voice?: boolean;
};

export type AttachmentRef = t.AttachmentRef & { readonly peaks?: readonly number[]; readonly voice?: boolean };

/** Where one part of a file is sent. `number` begins at 1. */
export interface PartAddress {
  readonly number: number;
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
}

/** What announcing answers: one address, or those of the parts. */
export type Announced = Partial<t.MediaUpload> & {
  readonly id: string;
  readonly part_bytes?: number;
  readonly parts?: readonly PartAddress[];
};

/** The parts that have not arrived, with fresh addresses. */
export interface MissingParts {
  readonly part_bytes: number;
  readonly parts: readonly PartAddress[];
}

/** A file that is all there, and looked at. */
export interface Completed {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly size: number;
  readonly width?: number;
  readonly height?: number;
  readonly thumbhash?: string;
  readonly animated?: boolean;
  readonly duration?: number;
}

/** Addresses are good until `expires` (seconds since 1970) for whoever holds them. */
export type Described = t.Media & { readonly small?: string; readonly large?: string };

/** Where a file's limits are told; what is absent is not told. */
export interface MediaLimits {
  readonly bytes_max?: number;
  readonly files_max?: number;
}

interface Target {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
}

/** Without a byte more for this long, a request counts as lost (milliseconds). */
const STALLED_AFTER = 30_000;

/**
 * Sends a content to its address; `onSent` is told the bytes that have left. By `XMLHttpRequest`, since `fetch` doesn't
 * say how far it is. Raises `ApiError`, `NoAnswer`, and the signal's reason where it is stopped.
 */
export function putContent(target: Target, content: Blob, onSent: (bytes: number) => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const alive = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => request.abort(), STALLED_AFTER);
    };
    const stop = (): void => request.abort();
    request.upload.onprogress = (event) => {
      alive();
      onSent(event.loaded);
    };
    request.onabort = () => reject(signal.aborted ? signal.reason : new NoAnswer());
    request.onerror = () => reject(new NoAnswer());
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve();
      else reject(new ApiError({ ...problemOf(request.responseText), status: request.status }));
    };
    request.onloadend = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
    };
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener("abort", stop);
    request.open(target.method, target.url);
    for (const [name, value] of Object.entries(target.headers)) request.setRequestHeader(name, value);
    alive();
    request.send(content);
  });
}

function problemOf(text: string): Partial<t.Problem> {
  try {
    return JSON.parse(text) as Partial<t.Problem>;
  } catch {
    return {};
  }
}

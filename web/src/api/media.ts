/** Files: what the server says of them, and sending their content. */

import { ApiError, NoAnswer } from "./errors.ts";
import type * as t from "./types.ts";

export type { Attachment, AttachmentRef, Media, MediaKind, MediaPart, MediaParts, MediaUpload } from "./types.ts";

/** What the server tells of its limits; what is absent is not told. */
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

/** Messages on their way out. Pure: what is kept where, and when it is sent, is decided above. Times are in milliseconds. */

import { ApiError, isTemporary, sentenceOf } from "../api/errors.ts";
import type { AttachmentRef } from "../api/media.ts";
import { t } from "../words/index.ts";
import type { OutgoingFile } from "./uploads.ts";

/** No mark is shown before this. */
export const MARK_AFTER = 700;
/** Without an answer for this long, a message counts as not confirmed. */
export const UNCONFIRMED_AFTER = 15_000;
/** A message that could not be sent for this long is not sent any more without being asked. */
export const EXPIRES_AFTER = 48 * 3_600_000;
/** At most this many wait in one conversation. */
export const OUTBOX_MAX = 50;

export interface Outgoing {
  readonly id: string;
  readonly user: string;
  readonly conversation: string;
  readonly text: string;
  readonly reply_to: number;
  /** When the person sent it. */
  readonly at: number;
  /** When the person asked for it again, after it was refused. */
  readonly again?: number;
  /** When sending it was first tried; 0 while it was not. */
  readonly tried: number;
  /** Why it was refused; empty while it was not. */
  readonly failed: string;
  readonly files?: readonly OutgoingFile[];
  /** The page that has the contents of the files which are not uploaded yet. */
  readonly page?: string;
}

export type SendState = "fresh" | "sending" | "unconfirmed" | "failed";

/** When the person last wanted it sent. */
export const asked = ({ at, again = at }: Outgoing): number => again;

/** What the message's mark says at `now`. */
export function stateOf(message: Outgoing, now: number): SendState {
  if (message.failed) return "failed";
  const waited = now - asked(message);
  if (waited < MARK_AFTER) return "fresh";
  return message.tried && now - message.tried >= UNCONFIRMED_AFTER ? "unconfirmed" : "sending";
}

/**
 * The next message to send: the oldest that was not refused, and whose conversation has no earlier one that waits for its
 * files. So each conversation's order is kept, and a large file holds up no other conversation.
 */
export function nextOf(outbox: readonly Outgoing[]): Outgoing | undefined {
  const held = new Set<string>();
  return outbox.find((message) => {
    if (message.failed || held.has(message.conversation)) return false;
    if (isComplete(message)) return true;
    held.add(message.conversation);
    return false;
  });
}

/** Whether all its files are at the server. */
export function isComplete({ files = [] }: Outgoing): boolean {
  return files.every((file) => file.media);
}

/** What goes to the server of a message's files. */
export function refsOf({ files = [] }: Outgoing): readonly AttachmentRef[] {
  return files.map(refOf);
}

export function refOf({ media, alt, voice, peaks }: OutgoingFile): AttachmentRef {
  return { media, ...(alt && { alt }), ...(voice && { voice }), ...(peaks?.length && { peaks }) };
}

/** The outbox when a file changed, such as when it came to the server. */
export function withFile(outbox: readonly Outgoing[], file: OutgoingFile): readonly Outgoing[] {
  const has = (message: Outgoing): boolean => !!message.files?.some((other) => other.upload === file.upload);
  return outbox.map((message) =>
    has(message) ? { ...message, files: message.files!.map((other) => (other.upload === file.upload ? file : other)) } : message,
  );
}

/**
 * What a new page takes over of the messages that others left, where the pages in `open` are still there: those upload
 * what they have and send it themselves. What a closed page had not uploaded is gone with it.
 */
export function takeOver(kept: readonly Outgoing[], open: ReadonlySet<string>): readonly Outgoing[] {
  return kept
    .filter((message) => isComplete(message) || !open.has(message.page ?? ""))
    .map((message) =>
      isComplete(message) || message.failed ? message : { ...message, failed: t("The page was closed before its files were uploaded.") },
    );
}

export function enqueue(outbox: readonly Outgoing[], message: Outgoing): readonly Outgoing[] {
  return [...outbox, message];
}

export function change(outbox: readonly Outgoing[], id: string, fields: Partial<Outgoing>): readonly Outgoing[] {
  return outbox.map((message) => (message.id === id ? { ...message, ...fields } : message));
}

export function remove(outbox: readonly Outgoing[], id: string): readonly Outgoing[] {
  return outbox.filter((message) => message.id !== id);
}

/** Why a message that waited too long is not sent; empty where it may be. */
export function expired(message: Outgoing, now: number): string {
  return now - asked(message) > EXPIRES_AFTER ? t("It could not be sent for two days.") : "";
}

/** Statuses that say nothing of the message: the session is renewed, or somebody in between gave up waiting. */
const INDEFINITE: ReadonlySet<number> = new Set([401, 408, 425]);

/** What an error of a try means: empty where another try can help, else the reason for the person. */
export function refusal(error: unknown): string {
  if (isTemporary(error)) return "";
  if (error instanceof ApiError) return error.status < 400 || INDEFINITE.has(error.status) ? "" : sentenceOf(error);
  return "";
}

/** A text that is written again, before what is being written. */
export function together(text: string, written: string): string {
  return written.trim() ? `${text}\n\n${written}` : text;
}

export function isFull(outbox: readonly Outgoing[], conversation: string): boolean {
  return outbox.filter((message) => message.conversation === conversation).length >= OUTBOX_MAX;
}

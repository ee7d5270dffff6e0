/** What a draft has beside its text is put back when its conversation is opened: files that are at the server, the answer. */

import type { Signal } from "@preact/signals";
import { ApiError } from "../api/errors.ts";
import { newId } from "../api/ids.ts";
import type { AttachmentRef, Media } from "../api/media.ts";
import { complete, type Message } from "../state/messages.ts";
import { kindOf } from "../state/media.ts";
import { completed, type Upload } from "../state/uploads.ts";
import { t } from "../words/index.ts";
import type { Chat } from "./chat.ts";
import type { Uploads } from "./media/uploads.ts";
import { notify } from "./notices.ts";

/** What an upload of this device has and one of another doesn't need. */
const ELSEWHERE = { media: "", name: "", type: "", size: 0, sent: 0, problem: "", state: "done", taken: false } as const;

/** Where a draft is put back: a visit to its conversation. */
export interface Restored {
  readonly id: string;
  /** The name under which what is being written is kept. */
  readonly desk: string;
  readonly mode: Signal<{ kind: "new" } | { kind: "reply"; message: Message } | { kind: "edit"; message: Message }>;
}

/** Puts back the files of the draft and what it answers. */
export async function restore(chat: Chat, { id, desk, mode }: Restored): Promise<void> {
  const { uploads } = chat.media;
  const { files, reply } = chat.drafts.of(desk);
  if (await adopt(uploads, (media) => chat.client.getMedia(media), desk, files)) {
    uploads.known.add(desk);
    // Who follows what is known sees it now.
    uploads.all.value = [...uploads.all.peek()];
  }
  const message = reply ? await answered(chat, id, reply) : null;
  const now = mode.peek();
  const wanted = chat.drafts.of(desk).reply;
  if (now.kind === "edit" || (now.kind === "reply" && now.message.timestamp === wanted)) return;
  if (message && wanted === reply) mode.value = { kind: "reply", message };
  else if (now.kind === "reply" && !wanted) mode.value = { kind: "new" };
}

/**
 * Adds the files of a draft to those of what is being written. Answers whether all are known now. A file that the server
 * has no more is told and left out.
 */
export async function adopt(uploads: Uploads, ask: (media: string) => Promise<Media>, conversation: string, refs: readonly AttachmentRef[]): Promise<boolean> {
  const here = (): readonly Upload[] => uploads.all.peek().filter((upload) => upload.conversation === conversation && !upload.taken);
  const wanted = refs.filter(({ media }) => !here().some((upload) => upload.media === media));
  try {
    const found = await Promise.all(wanted.map(async (ref) => [ref, await known(ask, ref.media)] as const));
    for (const [{ alt = "", voice, peaks }, media] of found) {
      if (!media) notify(t("A file of your draft isn’t kept any more. Attach it again."), true);
      else if (!here().some((upload) => upload.media === media.id)) {
        const extra = { ...(voice && { voice }), ...(peaks?.length && { peaks }) };
        const upload = completed({ ...ELSEWHERE, upload: newId(), conversation, name: media.name, size: media.size, alt, ...extra }, media);
        if (kindOf(media) === "image") uploads.previews.put(upload.upload, media.small || media.url);
        uploads.all.value = [...uploads.all.peek(), upload];
      }
    }
    return true;
  } catch {
    return false; // Without a connection the draft is as it was; the next visit asks again.
  }
}

/** The file; null where it is gone. */
async function known(ask: (media: string) => Promise<Media>, media: string): Promise<Media | null> {
  try {
    return await ask(media);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

/** The message that a draft answers, from what is held or from the server; null where it can't be had. */
async function answered(chat: Chat, conversation: string, timestamp: number): Promise<Message | null> {
  const held = chat.store.peek(conversation)?.pane?.messages ?? [];
  const message = held.find((each) => each.timestamp === timestamp);
  if (message) return message;
  const page = await chat.client.listMessages(conversation, { around: timestamp, limit: 2 }).catch(() => null);
  const read = page?.messages.find((each) => each.timestamp === timestamp);
  return read && !read.deleted ? complete(read) : null;
}

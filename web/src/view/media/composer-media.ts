/** What the composer needs of files: whether there are any, and sending them. */

import { newId } from "../../api/ids.ts";
import type { Chat } from "../../app/chat.ts";
import { notify } from "../../app/notices.ts";
import { shownName } from "../../state/media.ts";
import { outgoingOf, type Picture } from "../../state/pictures.ts";
import { t } from "../../words/index.ts";
import type { Visit } from "../visit.ts";

export const full = (): string => t("Too many messages wait to be sent here. Try again when you are connected.");

/** Hands a message with the files of what is being written to the outbox; false where it can't be sent, and why is said. */
export function post(chat: Chat, { id, desk }: Visit, text: string, replyTo: number): boolean {
  const { uploads } = chat.media;
  const refused = uploads.draft(desk).peek().find((upload) => upload.state === "failed");
  if (refused) {
    notify(t("“{name}” could not be uploaded. Retry or remove it, then send.", { name: shownName(refused.name) }), true);
    return false;
  }
  const files = uploads.take(desk);
  if (chat.sending.add(id, text, replyTo, files)) return true;
  uploads.giveBack(files);
  notify(full(), true);
  return false;
}

/** Sends one of the server's own pictures as a message of its own. */
export function postPicture(chat: Chat, conversation: string, picture: Picture, replyTo: number): boolean {
  if (!chat.sending.add(conversation, "", replyTo, [outgoingOf(picture, newId())])) {
    notify(full(), true);
    return false;
  }
  chat.library.used(picture);
  return true;
}

/** A voice note between its recording and its message. Loaded with the recorder. */

import type { Chat } from "../../app/chat.ts";
import type { Recorded } from "../../app/media/recording.ts";
import { notify } from "../../app/notices.ts";
import { fileOf } from "../../state/uploads.ts";
import type { Visit } from "../visit.ts";
import { full } from "./composer-media.ts";

/** Begins to upload a voice note; from now on it is part of what is being written. Answers the upload's name. */
export function holdVoice(chat: Chat, { desk }: Visit, { note, name, peaks, duration }: Recorded): string {
  return chat.media.uploads.addVoice(desk, note, name, { peaks, duration });
}

/** Sends a voice note as a message of its own; what is being written stays. */
export function postVoice(chat: Chat, visit: Visit, upload: string): boolean {
  const { uploads } = chat.media;
  const held = uploads.get(upload);
  if (!held || !chat.sending.add(visit.id, "", visit.replyTo(), [fileOf(held)])) {
    notify(full(), true);
    return false;
  }
  uploads.change(upload, { taken: true, aside: false });
  // What was refused meanwhile is refused once more, to the message.
  if (held.state === "failed") uploads.retry(upload);
  return true;
}

/** What a message carries beside its text. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Attachment } from "../../api/media.ts";
import type { Message } from "../../state/messages.ts";
import { attachedWords, kindOf } from "../../state/media.ts";
import { t } from "../../words/index.ts";
import { FileRow } from "./file-row.tsx";
import { later } from "../later.tsx";
import { Sticker } from "./library-picture.tsx";
import { Picture } from "./picture.tsx";
import { Film, Sound } from "./players.tsx";
import { VoiceNote } from "./voice-note.tsx";

const Lightbox = later(() => import("./lightbox.tsx").then((module) => module.Lightbox));

export function Attachments({ message, conversation }: { message: Message; conversation: string }): JSX.Element | null {
  const files: readonly Attachment[] = message.attachments;
  const [opened, setOpened] = useState(-1);
  if (!files.length) return null;
  const stickers = files.filter(({ library }) => library === "sticker");
  const plain = files.filter(({ library }) => library !== "sticker");
  const pictures = plain.filter((file) => kindOf(file) === "image");
  const others = plain.filter((file) => kindOf(file) !== "image");
  const close = (): void => setOpened(-1);
  return (
    <div class="media">
      {pictures.length > 1 && <span class="hidden">{t("{files}: ", { files: attachedWords(pictures) })}</span>}
      {pictures.length > 0 && (
        <div class={pictures.length > 1 ? `pictures tiled tiled-${pictures.length}` : "pictures"}>
          {pictures.map((file, index) => (
            <Picture key={file.media} file={file} tiled={pictures.length > 1} label={labelOf(file, index, pictures.length)} onOpen={() => setOpened(index)} />
          ))}
        </div>
      )}
      {stickers.map((file, index) => (
        <Sticker key={`${file.media} ${index}`} file={file} />
      ))}
      {others.map((file) => (
        <Other key={file.media} file={file} author={message.author} conversation={conversation} />
      ))}
      {opened >= 0 && <Lightbox files={pictures} start={opened} onClose={close} />}
    </div>
  );
}

function labelOf(file: Attachment, index: number, count: number): string {
  const alt = file.alt || t("without a description");
  return count > 1 ? t("Image {number} of {all}: {alt}. Open", { number: index + 1, all: count, alt }) : t("Image: {alt}. Open", { alt });
}

function Other({ file, author, conversation }: { file: Attachment; author: string; conversation: string }): JSX.Element {
  switch (kindOf(file)) {
    case "voice":
      return <VoiceNote file={file} author={author} conversation={conversation} />;
    case "audio":
      return <Sound file={file} />;
    case "video":
      return <Film file={file} />;
    default:
      return <FileRow file={file} />;
  }
}

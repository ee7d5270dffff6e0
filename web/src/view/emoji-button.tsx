/** Puts an emoji where one writes, or sends a sticker or a GIF. */

import type { JSX, RefObject } from "preact";
import { useState } from "preact/hooks";
import { noteUse } from "../app/emoji.ts";
import { t } from "../words/index.ts";
import type { Picture } from "../state/pictures.ts";
import { replace } from "./composer-keys.ts";
import { Icon } from "./icons.tsx";
import { EmojiPicker } from "./reacting.tsx";

interface Props {
  box: RefObject<HTMLTextAreaElement | null>;
  onPicture: (picture: Picture) => void;
}

export function EmojiButton({ box, onPicture }: Props): JSX.Element {
  const [open, setOpen] = useState(false);
  const put = (emoji: string): void => {
    const field = box.current!;
    noteUse(emoji);
    replace(field, field.selectionStart, field.selectionEnd, emoji);
  };
  const send = (picture: Picture): void => {
    onPicture(picture);
    requestAnimationFrame(() => box.current?.focus());
  };
  return (
    <>
      <button type="button" class="icon-button emoji-button" aria-label={t("Emoji")} title={t("Emoji")} onClick={() => setOpen(true)}>
        <Icon name="smile" />
      </button>
      {open && <EmojiPicker title={t("Emoji")} onPick={(emoji) => requestAnimationFrame(() => put(emoji))} onPicture={send} onClose={() => setOpen(false)} />}
    </>
  );
}

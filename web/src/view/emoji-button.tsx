/** Puts an emoji where one writes. */

import type { JSX, RefObject } from "preact";
import { useState } from "preact/hooks";
import { noteUse } from "../app/emoji.ts";
import { t } from "../words/index.ts";
import { replace } from "./composer-keys.ts";
import { Icon } from "./icons.tsx";
import { EmojiPicker } from "./reacting.tsx";

export function EmojiButton({ box }: { box: RefObject<HTMLTextAreaElement | null> }): JSX.Element {
  const [open, setOpen] = useState(false);
  const put = (emoji: string): void => {
    const field = box.current!;
    noteUse(emoji);
    replace(field, field.selectionStart, field.selectionEnd, emoji);
  };
  return (
    <>
      <button type="button" class="icon-button emoji-button" aria-label={t("Emoji")} title={t("Emoji")} onClick={() => setOpen(true)}>
        <Icon name="smile" />
      </button>
      {open && <EmojiPicker title={t("Emoji")} onPick={(emoji) => requestAnimationFrame(() => put(emoji))} onClose={() => setOpen(false)} />}
    </>
  );
}

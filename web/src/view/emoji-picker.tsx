/** Chooses an emoji; and, where one writes, a sticker or a GIF, which is sent at once. All of it by keyboard. */

import type { JSX } from "preact";
import { useId, useRef, useState } from "preact/hooks";
import type { Picture } from "../state/pictures.ts";
import { t } from "../words/index.ts";
import { Dialog } from "./dialog.tsx";
import { EmojiTab } from "./emoji-tab.tsx";
import { PicturesTab } from "./library/pictures-tab.tsx";

const TABS = ["emoji", "sticker", "gif"] as const;
type Tab = (typeof TABS)[number];
const NAMES: Record<Tab, () => string> = { emoji: () => t("Emoji"), sticker: () => t("Stickers"), gif: () => t("GIFs") };

interface Props {
  /** Where only an emoji will do; else the tab names it. */
  title: string;
  onPick: (emoji: string) => void;
  /** Absent where only an emoji will do. */
  onPicture?: (picture: Picture) => void;
  onClose: () => void;
}

export default function EmojiPicker({ title, onPick, onPicture, onClose }: Props): JSX.Element {
  const [tab, setTab] = useState<Tab>("emoji");
  const panel = useId();
  const pick = (emoji: string): void => {
    onClose();
    onPick(emoji);
  };
  if (!onPicture) {
    return (
      <Dialog title={title} onClose={onClose} class="emoji-dialog">
        <EmojiTab onPick={pick} />
      </Dialog>
    );
  }
  const send = (picture: Picture): void => {
    onClose();
    onPicture(picture);
  };
  return (
    <Dialog title={NAMES[tab]()} onClose={onClose} class="emoji-dialog">
      <Tabs tab={tab} panel={panel} onChoose={setTab} />
      <div class="picker-panel" id={panel} role="tabpanel" aria-label={NAMES[tab]()}>
        {tab === "emoji" ? <EmojiTab onPick={pick} /> : <PicturesTab key={tab} kind={tab} onPick={send} />}
      </div>
    </Dialog>
  );
}

/** One of them has the focus; the arrow keys choose, and show at once (ARIA Authoring Practices, "Tabs"). */
function Tabs({ tab, panel, onChoose }: { tab: Tab; panel: string; onChoose: (tab: Tab) => void }): JSX.Element {
  const list = useRef<HTMLDivElement>(null);
  const go = (by: number): void => {
    const index = (TABS.indexOf(tab) + by + TABS.length) % TABS.length;
    onChoose(TABS[index]!);
    list.current?.querySelectorAll<HTMLElement>("button")[index]?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const right = getComputedStyle(list.current!).direction === "rtl" ? -1 : 1;
    const step = { ArrowRight: right, ArrowLeft: -right, Home: -TABS.indexOf(tab), End: TABS.length - 1 - TABS.indexOf(tab) }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    go(step);
  };
  return (
    <div ref={list} class="tabs picker-tabs" role="tablist" aria-label={t("What to choose")} onKeyDown={onKeyDown}>
      {TABS.map((name) => (
        <button
          key={name}
          type="button"
          class="tab"
          role="tab"
          aria-selected={name === tab}
          {...(name === tab && { "aria-controls": panel })}
          tabIndex={name === tab ? 0 : -1}
          onClick={() => onChoose(name)}
        >
          {NAMES[name]()}
        </button>
      ))}
    </div>
  );
}

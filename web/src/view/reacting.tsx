/** Chooses an emoji to react with, from all there are. */

import type { JSX } from "preact";
import { noteUse } from "../app/emoji.ts";
import { hasReaction } from "../state/messages.ts";
import { t } from "../words/index.ts";
import { useChat } from "./context.ts";
import { later } from "./later.tsx";
import type { Visit } from "./visit.ts";

export const EmojiPicker = later(async () => (await import("./emoji-picker.tsx")).default);

export function Reacting({ visit }: { visit: Visit }): JSX.Element | null {
  const chat = useChat();
  const message = visit.reacting.value;
  if (!message) return null;
  const pick = (emoji: string): void => {
    noteUse(emoji);
    void chat.react(visit.id, message, emoji, !hasReaction(message, emoji, chat.me.username));
  };
  return <EmojiPicker title={t("React")} onPick={pick} onClose={() => (visit.reacting.value = null)} />;
}

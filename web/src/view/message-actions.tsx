/** What one can do with a message: a small toolbar at its row while the row is pointed at or has the focus. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { frequent, noteUse } from "../app/emoji.ts";
import { changeable, hasReaction, type Message } from "../state/messages.ts";
import { customName, savable } from "../state/pictures.ts";
import { t } from "../words/index.ts";
import { useChat } from "./context.ts";
import { EmojiSign } from "./emoji-sign.tsx";
import { Icon, type IconName } from "./icons.tsx";
import { markUnread, openThread } from "./list-keys.ts";
import type { Visit } from "./visit.ts";

/** Those used most, with one click; fewer where there is little room. */
const QUICK = 6;
const QUICK_NARROW = 3;

/** `known`: an emoji of the server's may have been removed. */
function quickReactions(known: (emoji: string) => boolean): string[] {
  return frequent(matchMedia("(width < 46rem)").matches ? QUICK_NARROW : QUICK, known);
}

export function MessageActions({ message, visit }: { message: Message; visit: Visit }): JSX.Element {
  const chat = useChat();
  // As they are now: they don't change places while somebody points at them.
  const [quick] = useState(() => quickReactions((emoji) => !customName(emoji) || chat.library.emoji.peek().has(customName(emoji))));
  const own = message.author === chat.me.username;
  const conversation = chat.store.get(visit.id)?.conversation;
  const moderates = conversation?.kind === "group" && conversation.role !== "member";
  const set = (kind: "reply" | "edit"): void => {
    visit.mode.value = { kind, message };
    visit.focusComposer();
  };
  const remove = (event: Event): void => {
    // The toolbar goes with the message: what had the focus hands it to the row.
    const button = event.currentTarget as HTMLElement;
    if (button === document.activeElement) button.closest<HTMLElement>("[data-key]")?.focus();
    chat.deleting.begin(visit.id, message.timestamp);
    chat.announcer.say(t("Message deleted. It can be undone for a few seconds."));
  };
  return (
    <div class="actions" role="toolbar" aria-label={t("Message actions")}>
      {quick.map((emoji) => {
        const mine = hasReaction(message, emoji, chat.me.username);
        return (
          <button
            key={emoji}
            type="button"
            class="action emoji"
            tabIndex={-1}
            aria-pressed={mine}
            aria-label={t("React with {emoji}", { emoji })}
            onClick={() => {
              if (!mine) noteUse(emoji);
              void chat.react(visit.id, message, emoji, !mine);
            }}
          >
            <EmojiSign emoji={emoji} />
          </button>
        );
      })}
      <Action icon="smile" label={t("React with another emoji")} onClick={() => (visit.reacting.value = message)} />
      <span class="actions-gap" />
      <Action icon="reply" label={t("Reply")} onClick={() => set("reply")} />
      {!visit.thread && <Action icon="thread" label={t("Open thread")} onClick={() => openThread(visit, message)} />}
      {!own && !visit.thread && <Action icon="unread" label={t("Mark unread from here")} onClick={() => markUnread(chat, visit, message)} />}
      {changeable(message, chat.me.username, chat.config.edit_seconds ?? 0) && <Action icon="edit" label={t("Edit")} onClick={() => set("edit")} />}
      {savable(message) && <Action icon="bookmark" label={t("Save to GIFs")} onClick={() => (visit.saving.value = message)} />}
      {(own || moderates) && <Action icon="trash" label={t("Delete")} onClick={remove} />}
    </div>
  );
}

function Action(props: { icon: IconName; label: string; onClick: (event: Event) => void }): JSX.Element {
  return (
    <button type="button" class="action" tabIndex={-1} aria-label={props.label} title={props.label} onClick={props.onClick}>
      <Icon name={props.icon} />
    </button>
  );
}

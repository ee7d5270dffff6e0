/** The reactions below a message. */

import type { JSX } from "preact";
import { written } from "../words/formats.ts";
import { hasReaction, type Message } from "../state/messages.ts";
import { listed, t, tn } from "../words/index.ts";
import { useChat } from "./context.ts";
import { EmojiSign } from "./emoji-sign.tsx";

const NAMED = 8;

export function Reactions({ message, conversation }: { message: Message; conversation: string }): JSX.Element | null {
  const chat = useChat();
  if (!message.reactions.length) return null;
  return (
    <div class="reactions" role="group" aria-label={t("Reactions")}>
      {message.reactions.map(({ emoji, users }) => {
        const mine = hasReaction(message, emoji, chat.me.username);
        const names = users.slice(0, NAMED).map((username) => chat.people.name(username));
        const more = users.length - names.length;
        const who = listed(more > 0 ? [...names, tn(more, { one: "{count} other", other: "{count} others" })] : names);
        const said = { emoji, count: users.length };
        return (
          <button
            key={emoji}
            type="button"
            class="reaction"
            tabIndex={-1}
            aria-pressed={mine}
            aria-label={mine ? t("{emoji} {count}, including you", said) : t("{emoji} {count}", said)}
            title={who}
            onClick={() => void chat.react(conversation, message, emoji, !mine)}
          >
            <span aria-hidden="true"><EmojiSign emoji={emoji} /></span>
            <span aria-hidden="true">{written(users.length)}</span>
          </button>
        );
      })}
    </div>
  );
}

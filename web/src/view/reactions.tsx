/** The reactions below a message. */

import type { JSX } from "preact";
import { hasReaction, type Message } from "../state/messages.ts";
import { useChat } from "./context.ts";

const NAMED = 8;

export function Reactions({ message, conversation }: { message: Message; conversation: string }): JSX.Element | null {
  const chat = useChat();
  if (!message.reactions.length) return null;
  return (
    <div class="reactions" role="group" aria-label="Reactions">
      {message.reactions.map(({ emoji, users }) => {
        const mine = hasReaction(message, emoji, chat.me.username);
        const names = users.slice(0, NAMED).map((username) => chat.people.name(username));
        const more = users.length - names.length;
        const who = new Intl.ListFormat("en").format(more > 0 ? [...names, `${more} others`] : names);
        return (
          <button
            key={emoji}
            type="button"
            class="reaction"
            tabIndex={-1}
            aria-pressed={mine}
            aria-label={`${emoji} ${users.length}${mine ? ", including you" : ""}`}
            title={who}
            onClick={() => void chat.react(conversation, message, emoji, !mine)}
          >
            <span aria-hidden="true">{emoji}</span>
            <span aria-hidden="true">{users.length}</span>
          </button>
        );
      })}
    </div>
  );
}

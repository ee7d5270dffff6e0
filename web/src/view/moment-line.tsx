/** Who types, in a line that is always there, so that nothing moves; and what they type, where the conversation is live. */

import type { JSX } from "preact";
import { listParts } from "../words/formats.ts";
import type { Conversation } from "../state/conversations.ts";
import { typists } from "../state/typing.ts";
import { t, tnp } from "../words/index.ts";
import { Avatar } from "./avatar.tsx";
import { useChat } from "./context.ts";

const NAMED = 3;

export function TypingLine({ conversation, thread = 0 }: { conversation: Conversation; thread?: number }): JSX.Element {
  const { moment, people } = useChat();
  const usernames = typists(moment.board(conversation.id).value, thread);
  const names = usernames.slice(0, NAMED).map((username) => people.name(username));
  return (
    <p class="typing-line">
      {names.length > 0 && (
        <>
          <span class="typing-dots" aria-hidden="true">
            <i /><i /><i />
          </span>
          <span>{words(names, usernames.length)}</span>
        </>
      )}
    </p>
  );
}

function words(names: readonly string[], count: number): (JSX.Element | string)[] {
  if (count > NAMED) return [t("Several people are typing…")];
  const listed = listParts(names.map((name) => <bdi>{name}</bdi>));
  return tnp(count, { one: "{names} is typing…", other: "{names} are typing…" }, { names: listed });
}

/** The live drafts. Its height is fixed while the conversation is live, however many type. */
export function LiveBoard({ conversation }: { conversation: Conversation }): JSX.Element | null {
  const { moment, people } = useChat();
  if (!conversation.live_typing) return null;
  const drafts = [...moment.board(conversation.id).value.drafts].filter(([, draft]) => draft.text);
  return (
    <section class="live" aria-label={t("Live typing")}>
      {drafts.length === 0 && <p class="live-empty">{t("Live typing is on: everybody here sees what you write as you write it.")}</p>}
      {drafts.map(([username, draft]) => (
        <div class="live-draft" key={username}>
          <Avatar username={username} />
          <p>
            <bdi class="live-name">{people.name(username)}</bdi>
            <span class="live-text" dir="auto">{draft.text}</span>
          </p>
        </div>
      ))}
    </section>
  );
}

/** What the composer says of the people whom a text names: who isn't there, and how many everybody is. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { attempt } from "../app/notices.ts";
import { absentIn, isTooMany } from "../state/absent.ts";
import type { Conversation } from "../state/conversations.ts";
import { EVERYONE_MAX } from "../state/everyone.ts";
import { t, tn, tp } from "../words/index.ts";
import { useChat } from "./context.ts";
import { Dialog } from "./dialog.tsx";

/** Milliseconds without a key before the text is looked at: a name that is half typed is somebody else's. */
const WAIT = 600;

interface Props {
  text: string;
  conversation: Conversation;
  onAdded: () => void;
}

/** A person is asked for once, as everybody whose name is shown; without a connection only who is known is told of. */
export function Naming({ text, conversation, onAdded }: Props): JSX.Element {
  const chat = useChat();
  const settled = useSettled(text);
  const absent = absentIn(settled, conversation).flatMap((username) => {
    const user = chat.connected.value ? chat.people.user(username) : chat.people.known().find((one) => one.username === username);
    return user && !user.disabled ? [username] : [];
  });
  const adds = conversation.kind === "group" && conversation.role !== "member";
  const add = async (username: string): Promise<void> => {
    if (await attempt(chat.client.putMember(conversation.id, username))) onAdded();
  };
  return (
    <div role="status">
      {isTooMany(settled, conversation) && <p class="mode-line">{t("In a group of more than {count} people, @all and @here tell nobody.", { count: EVERYONE_MAX })}</p>}
      {absent.map((username) => (
        <p key={username} class="mode-line">
          <span>{tp("{name} isn’t in this conversation.", { name: <bdi>{chat.people.name(username)}</bdi> })}</span>
          {adds && (
            <button type="button" class="text-button" aria-label={t("Add {name}", { name: chat.people.name(username) })} onClick={() => void add(username)}>
              {t("Add")}
            </button>
          )}
        </p>
      ))}
    </div>
  );
}

/** Asks before so many people are told at once. */
export function Everybody({ count, onSend, onClose }: { count: number; onSend: () => void; onClose: () => void }): JSX.Element {
  const send = (): void => {
    onClose();
    onSend();
  };
  return (
    <Dialog title={tn(count, { one: "Tell {count} person?", other: "Tell {count} people?" })} onClose={onClose}>
      <p>{t("@all tells everybody in this group, @here those who are here now.")}</p>
      <div class="dialog-choices">
        <button type="button" class="button" onClick={onClose}>{t("Go on writing")}</button>
        <button type="button" class="button primary" onClick={send}>{t("Send")}</button>
      </div>
    </Dialog>
  );
}

/** The text once nobody has typed for a moment. */
function useSettled(text: string): string {
  const [settled, settle] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => settle(text), WAIT);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

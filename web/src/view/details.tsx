/** Who is in a conversation, what it is called, and what can be set. */

import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import type { MemberView, Role } from "../api/types.ts";
import { attempt } from "../app/notices.ts";
import { navigate } from "../app/route.ts";
import type { Conversation } from "../state/conversations.ts";
import type { Held } from "../state/held.ts";
import { t, tp } from "../words/index.ts";
import { Avatar } from "./avatar.tsx";
import { useChat } from "./context.ts";
import { Dialog } from "./dialog.tsx";
import { useNeighbour } from "./focus.ts";
import { NotificationLevel } from "./notification-level.tsx";
import { PersonPicker } from "./person-picker.tsx";
import { StatusSign } from "./status-sign.tsx";

export function Details({ held, name, onClose }: { held: Held; name: string; onClose: () => void }): JSX.Element {
  const { conversation } = held;
  const group = conversation.kind === "group";
  const manages = group && conversation.role !== "member";
  return (
    <Dialog title={name} onClose={onClose} class="tall">
      {manages && <Title conversation={conversation} />}
      {(manages || !group) && <LiveTyping conversation={conversation} />}
      <NotificationLevel conversation={conversation.id} />
      <Members conversation={conversation} />
      {manages && <Add conversation={conversation} />}
      {group && <Leave conversation={conversation} onLeft={onClose} />}
    </Dialog>
  );
}

function Title({ conversation }: { conversation: Conversation }): JSX.Element {
  const chat = useChat();
  const [title, setTitle] = useState(conversation.title);
  return (
    <form
      class="inline-form"
      onSubmit={(event) => {
        event.preventDefault();
        void attempt(chat.client.updateConversation(conversation.id, { title: title.trim() }));
      }}
    >
      <label class="field">
        <span>{t("Title")}</span>
        <input value={title} maxLength={120} dir="auto" onInput={(event) => setTitle(event.currentTarget.value)} />
      </label>
      <button class="button" disabled={title.trim() === conversation.title}>{t("Save")}</button>
    </form>
  );
}

function LiveTyping({ conversation }: { conversation: Conversation }): JSX.Element {
  const chat = useChat();
  return (
    <label class="switch">
      <input
        type="checkbox"
        role="switch"
        checked={conversation.live_typing}
        onChange={(event) =>
          void attempt(chat.client.updateConversation(conversation.id, { live_typing: event.currentTarget.checked }))
        }
      />
      <span>
        {t("Live typing")}
        <small>{t("Everybody here sees every keystroke as it is made. Nothing of it is stored.")}</small>
      </span>
    </label>
  );
}

const ORDER: Record<Role, number> = { owner: 0, admin: 1, member: 2 };

function Members({ conversation }: { conversation: Conversation }): JSX.Element {
  const { people } = useChat();
  const members = [...conversation.members].sort(
    (one, other) => ORDER[one.role] - ORDER[other.role] || people.name(one.username).localeCompare(people.name(other.username)),
  );
  return (
    <section>
      <h3 class="section-name">{t("Members ({count})", { count: conversation.member_count })}</h3>
      <ul class="members">
        {members.map((member) => (
          <MemberLine key={member.username} member={member} conversation={conversation} />
        ))}
      </ul>
    </section>
  );
}

function MemberLine({ member, conversation }: { member: MemberView; conversation: Conversation }): JSX.Element {
  const chat = useChat();
  const line = useRef<HTMLLIElement>(null);
  useNeighbour(line);
  const { username, role } = member;
  const name = chat.people.name(username);
  const own = username === chat.me.username;
  const owner = conversation.kind === "group" && conversation.role === "owner";
  const removes = conversation.kind === "group" && !own && (owner || (conversation.role === "admin" && role === "member"));
  return (
    <li class="member" ref={line}>
      <Avatar username={username} presence />
      <span class="person">
        <span>{own ? tp("{name} (you)", { name: <bdi>{name}</bdi> }) : <bdi>{name}</bdi>}</span>
        <small><bdi>@{username}</bdi> <StatusSign username={username} whole /></small>
      </span>
      {owner && !own ? (
        <select
          aria-label={t("Role of {name}", { name })}
          value={role}
          onChange={(event) => {
            const wanted = event.currentTarget.value as Role;
            void attempt(chat.client.putMember(conversation.id, username, wanted));
          }}
        >
          <option value="owner">{t("Owner")}</option>
          <option value="admin">{t("Admin")}</option>
          <option value="member">{t("Member")}</option>
        </select>
      ) : (
        role !== "member" && <span class="role">{role === "owner" ? t("owner") : t("admin")}</span>
      )}
      {removes && (
        <button
          type="button"
          class="text-button danger"
          aria-label={t("Remove {name}", { name })}
          onClick={() => void attempt(chat.client.removeMember(conversation.id, username))}
        >
          {t("Remove")}
        </button>
      )}
    </li>
  );
}

function Add({ conversation }: { conversation: Conversation }): JSX.Element {
  const chat = useChat();
  return (
    <section>
      <h3 class="section-name">{t("Add somebody")}</h3>
      <PersonPicker
        label={t("Search people")}
        without={conversation.members.map((member) => member.username)}
        onPick={(user) => void attempt(chat.client.putMember(conversation.id, user.username))}
      />
    </section>
  );
}

function Leave({ conversation, onLeft }: { conversation: Conversation; onLeft: () => void }): JSX.Element {
  const chat = useChat();
  const leave = async (): Promise<void> => {
    if (!(await attempt(chat.client.removeMember(conversation.id, chat.me.username)))) return;
    onLeft();
    chat.sync.leave(conversation.id);
    navigate("/");
  };
  return (
    <div class="dialog-choices">
      <button type="button" class="button danger" onClick={() => void leave()}>{t("Leave the group")}</button>
    </div>
  );
}

/** The list of conversations, and what is above it. */

import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { navigate, pathOf, route } from "../app/route.ts";
import { written } from "../words/formats.ts";
import { gist } from "../state/gist.ts";
import { partner, unread, type Conversation } from "../state/conversations.ts";
import { conversationName } from "../state/names.ts";
import { briefTime } from "../state/times.ts";
import { t, tn, tp } from "../words/index.ts";
import { Avatar, GroupAvatar } from "./avatar.tsx";
import { useChat } from "./context.ts";
import { Icon, Logo } from "./icons.tsx";
import { LateTime, useRest } from "./first-screen.tsx";
import { later } from "./later.tsx";
import { StatusSign } from "./status-sign.tsx";

const AccountDialog = later(async () => (await import("./account-dialog.tsx")).default);
const DraftsButton = later(async () => (await import("./drafts-button.tsx")).default);
const SettingsDialog = later(async () => (await import("./settings-dialog.tsx")).default);

/** How high a conversation's line is at least, in styles/parts.css (pixels). */
const ITEM = 60;

interface Props {
  onNew: () => void;
  onSwitch: () => void;
  onKeys: () => void;
}

export function Sidebar({ onNew, onSwitch, onKeys }: Props): JSX.Element {
  const written = useRef(false);
  written.current ||= useChat().drafts.ids.value.size > 0;
  return (
    <nav class="sidebar" aria-label={t("Conversations")} id="conversations">
      <header class="sidebar-head">
        <a class="brand small" href="/" onClick={(event) => follow(event, "/")}>
          <Logo />
          <span class="brand-name">Tertulia</span>
        </a>
        <button type="button" class="icon-button" aria-label={t("Go to a conversation")} title={t("Go to a conversation (Ctrl+K)")} onClick={onSwitch}>
          <Icon name="search" />
        </button>
        <button type="button" class="icon-button strong" aria-label={t("New conversation")} title={t("New conversation")} onClick={onNew}>
          <Icon name="plus" />
        </button>
      </header>
      {written.current && <DraftsButton />}
      <List onNew={onNew} />
      <Me onKeys={onKeys} />
    </nav>
  );
}

function List({ onNew }: { onNew: () => void }): JSX.Element {
  const { store } = useChat();
  const order = store.order.value;
  const now = route.value;
  const whole = useRest();
  if (store.loaded.value && !order.length) {
    return (
      <div class="list-empty">
        <p>{t("Nobody at your table yet.")}</p>
        <button type="button" class="button primary" onClick={onNew}>{t("Start a conversation")}</button>
      </div>
    );
  }
  return (
    <ul class="conversations" onKeyDown={moveInList}>
      {(whole ? order : order.slice(0, Math.ceil(innerHeight / ITEM))).map((id) => (
        <ConversationItem key={id} id={id} current={now.name === "conversation" && now.id === id} />
      ))}
    </ul>
  );
}

function ConversationItem({ id, current }: { id: string; current: boolean }): JSX.Element | null {
  const { store, people, me, drafts } = useChat();
  const held = store.get(id);
  if (!held) return null;
  const { conversation } = held;
  const waiting = current && document.hasFocus() ? 0 : unread(conversation);
  const other = partner(conversation, me.username);
  const name = conversationName(conversation, me.username, (username) => people.name(username));
  return (
    <li>
      <a
        class={waiting ? "conversation unread" : "conversation"}
        href={pathOf(id)}
        aria-current={current ? "page" : undefined}
        onClick={(event) => follow(event, pathOf(id))}
      >
        {other ? <Avatar username={other} presence /> : <GroupAvatar id={id} name={name} />}
        <span class="conversation-text">
          <span class="conversation-name"><bdi>{name}</bdi> {other && <StatusSign username={other} />}</span>
          <span class="conversation-time"><LateTime text={() => briefTime(conversation.head.timestamp)} /></span>
          {!current && drafts.ids.value.has(id) && <span class="draft-sign" title={t("Draft")}><Icon name="edit" /><span class="hidden">{t("Draft")}</span></span>}
          <Preview conversation={conversation} />
          {waiting > 0 && (
            <span class="badge" aria-label={tn(waiting, { one: "{count} unread", other: "{count} unread" })}>{waiting > 99 ? t("{count}+", { count: 99 }) : written(waiting)}</span>
          )}
        </span>
      </a>
    </li>
  );
}

function Preview({ conversation }: { conversation: Conversation }): JSX.Element {
  const { people, me, moment } = useChat();
  const typing = moment.board(conversation.id).value.typing.size > 0;
  const last = conversation.last_message;
  if (typing) return <span class="conversation-preview typing">{t("typing…")}</span>;
  if (!last) return <span class="conversation-preview">{t("No messages yet")}</span>;
  const what = last.deleted ? t("message deleted") : gist(last).replaceAll("\n", " ");
  const text = <bdi>{what.slice(0, 120)}</bdi>;
  const name = <bdi>{people.name(last.author)}</bdi>;
  return (
    <span class="conversation-preview">
      {last.author === me.username ? tp("You: {text}", { text }) : conversation.kind === "group" ? tp("{name}: {text}", { name, text }) : text}
    </span>
  );
}

function Me({ onKeys }: { onKeys: () => void }): JSX.Element {
  const { me, people } = useChat();
  const [open, setOpen] = useState<"" | "account" | "settings">("");
  const close = (): void => setOpen("");
  return (
    <footer class="sidebar-foot">
      <Avatar username={me.username} presence={people.presence(me.username) === "dnd"} />
      <span class="person">
        <span><bdi>{people.name(me.username)}</bdi> <StatusSign username={me.username} /></span>
        <small><bdi>@{me.username}</bdi></small>
      </span>
      <button type="button" class="icon-button" aria-label={t("Settings")} title={t("Settings")} onClick={() => setOpen("settings")}>
        <Icon name="settings" />
      </button>
      <button type="button" class="icon-button" aria-label={t("Your account")} title={t("Your account")} onClick={() => setOpen("account")}>
        <Icon name="more" />
      </button>
      {open === "account" && <AccountDialog onClose={close} />}
      {open === "settings" && <SettingsDialog onClose={close} onKeys={onKeys} />}
    </footer>
  );
}

/** Follows a link within the page; with a modifier the browser opens it elsewhere as usual. */
function follow(event: MouseEvent, path: string): void {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  navigate(path);
}

function moveInList(event: KeyboardEvent): void {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const links = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>("a")];
  const at = links.indexOf(document.activeElement as HTMLElement);
  links[at + (event.key === "ArrowDown" ? 1 : -1)]?.focus();
  event.preventDefault();
}

/** One conversation on the screen. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { navigate, route } from "../app/route.ts";
import { partner, readTo, unread, type Conversation } from "../state/conversations.ts";
import type { Held } from "../state/held.ts";
import { conversationName } from "../state/names.ts";
import { presenceWord } from "../state/people.ts";
import { t, tn, tp } from "../words/index.ts";
import { Avatar, GroupAvatar } from "./avatar.tsx";
import { Composer } from "./composer.tsx";
import { useChat } from "./context.ts";
import { Details } from "./details.tsx";
import { Icon } from "./icons.tsx";
import { Jumping } from "./jumping.tsx";
import { MessageList } from "./message-list.tsx";
import { attach, useDrop } from "./media/attach.ts";
import { LiveBoard, TypingLine } from "./moment-line.tsx";
import { useOpening, type Opening } from "./opening.ts";
import { attentive } from "./seen.ts";
import { later } from "./later.tsx";
import { Reacting } from "./reacting.tsx";
import { openSearch, resultsWanted, toResults } from "./search-panel.tsx";
import { Visit } from "./visit.ts";

const Versions = later(async () => (await import("./versions.tsx")).Versions);
const Saving = later(async () => (await import("./library/saving.tsx")).default);

export function ConversationPane({ id }: { id: string }): JSX.Element {
  const chat = useChat();
  const held = chat.store.get(id);
  useEffect(() => {
    chat.store.visit(id);
    return () => chat.store.visit("");
  }, [id]);
  if (!held) return <Missing />;
  // What was kept may be old: where the visit begins, and what is unread, is decided by what the server says, if it can.
  const current = chat.store.loaded.value || chat.offline.value || !navigator.onLine;
  if (!current) return <main class="pane" id="messages" aria-busy="true" />;
  return <Opened key={id} held={held} />;
}

function Missing(): JSX.Element {
  const { store } = useChat();
  if (!store.loaded.value) return <main class="pane" id="messages" aria-busy="true" />;
  return (
    <main class="pane empty" id="messages">
      <h1>{t("This conversation isn’t here")}</h1>
      <p>{t("You are not a member of it, or it doesn’t exist.")}</p>
      <button type="button" class="button" onClick={() => navigate("/")}>
        {t("Back to your conversations")}
      </button>
    </main>
  );
}

function Opened({ held }: { held: Held }): JSX.Element {
  const chat = useChat();
  const { conversation, pane } = held;
  const [visit] = useState(() => new Visit(conversation.id, unread(conversation) ? readTo(conversation) : null, landing(conversation.id)));
  const opening = useOpening(conversation.id, pane !== null, visit.landing);
  const name = conversationName(conversation, chat.me.username, (username) => chat.people.name(username));

  const drop = useDrop((files) => attach(chat, visit.id, files));

  useLineOnReturn(visit, conversation);
  useLanding(visit, pane !== null && opening.ready);
  return (
    <main class="pane" aria-label={t("Messages: {name}", { name })} id="messages" {...drop.handlers}>
      <Head held={held} name={name} />
      {pane && opening.ready ? <MessageList visit={visit} held={held} pane={pane} /> : <Waiting opening={opening} />}
      <Unsent id={conversation.id} />
      <LiveBoard conversation={conversation} />
      <TypingLine conversation={conversation} />
      <Composer conversation={conversation} visit={visit} name={name} />
      <Reacting visit={visit} />
      {visit.saving.value && <Saving visit={visit} onClose={() => (visit.saving.value = null)} />}
      {visit.versions.value > 0 && <Versions visit={visit} onClose={() => (visit.versions.value = 0)} />}
      <Jumping visit={visit} conversation={conversation} />
      {drop.over && <p class="drop-target">{t("Drop the files here to attach them")}</p>}
    </main>
  );
}

/** The message of a conversation that the address leads to, or 0. */
function landing(id: string): number {
  const here = route.peek();
  return here.name === "conversation" && here.id === id ? here.at : 0;
}

/** Goes to the message that the address leads to, each time that somebody goes there. */
function useLanding(visit: Visit, ready: boolean): void {
  const here = route.value;
  useEffect(() => {
    const at = landing(visit.id);
    if (ready && at) visit.toMessage(at, resultsWanted(history.state));
  }, [here, ready]);
}

/** Who looked away and comes back finds the line of the unread where they stopped. */
function useLineOnReturn(visit: Visit, conversation: Conversation): void {
  const waiting = unread(conversation);
  const before = useRef(waiting);
  useEffect(() => {
    if (!before.current && waiting && !attentive()) visit.unreadAfter.value = readTo(conversation);
    before.current = waiting;
  }, [waiting]);
}

function Head({ held, name }: { held: Held; name: string }): JSX.Element {
  const chat = useChat();
  const [open, setOpen] = useState(false);
  const { conversation } = held;
  const other = partner(conversation, chat.me.username);
  const line = other
    ? tp("{username} · {presence}", { username: <bdi>@{other}</bdi>, presence: presenceWord(chat.people.presence(other)) })
    : tn(conversation.member_count, { one: "{count} member", other: "{count} members" });
  return (
    <header class="pane-head">
      <button type="button" class="icon-button only-narrow" aria-label={t("Back to the list")} onClick={() => navigate("/")}>
        <Icon name="back" />
      </button>
      {other ? <Avatar username={other} presence /> : <GroupAvatar id={conversation.id} name={name} />}
      <div class="pane-title">
        <h1><bdi>{name}</bdi></h1>
        <p>{line}</p>
      </div>
      {chat.searching.shown.value === "beside" && (
        <button type="button" class="button small back-to-results" onClick={() => toResults(chat)}>{t("Back to results")}</button>
      )}
      <button type="button" class="icon-button" aria-label={t("Search")} title={t("Search (Ctrl+Shift+F)")} onClick={() => openSearch(chat)}>
        <Icon name="search" />
      </button>
      <button type="button" class="icon-button" aria-label={t("Members and settings")} title={t("Members and settings")} onClick={() => setOpen(true)}>
        <Icon name="people" />
      </button>
      {open && <Details held={held} name={name} onClose={() => setOpen(false)} />}
    </header>
  );
}

/** Where several messages were refused: one button for all of them. */
function Unsent({ id }: { id: string }): JSX.Element {
  const { sending } = useChat();
  const failed = sending.outbox.value.filter((message) => message.failed && message.conversation === id).length;
  return (
    <div class="unsent">
      {failed > 1 && (
        <p class="problem">
          {tn(failed, { one: "{count} message wasn’t sent.", other: "{count} messages weren’t sent." })}{" "}
          <button type="button" class="text-button" onClick={() => sending.retryAll(id)}>{t("Retry all")}</button>
        </p>
      )}
    </div>
  );
}

/** Placeholders, only where it takes so long that nothing would look broken. */
function Waiting({ opening }: { opening: Opening }): JSX.Element {
  if (opening.failed) {
    return (
      <div class="list-frame waiting">
        <p class="problem">
          {t("The messages couldn’t be loaded.")}{" "}
          <button type="button" class="text-button" onClick={opening.again}>{t("Try again")}</button>
        </p>
      </div>
    );
  }
  return (
    <div class="list-frame waiting" aria-busy="true" aria-label={t("Loading messages")}>
      {[46, 62, 30, 54, 38].map((width, index) => (
        <span key={index} class={`ghost ghost-${width} ${index % 3 === 2 ? "own" : ""}`} />
      ))}
    </div>
  );
}

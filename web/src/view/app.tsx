/** The page. */

import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import type { Account } from "../app/account.ts";
import type { Chat } from "../app/chat.ts";
import { navigate, pathOf, route } from "../app/route.ts";
import type { Shown } from "../app/searching.ts";
import { t, tp } from "../words/index.ts";
import { AccountContext, ChatContext, useChat } from "./context.ts";
import { ConversationPane } from "./conversation.tsx";
import { Entrance } from "./entrance.tsx";
import { globalKeys } from "./global-keys.ts";
import { Logo } from "./icons.tsx";
import { useFirstScreen } from "./first-screen.tsx";
import { later } from "./later.tsx";
import { NowPlaying } from "./media/voice-note.tsx";
import { NewConversation } from "./new-conversation.tsx";
import { Notices } from "./notices.tsx";
import { openSearch, SearchPanel } from "./search-panel.tsx";
import { Sidebar } from "./sidebar.tsx";
import { Switcher } from "./switcher.tsx";

export function App({ account }: { account: Account }): JSX.Element {
  return (
    <AccountContext.Provider value={account}>
      <Phase account={account} />
      <Notices />
    </AccountContext.Provider>
  );
}

function Phase({ account }: { account: Account }): JSX.Element {
  const phase = account.phase.value;
  if (phase.name === "signed-out") return <Entrance />;
  if (phase.name === "signed-in") {
    return (
      <ChatContext.Provider value={phase.chat}>
        <Signed chat={phase.chat} key={phase.chat.me.username} />
      </ChatContext.Provider>
    );
  }
  return <Starting waiting={phase.waiting} />;
}

function Starting({ waiting = false }: { waiting?: boolean }): JSX.Element {
  return (
    <main class="entrance starting" aria-busy="true">
      <Logo />
      {waiting && <p role="status">{t("The server can’t be reached. Trying again…")}</p>}
    </main>
  );
}

/** What is empty for a moment only is not shown: it would flash, and drawing it takes as long as drawing all of it. */
function Signed({ chat }: { chat: Chat }): JSX.Element | null {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), GRACE);
    return () => clearTimeout(timer);
  }, []);
  const { loaded, order } = chat.store;
  return late || loaded.value || order.value.length ? <Shell chat={chat} /> : null;
}

/** A page without conversations is shown after so long (milliseconds). */
const GRACE = 300;

type Open = "" | "new" | "switch" | "shortcuts";

const AdminPage = later(async () => (await import("./admin-page.tsx")).default);
const ThreadPanel = later(async () => (await import("./thread-panel.tsx")).default);
const ShortcutsDialog = later(async () => (await import("./shortcuts-dialog.tsx")).default);

function Shell({ chat }: { chat: Chat }): JSX.Element {
  const [open, setOpen] = useState<Open>("");
  const here = route.value;
  const searching = chat.searching.shown.value;
  useLayoutEffect(() => globalKeys(chat, { switch: () => setOpen("switch"), search: () => openSearch(chat), shortcuts: () => setOpen("shortcuts") }), []);
  useFirstScreen();
  const close = (): void => setOpen("");
  const thread = here.name === "conversation" ? here.thread : 0;
  return (
    <div class={classes(here.name === "conversation" || here.name === "admin", searching, thread)}>
      <a class="skip" href="#messages">{t("To the messages")}</a>
      <div class="top">
        <Banner />
        <NowPlaying shown={here.name === "conversation" ? here.id : ""} />
      </div>
      <Sidebar onNew={() => setOpen("new")} onSwitch={() => setOpen("switch")} onKeys={() => setOpen("shortcuts")} />
      {here.name === "conversation" && <ConversationPane id={here.id} />}
      {here.name === "conversation" && thread > 0 && <ThreadPanel key={`${here.id}/${thread}`} id={here.id} thread={thread} onClose={() => navigate(pathOf(here.id))} />}
      {here.name === "admin" && <AdminPage />}
      {here.name !== "conversation" && here.name !== "admin" && <Welcome onNew={() => setOpen("new")} />}
      {searching !== "closed" && <SearchPanel />}
      {open === "new" && <NewConversation onClose={close} />}
      {open === "shortcuts" && <ShortcutsDialog onClose={close} />}
      {open === "switch" && <Switcher onClose={close} onNew={() => setOpen("new")} />}
      <div class="hidden" aria-live="polite">{chat.announcer.text.value}</div>
    </div>
  );
}

/** `inConversation`: on a narrow page the pane is shown, and not the list. */
function classes(inConversation: boolean, searching: Shown, thread: number): string {
  return ["shell", inConversation && "in-conversation", thread && "threading", searching !== "closed" && "searching", searching === "front" && "search-front"]
    .filter(Boolean)
    .join(" ");
}

function Banner(): JSX.Element {
  const chat = useChat();
  return (
    <div class="banners" role="status">
      {chat.config.demo && <p class="banner">{t("Demo: what is written here is for trying out.")}</p>}
      {chat.offline.value && <p class="banner warning">{t("You’re offline. What you write will be sent later.")}</p>}
      {chat.parted.value && (
        <p class="banner warning">
          {t("Tertulia is open in too many places, so this one is disconnected.")}{" "}
          <button type="button" class="text-button" onClick={() => chat.reconnect()}>{t("Use it here")}</button>
        </p>
      )}
    </div>
  );
}

function Welcome({ onNew }: { onNew: () => void }): JSX.Element {
  const { people, me } = useChat();
  return (
    <main class="pane empty welcome" id="messages">
      <Logo />
      <h1>{tp("Pull up a chair, {name}", { name: <bdi>{people.name(me.username)}</bdi> })}</h1>
      <p>{t("Choose a conversation, or begin a new one.")}</p>
      <button type="button" class="button primary" onClick={onNew}>{t("Start a conversation")}</button>
    </main>
  );
}

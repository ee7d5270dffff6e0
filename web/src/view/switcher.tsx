/** Goes to a conversation by a few letters of its name. Works on what is held, so also without a connection. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { ConversationKind } from "../api/types.ts";
import { navigate, pathOf } from "../app/route.ts";
import { written } from "../words/formats.ts";
import { unread } from "../state/conversations.ts";
import { conversationName } from "../state/names.ts";
import { rank } from "../state/switching.ts";
import { t, tp } from "../words/index.ts";
import { useChat } from "./context.ts";
import { Dialog } from "./dialog.tsx";
import { Icon } from "./icons.tsx";
import { openSearch } from "./search-panel.tsx";

const SHOWN = 12;

export function Switcher({ onClose, onNew }: { onClose: () => void; onNew: () => void }): JSX.Element {
  const chat = useChat();
  const { store, people, me } = chat;
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const choices = store.order.value.map((id) => {
    const { conversation } = store.get(id)!;
    const name = conversationName(conversation, me.username, (username) => people.name(username));
    return { id, name, unread: unread(conversation), kind: conversation.kind };
  });
  const wanted = query.trimStart();
  const messages = wanted.startsWith("?");
  const found = messages ? [] : rank(choices.filter(kindOf(wanted)), wanted.replace(/^[#@]/, "")).slice(0, SHOWN);
  const go = (id: string | undefined): void => {
    if (!id) return;
    onClose();
    navigate(pathOf(id));
  };
  const search = (): void => {
    onClose();
    chat.searching.close();
    openSearch(chat, wanted.slice(1).trim());
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown") setAt(Math.min(found.length - 1, at + 1));
    else if (event.key === "ArrowUp") setAt(Math.max(0, at - 1));
    else if (event.key === "Enter" && messages) search();
    else if (event.key === "Enter") go(found[at]?.id);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title={t("Go to a conversation")} onClose={onClose}>
      <div class="picker">
        <div class="search-box">
          <Icon name="search" />
          <input
            role="combobox"
            aria-label={t("Name of the conversation")}
            aria-expanded={found.length > 0}
            aria-controls="switcher-list"
            aria-activedescendant={found[at] ? `switcher-${at}` : undefined}
            placeholder={t("Where to?")}
            autocomplete="off"
            autofocus
            value={query}
            onInput={(event) => {
              setQuery(event.currentTarget.value);
              setAt(0);
            }}
            onKeyDown={onKeyDown}
          />
        </div>
        <ul class="picker-list" role="listbox" id="switcher-list" aria-label={t("Conversations")}>
          {found.map((choice, index) => (
            <li
              key={choice.id}
              id={`switcher-${index}`}
              role="option"
              class="picker-item"
              aria-selected={index === at}
              onMouseMove={() => setAt(index)}
              onClick={() => go(choice.id)}
            >
              <bdi class="person">{choice.name}</bdi>
              {choice.unread > 0 && <span class="badge">{written(choice.unread)}</span>}
            </li>
          ))}
        </ul>
        {messages && (
          <button type="button" class="button" onClick={search}>{tp("Search messages for “{text}”", { text: <bdi>{wanted.slice(1).trim()}</bdi> })}</button>
        )}
        <p class="hint">{tp("{hash} groups, {at} people, {mark} messages", { hash: <kbd>#</kbd>, at: <kbd>@</kbd>, mark: <kbd>?</kbd> })}</p>
        {!messages && !found.length && (
          <>
            <p class="hint" role="status">{t("No conversation of that name")}</p>
            <button type="button" class="button" onClick={onNew}>{t("Start a conversation")}</button>
          </>
        )}
      </div>
    </Dialog>
  );
}

/** `#` asks for groups, `@` for people, anything else for both. */
function kindOf(wanted: string): (choice: { kind: ConversationKind }) => boolean {
  if (wanted.startsWith("#")) return ({ kind }) => kind === "group";
  if (wanted.startsWith("@")) return ({ kind }) => kind === "direct";
  return () => true;
}

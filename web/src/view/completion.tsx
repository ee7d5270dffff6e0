/** The list that completes what is typed where one writes: names after `@`, emoji after `:`. The focus stays in the box. */

import type { JSX, RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";
import { catalogue, chosen, loadEmoji, noteUse } from "../app/emoji.ts";
import type { Chat } from "../app/chat.ts";
import { tokenAt, type Token } from "../state/completing.ts";
import type { Conversation } from "../state/conversations.ts";
import { EVERYONE } from "../markdown/index.ts";
import { searchEmoji } from "../state/emoji.ts";
import { reach } from "../state/everyone.ts";
import { rank } from "../state/switching.ts";
import { t, tn } from "../words/index.ts";
import { Avatar } from "./avatar.tsx";
import { replace } from "./composer-keys.ts";
import { useChat } from "./context.ts";
import { EmojiSign } from "./emoji-sign.tsx";
import { Icon } from "./icons.tsx";

const SHOWN = 6;
/** What the name of a list begins with; there may be two places to write. */
const LIST = "completion";

interface Offer {
  readonly key: string;
  /** What is written in the place of what was typed. */
  readonly put: string;
  /** Whose it is; "" for everybody. */
  readonly username?: string;
  readonly name: string;
  readonly code: string;
}

type Aria = Record<`aria-${string}`, string> & { "aria-autocomplete": "list" };

export interface Completion {
  /** Looks again at what is typed; called when that or the caret changes. */
  look: () => void;
  /** Whether the key was for the list. */
  onKey: (event: KeyboardEvent) => boolean;
  /** What the box says about the list. */
  aria: Aria;
  list: JSX.Element;
}

/** `place` tells this box from another one on the page. */
export function useCompletion(conversation: Conversation, box: RefObject<HTMLTextAreaElement | null>, place = ""): Completion {
  const id = LIST + place;
  const chat = useChat();
  const [token, setToken] = useState<Token | null>(null);
  const [at, setAt] = useState(0);
  const [closed, setClosed] = useState(-1);
  const offers = token && token.from !== closed ? offersFor(token, chat, conversation) : [];
  useEffect(() => {
    if (token?.kind !== ":") return;
    void chat.library.loadEmoji();
    void loadEmoji().catch(() => undefined);
  }, [token?.kind]);

  const look = (): void => {
    const field = box.current;
    const found = field && field.selectionStart === field.selectionEnd ? tokenAt(field.value, field.selectionStart) : null;
    if (found?.query !== token?.query || found?.from !== token?.from) setAt(0);
    if (!found || found.from !== closed) setClosed(-1);
    setToken(found);
  };
  const pick = (offer: Offer | undefined): void => {
    if (!offer || !token) return;
    replace(box.current!, token.from, token.to, offer.put);
    if (token.kind === ":") noteUse(offer.put);
    setToken(null);
  };
  const onKey = (event: KeyboardEvent): boolean => {
    if (!offers.length || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return false;
    if (event.key === "ArrowDown") setAt((at + 1) % offers.length);
    else if (event.key === "ArrowUp") setAt((at + offers.length - 1) % offers.length);
    else if (event.key === "Enter" || event.key === "Tab") pick(offers[at]);
    else if (event.key === "Escape") setClosed(token!.from);
    else return false;
    event.preventDefault();
    return true;
  };
  const aria: Aria = offers.length
    ? { "aria-autocomplete": "list", "aria-controls": id, "aria-activedescendant": `${id}-${at}` }
    : { "aria-autocomplete": "list" };
  return { look, onKey, aria, list: <Offers id={id} offers={offers} at={at} onPoint={setAt} onPick={pick} /> };
}

function offersFor(token: Token, chat: Chat, conversation: Conversation): Offer[] {
  return token.kind === "@" ? people(token.query, chat, conversation) : emoji(token.query, chat);
}

/** Members, by name or username, and after them everybody, or before them where that is what is typed. */
function people(query: string, chat: Chat, conversation: Conversation): Offer[] {
  const members = conversation.members
    .filter(({ username }) => username !== chat.me.username)
    .map(({ username }) => ({ id: username, name: `${chat.people.name(username)} ${username}`, unread: 0 }));
  const all = everybody(query, conversation);
  const some = rank(members, query)
    .slice(0, SHOWN - all.length)
    .map(({ id }) => ({ key: id, put: `@${id} `, username: id, name: chat.people.name(id), code: `@${id}` }));
  return all.some((offer) => offer.key === `@${query}`) ? [...all, ...some] : [...some, ...all];
}

function everybody(query: string, conversation: Conversation): Offer[] {
  const others = reach(conversation);
  if (others < 2) return [];
  const count = tn(others, { one: "{count} person", other: "{count} people" });
  const said = { all: [t("Everybody"), `@all · ${count}`], here: [t("Who is here now"), "@here"] } as const;
  return EVERYONE.filter((word) => word.startsWith(query.toLowerCase())).map((word) => {
    const [name, code] = said[word];
    return { key: `@${word}`, put: `@${word} `, username: "", name, code };
  });
}

function emoji(query: string, chat: Chat): Offer[] {
  const own = [...chat.library.emoji.value.values()].map(({ name, alt, tags }) => ({ emoji: `:${name}:`, codes: [name], label: alt || name, tags: tags ?? [], toned: false }));
  return searchEmoji([...own, ...(catalogue.value?.all ?? [])], query, SHOWN).map((entry) => {
    const sign = chosen(entry);
    return { key: entry.emoji, put: sign, name: entry.label, code: `:${entry.codes[0]}:` };
  });
}

function Offers(props: { id: string; offers: Offer[]; at: number; onPoint: (at: number) => void; onPick: (offer: Offer) => void }): JSX.Element {
  const { offers, at } = props;
  return (
    <div class="completion">
      {offers.length > 0 && (
        <ul class="completion-list" role="listbox" id={props.id} aria-label={t("Suggestions")}>
          {offers.map((offer, index) => (
            <li
              key={offer.key}
              id={`${props.id}-${index}`}
              role="option"
              class="picker-item"
              aria-selected={index === at}
              onMouseMove={() => props.onPoint(index)}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => props.onPick(offer)}
            >
              {offer.username ? (
                <Avatar username={offer.username} />
              ) : (
                <span class="completion-emoji" aria-hidden="true">{offer.username === "" ? <Icon name="people" /> : <EmojiSign emoji={offer.put} />}</span>
              )}
              <span class="person">
                <bdi>{offer.name}</bdi>
                <small>{offer.code}</small>
              </span>
            </li>
          ))}
        </ul>
      )}
      <span class="hidden" role="status">{offers.length > 0 ? tn(offers.length, { one: "{count} suggestion", other: "{count} suggestions" }) : ""}</span>
    </div>
  );
}

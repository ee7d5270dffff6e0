/** Chooses people from the directory: a search box with a list below it (ARIA combobox pattern). */

import type { JSX } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { sentenceOf } from "../api/errors.ts";
import type { User } from "../api/types.ts";
import { nameOf } from "../state/people.ts";
import { t } from "../words/index.ts";
import { Avatar } from "./avatar.tsx";
import { useChat } from "./context.ts";
import { Icon } from "./icons.tsx";

const WAIT = 150;

interface Props {
  label: string;
  /** Usernames that are not offered. */
  without: readonly string[];
  onPick: (user: User) => void;
}

/** Who was found, and for what; null before anything was. */
interface Found {
  readonly query: string | null;
  readonly users: readonly User[];
}

export function PersonPicker({ label, without, onPick }: Props): JSX.Element {
  const chat = useChat();
  const id = useId();
  const [query, setQuery] = useState("");
  const [found, setFound] = useState<Found>({ query: null, users: [] });
  const [status, setStatus] = useState("");
  const [at, setAt] = useState(0);
  // Who types and presses Enter at once means whom they typed, and not who was offered before.
  const entered = useRef(false);
  const offered = found.users.filter((user) => !without.includes(user.username) && !user.disabled);

  useEffect(() => {
    let here = true;
    const timer = setTimeout(async () => {
      try {
        const users = await chat.people.search(query.trim().replace(/^@/, ""));
        if (!here) return;
        setFound({ query, users });
        setAt(0);
        setStatus(users.length ? "" : t("Nobody found"));
      } catch (error) {
        if (!here) return;
        entered.current = false;
        setStatus(sentenceOf(error));
      }
    }, WAIT);
    return () => {
      here = false;
      clearTimeout(timer);
    };
  }, [query]);

  useEffect(() => {
    if (found.query === query && entered.current) pick(offered[0]);
  }, [found]);

  const pick = (user: User | undefined): void => {
    entered.current = false;
    if (!user) return;
    onPick(user);
    setQuery("");
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown") setAt(Math.min(offered.length - 1, at + 1));
    else if (event.key === "ArrowUp") setAt(Math.max(0, at - 1));
    else if (event.key === "Enter" && found.query === query) pick(offered[at]);
    else if (event.key === "Enter") entered.current = query.trim() !== "";
    else return;
    event.preventDefault();
  };

  return (
    <div class="picker">
      <div class="search-box">
        <Icon name="search" />
        <input
          role="combobox"
          aria-label={label}
          aria-expanded={offered.length > 0}
          aria-controls={`${id}-list`}
          aria-activedescendant={offered[at] ? `${id}-${at}` : undefined}
          aria-autocomplete="list"
          placeholder={label}
          autocomplete="off"
          spellcheck={false}
          value={query}
          autofocus
          onInput={(event) => {
            entered.current = false;
            setQuery(event.currentTarget.value);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <ul class="picker-list" role="listbox" id={`${id}-list`} aria-label={t("People")}>
        {offered.map((user, index) => (
          <li
            key={user.username}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === at}
            class="picker-item"
            onMouseMove={() => setAt(index)}
            onClick={() => pick(user)}
          >
            <Avatar username={user.username} />
            <span class="person">
              <bdi>{nameOf(user, user.username)}</bdi>
              <small><bdi>@{user.username}</bdi></small>
            </span>
          </li>
        ))}
      </ul>
      <p class="hint" role="status">{offered.length ? "" : status}</p>
    </div>
  );
}

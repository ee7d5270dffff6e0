/** Chooses people from the directory: a search box with a list below it (ARIA combobox pattern). */

import type { JSX } from "preact";
import { useEffect, useId, useState } from "preact/hooks";
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

export function PersonPicker({ label, without, onPick }: Props): JSX.Element {
  const chat = useChat();
  const id = useId();
  const [query, setQuery] = useState("");
  const [found, setFound] = useState<readonly User[]>([]);
  const [status, setStatus] = useState("");
  const [at, setAt] = useState(0);
  const offered = found.filter((user) => !without.includes(user.username) && !user.disabled);

  useEffect(() => {
    let here = true;
    const timer = setTimeout(async () => {
      try {
        const users = await chat.people.search(query.trim().replace(/^@/, ""));
        if (!here) return;
        setFound(users);
        setAt(0);
        setStatus(users.length ? "" : t("Nobody found"));
      } catch (error) {
        if (here) setStatus(sentenceOf(error));
      }
    }, WAIT);
    return () => {
      here = false;
      clearTimeout(timer);
    };
  }, [query]);

  const pick = (user: User | undefined): void => {
    if (!user) return;
    onPick(user);
    setQuery("");
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown") setAt(Math.min(offered.length - 1, at + 1));
    else if (event.key === "ArrowUp") setAt(Math.max(0, at - 1));
    else if (event.key === "Enter") pick(offered[at]);
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
          onInput={(event) => setQuery(event.currentTarget.value)}
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

/** What an administrator of the server sees and does: users, invitations, who may sign up. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { User } from "../api/types.ts";
import { Administration, type UserChange } from "../app/administration.ts";
import { attempt, notify } from "../app/notices.ts";
import { navigate } from "../app/route.ts";
import { nameOf } from "../state/people.ts";
import { dayName } from "../state/times.ts";
import { t, tn, tp } from "../words/index.ts";
import { Avatar } from "./avatar.tsx";
import { useAccount, useChat } from "./context.ts";
import { Dialog } from "./dialog.tsx";
import { FiguresSection } from "./figures.tsx";
import { Icon } from "./icons.tsx";
import { Invite } from "./invite.tsx";
import { LibrarySection } from "./library/section.tsx";

/** Typing goes on for so long before the server is asked (milliseconds). */
const WAIT = 200;
const SIGN_UP = {
  open: () => t("Anybody can make an account."),
  invite: () => t("Who has an invitation can make an account."),
  closed: () => t("Nobody can make an account; the command “tertulia user create” does."),
} as const;

export default function AdminPage(): JSX.Element {
  const chat = useChat();
  const account = useAccount();
  return (
    <main class="pane admin" id="messages" aria-label={t("Administration")}>
      <header class="pane-head">
        <button type="button" class="icon-button only-narrow" aria-label={t("Back to the list")} onClick={() => navigate("/")}>
          <Icon name="back" />
        </button>
        <div class="pane-title">
          <h1>{t("Administration")}</h1>
        </div>
      </header>
      {chat.me.admin ? (
        <div class="admin-body">
          <section aria-label={t("Signing up")}>
            <h2 class="section-name">{t("Signing up")}</h2>
            <p>{SIGN_UP[account.config.sign_up]()}</p>
            <p class="hint">{t("It is set where the server is started.")}</p>
            {account.config.sign_up !== "closed" && <Invite />}
          </section>
          <FiguresSection />
          <LibrarySection />
          <People />
        </div>
      ) : (
        <p class="admin-body">{t("This page is for administrators of the server.")}</p>
      )}
    </main>
  );
}

function People(): JSX.Element {
  const { client, people } = useChat();
  const [administration] = useState(() => {
    const update = async (username: string, change: UserChange): Promise<User> => {
      const user = await client.updateUser(username, change);
      people.know([user]);
      return user;
    };
    return new Administration({ list: (query) => client.listUsers(query), update });
  });
  const [query, setQuery] = useState("");
  const { users, cursor, state, problem } = administration.listed.value;
  useEffect(() => {
    const timer = setTimeout(() => void administration.find(query), query ? WAIT : 0);
    return () => clearTimeout(timer);
  }, [query]);
  const words = !users.length ? t("No users") : tn(users.length, { one: "{count} user", other: "{count} users" });
  const first = tn(users.length, { one: "The first {count} user", other: "The first {count} users" });
  return (
    <section aria-label={t("Users")}>
      <h2 class="section-name">{t("Users")}</h2>
      <div class="search-box">
        <Icon name="search" />
        <input
          type="text"
          aria-label={t("Search users")}
          placeholder={t("Beginning of a name")}
          autocomplete="off"
          maxLength={64}
          value={query}
          onInput={(event) => setQuery(event.currentTarget.value)}
        />
      </div>
      <p class="search-count" role="status">{problem || (state === "done" ? (cursor === null ? words : first) : "")}</p>
      <ul class="members" aria-busy={state === "reading"}>
        {users.map((user) => (
          <UserLine key={user.username} user={user} onChange={(change) => administration.change(user.username, change)} />
        ))}
      </ul>
      {(cursor !== null || state === "problem") && (
        <button type="button" class="button" onClick={() => void (users.length && cursor !== null ? administration.more() : administration.find(query))}>
          {state === "problem" ? t("Try again") : t("More")}
        </button>
      )}
    </section>
  );
}

function UserLine({ user, onChange }: { user: User; onChange: (change: UserChange) => Promise<void> }): JSX.Element {
  const { me } = useChat();
  const [asking, setAsking] = useState(false);
  const busy = useRef(false);
  const name = nameOf(user, user.username);
  const own = user.username === me.username;
  const change = async (wanted: UserChange, said: string): Promise<void> => {
    if (busy.current) return;
    busy.current = true;
    if (await attempt(onChange(wanted))) notify(said);
    busy.current = false;
    setAsking(false);
  };
  return (
    <li class="member">
      <Avatar username={user.username} />
      <span class="person">
        <span>{own ? tp("{name} (you)", { name: <bdi>{name}</bdi> }) : <bdi>{name}</bdi>}</span>
        <small>{user.created ? tp("{username}, since {day}", { username: <bdi>@{user.username}</bdi>, day: dayName(user.created) }) : <bdi>@{user.username}</bdi>}</small>
      </span>
      {user.admin && <span class="role">{t("administrator")}</span>}
      {user.disabled && <span class="role disabled">{t("disabled")}</span>}
      {!own && (
        <span class="admin-actions">
          {user.picture && (
            <button type="button" class="text-button" aria-label={t("Remove the picture of {name}", { name })} onClick={() => void change({ picture: "" }, t("{name} has no picture any more.", { name }))}>
              {t("Remove the picture")}
            </button>
          )}
          <button
            type="button"
            class="text-button"
            aria-label={user.admin ? t("No administrator: {name}", { name }) : t("Make administrator: {name}", { name })}
            onClick={() => void change({ admin: !user.admin }, user.admin ? t("{name} is no administrator any more.", { name }) : t("{name} is an administrator.", { name }))}
          >
            {user.admin ? t("No administrator") : t("Make administrator")}
          </button>
          {user.disabled ? (
            <button type="button" class="text-button" aria-label={t("Enable {name}", { name })} onClick={() => void change({ disabled: false }, t("{name} can sign in again.", { name }))}>
              {t("Enable")}
            </button>
          ) : (
            <button type="button" class="text-button danger" aria-label={t("Disable {name}", { name })} onClick={() => setAsking(true)}>
              {t("Disable")}
            </button>
          )}
        </span>
      )}
      {asking && (
        <Dialog title={t("Disable {name}?", { name })} onClose={() => setAsking(false)}>
          <p>{t("They are signed out everywhere and can’t sign in until you enable them again. What they wrote stays.")}</p>
          <div class="dialog-choices">
            <button type="button" class="button" onClick={() => setAsking(false)}>{t("Leave it")}</button>
            <button type="button" class="button danger" onClick={() => void change({ disabled: true }, t("{name} is disabled.", { name }))}>{t("Disable")}</button>
          </div>
        </Dialog>
      )}
    </li>
  );
}

/** Begins a conversation: with one person, or as a group. */

import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { attempt } from "../app/notices.ts";
import { navigate, pathOf } from "../app/route.ts";
import { t } from "../words/index.ts";
import { useChat } from "./context.ts";
import { Dialog } from "./dialog.tsx";
import { useNeighbour } from "./focus.ts";
import { Icon } from "./icons.tsx";
import { PersonPicker } from "./person-picker.tsx";

type Kind = "direct" | "group";

export function NewConversation({ onClose }: { onClose: () => void }): JSX.Element {
  const chat = useChat();
  const [kind, setKind] = useState<Kind>("direct");
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [title, setTitle] = useState("");
  const [busy, setBusy] = useState(false);

  const begin = async (members: readonly string[]): Promise<void> => {
    if (busy) return;
    setBusy(true);
    await attempt(
      chat.begin(kind, [...members], title.trim()).then((id) => {
        onClose();
        navigate(pathOf(id));
      }),
    );
    setBusy(false);
  };

  return (
    <Dialog title={t("New conversation")} onClose={onClose} class="tall">
      <div class="tabs" role="group" aria-label={t("Kind of conversation")}>
        <Tab kind="direct" now={kind} onChoose={setKind}>{t("With one person")}</Tab>
        <Tab kind="group" now={kind} onChoose={setKind}>{t("A group")}</Tab>
      </div>
      {kind === "group" && (
        <>
          <label class="field">
            <span>{t("Title")}</span>
            <input value={title} maxLength={120} dir="auto" autocomplete="off" onInput={(event) => setTitle(event.currentTarget.value)} />
          </label>
          <Chosen usernames={chosen} onRemove={(username) => setChosen(chosen.filter((other) => other !== username))} />
        </>
      )}
      <PersonPicker
        label={kind === "group" ? t("Add people") : t("Whom do you want to talk to?")}
        without={[...chosen, chat.me.username]}
        onPick={(user) => (kind === "group" ? setChosen([...chosen, user.username]) : void begin([user.username]))}
      />
      {kind === "group" && (
        <div class="dialog-choices">
          <button type="button" class="button primary" disabled={busy || (!chosen.length && !title.trim())} onClick={() => void begin(chosen)}>
            {t("Create the group")}
          </button>
        </div>
      )}
    </Dialog>
  );
}

function Tab(props: { kind: Kind; now: Kind; onChoose: (kind: Kind) => void; children: string }): JSX.Element {
  return (
    <button type="button" class="tab" aria-pressed={props.kind === props.now} onClick={() => props.onChoose(props.kind)}>
      {props.children}
    </button>
  );
}

function Chosen(props: { usernames: readonly string[]; onRemove: (username: string) => void }): JSX.Element | null {
  if (!props.usernames.length) return null;
  return (
    <ul class="chips" aria-label={t("Chosen")}>
      {props.usernames.map((username) => (
        <Chip key={username} username={username} onRemove={() => props.onRemove(username)} />
      ))}
    </ul>
  );
}

function Chip({ username, onRemove }: { username: string; onRemove: () => void }): JSX.Element {
  const name = useChat().people.name(username);
  const chip = useRef<HTMLLIElement>(null);
  useNeighbour(chip);
  return (
    <li class="chip" ref={chip}>
      <bdi>{name}</bdi>
      <button type="button" aria-label={t("Leave out {name}", { name })} onClick={onRemove}>
        <Icon name="close" />
      </button>
    </li>
  );
}

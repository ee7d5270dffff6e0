/** What was written and not sent, of all conversations. */

import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Draft } from "../app/drafts.ts";
import { navigate, pathOf, route, threadPath } from "../app/route.ts";
import { conversationName } from "../state/names.ts";
import { briefTime } from "../state/times.ts";
import { t, tn } from "../words/index.ts";
import { useChat } from "./context.ts";
import { Dialog } from "./dialog.tsx";
import { Icon } from "./icons.tsx";

/** The conversation in which a draft is, and the message whose thread it is in, or 0. */
export function placeOf(desk: string): { id: string; thread: number } {
  const [id = "", thread = "0"] = desk.split("/");
  return { id, thread: Number(thread) };
}

/** Whether it isn't what one writes on the screen. */
export function isElsewhere(desk: string): boolean {
  const here = route.value;
  const place = placeOf(desk);
  return here.name !== "conversation" || here.id !== place.id || (place.thread > 0 && here.thread !== place.thread);
}

/** So many characters of each are shown. */
const SHOWN = 120;

export function DraftsDialog({ onClose }: { onClose: () => void }): JSX.Element {
  const { drafts, store } = useChat();
  const [removed, setRemoved] = useState<ReadonlyMap<string, Draft>>(new Map());
  const there = [...drafts.ids.value].filter((desk) => isElsewhere(desk) && store.get(placeOf(desk).id));
  const at = (id: string): number => (removed.get(id) ?? drafts.of(id)).at;
  // What was deleted stays in its place as long as the dialog is open, so that it can be undone.
  const listed = [...new Set([...there, ...removed.keys()])].sort((one, other) => at(other) - at(one));
  const mark = (id: string, draft: Draft | null): void => {
    const after = new Map(removed);
    if (draft) after.set(id, draft);
    else after.delete(id);
    setRemoved(after);
  };
  return (
    <Dialog title={t("Drafts")} onClose={onClose}>
      {!listed.length && <p class="hint" role="status">{t("There are no drafts.")}</p>}
      <ul class="drafts">
        {listed.map((id) => (
          <Line key={id} id={id} removed={removed.get(id)} mark={mark} onClose={onClose} />
        ))}
      </ul>
    </Dialog>
  );
}

interface LineProps {
  id: string;
  /** What was deleted here; absent while it was not. */
  removed: Draft | undefined;
  mark: (id: string, draft: Draft | null) => void;
  onClose: () => void;
}

function Line({ id, removed, mark, onClose }: LineProps): JSX.Element | null {
  const { drafts, store, people, me, media: { uploads } } = useChat();
  const place = placeOf(id);
  const held = store.get(place.id);
  if (!held) return null;
  const name = conversationName(held.conversation, me.username, (username) => people.name(username));
  const draft = removed ?? drafts.of(id);
  const remove = (): void => {
    mark(id, draft);
    for (const upload of uploads.all.peek()) if (upload.conversation === id && !upload.taken) uploads.cancel(upload.upload);
    drafts.change(id, { text: "", reply: 0, files: [] });
  };
  const undo = (): void => {
    // Its files are put back when the conversation is opened.
    uploads.known.delete(id);
    drafts.change(id, { text: draft.text, reply: draft.reply, files: draft.files });
    mark(id, null);
  };
  if (removed) return <Removed undo={undo} />;
  const open = (): void => {
    onClose();
    navigate(place.thread ? threadPath(place.id, place.thread) : pathOf(place.id));
  };
  const said = draft.text.trim().replaceAll("\n", " ");
  const files = draft.files.length;
  return (
    <li>
      <button type="button" class="draft" onClick={open}>
        <bdi class="conversation-name">{name}</bdi>
        <time class="conversation-time">{briefTime(draft.at * 1000)}</time>
        <span class="conversation-preview" dir="auto">
          {[...said].slice(0, SHOWN).join("") || tn(files, { one: "a file", other: "{count} files" })}
        </span>
      </button>
      <button type="button" class="icon-button" aria-label={t("Delete the draft in {name}", { name })} title={t("Delete")} onClick={remove}>
        <Icon name="trash" />
      </button>
    </li>
  );
}

/** Who deleted it with a key has the key that takes it back. */
function Removed({ undo }: { undo: () => void }): JSX.Element {
  const button = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => button.current?.focus(), []);
  return (
    <li>
      <span class="draft" role="status">{t("The draft was deleted.")}</span>
      <button ref={button} type="button" class="text-button" onClick={undo}>{t("Undo")}</button>
    </li>
  );
}

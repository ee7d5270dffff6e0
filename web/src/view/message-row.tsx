/** One message as a row of the list. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { keyOf } from "../app/deleting.ts";
import { gist } from "../state/gist.ts";
import { placeIn } from "../state/location.ts";
import type { Message } from "../state/messages.ts";
import type { Row } from "../state/rows.ts";
import { clockTime, dateOf, fullTime } from "../state/times.ts";
import { t, tn } from "../words/index.ts";
import { Avatar } from "./avatar.tsx";
import { useChat } from "./context.ts";
import { Icon } from "./icons.tsx";
import { LateTime } from "./first-screen.tsx";
import { LiveLocation, LocationCard } from "./location-card.tsx";
import { Markdown } from "./markdown.tsx";
import { Attachments } from "./media/attachments.tsx";
import { OutgoingFiles } from "./media/outgoing-files.tsx";
import { openThread } from "./list-keys.ts";
import { MessageActions } from "./message-actions.tsx";
import { OutgoingMark, OutgoingProblem } from "./outgoing.tsx";
import { Previews } from "./previews.tsx";
import { Reactions } from "./reactions.tsx";
import type { Visit } from "./visit.ts";

export interface RowProps {
  row: Row;
  visit: Visit;
  /** Whether the Tab key leads to this row. */
  stop: boolean;
  /** The message that this one replies to: null where it is not held, undefined where there is none. */
  original: Message | null | undefined;
  /** How many others have seen it, where that is shown at this message; else -1. */
  seen: number;
  direct: boolean;
  /** How many of the replies in its thread the list holds. */
  replies: number;
}

export function MessageRow({ row, visit, stop, original, seen, direct, replies }: RowProps): JSX.Element {
  const { people, me, deleting } = useChat();
  const [active, setActive] = useState(false);
  const own = row.author === me.username;
  const name = people.name(row.author);
  const { message, outgoing } = row;
  // A message may be on the page twice: in the conversation and in its thread.
  const id = `${visit.thread ? "t" : "m"}${message?.timestamp ?? outgoing?.id}`;
  const revocable = deleting.shown.value.get(keyOf(visit.id, message?.timestamp ?? 0));
  const deleted = !!message?.deleted || revocable !== undefined;
  const classes = ["row", own ? "own" : "other", row.first && "first", row.last && "last", deleted && "deleted"];
  return (
    <li class={classes.filter(Boolean).join(" ")}>
      {row.divider && <UnreadLine />}
      <article
        data-key={row.key}
        data-timestamp={message?.timestamp}
        class={visit.landed.value === row.key ? "message landed" : "message"}
        tabIndex={stop ? 0 : -1}
        aria-labelledby={`${id}-author ${id}-time`}
        aria-describedby={`${id}-body`}
        onFocusIn={() => setActive(true)}
        onFocusOut={(event) => {
          if (!event.currentTarget.contains(event.relatedTarget as globalThis.Node | null)) setActive(false);
        }}
        onMouseEnter={() => setActive(true)}
        onMouseLeave={(event) => {
          if (!hasKeyboard(event.currentTarget)) setActive(false);
        }}
      >
        {!own && <span class="gutter">{row.last && <Avatar username={row.author} />}</span>}
        <div class="bubble-column">
          <header class={row.first ? "byline" : "byline quiet"}>
            <span id={`${id}-author`} class={own ? "author hidden" : "author"}>
              <bdi>{name}</bdi>
            </span>
            <time id={`${id}-time`} dateTime={dateOf(row.timestamp).toISOString()} title={active ? fullTime(row.timestamp) : undefined}>
              <LateTime text={() => clockTime(row.timestamp)} />
            </time>
          </header>
          <div class={isBare(row) && !deleted ? "bubble bare" : "bubble"} id={`${id}-body`}>
            {!deleted && original !== undefined && <Quote original={original} visit={visit} message={message} />}
            {deleted ? <Tombstone undo={message && !message.deleted && revocable ? () => deleting.undo(visit.id, message.timestamp) : null} /> : <Body row={row} visit={visit} />}
            {outgoing && <OutgoingMark outgoing={outgoing} />}
          </div>
          {message && !deleted && <Reactions message={message} conversation={visit.id} />}
          {message && replies > 0 && !visit.thread && <ThreadChip message={message} visit={visit} replies={replies} />}
          {outgoing && <OutgoingProblem outgoing={outgoing} visit={visit} />}
          {seen >= 0 && <span class="receipt">{receipt(seen, direct)}</span>}
        </div>
        {active && message && !deleted && <MessageActions message={message} visit={visit} />}
      </article>
    </li>
  );
}

/** `undo`: takes it back, for as long as that is possible. */
function Tombstone({ undo }: { undo: (() => void) | null }): JSX.Element {
  const revoke = (event: Event): void => {
    (event.currentTarget as HTMLElement).closest<HTMLElement>("[data-key]")?.focus();
    undo?.();
  };
  return (
    <p class="tombstone">
      {t("This message was deleted.")}
      {undo && <>{" "}<button type="button" class="text-button" tabIndex={-1} onClick={revoke}>{t("Undo")}</button></>}
    </p>
  );
}

/** Whether somebody with a keyboard is in the row; who clicked there has gone on with the mouse. */
function hasKeyboard(row: HTMLElement): boolean {
  return row.matches(":focus-visible") || row.querySelector(":focus-visible") !== null;
}

/** A sticker by itself has no bubble. */
function isBare({ message, outgoing }: Row): boolean {
  const { text = "", attachments = [], reply_to: reply = 0 } = message ?? { text: outgoing?.text, attachments: outgoing?.files, reply_to: outgoing?.reply_to };
  return !text && !reply && attachments.length > 0 && attachments.every(({ library }) => library === "sticker");
}

function receipt(seen: number, direct: boolean): string {
  if (!seen) return t("Sent");
  return direct ? t("Seen") : tn(seen, { one: "Seen by {count}", other: "Seen by {count}" });
}

function Body({ row, visit }: { row: Row; visit: Visit }): JSX.Element {
  const { people, me } = useChat();
  const text = row.message?.text ?? row.outgoing?.text ?? "";
  const place = placeIn(text);
  const conversation = visit.id;
  const names = { name: (username: string) => people.name(username), me: me.username, ...(row.message && { mentions: row.message.mentions }) };
  return (
    <>
      {place ? <LocationCard place={place} /> : text && <Markdown text={text} names={names} />}
      {!!row.message?.live_until && <LiveLocation message={row.message} conversation={conversation} />}
      {row.message && <Attachments message={row.message} conversation={conversation} />}
      {row.message && <Previews message={row.message} conversation={conversation} />}
      {row.outgoing && <OutgoingFiles files={row.outgoing.files ?? []} />}
      {!!row.message?.edited && (
        <button
          type="button"
          class="edited"
          tabIndex={-1}
          title={fullTime(row.message.edited)}
          aria-label={t("edited, show earlier versions")}
          onClick={() => (visit.versions.value = row.timestamp)}
        >
          {t("edited")}
        </button>
      )}
    </>
  );
}

/** `message` is the reply, once the server has it. */
function Quote({ original, message, visit }: { original: Message | null; message: Message | null; visit: Visit }): JSX.Element {
  const { people } = useChat();
  const text = original?.deleted ? t("This message was deleted.") : original ? gist(original) : "";
  const quoted = (
    <button type="button" class="quoted" tabIndex={-1} onClick={() => visit.toMessage(message?.reply_to ?? 0)}>
      <span class="hidden">{t("In reply to")} </span>
      {original ? <bdi class="quoted-author">{people.name(original.author)}</bdi> : <span class="quoted-author">{t("An earlier message")}</span>}
      <span class="quoted-text" dir="auto">
        {text || (original ? "…" : t("Show it"))}
      </span>
    </button>
  );
  if (!message || visit.thread) return quoted;
  return (
    <div class="quote-line">
      {quoted}
      <button type="button" class="icon-button" tabIndex={-1} aria-label={t("Open thread")} title={t("Open thread")} onClick={() => openThread(visit, message)}>
        <Icon name="thread" />
      </button>
    </div>
  );
}

/** Leads to the thread. Of how many replies there are, only those that the list holds are known. */
function ThreadChip({ message, visit, replies }: { message: Message; visit: Visit; replies: number }): JSX.Element {
  const held = tn(replies, { one: "{count} reply here", other: "{count} replies here" });
  return (
    <button type="button" class="text-button thread-chip" tabIndex={-1} onClick={() => openThread(visit, message)}>
      {t("Thread · {replies}", { replies: held })}
    </button>
  );
}

function UnreadLine(): JSX.Element {
  return (
    <div class="unread-line" role="separator" aria-label={t("New messages from here")}>
      <span aria-hidden="true">{t("New")}</span>
    </div>
  );
}

/** One message as a row of the list. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { plain } from "../markdown/index.ts";
import { attachedTitle } from "../state/media.ts";
import type { Message } from "../state/messages.ts";
import type { Row } from "../state/rows.ts";
import { clockTime, dateOf, fullTime } from "../state/times.ts";
import { t, tn } from "../words/index.ts";
import { Avatar } from "./avatar.tsx";
import { useChat } from "./context.ts";
import { Markdown } from "./markdown.tsx";
import { Attachments } from "./media/attachments.tsx";
import { OutgoingFiles } from "./media/outgoing-files.tsx";
import { MessageActions } from "./message-actions.tsx";
import { OutgoingMark, OutgoingProblem } from "./outgoing.tsx";
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
}

export function MessageRow({ row, visit, stop, original, seen, direct }: RowProps): JSX.Element {
  const { people, me } = useChat();
  const [active, setActive] = useState(false);
  const own = row.author === me.username;
  const name = people.name(row.author);
  const { message, outgoing } = row;
  const id = `m${message?.timestamp ?? outgoing?.id}`;
  const classes = ["row", own ? "own" : "other", row.first && "first", row.last && "last", message?.deleted && "deleted"];
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
            <time id={`${id}-time`} dateTime={dateOf(row.timestamp).toISOString()} title={fullTime(row.timestamp)}>
              {clockTime(row.timestamp)}
            </time>
          </header>
          <div class={isBare(row) ? "bubble bare" : "bubble"} id={`${id}-body`}>
            {original !== undefined && <Quote original={original} visit={visit} timestamp={message?.reply_to ?? 0} />}
            {message?.deleted ? <p class="tombstone">{t("This message was deleted.")}</p> : <Body row={row} conversation={visit.id} />}
            {outgoing && <OutgoingMark outgoing={outgoing} />}
          </div>
          {message && <Reactions message={message} conversation={visit.id} />}
          {outgoing && <OutgoingProblem outgoing={outgoing} visit={visit} />}
          {seen >= 0 && <span class="receipt">{receipt(seen, direct)}</span>}
        </div>
        {active && message && !message.deleted && <MessageActions message={message} visit={visit} />}
      </article>
    </li>
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

function Body({ row, conversation }: { row: Row; conversation: string }): JSX.Element {
  const { people, me } = useChat();
  const text = row.message?.text ?? row.outgoing?.text ?? "";
  const names = { name: (username: string) => people.name(username), me: me.username };
  return (
    <>
      {text && <Markdown text={text} names={names} />}
      {row.message && <Attachments message={row.message} conversation={conversation} />}
      {row.outgoing && <OutgoingFiles files={row.outgoing.files ?? []} />}
      {!!row.message?.edited && (
        <span class="edited" title={fullTime(row.message.edited)}>
          {t("edited")}
        </span>
      )}
    </>
  );
}

function Quote(props: { original: Message | null; timestamp: number; visit: Visit }): JSX.Element {
  const { people } = useChat();
  const { original, visit, timestamp } = props;
  const text = original?.deleted ? t("This message was deleted.") : original ? plain(original.text, { hideSpoilers: true }) || attachedTitle(original.attachments) : "";
  return (
    <button type="button" class="quoted" tabIndex={-1} onClick={() => visit.toMessage(timestamp)}>
      <span class="hidden">{t("In reply to")} </span>
      {original ? <bdi class="quoted-author">{people.name(original.author)}</bdi> : <span class="quoted-author">{t("An earlier message")}</span>}
      <span class="quoted-text" dir="auto">
        {text || (original ? "…" : t("Show it"))}
      </span>
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

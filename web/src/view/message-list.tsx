/** The messages of a conversation: a bounded run of rows, always where the reader left them. */

import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { route } from "../app/route.ts";
import { settings } from "../app/settings.ts";
import { seenBy, unread } from "../state/conversations.ts";
import type { Held } from "../state/held.ts";
import type { Message } from "../state/messages.ts";
import { find, type Pane } from "../state/pane.ts";
import { around, toDays, type Day, type Row } from "../state/rows.ts";
import { dayName } from "../state/times.ts";
import { t, tn } from "../words/index.ts";
import { ChangeRow } from "./change-row.tsx";
import { useChat } from "./context.ts";
import { Icon } from "./icons.tsx";
import { LateTime, useRest } from "./first-screen.tsx";
import { ListControl } from "./list-control.ts";
import { listKeys } from "./list-keys.ts";
import { MessageRow } from "./message-row.tsx";
import { leastHeight } from "./row-height.ts";
import { useSeen } from "./seen.ts";
import { Swipe } from "./swipe.ts";
import type { Visit } from "./visit.ts";

/** Pixels of the window's height that go to what is above and below the list, at least. */
const ABOVE_AND_BELOW = 120;

interface Props {
  visit: Visit;
  held: Held;
  pane: Pane;
}

export function MessageList({ visit, held, pane }: Props): JSX.Element {
  const chat = useChat();
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const all = useDays(visit, pane);
  const [control] = useState(() => new ListControl(chat, visit, pane));
  const whole = useRest();
  const days = whole ? all : around(all, control.begins(all), innerHeight - ABOVE_AND_BELOW, leastHeight);
  const [swipe] = useState(() => new Swipe(chat, visit));
  const seen = useSeen(scroller, (timestamp) => {
    const message = pane.messages[find(pane.messages, timestamp)];
    if (message && settings.reading.peek() === "on" && !visit.marked) chat.reading.saw(visit.id, message);
  });

  visit.messages = () => pane.messages;
  control.before(pane, days, days === all);
  useLayoutEffect(() => {
    control.after(scroller.current!);
    seen.glance();
  });
  useEffect(() => {
    const observer = new ResizeObserver(() => {
      control.settle();
      seen.glance();
    });
    observer.observe(scroller.current!);
    observer.observe(content.current!);
    return () => observer.disconnect();
  }, []);
  // What was in front of the list may be gone.
  useEffect(seen.glance, [route.value, chat.searching.shown.value]);

  return (
    <div class="list-frame">
      <div
        ref={scroller}
        class="scroller"
        role="log"
        aria-live="off"
        aria-label={t("Messages")}
        onScroll={() => {
          control.scrolled();
          seen.glance();
        }}
        onWheel={control.touched}
        onTouchStart={swipe.start}
        onTouchMove={(event) => {
          control.touched();
          swipe.move(event);
        }}
        onTouchEnd={swipe.release}
        onTouchCancel={swipe.end}
        onPointerDown={control.touched}
        onKeyDown={(event) => {
          control.touched();
          listKeys(event, { visit, rows: control.rows(), chat });
        }}
      >
        <div ref={content} class="rows">
          {pane.moreBefore || days !== all ? <p class="more">{t("Earlier messages…")}</p> : <p class="beginning">{t("This is where the conversation begins.")}</p>}
          <Days days={days} visit={visit} held={held} pane={pane} />
          {pane.moreAfter && <p class="more">{t("Later messages…")}</p>}
        </div>
      </div>
      {control.unseen.value && <Unread held={held} after={visit.unreadAfter.value?.number ?? 0} onClick={visit.toUnread} />}
      {control.away.value && <Present held={held} day={control.day.value} onClick={control.toEnd} />}
    </div>
  );
}

/** The rows to show: what is held, and at the present also what is on its way out. */
function useDays(visit: Visit, pane: Pane): readonly Day[] {
  const all = useChat().sending.outbox.value;
  const outgoing = useMemo(() => all.filter((message) => message.conversation === visit.id), [all, visit.id]);
  const after = visit.unreadAfter.value?.number ?? null;
  return useMemo(() => toDays(pane, pane.moreAfter ? [] : outgoing, after), [pane, outgoing, after]);
}

type DaysProps = Props & { days: readonly Day[]; stop?: string };

export function Days({ days, visit, held, pane, stop = tabStop(days, visit.active.value) }: DaysProps): JSX.Element {
  const replies = useMemo(() => repliesHeld(pane.messages), [pane.messages]);
  const { me: { username: me }, preferences } = useChat();
  const ownLast = pane.moreAfter ? undefined : pane.messages.findLast((message) => message.author === me && !message.deleted);
  // Who doesn't show what was read isn't shown it.
  const seen = (row: Row): number =>
    row.message && row.message === ownLast && preferences.receipts.value ? seenBy(held.conversation, row.message.number, me).length : -1;
  return (
    <>
      {days.map((day) => (
        <section class="day" key={day.key}>
          <h2 class="day-name">
            {visit.thread ? <span><LateTime text={() => dayName(day.timestamp)} /></span> : (
              <button type="button" class="day-button" tabIndex={-1} title={t("Go to a day")} onClick={() => (visit.jumping.value = day.timestamp)}>
                <LateTime text={() => dayName(day.timestamp)} />
              </button>
            )}
          </h2>
          <ol class="day-rows" role="list">
            {day.rows.map((row) =>
              row.changes.length ? (
                <ChangeRow key={row.key} row={row} stop={row.key === stop} />
              ) : (
                <MessageRow
                  key={row.key}
                  row={row}
                  visit={visit}
                  stop={row.key === stop}
                  direct={held.conversation.kind === "direct"}
                  original={originalOf(pane, row, visit.thread)}
                  seen={seen(row)}
                  replies={replies.get(row.message?.timestamp ?? 0) ?? 0}
                />
              ),
            )}
          </ol>
        </section>
      ))}
    </>
  );
}

/** The row that the Tab key leads to: the one last gone to, else the last. */
export function tabStop(days: readonly Day[], active: string): string {
  const there = active && days.some((day) => day.rows.some((row) => row.key === active));
  return there ? active : (days.at(-1)?.rows.at(-1)?.key ?? "");
}

/** Of the threads of which messages are held, how many replies. */
function repliesHeld(messages: readonly Message[]): ReadonlyMap<number, number> {
  const held = new Map<number, number>();
  for (const { thread, deleted } of messages) if (thread && !deleted) held.set(thread, (held.get(thread) ?? 0) + 1);
  return held;
}

/**
 * The message that a row replies to: undefined where it replies to none, or to the one that its thread began with; null
 * where that one is not held.
 */
function originalOf(pane: Pane, row: Row, thread: number): Message | null | undefined {
  const timestamp = row.message?.reply_to || row.outgoing?.reply_to;
  return timestamp && timestamp !== thread ? (pane.messages[find(pane.messages, timestamp)] ?? null) : undefined;
}

/** Leads to the first unread message, while its line is above and hasn't been seen. */
function Unread({ held, after, onClick }: { held: Held; after: number; onClick: () => void }): JSX.Element {
  const count = Math.max(1, held.conversation.head.messages - after);
  return (
    <button type="button" class="pill above" title={t("First unread message")} onClick={onClick}>
      {tn(count, { one: "{count} unread", other: "{count} unread" })}
      <Icon name="up" />
    </button>
  );
}

/** Leads to the end; says which day one looks at, and how many messages are new. */
function Present({ held, day, onClick }: { held: Held; day: number; onClick: () => void }): JSX.Element {
  const fresh = unread(held.conversation);
  const label = fresh > 0 ? tn(fresh, { one: "{count} new message", other: "{count} new messages" }) : t("Jump to present");
  return (
    <button type="button" class={fresh > 0 ? "pill fresh" : "pill"} onClick={onClick}>
      {!fresh && day > 0 && <span class="pill-day">{dayName(day)} </span>}
      {label}
      <Icon name="down" />
    </button>
  );
}

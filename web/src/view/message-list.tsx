/** The messages of a conversation: a bounded run of rows, always where the reader left them. */

import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { attempt } from "../app/notices.ts";
import { seenBy } from "../state/conversations.ts";
import { forgetOldest, type Held } from "../state/held.ts";
import { find, PANE_MAX, type Pane } from "../state/pane.ts";
import { keyOf, toDays } from "../state/rows.ts";
import { dayName } from "../state/times.ts";
import { useChat } from "./context.ts";
import { Icon } from "./icons.tsx";
import { listKeys } from "./list-keys.ts";
import { MessageRow } from "./message-row.tsx";
import { ScrollKeeper } from "./scroll.ts";
import { useSeen } from "./seen.ts";
import type { Visit } from "./visit.ts";

/** Closer than this to an end of the rows, more are read (pixels). */
const EAGER = 900;
/** After a page could not be read, the next try waits (milliseconds). */
const PATIENCE = 3_000;

export function MessageList({ visit, held, pane }: { visit: Visit; held: Held; pane: Pane }): JSX.Element {
  const chat = useChat();
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const keeper = useRef<ScrollKeeper | undefined>(undefined);
  const refused = useRef(0);
  const away = useSignal(false);
  const me = chat.me.username;
  const all = chat.sending.outbox.value;
  const outgoing = useMemo(() => all.filter((message) => message.conversation === visit.id), [all, visit.id]);
  const days = useMemo(() => toDays(pane.messages, pane.moreAfter ? [] : outgoing, visit.unreadAfter), [pane, outgoing]);
  const ownLast = pane.moreAfter ? undefined : pane.messages.findLast((message) => message.author === me && !message.deleted);
  const lastKey = days.at(-1)?.rows.at(-1)?.key ?? "";
  const active = visit.active.value;
  const stop = active && days.some((day) => day.rows.some((row) => row.key === active)) ? active : lastKey;
  const seen = useSeen(scroller, (timestamp) => {
    const message = pane.messages[find(pane.messages, timestamp)];
    if (message) chat.reading.saw(visit.id, message);
  });

  if (keeper.current) {
    keeper.current.atPresent = !pane.moreAfter;
    if (!keeper.current.pinned) keeper.current.capture();
  }

  /** Reads more rows where the reader comes near an end of them. */
  const feed = (): void => {
    const element = scroller.current;
    if (!element || Date.now() < refused.current) return;
    const near = { before: element.scrollTop < EAGER, after: keeper.current!.distance() < EAGER };
    for (const side of ["before", "after"] as const) {
      if (!near[side] || !(side === "before" ? pane.moreBefore : pane.moreAfter)) continue;
      void attempt(chat.sync.widenPane(visit.id, side)).then((well) => {
        if (!well) refused.current = Date.now() + PATIENCE;
      });
    }
  };

  const settle = (): void => {
    keeper.current!.restore();
    away.value = !keeper.current!.pinned && (pane.moreAfter || keeper.current!.distance() > 50);
    seen.glance();
  };

  useLayoutEffect(() => {
    if (!keeper.current) {
      keeper.current = new ScrollKeeper(scroller.current!);
      keeper.current.atPresent = !pane.moreAfter;
      const first = days.flatMap((day) => day.rows).find((row) => row.divider);
      if (!first || !keeper.current.toRow(first.key)) keeper.current.toEnd();
    }
    settle();
    feed();
    if (keeper.current.pinned && pane.messages.length > PANE_MAX + 50) chat.store.update(visit.id, forgetOldest);
  });

  useEffect(() => {
    const observer = new ResizeObserver(settle);
    observer.observe(scroller.current!);
    observer.observe(content.current!);
    return () => observer.disconnect();
  }, []);

  const onScroll = (): void => {
    keeper.current!.scrolled();
    away.value = !keeper.current!.pinned && (pane.moreAfter || keeper.current!.distance() > 50);
    seen.glance();
    feed();
  };

  const toEnd = (): void => {
    if (chat.store.peek(visit.id)?.pane?.moreAfter) {
      keeper.current!.pinned = true;
      void attempt(chat.sync.openPane(visit.id, true));
    } else {
      keeper.current!.toEnd();
    }
    away.value = false;
  };

  const toMessage = async (timestamp: number): Promise<void> => {
    const held = (): Pane | null | undefined => chat.store.peek(visit.id)?.pane;
    if (find(held()?.messages ?? [], timestamp) < 0) {
      keeper.current!.pinned = false;
      if (!(await attempt(chat.sync.openAt(visit.id, timestamp)))) return;
      await new Promise(requestAnimationFrame);
    }
    const message = held()?.messages[find(held()?.messages ?? [], timestamp)];
    if (!message) return;
    keeper.current!.toRow(keyOf(message));
    visit.active.value = keyOf(message);
    keeper.current!.find(keyOf(message))?.focus({ preventScroll: true });
  };

  visit.toEnd = toEnd;
  visit.toMessage = (timestamp) => void toMessage(timestamp);
  visit.toUnread = () => {
    const first = days.flatMap((day) => day.rows).find((row) => row.divider);
    if (first) keeper.current!.toRow(first.key);
  };
  visit.byPages = (pages) => keeper.current!.byPages(pages);
  visit.focusList = () => keeper.current!.find(stop)?.focus();

  return (
    <div class="list-frame">
      <div
        ref={scroller}
        class="scroller"
        role="log"
        aria-live="off"
        aria-label="Messages"
        onScroll={onScroll}
        onWheel={() => keeper.current!.touched()}
        onTouchMove={() => keeper.current!.touched()}
        onPointerDown={() => keeper.current!.touched()}
        onKeyDown={(event) => {
          keeper.current!.touched();
          listKeys(event, { visit, rows: keeper.current!.rows(), chat });
        }}
      >
        <div ref={content} class="rows">
          {pane.moreBefore ? <p class="more">Earlier messages…</p> : <Beginning />}
          {days.map((day) => (
            <section class="day" key={day.key}>
              <h3 class="day-name">
                <span>{dayName(day.timestamp)}</span>
              </h3>
              <ol class="day-rows" role="list">
                {day.rows.map((row) => (
                  <MessageRow
                    key={row.key}
                    row={row}
                    visit={visit}
                    stop={row.key === stop}
                    direct={held.conversation.kind === "direct"}
                    original={originalOf(pane, row.message?.reply_to || row.outgoing?.reply_to || 0)}
                    seen={row.message && row.message === ownLast ? seenBy(held.conversation, row.message.number, me).length : -1}
                  />
                ))}
              </ol>
            </section>
          ))}
          {pane.moreAfter && <p class="more">Later messages…</p>}
        </div>
      </div>
      {away.value && <Present held={held} pane={pane} onClick={toEnd} />}
    </div>
  );
}

function originalOf(pane: Pane, timestamp: number) {
  if (!timestamp) return undefined;
  return pane.messages[find(pane.messages, timestamp)] ?? null;
}

function Beginning(): JSX.Element {
  return <p class="beginning">This is where the conversation begins.</p>;
}

function Present({ held, pane, onClick }: { held: Held; pane: Pane; onClick: () => void }): JSX.Element {
  const last = pane.messages.at(-1);
  const fresh = held.conversation.head.messages - held.conversation.read.number;
  const label = fresh > 0 ? `${fresh} new ${fresh === 1 ? "message" : "messages"}` : "Jump to present";
  return (
    <button type="button" class={fresh > 0 ? "pill fresh" : "pill"} onClick={onClick} title={last ? dayName(last.timestamp) : ""}>
      {label}
      <Icon name="down" />
    </button>
  );
}

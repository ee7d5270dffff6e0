/** A thread beside its conversation: a message and the replies to it, with a place to write of its own. */

import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { attempt, notify } from "../app/notices.ts";
import { navigate, threadPath } from "../app/route.ts";
import { ThreadReader } from "../app/thread.ts";
import type { Held } from "../state/held.ts";
import { conversationName } from "../state/names.ts";
import { find, type Pane, type Side } from "../state/pane.ts";
import { keyOf, toDays } from "../state/rows.ts";
import { messagesOf, type Thread } from "../state/thread.ts";
import { t } from "../words/index.ts";
import { Composer } from "./composer.tsx";
import { useChat } from "./context.ts";
import { Icon } from "./icons.tsx";
import { later } from "./later.tsx";
import { listKeys } from "./list-keys.ts";
import { attach, useDrop } from "./media/attach.ts";
import { Days, tabStop } from "./message-list.tsx";
import { TypingLine } from "./moment-line.tsx";
import { Reacting } from "./reacting.tsx";
import { ScrollKeeper } from "./scroll.ts";
import { Swipe } from "./swipe.ts";
import { Visit } from "./visit.ts";

const Saving = later(async () => (await import("./library/saving.tsx")).default);
const Versions = later(async () => (await import("./versions.tsx")).Versions);

interface Props {
  id: string;
  thread: number;
  onClose: () => void;
}

export default function ThreadPanel({ id, thread, onClose }: Props): JSX.Element | null {
  const held = useChat().store.get(id);
  return held ? <Opened id={id} thread={thread} onClose={onClose} held={held} /> : null;
}

function Opened({ id, thread: root, onClose, held }: Props & { held: Held }): JSX.Element {
  const chat = useChat();
  const panel = useRef<HTMLElement>(null);
  const [visit] = useState(() => new Visit(id, null, 0, root));
  const [reader] = useState(() => new ThreadReader(chat.client, chat.store, id, root));
  const thread = reader.thread.value;
  const name = conversationName(held.conversation, chat.me.username, (username) => chat.people.name(username));
  const drop = useDrop((files) => attach(chat, visit.desk, files));
  visit.leave = onClose;
  visit.replyTo = () => replyTo(reader.thread.peek(), root);
  useReturn(panel, root);
  useEffect(() => reader.start(), []);
  const connected = chat.connected.value;
  useEffect(() => {
    if (!reader.thread.peek()) void reader.read();
  }, [connected]);
  useEffect(() => {
    // The address named a reply: it is in the thread of another message.
    if (thread?.first?.thread) navigate(threadPath(id, thread.first.thread), true);
  }, [thread?.first?.thread]);
  return (
    <aside
      ref={panel}
      class="thread-panel"
      aria-label={t("Thread")}
      {...drop.handlers}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.isComposing || event.defaultPrevented || (event.target as HTMLElement).closest("dialog")) return;
        event.preventDefault();
        onClose();
      }}
    >
      <header class="pane-head">
        <div class="pane-title">
          <h2 tabIndex={-1}>{t("Thread")}</h2>
          <p><bdi>{name}</bdi></p>
        </div>
        <button type="button" class="icon-button" aria-label={t("Close the thread")} title={t("Close")} onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      {thread ? <Replies visit={visit} held={held} thread={thread} reader={reader} /> : <Waiting reader={reader} />}
      <TypingLine conversation={held.conversation} thread={root} />
      <Composer conversation={held.conversation} visit={visit} name={name} />
      <Reacting visit={visit} />
      {visit.saving.value && <Saving visit={visit} onClose={() => (visit.saving.value = null)} />}
      {visit.versions.value > 0 && <Versions visit={visit} onClose={() => (visit.versions.value = 0)} />}
      {drop.over && <p class="drop-target">{t("Drop the files here to attach them")}</p>}
    </aside>
  );
}

/** What an answer replies to: what the thread began with; where the reader may not see that, the last that can be seen. */
function replyTo(thread: Thread | null, root: number): number {
  return !thread || thread.first ? root : (thread.pane.messages.at(-1)?.timestamp ?? root);
}

/**
 * The focus comes into the panel when it opens. When it closes, what opened it has the focus again, or the message around
 * that, or what the thread began with.
 */
function useReturn(panel: { current: HTMLElement | null }, root: number): void {
  const [row] = useState(() => document.activeElement?.closest<HTMLElement>("[data-key]"));
  const [opener] = useState(() => (row ? (document.activeElement as HTMLElement) : null));
  useLayoutEffect(() => {
    const here = panel.current!;
    if (!here.contains(document.activeElement)) here.querySelector("h2")!.focus();
    return () => {
      const now = document.activeElement;
      if (now && now !== document.body && !here.contains(now)) return;
      const beside = document.querySelector<HTMLElement>(`.pane [data-timestamp="${root}"]`);
      const writing = document.querySelector<HTMLElement>(".pane .composer textarea");
      [opener, row, beside, writing].find((target) => target?.isConnected)?.focus({ preventScroll: true });
    };
  }, []);
}

function Waiting({ reader }: { reader: ThreadReader }): JSX.Element {
  return (
    <div class="list-frame waiting" aria-busy={!reader.failed.value}>
      {reader.failed.value && (
        <p class="problem">
          {t("The thread couldn’t be loaded.")}{" "}
          <button type="button" class="text-button" onClick={() => void reader.read()}>{t("Try again")}</button>
        </p>
      )}
    </div>
  );
}

interface ListProps {
  visit: Visit;
  held: Held;
  thread: Thread;
  reader: ThreadReader;
}

function Replies({ visit, held, thread, reader }: ListProps): JSX.Element {
  const chat = useChat();
  const scroller = useRef<HTMLDivElement>(null);
  const [swipe] = useState(() => new Swipe(chat, visit));
  const { pane, first } = thread;
  const gap = pane.moreBefore && !!first;
  const shown: Pane = useMemo(() => ({ ...pane, messages: gap ? pane.messages : messagesOf(thread), changes: [] }), [thread]);
  const above = useMemo(() => toDays({ messages: gap ? [first!] : [], changes: [] }, [], null), [thread]);
  const outbox = chat.sending.outbox.value;
  const days = useMemo(() => {
    const mine = outbox.filter(({ conversation, reply_to: reply }) => conversation === visit.id && (reply === visit.thread || find(pane.messages, reply) >= 0));
    return toDays(shown, pane.moreAfter ? [] : mine, null);
  }, [shown, outbox]);
  const stop = tabStop([...above, ...days], visit.active.value);
  visit.messages = () => messagesOf(thread);
  const keeper = useKeeper(scroller, visit, reader);
  const widen = (side: Side): void => void attempt(reader.widen(side));
  if (!first && !pane.messages.length) return <p class="list-frame beginning">{t("This thread isn’t here.")}</p>;
  return (
    <div class="list-frame">
      <div
        ref={scroller}
        class="scroller"
        role="log"
        aria-live="off"
        aria-label={t("Messages of the thread")}
        onScroll={() => keeper.current?.scrolled()}
        onWheel={() => keeper.current?.touched()}
        onTouchStart={swipe.start}
        onTouchMove={(event) => {
          keeper.current?.touched();
          swipe.move(event);
        }}
        onTouchEnd={swipe.release}
        onTouchCancel={swipe.end}
        onPointerDown={() => keeper.current?.touched()}
        onKeyDown={(event) => {
          keeper.current?.touched();
          listKeys(event, { visit, rows: keeper.current?.rows() ?? [], chat });
        }}
      >
        <div class="rows">
          {gap && <Days days={above} visit={visit} held={held} pane={{ ...pane, messages: [first!] }} stop={stop} />}
          {pane.moreBefore && <button type="button" class="button small more-replies" onClick={() => widen("before")}>{t("Earlier replies")}</button>}
          <Days days={days} visit={visit} held={held} pane={shown} stop={stop} />
          {pane.moreAfter && <button type="button" class="button small more-replies" onClick={() => widen("after")}>{t("Later replies")}</button>}
        </div>
      </div>
    </div>
  );
}

/** Keeps the reader's place as the conversation's list does, and goes where the visit is told to. */
function useKeeper(scroller: { current: HTMLDivElement | null }, visit: Visit, reader: ThreadReader): { current: ScrollKeeper | null } {
  const keeper = useRef<ScrollKeeper | null>(null);
  if (keeper.current && !keeper.current.pinned) keeper.current.capture();
  useLayoutEffect(() => {
    if (!scroller.current) return;
    keeper.current ??= new ScrollKeeper(scroller.current);
    keeper.current.atPresent = !reader.thread.peek()?.pane.moreAfter;
    keeper.current.restore();
  });
  useEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => keeper.current?.restore());
    observer.observe(element);
    observer.observe(element.firstElementChild!);
    return () => observer.disconnect();
  }, []);
  visit.toEnd = () => {
    if (keeper.current) keeper.current.pinned = true;
    if (reader.thread.peek()?.pane.moreAfter) void reader.read();
    else keeper.current?.toEnd();
  };
  visit.toTime = (moment) => (moment === Infinity ? visit.toEnd() : keeper.current?.rows()[0]?.focus());
  visit.byPages = (pages) => keeper.current?.byPages(pages);
  visit.toMessage = (timestamp) => void show(timestamp, visit, reader, keeper);
  return keeper;
}

async function show(timestamp: number, visit: Visit, reader: ThreadReader, keeper: { current: ScrollKeeper | null }): Promise<void> {
  if (!(await reader.reach(timestamp))) return notify(t("That message isn’t there."));
  await new Promise(requestAnimationFrame);
  const message = visit.messages().find((each) => each.timestamp === timestamp);
  if (!message || !keeper.current?.toRow(keyOf(message))) return;
  visit.active.value = visit.landed.value = keyOf(message);
  keeper.current.find(keyOf(message))?.focus({ preventScroll: true });
}

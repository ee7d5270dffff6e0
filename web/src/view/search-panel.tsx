/** Searching messages, beside the conversation: results stay while one looks at what was found. */

import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { Chat } from "../app/chat.ts";
import { navigate, pathOf, route } from "../app/route.ts";
import type { Found, Result } from "../app/searching.ts";
import { plain } from "../markdown/index.ts";
import { highlight } from "../state/highlight.ts";
import { conversationName } from "../state/names.ts";
import type { Around } from "../state/searching.ts";
import { briefTime, dateOf, fullTime } from "../state/times.ts";
import { t, tn, tp } from "../words/index.ts";
import { useChat } from "./context.ts";
import { Icon } from "./icons.tsx";

/** Characters of a message that a result shows. */
const SHOWN = 280;
const FILTERS = ["from:ana", "in:here", "before:2026-09-01", "after:2026-08-01", "has:link", "has:file"];

/** Opens the panel; with a conversation on the screen for a search in it, where nothing is typed yet. */
export function openSearch(chat: Chat, text?: string): void {
  const { searching } = chat;
  const here = route.peek().name === "conversation";
  searching.open(text ?? (searching.text.peek().trim() || !here ? undefined : "in:here "));
  if (text) search(chat);
  document.querySelector<HTMLInputElement>(".search-panel input")?.focus();
}

export function SearchPanel(): JSX.Element {
  const chat = useChat();
  const { searching } = chat;
  const input = useRef<HTMLInputElement>(null);
  useFocus(input);
  useRoom(chat);
  useEffect(() => {
    const back = (event: PopStateEvent): void => {
      if (resultsWanted(event.state)) toResults(chat);
    };
    addEventListener("popstate", back);
    return () => removeEventListener("popstate", back);
  }, []);
  return (
    <aside
      class={`search-panel ${searching.shown.value}`}
      aria-label={t("Search messages")}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.isComposing) return;
        event.preventDefault();
        searching.close();
      }}
    >
      <header class="dialog-head">
        <h2>{t("Search")}</h2>
        <button type="button" class="icon-button" aria-label={t("Close the search")} title={t("Close")} onClick={() => searching.close()}>
          <Icon name="close" />
        </button>
      </header>
      <form
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          search(chat);
        }}
      >
        <div class="search-box">
          <Icon name="search" />
          <input
            ref={input}
            type="text"
            enterkeyhint="search"
            aria-label={t("Search for")}
            placeholder={t("Words or “a phrase”")}
            aria-describedby="search-help"
            dir="auto"
            maxLength={200}
            autocomplete="off"
            value={searching.text.value}
            onInput={(event) => (searching.text.value = event.currentTarget.value)}
          />
        </div>
        <p class="hint" id="search-help">
          {tp("Narrow it with {filters}", { filters: FILTERS.flatMap((filter) => [<code key={filter} dir="ltr">{filter}</code>, " "]) })}
        </p>
      </form>
      <p class="search-count" role="status">{summary(searching.found.value)}</p>
      <Results found={searching.found.value} />
    </aside>
  );
}

/** The panel takes the focus when it is opened, and gives it back to what had it before. */
function useFocus(input: { current: HTMLInputElement | null }): void {
  useLayoutEffect(() => {
    const opener = document.activeElement as HTMLElement | null;
    const field = input.current!;
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
    const panel = field.closest("aside")!;
    return () => {
      if (!panel.contains(document.activeElement) && document.activeElement !== document.body) return;
      const target = opener?.isConnected && opener !== document.body ? opener : document.querySelector<HTMLElement>(".composer textarea");
      target?.focus({ preventScroll: true });
    };
  }, []);
}

/** Where it is in front of the messages, it makes room when somebody goes to a conversation. */
function useRoom({ searching }: Chat): void {
  const here = route.value;
  const before = useRef(here);
  useEffect(() => {
    if (before.current !== here && !resultsWanted(history.state) && searching.shown.peek() === "front") searching.shown.value = "beside";
    before.current = here;
  }, [here]);
}

/** Whether the browser's way back leads to the results at this place of its history. */
export function resultsWanted(state: unknown): boolean {
  return !!(state as { results?: boolean } | null)?.results;
}

function search(chat: Chat): void {
  void chat.searching.start(around(chat));
}

function around(chat: Chat): Around {
  const here = route.peek();
  const places = chat.store.order.peek().map((id) => {
    const { conversation } = chat.store.peek(id)!;
    return { id, name: conversationName(conversation, chat.me.username, (username) => chat.people.name(username)) };
  });
  return { me: chat.me.username, here: here.name === "conversation" ? here.id : "", places };
}

function summary({ state, results, cursor, problem }: Found): string {
  if (problem) return problem;
  if (state === "none") return "";
  if (state === "searching" && !results.length) return t("Searching…");
  if (!results.length) return cursor === null ? t("No results") : t("No results so far");
  if (cursor === null) return tn(results.length, { one: "{count} result", other: "{count} results" });
  return tn(results.length, { one: "{count} result so far", other: "{count} results so far" });
}

function Results({ found }: { found: Found }): JSX.Element {
  const { searching } = useChat();
  const list = useRef<HTMLDivElement>(null);
  const at = searching.at.value;
  const first = found.results[0];
  const stop = found.results.some((result) => keyOf(result) === at) ? at : first && keyOf(first);
  useLayoutEffect(() => {
    list.current!.scrollTop = searching.scrolled;
  }, []);
  return (
    <div
      class="results"
      ref={list}
      aria-busy={found.state === "searching"}
      onScroll={(event) => (searching.scrolled = event.currentTarget.scrollTop)}
      onKeyDown={moveInResults}
    >
      <ol role="list">
        {found.results.map((result) => (
          <ResultItem key={keyOf(result)} result={result} marks={found.marks} stop={keyOf(result) === stop} gone={keyOf(result) === at} />
        ))}
      </ol>
      {found.cursor !== null && found.state !== "searching" && (
        <button type="button" class="button" onClick={() => void searching.more()}>{t("Search further")}</button>
      )}
    </div>
  );
}

function ResultItem(props: { result: Result; marks: readonly string[]; stop: boolean; gone: boolean }): JSX.Element {
  const chat = useChat();
  const { message, conversation } = props.result;
  const held = chat.store.get(conversation)?.conversation;
  const place = held ? conversationName(held, chat.me.username, (username) => chat.people.name(username)) : t("A conversation");
  const text = plain(message.text, { hideSpoilers: true }).replaceAll("\n", " ");
  return (
    <li>
      <button
        type="button"
        class="result"
        tabIndex={props.stop ? 0 : -1}
        aria-current={props.gone ? "true" : undefined}
        onClick={() => jump(chat, props.result)}
      >
        <span class="result-head">
          <bdi class="result-author">{chat.people.name(message.author)}</bdi>
          <time dateTime={dateOf(message.timestamp).toISOString()} title={fullTime(message.timestamp)}>{briefTime(message.timestamp)}</time>
        </span>
        <span class="result-text" dir="auto">
          {highlight(text || message.attachments.map((file) => file.name).join(", "), props.marks, SHOWN).map((piece, index) =>
            piece.hit ? <mark key={index}>{piece.text}</mark> : piece.text,
          )}
        </span>
        <span class="result-place">{tp("in {place}", { place: <bdi>{place}</bdi> })}</span>
      </button>
    </li>
  );
}

function keyOf({ conversation, message }: Result): string {
  return `${conversation}/${message.timestamp}`;
}

/** Goes to where a result stands. The browser's way back leads to the results, also where they had to make room. */
function jump(chat: Chat, result: Result): void {
  const { searching } = chat;
  searching.at.value = keyOf(result);
  searching.shown.value = "beside";
  history.replaceState({ results: true }, "");
  navigate(pathOf(result.conversation, result.message.timestamp));
}

/** Shows the results again, with the one that was gone to. */
export function toResults(chat: Chat): void {
  if (chat.searching.shown.peek() === "closed") return;
  chat.searching.shown.value = "front";
  requestAnimationFrame(() => {
    const panel = document.querySelector(".search-panel");
    const target = panel?.querySelector<HTMLElement>(".result[aria-current]") ?? panel?.querySelector<HTMLElement>("input");
    target?.focus({ preventScroll: true });
  });
}

function moveInResults(event: KeyboardEvent): void {
  const list = event.currentTarget as HTMLElement;
  const all = [...list.querySelectorAll<HTMLElement>(".result")];
  const at = all.indexOf(document.activeElement as HTMLElement);
  const steps: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 };
  const step = steps[event.key];
  if (step === undefined) return;
  event.preventDefault();
  if (step < 0) document.querySelector<HTMLElement>(".search-panel input")?.focus();
  else all[Math.min(step, all.length - 1)]?.focus();
}

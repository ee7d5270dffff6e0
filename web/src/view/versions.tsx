/** What a message says and said before its edits, newest first. It is asked for each time: nothing of it is kept. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Version } from "../api/types.ts";
import { sentenceOf } from "../api/errors.ts";
import { find } from "../state/pane.ts";
import { dateOf, fullTime } from "../state/times.ts";
import { t } from "../words/index.ts";
import { useChat } from "./context.ts";
import { Dialog } from "./dialog.tsx";
import { Markdown } from "./markdown.tsx";
import type { Visit } from "./visit.ts";

/** Pages that are read one after the other until there is a version: reactions may lie between two of them. */
const PAGES = 10;

interface Read {
  readonly versions: readonly Version[];
  /** Where the next page begins; null at the end. */
  readonly cursor: number | null;
}

export function Versions({ visit, onClose }: { visit: Visit; onClose: () => void }): JSX.Element {
  const { client, people, me, store } = useChat();
  const [at] = useState(() => visit.versions.peek());
  const [read, put] = useState<Read | null>(null);
  const [problem, setProblem] = useState("");
  const list = useRef<HTMLOListElement>(null);
  const turn = useRef(0);
  const messages = store.get(visit.id)?.pane?.messages ?? [];
  const message = messages[find(messages, at)];
  const names = { name: (username: string) => people.name(username), me: me.username, tabs: true };

  const load = async (before: Read | null): Promise<void> => {
    const own = (turn.current += 1);
    // The button may go with the last page.
    list.current?.focus();
    setProblem("");
    try {
      const page = await next(before?.cursor ?? undefined, (cursor) => client.listVersions(visit.id, at, cursor));
      if (own === turn.current) put({ versions: [...(before?.versions ?? []), ...page.versions], cursor: page.cursor });
    } catch (error) {
      if (own === turn.current) setProblem(sentenceOf(error));
    }
  };
  // Edited once more while it is read: it begins anew. Deleted: nothing is left to show.
  useEffect(() => {
    if (message?.deleted) onClose();
    else void load(null);
  }, [message?.edited, message?.deleted]);

  return (
    <Dialog title={t("Versions of this message")} onClose={onClose}>
      {!read && !problem && <p role="status">{t("Loading…")}</p>}
      {read && (
        <ol ref={list} class="versions" tabIndex={-1} aria-label={t("Newest first")}>
          {read.versions.map(({ timestamp, text = "" }, index) => (
            <li key={timestamp}>
              <p>
                <time dateTime={dateOf(timestamp).toISOString()}>{fullTime(timestamp)}</time>
                {index === 0 && <> · {t("now")}</>}
                {timestamp === at && <> · {t("as it was sent")}</>}
              </p>
              {text ? <Markdown text={text} names={names} /> : <p>{t("No words")}</p>}
            </li>
          ))}
        </ol>
      )}
      {problem && (
        <p class="problem" role="alert">
          {problem} <button type="button" class="text-button" onClick={() => void load(read)}>{t("Try again")}</button>
        </p>
      )}
      {read?.cursor != null && !problem && <button type="button" class="button" onClick={() => void load(read)}>{t("Earlier versions")}</button>}
    </Dialog>
  );
}

/** The next page with a version in it, or the last one. */
async function next(from: number | undefined, ask: (cursor?: number) => Promise<Read>): Promise<Read> {
  let page = await ask(from);
  for (let pages = 1; !page.versions.length && page.cursor !== null && pages < PAGES; pages += 1) page = await ask(page.cursor);
  return page;
}

/** The first page of a conversation: asked for again where it fails, for a while. */

import { useEffect, useState } from "preact/hooks";
import { NoAnswer, sentenceOf } from "../api/errors.ts";
import { notify } from "../app/notices.ts";
import { backoff } from "../realtime/backoff.ts";
import { useChat } from "./context.ts";

/** With the waits between them, up to half a minute. */
const TRIES = 7;

export interface Opening {
  ready: boolean;
  /** It failed so often that only the person can say to try again. */
  failed: boolean;
  again: () => void;
}

/** Opens the conversation's pane, around the message `at` where that is given; `there` says whether it has one. Tried at once when the connection changes. */
export function useOpening(id: string, there: boolean, at = 0): Opening {
  const chat = useChat();
  const [ready, setReady] = useState(false);
  const [failures, setFailures] = useState(0);
  const connected = chat.connected.value;

  useEffect(() => setFailures(0), [connected]);
  useEffect(() => {
    if ((there && ready) || failures >= TRIES) return;
    let here = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const fail = (error: unknown): void => {
      const held = chat.store.peek(id)?.pane;
      if (!failures && !(held && error instanceof NoAnswer)) notify(sentenceOf(error), true);
      if (!here) return;
      if (held) setReady(true);
      else timer = setTimeout(() => setFailures(failures + 1), backoff(failures + 1));
    };
    (at ? chat.sync.openFor(id, at) : chat.sync.openPane(id)).then(() => here && setReady(true), fail);
    void chat.sync.loadMembers(id).catch(() => undefined);
    return () => {
      here = false;
      clearTimeout(timer);
    };
  }, [!there, connected, failures]);

  return { ready, failed: !there && failures >= TRIES, again: () => setFailures(0) };
}

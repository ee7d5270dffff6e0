/** The first page of a conversation: asked for again where it fails, for a while. */

import { useEffect, useRef, useState } from "preact/hooks";
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
  const [ready, setReady] = useState(() => chat.sync.hasOpened(id, at));
  const [failures, setFailures] = useState(0);
  const connected = chat.connected.value;
  /** The number of the last try, and whether it is under way; answers of an earlier one don't count. */
  const last = useRef(0);
  const asking = useRef(false);
  const met = useRef(connected);
  /** What is drawn may not know yet that the answer is there. */
  const answered = useRef(ready);

  useEffect(() => setFailures(0), [connected]);
  // A list that was read again names the first members only.
  const { members, member_count: count } = chat.store.get(id)!.conversation;
  const short = members.length < count;
  useEffect(() => {
    if (short) void chat.sync.loadMembers(id).catch(() => undefined);
  }, [short, connected]);
  useEffect(() => () => void (last.current = -1), []);
  useEffect(() => {
    const first = connected && !met.current;
    met.current ||= connected;
    // What was asked for before there was a connection is on its way.
    if (first && asking.current) return;
    // What is there since it was asked for has come with the answer, which is about to say so.
    if ((there && (answered.current || asking.current)) || failures >= TRIES) return;
    const mine = ++last.current;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = (then: () => void): void => {
      if (mine !== last.current) return;
      asking.current = false;
      answered.current = true;
      then();
    };
    const fail = (error: unknown): void => {
      const held = chat.store.peek(id)?.pane;
      if (!failures && !(held && error instanceof NoAnswer)) notify(sentenceOf(error), true);
      end(() => {
        if (held) setReady(true);
        else timer = setTimeout(() => setFailures(failures + 1), backoff(failures + 1));
      });
    };
    asking.current = true;
    answered.current = false;
    (at ? chat.sync.openFor(id, at) : chat.sync.openPane(id)).then(() => end(() => setReady(true)), fail);
    return () => clearTimeout(timer);
  }, [!there, connected, failures]);

  return { ready, failed: !there && failures >= TRIES, again: () => setFailures(0) };
}

/** Puts back what the draft of a conversation is, when it is opened and when another device changed it. */

import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { Chat } from "../app/chat.ts";
import type { Visit } from "./visit.ts";

export function useRestored(chat: Chat, visit: Visit, setText: (text: string) => void): void {
  const { drafts } = chat;
  const taken = drafts.taken.value;
  const mode = visit.mode.value;
  const began = useRef(false);
  useLayoutEffect(() => {
    if (began.current && visit.mode.peek().kind !== "edit") setText(drafts.get(visit.desk));
    began.current = true;
    void chat.restoreDraft(visit);
  }, [taken]);
  const before = useRef(mode);
  useEffect(() => {
    if (before.current === mode) return;
    before.current = mode;
    if (mode.kind !== "edit") drafts.change(visit.desk, { reply: mode.kind === "reply" ? mode.message.timestamp : 0 });
  }, [mode]);
  useEffect(() => () => void drafts.pause(), []);
}

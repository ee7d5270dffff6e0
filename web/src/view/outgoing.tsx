/** What is shown of a message that the server does not have yet: a mark while it is sent, a choice where it was refused. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { asked, MARK_AFTER, stateOf, together, UNCONFIRMED_AFTER, type Outgoing } from "../state/outbox.ts";
import { t } from "../words/index.ts";
import { useChat } from "./context.ts";
import { Icon } from "./icons.tsx";
import type { Visit } from "./visit.ts";

const MARKS = {
  sending: { icon: "clock", words: () => t("Sending") },
  unconfirmed: { icon: "warning", words: () => t("Delivery not confirmed; trying again") },
  failed: { icon: "warning", words: () => t("Not sent") },
} as const;

/** The time now, drawn again when the mark of the message changes by time alone. */
function useNow(outgoing: Outgoing): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const moments = [asked(outgoing) + MARK_AFTER, (outgoing.tried || Infinity) + UNCONFIRMED_AFTER];
    const next = Math.min(...moments.filter((moment) => moment > Date.now()));
    if (next === Infinity) return undefined;
    const timer = setTimeout(() => setNow(Date.now()), next - Date.now() + 5);
    return () => clearTimeout(timer);
  }, [asked(outgoing), outgoing.tried, now]);
  return now;
}

export function OutgoingMark({ outgoing }: { outgoing: Outgoing }): JSX.Element {
  const state = stateOf(outgoing, Math.max(useNow(outgoing), asked(outgoing)));
  if (state === "fresh") return <span class="mark" />;
  const { icon, words } = MARKS[state];
  return (
    <span class={`mark ${state}`} title={words()}>
      <Icon name={icon} />
      <span class={state === "unconfirmed" ? "" : "hidden"}>{words()}</span>
    </span>
  );
}

export function OutgoingProblem({ outgoing, visit }: { outgoing: Outgoing; visit: Visit }): JSX.Element | null {
  const { sending, drafts, media: { uploads } } = useChat();
  if (!outgoing.failed) return null;
  const files = outgoing.files ?? [];
  const edit = (): void => {
    uploads.giveBack(files);
    const written = drafts.get(visit.desk);
    const text = sending.discard(outgoing.id);
    if (visit.mode.peek().kind === "edit") visit.mode.value = { kind: "new" };
    // What is being written stays, after it.
    visit.setText(together(text, written));
    const message = visit.messages().find((each) => each.timestamp === outgoing.reply_to);
    if (message && visit.mode.peek().kind === "new") visit.mode.value = { kind: "reply", message };
    visit.focusComposer();
  };
  const drop = (): void => {
    for (const { upload } of files) uploads.cancel(upload);
    sending.discard(outgoing.id);
  };
  return (
    <div class="problem" role="alert">
      <span>{t("Not sent. {reason}", { reason: outgoing.failed })}</span>
      <span class="problem-choices">
        <button type="button" class="text-button" onClick={() => sending.retry(outgoing.id)}>
          {t("Retry")}
        </button>
        <button type="button" class="text-button" onClick={edit}>
          {t("Edit")}
        </button>
        <button type="button" class="text-button" onClick={drop}>
          {t("Delete")}
        </button>
      </span>
    </div>
  );
}

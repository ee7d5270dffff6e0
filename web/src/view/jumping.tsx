/** Goes to a day of a conversation. */

import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import type { Conversation } from "../state/conversations.ts";
import { startOfDay } from "../state/searching.ts";
import { dateInput } from "../state/times.ts";
import { t } from "../words/index.ts";
import { Dialog } from "./dialog.tsx";
import type { Visit } from "./visit.ts";

export function Jumping({ visit, conversation }: { visit: Visit; conversation: Conversation }): JSX.Element | null {
  const day = useRef<HTMLInputElement>(null);
  if (!visit.jumping.value) return null;
  const close = (): void => {
    visit.jumping.value = 0;
  };
  /** The dialog gives the focus back first; then the message that is gone to has it. */
  const leave = (moment: number): void => {
    close();
    requestAnimationFrame(() => visit.toTime(moment));
  };
  const go = (event: Event): void => {
    event.preventDefault();
    const moment = startOfDay(day.current!.value);
    if (moment === null) day.current!.reportValidity();
    else leave(moment);
  };
  return (
    <Dialog title={t("Go to a day")} onClose={close}>
      <form class="form" onSubmit={go}>
        <label class="field">
          <span>{t("Day")}</span>
          <input
            ref={day}
            type="date"
            required
            min={dateInput(conversation.created)}
            max={dateInput(Date.now() * 1000)}
            defaultValue={dateInput(visit.jumping.value)}
          />
        </label>
        <div class="dialog-choices">
          <button type="button" class="button" onClick={() => leave(0)}>{t("The beginning")}</button>
          <button class="button primary">{t("Go there")}</button>
        </div>
      </form>
    </Dialog>
  );
}

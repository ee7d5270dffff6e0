/** What one says of oneself, until when, and that one isn't to be disturbed. */

import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { sentenceOf } from "../api/errors.ts";
import { setStatus } from "../api/statuses.ts";
import { noteUse } from "../app/emoji.ts";
import { put } from "../app/saying.ts";
import { endOf, SPANS, type Span } from "../state/status.ts";
import { fullTime } from "../state/times.ts";
import { t } from "../words/index.ts";
import { useChat } from "./context.ts";
import { EmojiSign } from "./emoji-sign.tsx";
import { Icon } from "./icons.tsx";
import { later } from "./later.tsx";

const EmojiPicker = later(async () => (await import("./emoji-picker.tsx")).default);
const TEXT_MAX = 80;
const PRESETS: readonly [emoji: string, words: () => string, span: Span][] = [
  ["🗓️", () => t("In a meeting"), "60"],
  ["🍽️", () => t("At lunch"), "60"],
  ["🚌", () => t("On the way"), "30"],
  ["🤒", () => t("Ill"), "today"],
  ["🌴", () => t("On holiday"), "always"],
];
const SPAN_WORDS: Record<(typeof SPANS)[number], () => string> = {
  always: () => t("Until I change it"),
  "30": () => t("For half an hour"),
  "60": () => t("For an hour"),
  "240": () => t("For four hours"),
  today: () => t("Today"),
  chosen: () => t("Until a time…"),
};

interface End {
  readonly span: Span;
  /** As a field for a time has it. */
  readonly chosen: string;
}

const begun = (until = 0): End => ({ span: until ? "kept" : "always", chosen: "" });

export function OwnStatus(): JSX.Element {
  const { client, me, people } = useChat();
  const before = people.said(me.username);
  const [emoji, setEmoji] = useState(before.emoji ?? "");
  const [text, setText] = useState(before.text ?? "");
  const [end, setEnd] = useState(() => begun(before.until));
  const [dnd, setDnd] = useState(!!before.dnd);
  const [dndEnd, setDndEnd] = useState(() => begun(before.dnd_until));
  const [choosing, setChoosing] = useState(false);
  // Said here: the notices are behind the dialog, where a screen reader doesn't look.
  const [done, setDone] = useState("");
  const [problem, setProblem] = useState("");
  const box = useRef<HTMLInputElement>(null);

  /** Says these words, and of the rest what the form says. */
  const say = async (emoji: string, text: string, said: string): Promise<void> => {
    const now = Date.now() * 1_000;
    const until = emoji || text ? endOf(end.span, now, before.until ?? 0, end.chosen) : 0;
    const dnd_until = dnd ? endOf(dndEnd.span, now, before.dnd_until ?? 0, dndEnd.chosen) : 0;
    setDone("");
    setProblem("");
    if (Number.isNaN(until + dnd_until)) return setProblem(t("Choose a time that is still to come."));
    try {
      const kept = await setStatus(client, { emoji, text, until, dnd, dnd_until });
      put(people, me.username, kept);
      // Saved once more, it ends when it would have.
      setEnd(begun(kept.until));
      setDndEnd(begun(kept.dnd_until));
      setDone(said);
    } catch (error) {
      setProblem(sentenceOf(error));
    }
  };
  const save = (event: Event): void => {
    event.preventDefault();
    void say(emoji, text.trim(), t("Your status is saved."));
  };
  const clear = (): void => {
    setEmoji("");
    setText("");
    box.current?.focus();
    void say("", "", t("Your status is cleared."));
  };
  const pick = (picked: string): void => {
    noteUse(picked);
    setEmoji(picked);
  };
  const choose = ([sign, words, span]: (typeof PRESETS)[number]): void => {
    setEmoji(sign);
    setText(words());
    setEnd({ span, chosen: "" });
  };
  return (
    <>
      <form onSubmit={save} aria-label={t("Your status")} class="own-status">
        <div class="own-choices" role="group" aria-label={t("Suggestions")}>
          {PRESETS.map((preset) => (
            <button key={preset[0]} type="button" class="button small" onClick={() => choose(preset)}>{preset[0]} {preset[1]()}</button>
          ))}
        </div>
        <div class="inline-form">
          <button type="button" class="icon-button" aria-label={emoji ? t("Emoji: {emoji}", { emoji }) : t("Emoji")} title={t("Emoji")} onClick={() => setChoosing(true)}>
            {emoji ? <span class="own-sign"><EmojiSign emoji={emoji} /></span> : <Icon name="smile" />}
          </button>
          <label class="field">
            <span>{t("Your status")}</span>
            <input ref={box} value={text} maxLength={TEXT_MAX} dir="auto" autocomplete="off" onInput={(event) => setText(event.currentTarget.value)} />
          </label>
          <Until label={t("How long")} end={end} kept={before.until ?? 0} onChange={setEnd} />
        </div>
        <label class="switch">
          <input type="checkbox" role="switch" checked={dnd} onChange={(event) => setDnd(event.currentTarget.checked)} />
          <span>
            {t("Do not disturb")}
            <small>{t("Nothing is told on any of your devices, and others see that you are not to be disturbed.")}</small>
          </span>
        </label>
        {dnd && <Until label={t("Not to be disturbed")} end={dndEnd} kept={before.dnd_until ?? 0} onChange={setDndEnd} />}
        {problem && <p role="alert">{problem}</p>}
        <p class="hint">
          <span role="status">{done}</span> {t("Everybody who is signed in can see it.")}
        </p>
        <div class="own-choices">
          <button class="button">{t("Save the status")}</button>
          {(before.emoji || before.text) && <button type="button" class="button" onClick={clear}>{t("Clear the status")}</button>}
        </div>
      </form>
      {choosing && <EmojiPicker title={t("Emoji")} onPick={pick} onClose={() => setChoosing(false)} />}
    </>
  );
}

function Until({ label, end, kept, onChange }: { label: string; end: End; kept: number; onChange: (end: End) => void }): JSX.Element {
  return (
    <div class="field-row">
      <label class="field">
        <span>{label}</span>
        <select value={end.span === "kept" && !kept ? "always" : end.span} onChange={(event) => onChange({ ...end, span: event.currentTarget.value as Span })}>
          {kept > 0 && <option value="kept">{t("Until {time}", { time: fullTime(kept) })}</option>}
          {SPANS.map((span) => (
            <option key={span} value={span}>{SPAN_WORDS[span]()}</option>
          ))}
        </select>
      </label>
      {end.span === "chosen" && (
        <label class="field">
          <span>{t("Time")}</span>
          <input type="datetime-local" required value={end.chosen} onInput={(event) => onChange({ ...end, chosen: event.currentTarget.value })} />
        </label>
      )}
    </div>
  );
}

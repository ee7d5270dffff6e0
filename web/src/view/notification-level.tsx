/** What somebody is told of one conversation, and until when nothing. */

import type { JSX } from "preact";
import { LEVELS, type Level } from "../state/notifying.ts";
import { fullTime } from "../state/times.ts";
import { t } from "../words/index.ts";
import { useChat } from "./context.ts";

const WORDS: Record<Level, () => string> = { all: () => t("All messages"), mentions: () => t("Mentions of me"), none: () => t("Nothing") };
const HOUR = 3_600_000;
/** Milliseconds for which one can mute. */
const SPANS: readonly [number, () => string][] = [
  [HOUR, () => t("For an hour")],
  [8 * HOUR, () => t("For eight hours")],
  [24 * HOUR, () => t("For a day")],
  [7 * 24 * HOUR, () => t("For a week")],
];

export function NotificationLevel({ conversation }: { conversation: string }): JSX.Element {
  const { preferences } = useChat();
  const { level, muted_until } = preferences.choice(conversation);
  const until = muted_until / 1_000;
  const muted = until > Date.now();
  const mute = (span: string): void => {
    if (span) void preferences.choose(conversation, { muted_until: Number(span) && (Date.now() + Number(span)) * 1_000 });
  };
  return (
    <>
      <label class="field">
        <span>{t("Notify me of")}</span>
        <select value={level} onChange={(event) => void preferences.choose(conversation, { level: event.currentTarget.value as Level })}>
          {LEVELS.map((each) => (
            <option key={each} value={each}>{WORDS[each]()}</option>
          ))}
        </select>
        <small>{t("On all your devices, where notifications or sounds are on in the settings.")}</small>
      </label>
      <label class="field">
        <span>{t("Mute")}</span>
        <select value="" onChange={(event) => mute(event.currentTarget.value)}>
          <option value="">{muted ? t("Until {time}", { time: fullTime(muted_until) }) : t("Not muted")}</option>
          {muted && <option value="0">{t("No longer")}</option>}
          {SPANS.map(([span, words]) => (
            <option key={span} value={span}>{words()}</option>
          ))}
        </select>
      </label>
    </>
  );
}

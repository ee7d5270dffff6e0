/** Emoji to choose from: search, groups, those used often, the server's own, a skin tone. All of it by keyboard. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { catalogue, chosen, loadEmoji, uses, type Catalogue } from "../app/emoji.ts";
import { settings, TONES } from "../app/settings.ts";
import { sentenceOf } from "../api/errors.ts";
import { searchEmoji, withTone, type Emoji } from "../state/emoji.ts";
import type { Picture } from "../state/pictures.ts";
import { t, tn } from "../words/index.ts";
import { useChat } from "./context.ts";
import { EmojiSign } from "./emoji-sign.tsx";
import { gridKeys } from "./grid-keys.ts";
import { Icon } from "./icons.tsx";

const FOUND_MAX = 80;
const OFTEN = "often";
const OWN = "own";
const NAMES: Record<string, [sign: string, name: () => string]> = {
  [OFTEN]: ["🕘", () => t("Used often")],
  [OWN]: ["⭐", () => t("Of this server")],
  "smileys-emotion": ["😀", () => t("Faces and feelings")],
  "people-body": ["👋", () => t("People")],
  "animals-nature": ["🐻", () => t("Animals and nature")],
  "food-drink": ["🍎", () => t("Food and drink")],
  "travel-places": ["🚲", () => t("Travel and places")],
  activities: ["⚽", () => t("Activities")],
  objects: ["💡", () => t("Things")],
  symbols: ["♻️", () => t("Signs")],
  flags: ["🏁", () => t("Flags")],
};
const TONE_NAMES = [() => t("No skin tone"), () => t("Light"), () => t("Medium light"), () => t("Medium"), () => t("Medium dark"), () => t("Dark")];

export function EmojiTab({ onPick }: { onPick: (emoji: string) => void }): JSX.Element {
  const { library } = useChat();
  const [query, setQuery] = useState("");
  const [problem, setProblem] = useState("");
  const [group, setGroup] = useState(() => (uses.peek().length ? OFTEN : "smileys-emotion"));
  const own = [...library.emoji.value.values()].map(entryOf);
  const loaded = catalogue.value;
  const all = loaded && withOwn(loaded, own);
  useEffect(() => {
    void library.loadEmoji();
    loadEmoji().catch((error: unknown) => setProblem(sentenceOf(error)));
  }, []);
  const shown = all ? entriesOf(all, query, group) : [];
  const pick = (entry: Emoji | undefined): void => {
    if (entry) onPick(chosen(entry));
  };
  return (
    <>
      <div class="search-box">
        <Icon name="search" />
        <input
          autofocus
          aria-label={t("Search emoji")}
          placeholder={t("Search")}
          autocomplete="off"
          value={query}
          onInput={(event) => setQuery(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.isComposing) return;
            if (event.key === "Enter") pick(shown[0]);
            else if (event.key === "ArrowDown") document.querySelector<HTMLElement>(".emoji-grid button")?.focus();
            else return;
            event.preventDefault();
          }}
        />
      </div>
      {all && <Groups all={all} group={query ? "" : group} onChoose={(name) => { setQuery(""); setGroup(name); }} />}
      <Grid key={query || group} entries={shown} label={query ? t("Found") : (NAMES[group]?.[1]() ?? group)} onPick={pick} />
      <p class="hint" role="status">{problem || (query && all ? foundWords(shown.length) : "")}</p>
      <Tone />
    </>
  );
}

function entriesOf(all: Catalogue, query: string, group: string): readonly Emoji[] {
  if (query.trim()) return searchEmoji(all.all, query, FOUND_MAX);
  if (group !== OFTEN) return all.groups.find(({ name }) => name === group)?.emoji ?? [];
  return uses.value.map(({ emoji }) => all.all.find((entry) => entry.emoji === emoji) ?? { emoji, codes: [], label: emoji, tags: [], toned: false });
}

/** One of the server's own, as the others are: what is written for it is its name between colons. */
function entryOf({ name, alt, tags }: Picture): Emoji {
  return { emoji: `:${name}:`, codes: [name], label: alt || name, tags: tags ?? [], toned: false };
}

/** The server's own come first: they have the name where both have one. */
function withOwn(all: Catalogue, own: readonly Emoji[]): Catalogue {
  if (!own.length) return all;
  return { ...all, all: [...own, ...all.all], groups: [{ name: OWN, emoji: own }, ...all.groups] };
}

function foundWords(count: number): string {
  return count ? tn(count, { one: "{count} emoji found", other: "{count} emoji found" }) : t("No emoji found");
}

function Groups(props: { all: Catalogue; group: string; onChoose: (name: string) => void }): JSX.Element {
  const names = [OFTEN, ...props.all.groups.map(({ name }) => name)];
  return (
    <div class="emoji-groups" role="group" aria-label={t("Groups")}>
      {names.map((name) => {
        const [sign, named] = NAMES[name] ?? ["•", () => name];
        const label = named();
        return (
          <button
            key={name}
            type="button"
            class="action emoji"
            aria-pressed={name === props.group}
            aria-label={label}
            title={label}
            onClick={() => props.onChoose(name)}
          >
            {sign}
          </button>
        );
      })}
    </div>
  );
}

function Grid(props: { entries: readonly Emoji[]; label: string; onPick: (entry: Emoji) => void }): JSX.Element {
  const [at, setAt] = useState(0);
  const grid = useRef<HTMLDivElement>(null);
  const tone = Number(settings.tone.value);
  return (
    <div
      ref={grid}
      class="emoji-grid"
      role="group"
      aria-label={props.label}
      onKeyDown={(event) => gridKeys(event, grid.current!, setAt)}
    >
      {props.entries.map((entry, index) => (
        <button
          key={entry.emoji}
          type="button"
          class="action emoji"
          tabIndex={index === Math.min(at, props.entries.length - 1) ? 0 : -1}
          aria-label={entry.label}
          title={entry.codes[0] ? `${entry.label} :${entry.codes[0]}:` : entry.label}
          onFocus={() => setAt(index)}
          onClick={() => props.onPick(entry)}
        >
          <EmojiSign emoji={withTone(entry, tone)} />
        </button>
      ))}
    </div>
  );
}

function Tone(): JSX.Element {
  return (
    <label class="emoji-tone">
      <span>{t("Skin tone")}</span>
      <select value={settings.tone.value} onChange={(event) => (settings.tone.value = event.currentTarget.value as (typeof TONES)[number])}>
        {TONES.map((tone) => (
          <option key={tone} value={tone}>
            {withTone({ emoji: "✋", toned: true }, Number(tone))} {TONE_NAMES[Number(tone)]!()}
          </option>
        ))}
      </select>
    </label>
  );
}

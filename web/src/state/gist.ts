/** A message in a few words, where it isn't shown itself: in the list, in a quote, in a notification, read out. */

import { plain } from "../markdown/index.ts";
import { t } from "../words/index.ts";
import { placeIn } from "./location.ts";
import { attachedTitle, attachedWords } from "./media.ts";

type Files = Parameters<typeof attachedTitle>[0];

interface Said {
  readonly text?: string;
  readonly attachments?: Files;
  readonly live_until?: number;
}

/** Without what is hidden as a spoiler; of a message without words, what it carries. */
export function gist(said: Said): string {
  return words(said) || attachedTitle(said.attachments ?? []);
}

/** The same in two parts, for what is read out: the words, and what is attached. */
export function gistParts(said: Said): [words: string, attached: string] {
  return [words(said), attachedWords(said.attachments ?? [])];
}

function words({ text = "", live_until = 0 }: Said): string {
  if (placeIn(text)) return t("Location");
  const shown = plain(text, { hideSpoilers: true });
  return live_until && !shown ? t("Live location") : shown;
}

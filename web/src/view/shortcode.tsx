/** `:tada:` in a message: the emoji of that name, or as typed where it names none or the names aren't loaded. */

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { catalogue, loadEmoji } from "../app/emoji.ts";

export function Shortcode({ name }: { name: string }): JSX.Element {
  const typed = `:${name}:`;
  const entry = catalogue.value?.byCode.get(name.toLowerCase());
  useEffect(() => void loadEmoji().catch(() => undefined), []);
  return entry ? <span role="img" aria-label={entry.label} title={typed}>{entry.emoji}</span> : <>{typed}</>;
}

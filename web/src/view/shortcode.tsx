/** `:tada:` in a message: the server's own emoji of that name, else the one of Unicode's, or as typed where there is none. */

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { catalogue, loadEmoji } from "../app/emoji.ts";
import { useChat } from "./context.ts";
import { EmojiPicture } from "./emoji-sign.tsx";

export function Shortcode({ name }: { name: string }): JSX.Element {
  const typed = `:${name}:`;
  const entry = catalogue.value?.byCode.get(name.toLowerCase());
  const own = useChat().library.want(name);
  useEffect(() => void loadEmoji().catch(() => undefined), []);
  if (own) return <EmojiPicture picture={own} />;
  return entry ? <span role="img" aria-label={entry.label} title={typed}>{entry.emoji}</span> : <>{typed}</>;
}

/** What somebody says of themselves, beside the name: its emoji, or all of it. Within the line, so that nothing moves. */

import type { JSX } from "preact";
import { t } from "../words/index.ts";
import { useChat } from "./context.ts";
import { EmojiSign } from "./emoji-sign.tsx";

export function StatusSign({ username, whole = false }: { username: string; whole?: boolean }): JSX.Element | null {
  const { emoji, text } = useChat().people.said(username);
  if (!emoji && !text) return null;
  const sign = emoji ? <EmojiSign emoji={emoji} /> : "💬";
  if (whole && text) return <span title={text}>{emoji && <>{sign} </>}<bdi>{text}</bdi></span>;
  const said = t("Status: {text}", { text: text || emoji! });
  return <span class="status-sign" role="img" aria-label={said} title={said}>{sign}</span>;
}

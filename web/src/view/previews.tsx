/** The boxes of a message's link previews: they have their size before anything of them is loaded. */

import type { JSX } from "preact";
import { settings } from "../app/settings.ts";
import type { Message } from "../state/messages.ts";
import { shownPreviews } from "../state/previews.ts";
import { t } from "../words/index.ts";
import { useChat } from "./context.ts";
import { Icon } from "./icons.tsx";
import { later } from "./later.tsx";

const Card = later(() => import("./preview-card.tsx").then((module) => module.PreviewCard));

export function Previews({ message, conversation }: { message: Message; conversation: string }): JSX.Element | null {
  const chat = useChat();
  const shown = settings.previews.value === "on" ? shownPreviews(message.previews) : [];
  if (!shown.length) return null;
  const known = chat.store.get(conversation)?.conversation;
  const may = message.author === chat.me.username || (known?.kind === "group" && known.role !== "member");
  const label = t("Remove link previews");
  return (
    <div class="previews">
      {shown.map(({ preview, host }, index) => (
        <div key={preview.url} class="preview">
          <Card preview={preview} host={host} />
          {may && !index && (
            <button type="button" class="icon-button" tabIndex={-1} aria-label={label} title={label} onClick={() => void chat.removePreviews(conversation, message)}>
              <Icon name="close" />
            </button>
          )}
        </div>
      ))}
    </div>
  );
}

/** The way to what was written and not sent. Loaded where there is any. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { tn } from "../words/index.ts";
import { useChat } from "./context.ts";
import { DraftsDialog, isElsewhere, placeOf } from "./drafts-dialog.tsx";
import { Icon } from "./icons.tsx";

/** The way to what was written and not sent, while there is any elsewhere than on the screen. */
export default function DraftsButton(): JSX.Element {
  const { drafts, store } = useChat();
  const [open, setOpen] = useState(false);
  const count = [...drafts.ids.value].filter((desk) => isElsewhere(desk) && store.get(placeOf(desk).id)).length;
  return (
    <>
      {count > 0 && (
        <button type="button" class="drafts-button" onClick={() => setOpen(true)}>
          <Icon name="edit" />
          {tn(count, { one: "{count} draft", other: "{count} drafts" })}
        </button>
      )}
      {open && <DraftsDialog onClose={() => setOpen(false)} />}
    </>
  );
}

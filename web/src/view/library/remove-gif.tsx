/** Takes a GIF out of the library: for who added it, and for administrators. It is asked before. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { attempt, notify } from "../../app/notices.ts";
import { altOf, type Picture } from "../../state/pictures.ts";
import { t } from "../../words/index.ts";
import { useChat } from "../context.ts";
import { Dialog } from "../dialog.tsx";

export function RemoveGif({ picture, onRemoved }: { picture: Picture; onRemoved: () => void }): JSX.Element | null {
  const { client, library, me } = useChat();
  const [asking, setAsking] = useState(false);
  const title = altOf({ media: picture.media, name: picture.name, alt: picture.alt ?? "" });
  const remove = async (): Promise<void> => {
    if (!(await attempt(client.removePicture(picture.media)))) return;
    library.forget(picture.media);
    notify(t("“{title}” was removed.", { title }));
    setAsking(false);
    onRemoved();
  };
  if (picture.added_by !== me.username && !me.admin) return null;
  return (
    <>
      <button type="button" class="text-button danger" onClick={() => setAsking(true)}>{t("Remove “{title}”", { title })}</button>
      {asking && (
        <Dialog title={t("Remove “{title}”?", { title })} onClose={() => setAsking(false)}>
          <p>{t("Messages with its pictures keep their descriptions.")}</p>
          <div class="dialog-choices">
            <button type="button" class="button" onClick={() => setAsking(false)}>{t("Leave it")}</button>
            <button type="button" class="button danger" onClick={() => void remove()}>{t("Remove")}</button>
          </div>
        </Dialog>
      )}
    </>
  );
}

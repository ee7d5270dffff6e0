/** Saves a moving picture to the server's GIFs, under a name and tags by which everybody finds it. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { sentenceOf } from "../../api/errors.ts";
import { notify } from "../../app/notices.ts";
import { tagsOf } from "../../state/pictures.ts";
import { t } from "../../words/index.ts";
import { useChat } from "../context.ts";
import { Dialog } from "../dialog.tsx";
import { addPicture } from "./adding.ts";

interface Props {
  /** What it is called where somebody else named it; "" where nobody did. */
  name: string;
  /** Fetches the content when it is saved. */
  content: () => Promise<{ content: Blob; file: string }>;
  onSaved?: () => void;
  onClose: () => void;
}

export function SaveGif({ name, content, onSaved, onClose }: Props): JSX.Element {
  const chat = useChat();
  const [allowed, setAllowed] = useState<boolean | null>(chat.me.admin ? true : null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    if (allowed !== null) return;
    chat.client.getLibrary().then(
      ({ gifs }) => setAllowed(gifs === "everyone"),
      (error: unknown) => setProblem(sentenceOf(error)),
    );
  }, []);
  const save = async (form: HTMLFormElement): Promise<void> => {
    const data = new FormData(form);
    setBusy(true);
    setProblem("");
    try {
      const { content: blob, file } = await content();
      const picture = { kind: "gif" as const, name: String(data.get("name")).trim(), tags: tagsOf(String(data.get("tags"))) };
      await addPicture(chat.client, blob, file, picture);
      notify(t("Saved to the GIFs."));
      onSaved?.();
      onClose();
    } catch (error) {
      setProblem(sentenceOf(error));
      setBusy(false);
    }
  };
  return (
    <Dialog title={t("Save to GIFs")} onClose={onClose}>
      {allowed === false ? (
        <p>{t("Only administrators add GIFs here.")}</p>
      ) : (
        <form
          class="form"
          onSubmit={(event) => {
            event.preventDefault();
            if (!busy && allowed) void save(event.currentTarget);
          }}
        >
          <p class="hint">{t("Everybody here can find and send it.")}</p>
          <label class="field">
            <span>{t("What it shows")}</span>
            <input name="name" autofocus required maxLength={64} autocomplete="off" dir="auto" defaultValue={name.slice(0, 64)} />
          </label>
          <label class="field">
            <span>{t("Tags")}</span>
            <input name="tags" maxLength={300} autocomplete="off" dir="auto" />
            <small>{t("Words by which it is found.")}</small>
          </label>
          <p class="failure" role="alert">{problem}</p>
          <div class="dialog-choices">
            <button type="button" class="button" onClick={onClose}>{t("Cancel")}</button>
            <button class="button primary" disabled={busy || !allowed}>{busy ? t("One moment…") : t("Save")}</button>
          </div>
        </form>
      )}
    </Dialog>
  );
}

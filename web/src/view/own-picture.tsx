/** The picture that shows oneself to others: seen, chosen, removed. */

import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { sentenceOf } from "../api/errors.ts";
import { t } from "../words/index.ts";
import { Avatar } from "./avatar.tsx";
import { useChat } from "./context.ts";
import { upload } from "./library/adding.ts";

/** Pixels of the square that is sent: large enough wherever it is shown. */
const SIDE = 256;
const TYPES = "image/jpeg,image/png,image/webp,image/gif,image/avif";

export function OwnPicture(): JSX.Element {
  const { client, me, people } = useChat();
  const input = useRef<HTMLInputElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  /** How much of the new one is at the server, from 0 to 1. */
  const [share, setShare] = useState<number | null>(null);
  // Said here: the notices are behind the dialog, where a screen reader doesn't look.
  const [done, setDone] = useState("");
  const [problem, setProblem] = useState("");
  const has = !!people.user(me.username)?.picture;
  const tell = (said: string, wrong = ""): void => {
    setDone(said);
    setProblem(wrong);
  };
  const name = (picture: string, said: string): Promise<void> =>
    client.updateMe({ picture }).then((user) => {
      people.know([user]);
      tell(said);
    });
  const choose = async (file: File): Promise<void> => {
    setShare(0);
    tell("");
    const square = await squared(file).catch(() => null);
    try {
      if (!square) return tell("", t("The browser can’t read this picture. Choose a JPEG, PNG, WebP or GIF."));
      await name(await upload(client, square, `picture.${square.type.slice(6)}`, setShare), t("Your picture is saved."));
    } catch (error) {
      tell("", sentenceOf(error));
    } finally {
      setShare(null);
    }
  };
  const remove = (): void => {
    button.current?.focus(); // The button that was pressed goes.
    tell("");
    name("", t("Your picture is removed.")).catch((error: unknown) => tell("", sentenceOf(error)));
  };
  return (
    <section class="own-picture" aria-label={t("Your picture")}>
      <Avatar username={me.username} />
      <input
        ref={input}
        type="file"
        accept={TYPES}
        hidden
        aria-label={t("Your picture")}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          event.currentTarget.value = ""; // So that the same file can be chosen again.
          if (file && share === null) void choose(file);
        }}
      />
      <div class="own-choices">
        <button ref={button} type="button" class="button" aria-disabled={share !== null} onClick={() => share === null && input.current?.click()}>
          {has ? t("Change the picture…") : t("Choose a picture…")}
        </button>
        {has && share === null && (
          <button type="button" class="button" onClick={remove}>{t("Remove the picture")}</button>
        )}
        {share !== null && <progress value={share} max={1} aria-label={t("The picture is on its way")} />}
      </div>
      {problem && <p role="alert">{problem}</p>}
      <p class="hint">
        <span role="status">{done}</span> {t("Everybody who is signed in sees the middle of it, small and standing still.")}
      </p>
    </section>
  );
}

/** The middle of a picture, with nothing else that was in the file. Raises where the browser can't read it. */
async function squared(file: Blob): Promise<Blob> {
  const picture = await createImageBitmap(file);
  const side = Math.min(picture.width, picture.height);
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = Math.min(SIDE, side);
  const context = canvas.getContext("2d")!;
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, (picture.width - side) / 2, (picture.height - side) / 2, side, side, 0, 0, canvas.width, canvas.height);
  picture.close();
  // A browser that writes no WebP writes PNG.
  return new Promise((resolve, reject) => canvas.toBlob((made) => (made ? resolve(made) : reject(new Error("no picture"))), "image/webp", 0.9));
}

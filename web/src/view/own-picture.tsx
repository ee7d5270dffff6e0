/** The picture that shows oneself to others: seen, chosen, removed. */

import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { attempt, notify } from "../app/notices.ts";
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
  const has = !!people.user(me.username)?.picture;
  const name = async (picture: string): Promise<void> => people.know([await client.updateMe({ picture })]);
  const choose = async (file: File): Promise<void> => {
    setShare(0);
    const square = await squared(file).catch(() => null);
    const send = async (content: Blob): Promise<void> => name(await upload(client, content, `picture.${content.type.slice(6)}`, setShare));
    if (!square) notify(t("The browser can’t read this picture. Choose a JPEG, PNG, WebP or GIF."), true);
    else if (await attempt(send(square))) notify(t("Your picture is saved."));
    setShare(null);
  };
  const remove = async (): Promise<void> => {
    button.current?.focus(); // The button that was pressed goes.
    if (await attempt(name(""))) notify(t("Your picture is removed."));
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
      <button ref={button} type="button" class="button" aria-disabled={share !== null} onClick={() => share === null && input.current?.click()}>
        {has ? t("Change the picture…") : t("Choose a picture…")}
      </button>
      {has && share === null && (
        <button type="button" class="button" onClick={() => void remove()}>{t("Remove the picture")}</button>
      )}
      {share !== null && <progress value={share} max={1} aria-label={t("The picture is on its way")} />}
      <p class="hint">{t("Everybody who is signed in sees the middle of it, small and standing still.")}</p>
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

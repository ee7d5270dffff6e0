/** What administrators do with the server's own pictures: packs, single ones, and who may add GIFs. */

import type { JSX, TargetedEvent } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { sentenceOf } from "../../api/errors.ts";
import type { Adding, LibraryView, PackView, PictureKind } from "../../api/types.ts";
import { attempt, notify } from "../../app/notices.ts";
import { houseAddress } from "../../state/house.ts";
import { altOf, type Picture } from "../../state/pictures.ts";
import { t, tn } from "../../words/index.ts";
import { useChat } from "../context.ts";
import { Dialog } from "../dialog.tsx";
import { addPack, addPicture, type PackResult } from "./adding.ts";

const KINDS: Record<PictureKind, () => string> = { sticker: () => t("Stickers"), emoji: () => t("Emoji"), gif: () => t("GIFs") };

export function LibrarySection(): JSX.Element {
  const { client, library } = useChat();
  const [view, setView] = useState<LibraryView | null>(null);
  const [problem, setProblem] = useState("");
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    client.getLibrary().then(setView, (error: unknown) => setProblem(sentenceOf(error)));
  }, [turn]);
  const changed = (): void => {
    setTurn(turn + 1);
    library.changed();
  };
  const update = (change: { gifs?: Adding; house?: boolean }): void => {
    void attempt(client.updateLibrary(change).then(setView));
  };
  return (
    <section aria-label={t("Stickers, GIFs and emoji")}>
      <h2 class="section-name">{t("Stickers, GIFs and emoji")}</h2>
      {problem && <p role="alert">{problem}</p>}
      {view && (
        <>
          <label class="field">
            <span>{t("Who may add GIFs")}</span>
            <select value={view.gifs} onChange={(event) => update({ gifs: event.currentTarget.value as Adding })}>
              <option value="everyone">{t("Everybody")}</option>
              <option value="administrators">{t("Administrators")}</option>
            </select>
          </label>
          <label class="choice">
            <input type="checkbox" checked={view.house} onChange={(event) => update({ house: event.currentTarget.checked })} />
            <span>{t("Offer the stickers that come with Tertulia")}</span>
          </label>
          <Packs packs={view.packs.filter(({ id }) => id !== "house")} onChanged={changed} />
          <AddPack onAdded={changed} />
          <AddOne onAdded={changed} />
          <Pictures turn={turn} onRemoved={changed} />
        </>
      )}
    </section>
  );
}

function Packs({ packs, onChanged }: { packs: readonly PackView[]; onChanged: () => void }): JSX.Element | null {
  const { client } = useChat();
  const [asking, setAsking] = useState<PackView | null>(null);
  if (!packs.length) return null;
  const remove = async (pack: PackView): Promise<void> => {
    if (!(await attempt(client.removePack(pack.id)))) return;
    notify(t("“{title}” was removed.", { title: pack.title }));
    setAsking(null);
    onChanged();
  };
  return (
    <>
      <ul class="members" aria-label={t("Packs")}>
        {packs.map((pack) => (
          <li key={pack.id} class="member">
            <span class="person">
              <bdi>{pack.title}</bdi>
              <small>{KINDS[pack.kind]()}</small>
            </span>
            <button type="button" class="text-button danger" aria-label={t("Remove {name}", { name: pack.title })} onClick={() => setAsking(pack)}>{t("Remove")}</button>
          </li>
        ))}
      </ul>
      {asking && (
        <Dialog title={t("Remove “{title}”?", { title: asking.title })} onClose={() => setAsking(null)}>
          <p>{t("Messages with its pictures keep their descriptions.")}</p>
          <div class="dialog-choices">
            <button type="button" class="button" onClick={() => setAsking(null)}>{t("Leave it")}</button>
            <button type="button" class="button danger" onClick={() => void remove(asking)}>{t("Remove")}</button>
          </div>
        </Dialog>
      )}
    </>
  );
}

/** What a form that uploads a file says, and what happens when it is sent: `add` gets the file and the fields, once at a time, and gives what is said at its end. */
function useAdding(
  add: (file: File, data: FormData, say: (said: string) => void) => Promise<string>,
  onAdded: () => void,
): { said: string; onSubmit: (event: TargetedEvent<HTMLFormElement>) => void } {
  const [said, setSaid] = useState("");
  const busy = useRef(false);
  const submit = async (form: HTMLFormElement): Promise<void> => {
    const data = new FormData(form);
    const file = data.get("file");
    if (busy.current || !(file instanceof File) || !file.size) return;
    busy.current = true;
    setSaid(t("Uploading…"));
    try {
      setSaid(await add(file, data, setSaid));
      form.reset();
      onAdded();
    } catch (error) {
      setSaid(sentenceOf(error));
    } finally {
      busy.current = false;
    }
  };
  const onSubmit = (event: TargetedEvent<HTMLFormElement>): void => {
    event.preventDefault();
    void submit(event.currentTarget);
  };
  return { said, onSubmit };
}

function AddPack({ onAdded }: { onAdded: () => void }): JSX.Element {
  const { client } = useChat();
  const [result, setResult] = useState<PackResult | null>(null);
  const { said, onSubmit } = useAdding(async (file, data, say) => {
    setResult(null);
    const looked = (count: number): void => say(tn(count, { one: "{count} picture looked at", other: "{count} pictures looked at" }));
    const done = await addPack(client, file, data.get("kind") as PictureKind, looked);
    setResult(done);
    return tn(done.added, { one: "{count} picture added", other: "{count} pictures added" });
  }, onAdded);
  return (
    <form class="form library-form" aria-label={t("Add a pack")} onSubmit={onSubmit}>
      <h3>{t("Add a pack")}</h3>
      <p class="hint">{t("A zip of up to 80 pictures: PNG, WebP, GIF or JPEG. A pack.json in it can say titles, names, tags and descriptions.")}</p>
      <label class="field">
        <span>{t("Zip file")}</span>
        <input name="file" type="file" accept=".zip,application/zip" required />
      </label>
      <KindField kinds={["sticker", "emoji"]} />
      <button class="button">{t("Add the pack")}</button>
      <p class="hint" role="status">{said}</p>
      {!!result?.problems.length && (
        <ul class="pack-problems" aria-label={t("Not added")}>
          {result.problems.map(({ file, detail }) => (
            <li key={file}><bdi>{file}</bdi>: {detail}</li>
          ))}
        </ul>
      )}
    </form>
  );
}

function AddOne({ onAdded }: { onAdded: () => void }): JSX.Element {
  const { client } = useChat();
  const { said, onSubmit } = useAdding(async (file, data) => {
    const name = String(data.get("name")).trim();
    await addPicture(client, file, file.name, { kind: data.get("kind") as PictureKind, name });
    return t("“{title}” was added.", { title: name });
  }, onAdded);
  return (
    <form class="form library-form" aria-label={t("Add one")} onSubmit={onSubmit}>
      <h3>{t("Add one")}</h3>
      <label class="field">
        <span>{t("Picture")}</span>
        <input name="file" type="file" accept="image/png,image/webp,image/gif,image/jpeg" required />
      </label>
      <KindField kinds={["emoji", "sticker", "gif"]} />
      <label class="field">
        <span>{t("Name")}</span>
        <input name="name" required maxLength={64} autocomplete="off" autocapitalize="none" dir="auto" />
        <small>{t("Of an emoji: small letters, digits, _ and -. It is written between colons.")}</small>
      </label>
      <button class="button">{t("Add it")}</button>
      <p class="hint" role="status">{said}</p>
    </form>
  );
}

function KindField({ kinds }: { kinds: readonly PictureKind[] }): JSX.Element {
  return (
    <label class="field">
      <span>{t("Kind")}</span>
      <select name="kind">
        {kinds.map((kind) => (
          <option key={kind} value={kind}>{KINDS[kind]()}</option>
        ))}
      </select>
    </label>
  );
}

function Pictures({ turn, onRemoved }: { turn: number; onRemoved: () => void }): JSX.Element {
  const { client, library } = useChat();
  const [kind, setKind] = useState<PictureKind>("emoji");
  const [listed, setListed] = useState<{ pictures: readonly Picture[]; cursor: string | null }>({ pictures: [], cursor: null });
  const read = (cursor: string, before: readonly Picture[]): Promise<void> =>
    library.find(kind, "", cursor).then(
      (page) => setListed({ pictures: [...before, ...page.pictures.filter(({ media }) => !houseAddress(media))], cursor: page.cursor }),
      (error: unknown) => notify(sentenceOf(error), true),
    );
  useEffect(() => void read("", []), [kind, turn]);
  const remove = async ({ media, name }: Picture): Promise<void> => {
    if (!(await attempt(client.removePicture(media)))) return;
    notify(t("“{title}” was removed.", { title: name }));
    onRemoved();
  };
  return (
    <>
      <label class="field">
        <span>{t("Show")}</span>
        <select value={kind} onChange={(event) => setKind(event.currentTarget.value as PictureKind)}>
          {Object.entries(KINDS).map(([value, name]) => (
            <option key={value} value={value}>{name()}</option>
          ))}
        </select>
      </label>
      <ul class="members" aria-label={KINDS[kind]()}>
        {listed.pictures.map((picture) => (
          <li key={picture.media} class="member">
            <img class="library-thumb" src={picture.still || picture.url} alt="" width={40} height={40} loading="lazy" />
            <span class="person">
              <bdi>{kind === "emoji" ? `:${picture.name}:` : altOf({ media: picture.media, name: picture.name, alt: picture.alt ?? "" })}</bdi>
              <small><bdi>@{picture.added_by}</bdi></small>
            </span>
            <button type="button" class="text-button danger" aria-label={t("Remove {name}", { name: picture.name })} onClick={() => void remove(picture)}>{t("Remove")}</button>
          </li>
        ))}
      </ul>
      {!listed.pictures.length && <p class="hint">{t("There are none yet.")}</p>}
      {listed.cursor !== null && <button type="button" class="button" onClick={() => void read(listed.cursor!, listed.pictures)}>{t("More")}</button>}
    </>
  );
}

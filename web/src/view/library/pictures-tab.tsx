/** Stickers or GIFs to choose from: used lately, by pack or newest first, or what is found. All of it by keyboard. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { sentenceOf } from "../../api/errors.ts";
import type { PackView } from "../../api/types.ts";
import { houseAddress } from "../../state/house.ts";
import { altOf, shows, type Picture } from "../../state/pictures.ts";
import { t, tn } from "../../words/index.ts";
import { useChat } from "../context.ts";
import { gridKeys } from "../grid-keys.ts";
import { Icon } from "../icons.tsx";
import { useMoving } from "../moving.ts";
import { useNear, useSource } from "../media/near.ts";
import { RemoveGif } from "./remove-gif.tsx";
import { SaveGif } from "./save-gif.tsx";

/** Typing goes on for so long before the server is asked (milliseconds). */
const WAIT = 200;

interface Props {
  kind: "sticker" | "gif";
  onPick: (picture: Picture) => void;
}

interface Found {
  readonly query: string;
  readonly pictures: readonly Picture[];
  readonly cursor: string | null;
}

interface Section {
  readonly name: string;
  readonly pictures: readonly Picture[];
}

export function PicturesTab({ kind, onPick }: Props): JSX.Element {
  const { library } = useChat();
  const [query, setQuery] = useState("");
  const [found, setFound] = useState<Found | null>(null);
  const [problem, setProblem] = useState("");
  const [turn, setTurn] = useState(0);
  /** The one that had the focus or the pointer last. */
  const [current, setCurrent] = useState<Picture | null>(null);
  const packs = usePacks(kind);
  const grid = useRef<HTMLDivElement>(null);
  /** Our own drawings, which the server knows by English words alone. */
  const drawn = useRef<readonly Picture[]>([]);
  const read = async (cursor: string, before: readonly Picture[], here: () => boolean): Promise<void> => {
    try {
      const page = await library.find(kind, query, cursor);
      if (!here()) return;
      if (!query && !cursor) drawn.current = page.pictures.filter(({ media }) => houseAddress(media));
      const own = query && !cursor ? drawn.current.filter((picture) => shows(picture, query)) : [];
      const pictures = [...before, ...own, ...page.pictures.filter(({ media }) => !own.some((other) => other.media === media))];
      setFound({ query, pictures, cursor: page.cursor });
      setProblem("");
    } catch (error) {
      if (here()) setProblem(sentenceOf(error));
    }
  };
  useEffect(() => {
    let here = true;
    const timer = setTimeout(() => void read("", [], () => here), query ? WAIT : 0);
    return () => {
      here = false;
      clearTimeout(timer);
    };
  }, [query, turn]);
  const again = (): void => {
    setCurrent(null);
    setTurn(turn + 1);
  };
  const lately = library.lately.value.filter((picture) => picture.kind === kind);
  const sections = found ? sectionsOf(kind, found, lately, packs) : [];
  const first = sections[0]?.pictures[0];
  return (
    <>
      <div class="search-box">
        <Icon name="search" />
        <input
          aria-label={kind === "sticker" ? t("Search stickers") : t("Search GIFs")}
          placeholder={t("Search")}
          autocomplete="off"
          dir="auto"
          maxLength={100}
          value={query}
          onInput={(event) => setQuery(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.isComposing) return;
            if (event.key === "Enter" && query === found?.query && first) onPick(first);
            else if (event.key === "ArrowDown") grid.current?.querySelector("button")?.focus();
            else return;
            event.preventDefault();
          }}
        />
      </div>
      <Sections grid={grid} kind={kind} sections={sections} onPick={onPick} onPoint={setCurrent}>
        {found && found.cursor !== null && (
          <button type="button" class="button" onClick={() => void read(found.cursor!, found.pictures, () => true)}>{t("More")}</button>
        )}
      </Sections>
      <p class="hint" role="status">{problem || (found && foundWords(found, lately.length))}</p>
      {kind === "gif" && (
        <div class="dialog-choices">
          {current && <RemoveGif key={current.media} picture={current} onRemoved={again} />}
          <AddGif onAdded={again} />
        </div>
      )}
    </>
  );
}

function foundWords({ query, pictures }: Found, lately: number): string {
  if (query) return pictures.length ? tn(pictures.length, { one: "{count} found", other: "{count} found" }) : t("Nothing found");
  return pictures.length || lately ? "" : t("There are none yet.");
}

/** The packs by their ids; those of stickers alone have sections of their own. */
function usePacks(kind: Props["kind"]): readonly PackView[] {
  const { client } = useChat();
  const [packs, setPacks] = useState<readonly PackView[]>([]);
  useEffect(() => {
    if (kind === "sticker") client.getLibrary().then((found) => setPacks(found.packs), () => undefined);
  }, []);
  return packs;
}

function sectionsOf(kind: Props["kind"], { query, pictures }: Found, lately: readonly Picture[], packs: readonly PackView[]): Section[] {
  if (query) return [{ name: t("Found"), pictures }];
  const sections = [{ name: t("Used lately"), pictures: lately }];
  if (kind === "gif") sections.push({ name: t("Newest first"), pictures: [...pictures] });
  else {
    for (const pack of packs) sections.push({ name: pack.id === "house" ? t("At the café") : pack.title, pictures: pictures.filter((picture) => picture.pack === pack.id) });
    const known = new Set(packs.map(({ id }) => id));
    sections.push({ name: t("Others"), pictures: pictures.filter(({ pack }) => !pack || !known.has(pack)) });
  }
  return sections.filter((section) => section.pictures.length > 0);
}

interface SectionsProps {
  grid: { current: HTMLDivElement | null };
  kind: Props["kind"];
  sections: readonly Section[];
  onPick: Props["onPick"];
  onPoint: (picture: Picture) => void;
  children: JSX.Element | false | null;
}

function Sections({ grid, kind, sections, onPick, onPoint, children }: SectionsProps): JSX.Element {
  const [at, setAt] = useState(0);
  let index = -1;
  return (
    <div ref={grid} class={`picture-grid ${kind}s`} onKeyDown={(event) => gridKeys(event, grid.current!, setAt)}>
      {sections.map(({ name, pictures }) => (
        <div key={name} role="group" aria-label={name}>
          <h3 class="section-name" dir="auto">{name}</h3>
          <div class="picture-cells">
            {pictures.map((picture) => {
              index += 1;
              const own = index;
              return <Cell key={picture.media} picture={picture} stop={own === at} onFocus={() => setAt(own)} onPoint={() => onPoint(picture)} onPick={() => onPick(picture)} />;
            })}
          </div>
        </div>
      ))}
      {children}
    </div>
  );
}

function Cell(props: { picture: Picture; stop: boolean; onFocus: () => void; onPoint: () => void; onPick: () => void }): JSX.Element {
  const { picture } = props;
  const { library } = useChat();
  const frame = useRef<HTMLButtonElement>(null);
  const house = houseAddress(picture.media);
  const known = house || picture.url;
  const source = useSource(picture.media, useNear(frame) && !known);
  const { moving, point } = useMoving(!!picture.animated, frame);
  const still = picture.still || source.described?.small;
  const address = house || (moving || !still ? picture.url || source.described?.url : still);
  const alt = altOf({ media: picture.media, name: picture.name, alt: picture.alt ?? "" });
  useEffect(() => {
    // It was removed since it was used.
    if (source.failed && !known) library.forget(picture.media);
  }, [source.failed]);
  return (
    <button
      ref={frame}
      type="button"
      class="picture-cell"
      tabIndex={props.stop ? 0 : -1}
      aria-label={alt}
      title={alt}
      onFocus={() => {
        props.onFocus();
        props.onPoint();
        point(true);
      }}
      onBlur={() => point(false)}
      onMouseEnter={() => {
        props.onPoint();
        point(true);
      }}
      onMouseLeave={() => point(false)}
      onClick={props.onPick}
    >
      {address && <img src={address} alt="" loading="lazy" decoding="async" draggable={false} />}
    </button>
  );
}

function AddGif({ onAdded }: { onAdded: () => void }): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  const [file, setFile] = useState<File | null>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        accept="image/gif,image/webp,image/png"
        aria-label={t("A moving picture")}
        onChange={(event) => {
          setFile(event.currentTarget.files?.[0] ?? null);
          event.currentTarget.value = ""; // So that the same file can be chosen again.
        }}
      />
      <button type="button" class="button" onClick={() => input.current?.click()}>{t("Add a GIF…")}</button>
      {file && (
        <SaveGif name="" content={() => Promise.resolve({ content: file, file: file.name })} onSaved={onAdded} onClose={() => setFile(null)} />
      )}
    </>
  );
}

/** Pictures, one at a time and as large as the window. Loaded when it is first opened. */

import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Attachment } from "../../api/media.ts";
import { attempt } from "../../app/notices.ts";
import { shownName } from "../../state/media.ts";
import { useChat } from "../context.ts";
import { Dialog } from "../dialog.tsx";
import { Icon, type IconName } from "../icons.tsx";
import { reads, t } from "../../words/index.ts";
import { download } from "./file-row.tsx";
import { useSource } from "./near.ts";
import { Placeholder } from "./placeholder.tsx";

const ZOOMS = [1, 1.5, 2, 3, 4] as const;
/** A finger that goes sideways so far turns to the next picture (pixels). */
const SWIPE = 60;

interface Props {
  files: readonly Attachment[];
  start: number;
  onClose: () => void;
}

export function Lightbox({ files, start, onClose }: Props): JSX.Element {
  const chat = useChat();
  const [at, setAt] = useState(start);
  const [zoom, setZoom] = useState(0);
  const file = files[Math.min(at, files.length - 1)]!;
  const several = files.length > 1;

  const turn = (step: number): void => {
    const next = at + step;
    if (next < 0 || next >= files.length) return;
    setAt(next);
    setZoom(0);
  };
  const magnify = (step: number): void => setZoom(Math.max(0, Math.min(ZOOMS.length - 1, zoom + step)));
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!pressed(event, turn, magnify, () => setZoom(0))) return;
    event.preventDefault();
  };
  // The window's, so that it doesn't matter what in the dialog has the focus; a row below it hears none of them.
  useEffect(() => {
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  });

  return (
    <Dialog title={shownName(file.name)} class="lightbox" onClose={onClose}>
      <div class="lightbox-tools" role="toolbar" aria-label={t("Picture")}>
        {several && <Tool icon="previous" label={t("Previous picture")} off={at === 0} onClick={() => turn(-1)} />}
        {several && <span role="status">{t("{number} of {all}", { number: at + 1, all: files.length })}</span>}
        {several && <Tool icon="next" label={t("Next picture")} off={at === files.length - 1} onClick={() => turn(1)} />}
        <span class="lightbox-gap" />
        <Tool icon="smaller" label={t("Smaller")} off={zoom === 0} onClick={() => magnify(-1)} />
        <Tool icon="larger" label={t("Larger")} off={zoom === ZOOMS.length - 1} onClick={() => magnify(1)} />
        <Tool icon="download" label={t("Download")} onClick={() => void attempt(download(chat.client, file))} />
      </div>
      <Stage key={file.media} file={file} zoom={ZOOMS[zoom]!} onSwipe={turn} onZoom={() => setZoom(zoom ? 0 : 2)} />
      {file.alt && <p class="lightbox-alt" dir="auto">{file.alt}</p>}
    </Dialog>
  );
}

function pressed(event: KeyboardEvent, turn: (step: number) => void, magnify: (step: number) => void, whole: () => void): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const onward = reads() === "rtl" ? -1 : 1;
  if (event.key === "ArrowRight") turn(onward);
  else if (event.key === "ArrowLeft") turn(-onward);
  else if (event.key === "+" || event.key === "=") magnify(1);
  else if (event.key === "-") magnify(-1);
  else if (event.key === "0") whole();
  else return false;
  return true;
}

function Tool(props: { icon: IconName; label: string; off?: boolean; onClick: () => void }): JSX.Element {
  return (
    <button type="button" class="icon-button" aria-label={props.label} title={props.label} aria-disabled={props.off} onClick={props.onClick}>
      <Icon name={props.icon} />
    </button>
  );
}

interface StageProps {
  file: Attachment;
  zoom: number;
  onSwipe: (step: number) => void;
  onZoom: () => void;
}

function Stage({ file, zoom, onSwipe, onZoom }: StageProps): JSX.Element {
  const stage = useRef<HTMLDivElement>(null);
  const { described, failed, onError, again } = useSource(file.media, true);
  const [loaded, setLoaded] = useState(false);
  const began = useRef<number | null>(null);
  useLayoutEffect(() => center(stage.current), [zoom]);
  // What moves is only ever the original; a still picture is large enough as the second thumbnail until it is enlarged.
  const url = file.animated || zoom > 1 ? described?.url : (described?.large ?? described?.url);
  return (
    <div
      ref={stage}
      class={zoom > 1 ? "lightbox-stage zoomed" : "lightbox-stage"}
      tabIndex={zoom > 1 ? 0 : undefined}
      role={zoom > 1 ? "region" : undefined}
      aria-label={zoom > 1 ? t("Enlarged picture; scroll to move it") : undefined}
      onDblClick={onZoom}
      onPointerDown={(event) => (began.current = event.clientX)}
      onPointerUp={(event) => {
        const way = event.clientX - (began.current ?? event.clientX);
        began.current = null;
        if (zoom === 1 && event.pointerType === "touch" && Math.abs(way) > SWIPE) onSwipe(way < 0 === (reads() === "ltr") ? 1 : -1);
      }}
    >
      <div class="lightbox-picture" style={{ inlineSize: `${zoom * 100}%`, blockSize: `${zoom * 100}%` }}>
        {file.thumbhash && !loaded && <Placeholder hash={file.thumbhash} />}
        {url && !failed && (
          <img src={url} alt={file.alt ?? ""} width={file.width} height={file.height} draggable={false} onLoad={() => setLoaded(true)} onError={onError} />
        )}
        {failed && (
          <p class="problem" role="alert">
            {t("The picture can’t be loaded.")}{" "}
            <button type="button" class="text-button" onClick={again}>{t("Try again")}</button>
          </p>
        )}
      </div>
    </div>
  );
}

function center(stage: HTMLElement | null): void {
  if (!stage) return;
  // Where a page is read from right to left, the beginning is 0 and all the rest is negative.
  stage.scrollLeft = ((reads() === "rtl" ? -1 : 1) * (stage.scrollWidth - stage.clientWidth)) / 2;
  stage.scrollTop = (stage.scrollHeight - stage.clientHeight) / 2;
}

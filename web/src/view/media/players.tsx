/** Films and music: the browser's own players. */

import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import type { Attachment } from "../../api/media.ts";
import { durationText, shownName, sizeText } from "../../state/media.ts";
import { t } from "../../words/index.ts";
import { FileRow } from "./file-row.tsx";
import { useNear, useSource } from "./near.ts";
import { boxStyle } from "./picture.tsx";

/** A film of unknown shape is shown as most are. */
const USUAL = { width: 480, height: 270 } as const;

export function Film({ file }: { file: Attachment }): JSX.Element {
  const frame = useRef<HTMLDivElement>(null);
  const { described, failed, onError } = useSource(file.media, useNear(frame));
  const shape = file.width && file.height ? file : USUAL;
  if (failed) return <FileRow file={file} />;
  return (
    <figure class="film">
      <div ref={frame} class="film-frame" style={boxStyle(shape)}>
        <video
          controls
          playsInline
          tabIndex={-1}
          preload="metadata"
          aria-label={file.alt || shownName(file.name)}
          {...(described && { src: described.url })}
          {...(described?.small && { poster: described.small })}
          onError={onError}
        />
      </div>
      <Caption file={file} />
    </figure>
  );
}

export function Sound({ file }: { file: Attachment }): JSX.Element {
  const frame = useRef<HTMLElement>(null);
  const { described, failed, onError } = useSource(file.media, useNear(frame));
  if (failed) return <FileRow file={file} />;
  return (
    <figure ref={frame} class="sound">
      <audio controls tabIndex={-1} preload="metadata" aria-label={shownName(file.name)} {...(described && { src: described.url })} onError={onError} />
      <Caption file={file} />
    </figure>
  );
}

function Caption({ file }: { file: Attachment }): JSX.Element {
  return (
    <figcaption>
      <bdi class="file-name" title={shownName(file.name)}>{shownName(file.name)}</bdi>
      <small>{file.duration ? t("{duration} · {size}", { duration: durationText(file.duration), size: sizeText(file.size) }) : sizeText(file.size)}</small>
    </figcaption>
  );
}

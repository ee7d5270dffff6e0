/** Films and music: the browser's own players. */

import type { JSX, RefObject } from "preact";
import { useRef, useState } from "preact/hooks";
import type { Attachment } from "../../api/media.ts";
import { addressToPlay } from "../../app/media/playable.ts";
import { durationText, shownName, sizeText } from "../../state/media.ts";
import { t } from "../../words/index.ts";
import { FileRow } from "./file-row.tsx";
import { useNear, useSource, type Source } from "./near.ts";
import { boxStyle } from "./picture.tsx";
import { Placeholder } from "./placeholder.tsx";

/** A film of unknown shape is shown as most are. */
const USUAL = { width: 480, height: 270 } as const;

export function Film({ file }: { file: Attachment }): JSX.Element {
  const frame = useRef<HTMLDivElement>(null);
  const { described, address, failed, onError } = usePlayed(file.media, frame);
  const shape = file.width && file.height ? file : USUAL;
  if (failed) return <FileRow file={file} />;
  return (
    <figure class="film">
      <div ref={frame} class="film-frame" style={boxStyle(shape)}>
        {file.thumbhash && <Placeholder hash={file.thumbhash} />}
        <video
          controls
          playsInline
          tabIndex={-1}
          preload={described?.small ? "none" : "metadata"}
          aria-label={file.alt || shownName(file.name)}
          {...(address && { src: address })}
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
  const { address, failed, onError } = usePlayed(file.media, frame);
  if (failed) return <FileRow file={file} />;
  return (
    <figure ref={frame} class="sound">
      <audio controls tabIndex={-1} preload="metadata" aria-label={shownName(file.name)} {...(address && { src: address })} onError={onError} />
      <Caption file={file} />
    </figure>
  );
}

/** Where it is played from. What could not be played is tried once more, then in the form that every browser plays. */
function usePlayed(media: string, frame: RefObject<HTMLElement | null>): Pick<Source, "described" | "failed" | "onError"> & { readonly address: string } {
  const source = useSource(media, useNear(frame));
  const [refused, setRefused] = useState(false);
  const onError = (): void => {
    setRefused(true);
    source.onError();
  };
  return { ...source, address: source.described ? addressToPlay(source.described, refused) : "", onError };
}

function Caption({ file }: { file: Attachment }): JSX.Element {
  return (
    <figcaption>
      <bdi class="file-name" title={shownName(file.name)}>{shownName(file.name)}</bdi>
      <small>{file.duration ? t("{duration} · {size}", { duration: durationText(file.duration), size: sizeText(file.size) }) : sizeText(file.size)}</small>
    </figcaption>
  );
}

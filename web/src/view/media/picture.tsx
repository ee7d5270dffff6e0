/** One picture of a message: its box is there before it is. */

import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import type { Attachment } from "../../api/media.ts";
import { boxOf } from "../../state/media.ts";
import { altOf } from "../../state/pictures.ts";
import { useChat } from "../context.ts";
import { Icon } from "../icons.tsx";
import { useMoving } from "../moving.ts";
import { t } from "../../words/index.ts";
import { useNear, useSource } from "./near.ts";
import { Placeholder } from "./placeholder.tsx";

interface Props {
  file: Attachment;
  /** Whether it is one of several, which all have boxes of one shape. */
  tiled: boolean;
  label: string;
  onOpen: () => void;
}

export function Picture({ file, tiled, label, onOpen }: Props): JSX.Element {
  const frame = useRef<HTMLDivElement>(null);
  const local = useChat().media.uploads.previews.ofMedia(file.media);
  const still = local && !file.animated;
  const source = useSource(file.media, useNear(frame) && !still);
  const [loaded, setLoaded] = useState(false);
  const animation = useMoving(!!file.animated, frame);
  const { described } = source;
  const address = still ? local : animation.moving ? described?.url : (described?.small ?? described?.url);
  return (
    <div ref={frame} class="picture" style={tiled ? {} : boxStyle(file)} onMouseEnter={() => animation.point(true)} onMouseLeave={() => animation.point(false)}>
      <button
        type="button"
        class="picture-open"
        tabIndex={-1}
        aria-label={label}
        onClick={onOpen}
        onFocus={() => animation.point(true)}
        onBlur={() => animation.point(false)}
      >
        {file.thumbhash && !loaded && <Placeholder hash={file.thumbhash} />}
        {address && !source.failed && (
          <img
            src={address}
            alt={file.alt ?? ""}
            width={file.width}
            height={file.height}
            decoding="async"
            draggable={false}
            onLoad={() => setLoaded(true)}
            onError={source.onError}
          />
        )}
        {source.failed && <span class="picture-broken"><Icon name="image" />{file.library ? altOf(file) : t("It can’t be shown now.")}</span>}
      </button>
      {file.animated && <PlayButton words={file.type === "image/gif" ? "GIF" : ""} moving={animation.moving} onClick={animation.toggle} />}
      {source.failed && <button type="button" class="text-button picture-again" tabIndex={-1} onClick={source.again}>{t("Try again")}</button>}
    </div>
  );
}

export function boxStyle(file: { readonly width?: number; readonly height?: number }): Record<string, string> {
  const { width, height } = boxOf(file);
  return { inlineSize: `${width}px`, aspectRatio: `${width} / ${height}` };
}

function PlayButton({ words, moving, onClick }: { words: string; moving: boolean; onClick: () => void }): JSX.Element {
  const label = moving ? t("Pause the animation") : t("Play the animation");
  return (
    <button type="button" class="picture-play" tabIndex={-1} aria-label={label} title={label} onClick={onClick}>
      <Icon name={moving ? "pause" : "play"} />
      <span aria-hidden="true">{words}</span>
    </button>
  );
}

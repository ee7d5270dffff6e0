/** One of the server's own pictures: a sticker in a message, and what stands in the picker. */

import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import type { Attachment } from "../../api/media.ts";
import { houseAddress } from "../../state/house.ts";
import { altOf } from "../../state/pictures.ts";
import { t } from "../../words/index.ts";
import { Icon } from "../icons.tsx";
import { useMoving } from "../moving.ts";
import { useNear, useSource } from "./near.ts";

/** Without a bubble; where the picture was removed, what it showed stands there in words. */
export function Sticker({ file }: { file: Attachment }): JSX.Element {
  const frame = useRef<HTMLDivElement>(null);
  const house = houseAddress(file.media);
  const source = useSource(file.media, useNear(frame) && !house);
  const { moving, point, toggle } = useMoving(!!file.animated, frame);
  const alt = altOf(file);
  const { described } = source;
  const address = house || (moving ? described?.url : described?.small || described?.url);
  const label = moving ? t("Pause the animation") : t("Play the animation");
  return (
    <div ref={frame} class="sticker" onMouseEnter={() => point(true)} onMouseLeave={() => point(false)}>
      {source.failed ? (
        <span class="sticker-gone" dir="auto">{alt}</span>
      ) : (
        address && <img src={address} alt={alt} width={160} height={160} decoding="async" draggable={false} onError={source.onError} />
      )}
      {file.animated && !source.failed && (
        <button type="button" class="picture-play" tabIndex={-1} aria-label={label} title={label} onFocus={() => point(true)} onBlur={() => point(false)} onClick={toggle}>
          <Icon name={moving ? "pause" : "play"} />
        </button>
      )}
    </div>
  );
}

/** An emoji as it is seen: the sign itself, or the picture of one of the server's own, which is called `:name:`. */

import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { customName, type Picture } from "../state/pictures.ts";
import { useChat } from "./context.ts";
import { useMoving } from "./moving.ts";

export function EmojiSign({ emoji }: { emoji: string }): JSX.Element {
  const name = customName(emoji);
  return name ? <CustomEmoji name={name} /> : <>{emoji}</>;
}

/** As it is typed where the server has none of that name. */
export function CustomEmoji({ name }: { name: string }): JSX.Element {
  const found = useChat().library.want(name);
  return found ? <EmojiPicture picture={found} /> : <>{`:${name}:`}</>;
}

export function EmojiPicture({ picture }: { picture: Picture }): JSX.Element {
  const { library } = useChat();
  const frame = useRef<HTMLImageElement>(null);
  const { moving, point } = useMoving(!!picture.animated, frame);
  const typed = `:${picture.name}:`;
  return (
    <img
      ref={frame}
      class="emoji-picture"
      src={moving ? picture.url : picture.still || picture.url}
      alt={typed}
      title={typed}
      draggable={false}
      onMouseEnter={() => point(true)}
      onMouseLeave={() => point(false)}
      onError={() => void library.loadEmoji()}
    />
  );
}

/** A person's picture, or letters on a colour of their own, and how they are, by shape as well as colour. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { hue, initials, presenceWord } from "../state/people.ts";
import { useChat } from "./context.ts";

const COLOURS = 8;

export function Avatar({ username, presence = false }: { username: string; presence?: boolean }): JSX.Element {
  const { people } = useChat();
  const status = presence ? people.presence(username) : null;
  return (
    <span class={`avatar tint-${hue(username, COLOURS)}`}>
      <span aria-hidden="true">{initials(people.name(username))}</span>
      <Portrait username={username} />
      {status && (
        <span class={`presence ${status}`} role="img" aria-label={presenceWord(status)} title={presenceWord(status)} />
      )}
    </span>
  );
}

/** Over the letters, once it is here: until then, and where it doesn't come, they are seen. */
function Portrait({ username }: { username: string }): JSX.Element | null {
  const { people } = useChat();
  const [here, setHere] = useState("");
  const url = people.user(username)?.picture_url;
  if (!url) return null;
  return (
    <img
      key={url}
      class={here === url ? "portrait here" : "portrait"}
      src={url}
      alt=""
      loading="lazy"
      decoding="async"
      draggable={false}
      onLoad={() => setHere(url)}
      onError={() => people.lost(username)}
    />
  );
}

export function GroupAvatar({ id, name }: { id: string; name: string }): JSX.Element {
  return (
    <span class={`avatar group tint-${hue(id, COLOURS)}`} aria-hidden="true">
      {initials(name)}
    </span>
  );
}

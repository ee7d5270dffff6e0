/** A person's picture: letters on a colour of their own, and how they are, by shape as well as colour. */

import type { JSX } from "preact";
import { hue, initials, presenceWord } from "../state/people.ts";
import { useChat } from "./context.ts";

const COLOURS = 8;

export function Avatar({ username, presence = false }: { username: string; presence?: boolean }): JSX.Element {
  const { people } = useChat();
  const status = presence ? people.presence(username) : null;
  return (
    <span class={`avatar tint-${hue(username, COLOURS)}`}>
      <span aria-hidden="true">{initials(people.name(username))}</span>
      {status && (
        <span class={`presence ${status}`} role="img" aria-label={presenceWord(status)} title={presenceWord(status)} />
      )}
    </span>
  );
}

export function GroupAvatar({ id, name }: { id: string; name: string }): JSX.Element {
  return (
    <span class={`avatar group tint-${hue(id, COLOURS)}`} aria-hidden="true">
      {initials(name)}
    </span>
  );
}

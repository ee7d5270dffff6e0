/** Where somebody is, in a message: as words and a way to a map. No map is loaded: it would learn who looks. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { attempt } from "../app/notices.ts";
import { accuracyText, coordinates, mapAddress, type Place } from "../state/location.ts";
import type { Message } from "../state/messages.ts";
import { clockTime } from "../state/times.ts";
import { t } from "../words/index.ts";
import { useChat } from "./context.ts";
import { Icon } from "./icons.tsx";

const MICROSECONDS = 1_000;

export function LocationCard({ place }: { place: Place }): JSX.Element {
  return (
    <div class="location">
      <Icon name="pin" />
      <strong>{t("Location")}</strong>
      <Where place={place} />
    </div>
  );
}

/** Of a live location the last position that came while this page was open; and it ends when the server says so. */
export function LiveLocation({ message, conversation }: { message: Message; conversation: string }): JSX.Element {
  const { locating, me, client } = useChat();
  const sighting = locating.sighting(message.timestamp).value;
  const until = message.live_until / MICROSECONDS;
  const over = useOver(until);
  const here = locating.shares.value.some((share) => share.timestamp === message.timestamp);
  const stop = async (): Promise<void> => {
    if (await attempt(client.deleteMessage(conversation, message.timestamp))) locating.end(message.timestamp);
  };
  return (
    <div class="location location-live">
      <Icon name="pin" />
      <strong>{over ? t("Live location, ended") : t("Live location until {time}", { time: clockTime(message.live_until) })}</strong>
      {!over && (sighting ? <Where place={sighting} at={sighting.at} /> : <span>{t("Waiting for a position…")}</span>)}
      {!over && message.author === me.username && (
        <button type="button" class="button small" tabIndex={-1} onClick={() => void stop()}>
          {here ? t("Stop sharing") : t("End it")}
        </button>
      )}
    </div>
  );
}

/** Whether a moment (milliseconds since 1970) has come; drawn again when it does. */
function useOver(until: number): boolean {
  const [, redraw] = useState(0);
  const left = until - Date.now();
  useEffect(() => {
    if (left <= 0) return;
    // A little later: the two clocks need not agree to the millisecond.
    const timer = setTimeout(() => redraw((times) => times + 1), left + 100);
    return () => clearTimeout(timer);
  }, [until, left <= 0]);
  return left <= 0;
}

function Where({ place, at }: { place: Place; at?: number }): JSX.Element {
  const known = [accuracyText(place), at === undefined ? "" : t("as of {time}", { time: clockTime(at * MICROSECONDS) })];
  return (
    <>
      <span><bdi>{coordinates(place)}</bdi></span>
      <small>{known.filter(Boolean).join(" · ")}</small>
      <span>
        <a href={mapAddress(place)} target="_blank" rel="noopener noreferrer" tabIndex={-1}>{t("Open in a map")}</a>
      </span>
    </>
  );
}

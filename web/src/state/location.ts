/** Places: a `geo:` URI (RFC 5870) in a message of its own, and what is shown of one. */

import { numberFormat } from "../words/formats.ts";
import { t } from "../words/index.ts";

export interface Place {
  readonly latitude: number;
  readonly longitude: number;
  /** Metres by which it may be wrong; 0 where that isn't known. */
  readonly accuracy: number;
}

const GEO = /^geo:(-?\d{1,2}(?:\.\d+)?),(-?\d{1,3}(?:\.\d+)?)(?:;u=(\d+(?:\.\d+)?))?$/;
/** About a decimetre. */
const DIGITS = 6;
/** About ten metres: what people can read, and most devices know. */
const SHOWN_DIGITS = 4;

export function geoUri({ latitude, longitude, accuracy }: Place): string {
  const uri = `geo:${short(latitude)},${short(longitude)}`;
  return accuracy > 0 ? `${uri};u=${Math.ceil(accuracy)}` : uri;
}

/** The place that a message consists of; null where it says anything else. */
export function placeIn(text: string): Place | null {
  const [, latitude, longitude, accuracy] = GEO.exec(text.trim()) ?? [];
  const place = { latitude: Number(latitude), longitude: Number(longitude), accuracy: Number(accuracy ?? 0) };
  return Math.abs(place.latitude) <= 90 && Math.abs(place.longitude) <= 180 ? place : null;
}

/** "40.4168° N, 3.7038° W" */
export function coordinates({ latitude, longitude }: Place): string {
  const format = numberFormat({ minimumFractionDigits: SHOWN_DIGITS, maximumFractionDigits: SHOWN_DIGITS });
  const north = format.format(Math.abs(latitude));
  const east = format.format(Math.abs(longitude));
  return t("{latitude}, {longitude}", {
    latitude: latitude < 0 ? t("{degrees}° S", { degrees: north }) : t("{degrees}° N", { degrees: north }),
    longitude: longitude < 0 ? t("{degrees}° W", { degrees: east }) : t("{degrees}° E", { degrees: east }),
  });
}

/** "to within 20 m"; empty where that isn't known. */
export function accuracyText({ accuracy }: Place): string {
  if (!accuracy) return "";
  const kilometres = accuracy >= 1000;
  const format = numberFormat({ style: "unit", unit: kilometres ? "kilometer" : "meter", maximumFractionDigits: 0 });
  return t("to within {distance}", { distance: format.format(Math.ceil(kilometres ? accuracy / 1000 : accuracy)) });
}

/** A map of the world that anybody may use; it learns of the place only where somebody goes there. */
export function mapAddress({ latitude, longitude }: Place): string {
  const [north, east] = [short(latitude), short(longitude)];
  return `https://www.openstreetmap.org/?mlat=${north}&mlon=${east}#map=16/${north}/${east}`;
}

function short(degrees: number): string {
  return String(Number(degrees.toFixed(DIGITS)));
}

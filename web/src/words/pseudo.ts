/** English made longer, accented and in brackets: what lacks the brackets on the page was never translated. */

import type { Catalogue } from "./catalogue.ts";

const LETTERS = "aeiouyncAEIOUYNC";
const ACCENTED = "áéíóúýñçÁÉÍÓÚÝÑÇ";
/** Other languages take up to so much more room. */
const LONGER = 0.4;

export function pseudo(english: string): string {
  const accented = english.replace(/\{\w+\}|[aeiouyncAEIOUYNC]/g, (found) => (found.length > 1 ? found : ACCENTED[LETTERS.indexOf(found)]!));
  return `⟦${accented}${"·".repeat(Math.ceil(english.length * LONGER))}⟧`;
}

const every = <T>(make: (key: string) => T): Readonly<Record<string, T>> => new Proxy({}, { get: (_, key) => make(String(key)) });

const catalogue: Catalogue = {
  sentences: every(pseudo),
  counts: every((other) => ({ other: pseudo(other) })),
  errors: every((code) => pseudo(`Error ${code}`)),
};

export default catalogue;

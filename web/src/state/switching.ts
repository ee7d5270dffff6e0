/** Finds conversations by a few letters: where all letters come in their order; better where they stand together. */

export interface Choice {
  readonly id: string;
  readonly name: string;
  readonly unread: number;
}

/** The choices that match, best first; of equal ones, those with unread messages, then in the order given. */
export function rank<T extends Choice>(choices: readonly T[], query: string): readonly T[] {
  const wanted = fold(query);
  return choices
    .map((choice) => ({ choice, score: score(fold(choice.name), wanted) }))
    .filter(({ score }) => score > 0)
    .sort((one, other) => other.score - one.score || Number(other.choice.unread > 0) - Number(one.choice.unread > 0))
    .map(({ choice }) => choice);
}

/** As names are compared: one case, no accents. */
export function fold(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLocaleLowerCase().trim();
}

function score(name: string, wanted: string): number {
  if (!wanted) return 1;
  if (name.startsWith(wanted)) return 4;
  if (name.split(/\s+/u).some((word) => word.startsWith(wanted))) return 3;
  if (name.includes(wanted)) return 2;
  let at = 0;
  for (const letter of wanted) {
    at = name.indexOf(letter, at) + 1;
    if (!at) return 0;
  }
  return 1;
}

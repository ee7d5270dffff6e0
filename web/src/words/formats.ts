/** Numbers, dates and lists as the language writes them. */

import { languageOf, locale } from "./language.ts";

/** By language and name: as many as there are languages times the few styles of this page. */
const made = new Map<string, unknown>();

function kept<T>(name: string, make: (locale: string) => T): T {
  const tag = locale.value;
  const key = `${tag} ${name}`;
  if (!made.has(key)) made.set(key, make(tag));
  return made.get(key) as T;
}

/**
 * A number as the language writes it. Before it can write its first one a browser reads its tables, which takes longer than to
 * draw a message; small numbers are what they are in English and Spanish.
 */
export function written(count: number): string {
  return isPlain(count) ? String(count) : numberFormat().format(count);
}

function isPlain(count: number): boolean {
  const digits = languageOf.value === "en" || languageOf.value === "es";
  return digits && !locale.value.includes("-u-") && Number.isInteger(count) && count >= 0 && count < 1_000;
}

export function numberFormat(options: Intl.NumberFormatOptions = {}): Intl.NumberFormat {
  return kept(`number ${JSON.stringify(options)}`, (tag) => new Intl.NumberFormat(tag, options));
}

export function dateFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return kept(`date ${JSON.stringify(options)}`, (tag) => new Intl.DateTimeFormat(tag, options));
}

/** "in 3 hours", "yesterday". */
export function relativeFormat(): Intl.RelativeTimeFormat {
  return kept("relative", (tag) => new Intl.RelativeTimeFormat(tag, { numeric: "auto" }));
}

export function pluralForm(count: number): Intl.LDMLPluralRule {
  if (isPlain(count)) return count === 1 ? "one" : "other";
  return kept("plural", (tag) => new Intl.PluralRules(tag)).select(count);
}

/** Items with what stands between them. */
export function listParts<V>(items: readonly V[]): (string | V)[] {
  // The format takes a while to make.
  if (items.length < 2) return [...items];
  const format = kept("list", (tag) => new Intl.ListFormat(tag));
  const places = items.map((_, index) => String(index));
  return format.formatToParts(places).map(({ type, value }) => (type === "element" ? items[Number(value)]! : value));
}

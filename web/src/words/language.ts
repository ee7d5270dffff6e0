/** Which languages there are, and which one somebody gets. */

import { signal } from "@preact/signals";

/** Those that can be chosen; `public/first.js` knows the same. */
export const LANGUAGES = ["en", "es", "ar"] as const;
/** `pseudo` is English made longer and marked: it shows where a sentence is not translated. For tests, and in no menu. */
export type Language = (typeof LANGUAGES)[number] | "pseudo";
export type Choice = Language | "browser";

/** The language that the page speaks now. */
export const languageOf = signal<Language>("en");
/** How dates and numbers are written: the language, and the reader's own country where the browser tells it. */
export const locale = signal<string>("en");

/** What somebody gets who chose that; `wanted` are the browser's languages, the best first. */
export function resolve(choice: Choice, wanted: readonly string[]): Language {
  if (choice !== "browser") return choice;
  const codes = wanted.map((tag) => tag.toLowerCase().split("-")[0]);
  return codes.map((code) => LANGUAGES.find((language) => language === code)).find((language) => language !== undefined) ?? "en";
}

export function localeOf(language: Language, wanted: readonly string[]): string {
  const code = language === "pseudo" ? "en" : language;
  return wanted.find((tag) => tag.toLowerCase().split("-")[0] === code && valid(tag)) ?? code;
}

/** As `<html lang>` has it. */
export function tagOf(language: Language): string {
  return language === "pseudo" ? "en-XA" : language;
}

export function direction(language: Language): "ltr" | "rtl" {
  return language === "ar" ? "rtl" : "ltr";
}

function valid(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

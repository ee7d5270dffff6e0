/** Which language the page speaks, as it is set. */

import { effect } from "@preact/signals";
import { direction, languageOf, resolve, speak, t, tagOf } from "../words/index.ts";
import { notify } from "./notices.ts";
import { settings } from "./settings.ts";

/**
 * Speaks the language that is set, now and with each change; done when the first is there, or can't be had: then the
 * page is in English until there is a connection.
 */
export async function followLanguage(): Promise<void> {
  let first: Promise<void> | undefined;
  effect(() => {
    const changing = change(resolve(settings.language.value, navigator.languages));
    first ??= changing;
  });
  addEventListener("online", () => void change(resolve(settings.language.peek(), navigator.languages)));
  await first;
}

async function change(language: ReturnType<typeof resolve>): Promise<void> {
  try {
    await speak(language, navigator.languages);
  } catch {
    notify(t("The language couldn’t be loaded. Check the connection and try again."), true);
  }
  const { documentElement } = document;
  documentElement.lang = tagOf(languageOf.peek());
  documentElement.dir = direction(languageOf.peek());
}

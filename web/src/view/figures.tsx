/** How much there is of everything on the server. Nothing is announced when a figure changes: who wants to know reads it. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Figures } from "../api/types.ts";
import { FigureWatch } from "../app/figures.ts";
import { sizeText } from "../state/media.ts";
import { fullTime } from "../state/times.ts";
import { written } from "../words/formats.ts";
import { t } from "../words/index.ts";
import { useChat } from "./context.ts";

const HOUR = 3_600_000_000;

export function FiguresSection(): JSX.Element {
  const { client } = useChat();
  const [watch] = useState(() => new FigureWatch(() => client.getFigures()));
  const section = useRef<HTMLElement>(null);
  const { figures, problem } = watch.shown.value;
  useEffect(() => looked(section.current!, (on) => watch.watch(on)), []);
  return (
    <section ref={section} aria-label={t("Figures")}>
      <h2 class="section-name">{t("Figures")}</h2>
      <dl class="figures" aria-busy={!figures && !problem}>
        {rows(figures).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd><bdi>{value}</bdi></dd>
          </div>
        ))}
      </dl>
      <p class="hint">{problem || (figures ? hint(figures) : "\u00a0")}</p>
    </section>
  );
}

/** Tells whether the element is on the screen of a page in the foreground; what it gives ends that. */
function looked(element: HTMLElement, tell: (on: boolean) => void): () => void {
  let seen = false;
  const look = (): void => tell(seen && document.visibilityState === "visible");
  const observer = new IntersectionObserver((entries) => {
    seen = entries.at(-1)!.isIntersecting;
    look();
  });
  observer.observe(element);
  document.addEventListener("visibilitychange", look);
  return () => {
    observer.disconnect();
    document.removeEventListener("visibilitychange", look);
    tell(false);
  };
}

function rows(figures: Figures | null): [string, string][] {
  const shown = (value: number | null | undefined, form: (value: number) => string = count): string =>
    value === undefined ? "…" : value === null ? t("not known here") : form(value);
  return [
    [t("People with an account"), shown(figures?.people)],
    [t("Disabled"), shown(figures?.disabled)],
    [t("Connected now"), shown(figures?.connected)],
    [t("Open connections"), shown(figures?.connections)],
    [t("Conversations"), shown(figures?.conversations)],
    [t("Messages"), shown(figures?.messages)],
    [t("Messages in the last minute"), shown(figures?.messages_minute)],
    [t("Messages in the last hour"), shown(figures?.messages_hour)],
    [t("Databases"), shown(figures?.database_bytes, sizeText)],
    [t("Files"), shown(figures?.files)],
    [t("Size of the files"), shown(figures?.file_bytes, sizeText)],
    [t("Running since"), shown(figures?.since, fullTime)],
    [t("Version"), figures?.version ?? "…"],
  ];
}

function count(value: number): string {
  return written(value);
}

function hint({ age_seconds, since }: Figures): string {
  if (age_seconds) return t("Counts and sizes can be {hours} hours old.", { hours: count(Math.ceil(age_seconds / 3600)) });
  if (since !== null && Date.now() * 1000 - since < HOUR) return t("Messages of the last hour are counted from the start of the server.");
  return t("As of now. What was deleted is counted among the messages, thumbnails aren’t among the files.");
}

/** What happened between two messages: small lines in the middle. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { toLines, type Line, type Piece } from "../state/changes.ts";
import type { Row } from "../state/rows.ts";
import { clockTime, dateOf, fullTime } from "../state/times.ts";
import { t } from "../words/index.ts";
import { useChat } from "./context.ts";
import { LateTime } from "./first-screen.tsx";

/** Of more lines than this only the last are shown, until somebody asks for the others. */
const LINES = 4;
/** Microseconds. */
const MINUTE = 60_000_000;

export function ChangeRow({ row, stop }: { row: Row; stop: boolean }): JSX.Element {
  const { me } = useChat();
  const [all, setAll] = useState(false);
  const lines = toLines(row.changes, me.username);
  const showAll = (event: MouseEvent): void => {
    // The button goes; the focus stays in its row.
    (event.currentTarget as HTMLElement).closest<HTMLElement>("[data-key]")?.focus({ preventScroll: true });
    setAll(true);
  };
  const hidden = all || lines.length <= LINES ? 0 : lines.length - LINES + 1;
  return (
    <li class="row changes">
      <div data-key={row.key} class="change" role="group" aria-label={t("What happened")} tabIndex={stop ? 0 : -1}>
        {hidden > 0 && (
          <button type="button" class="text-button" tabIndex={-1} onClick={showAll}>
            {t("{hidden} more", { hidden })}
          </button>
        )}
        {lines.slice(hidden).map((line, index, shown) => (
          <ChangeLine key={line.key} line={line} next={shown[index + 1]} />
        ))}
      </div>
    </li>
  );
}

/** Lines of one minute say it once, at the last of them. */
function ChangeLine({ line, next }: { line: Line; next: Line | undefined }): JSX.Element {
  const [pointed, setPointed] = useState(false);
  return (
    <p title={pointed ? fullTime(line.timestamp) : undefined} onMouseEnter={() => setPointed(true)}>
      {line.pieces.map((piece, index) => (
        <Words key={index} piece={piece} />
      ))}
      {(!next || minuteOf(next) !== minuteOf(line)) && <time dateTime={dateOf(line.timestamp).toISOString()}><LateTime text={() => clockTime(line.timestamp)} /></time>}
    </p>
  );
}

const minuteOf = ({ timestamp }: Line): number => Math.floor(timestamp / MINUTE);

function Words({ piece }: { piece: Piece }): JSX.Element {
  const { people } = useChat();
  if (typeof piece === "string") return <>{piece}</>;
  if ("title" in piece) return <bdi>{piece.title}</bdi>;
  return <bdi class="name">{people.name(piece.username)}</bdi>;
}

/** How loud a note is over its length, and how far it has been heard. */

import type { JSX } from "preact";
import { durationText } from "../../state/media.ts";
import { t } from "../../words/index.ts";

const BAR = 3;
const GAP = 2;
const HIGH = 28;
const LEAST = 3;
const LOUDEST = 255;
/** Finer than this, nobody can tell moments apart (seconds). */
const STEP = 0.1;

interface Props {
  peaks: readonly number[];
  position: number;
  duration: number;
  /** Without it the waveform only shows. */
  onSeek?: (seconds: number) => void;
  label: string;
}

/** In the list a row's arrows go left and right between its controls, so this slider listens to those up and down. */
export function Waveform({ peaks, position, duration, onSeek, label }: Props): JSX.Element {
  const width = Math.max(BAR, peaks.length * (BAR + GAP) - GAP);
  const heard = duration > 0 ? position / duration : 0;
  return (
    <span class="waveform">
      <svg class="icon waveform-bars" viewBox={`0 0 ${width} ${HIGH}`} preserveAspectRatio="none" aria-hidden="true">
        {peaks.map((peak, index) => {
          const high = Math.max(LEAST, (peak / LOUDEST) * HIGH);
          const done = (index + 0.5) / peaks.length <= heard;
          return <rect key={index} class={done ? "heard" : ""} x={index * (BAR + GAP)} y={(HIGH - high) / 2} width={BAR} height={high} rx={BAR / 2} />;
        })}
      </svg>
      {onSeek && (
        <input
          type="range"
          class="waveform-slider"
          tabIndex={-1}
          min={0}
          max={Math.max(duration, STEP)}
          step={STEP}
          value={position}
          aria-label={label}
          aria-valuetext={t("{position} of {duration}", { position: durationText(position), duration: durationText(duration) })}
          onInput={(event) => onSeek(event.currentTarget.valueAsNumber)}
        />
      )}
    </span>
  );
}

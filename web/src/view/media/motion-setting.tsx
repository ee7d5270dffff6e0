/** The choice whether animated pictures move. */

import type { JSX } from "preact";
import { motion, MOTIONS, setMotion, type Motion } from "../../app/media/motion.ts";

const WORDS: Record<Motion, string> = {
  auto: "Always",
  hover: "While they are pointed at or have the focus",
  never: "Only when I play them",
};

export function MotionSetting(): JSX.Element {
  return (
    <label class="field">
      <span>Animated pictures move</span>
      <select value={motion.value} onChange={(event) => setMotion(event.currentTarget.value as Motion)}>
        {MOTIONS.map((value) => (
          <option key={value} value={value}>{WORDS[value]}</option>
        ))}
      </select>
    </label>
  );
}

import { describe, expect, it } from "vitest";
import { gather, HELD_MAX, loudest, PEAKS, peaksOf, SILENCE } from "./peaks.ts";

const all = (values: Iterable<number>) => [...values].reduce(gather, SILENCE);

describe("peaks", () => {
  it("are so many numbers from 0 to 255, the loudest at 255, for any length", () => {
    for (const length of [1, 10, PEAKS, PEAKS + 1, 1000]) {
      const peaks = peaksOf(all(Array.from({ length }, (_, index) => (index + 1) / length)));
      expect(peaks).toHaveLength(PEAKS);
      expect(Math.max(...peaks)).toBe(255);
      expect(peaks.every((peak) => Number.isInteger(peak) && peak >= 0 && peak <= 255)).toBe(true);
    }
  });

  it("of silence, and of nothing, are silent", () => {
    expect(new Set(peaksOf(SILENCE))).toEqual(new Set([0]));
    expect(Math.max(...peaksOf(all([0.001, 0.002])))).toBeLessThan(20);
  });

  it("keep the shape however long a recording is, in bounded memory", () => {
    const count = HELD_MAX * 5 + 17;
    const loudness = all(Array.from({ length: count }, (_, index) => (index > count / 2 ? 1 : 0.1)));
    expect(loudness.held.length).toBeLessThan(HELD_MAX);
    expect(loudness.open.length).toBeLessThan(loudness.every);
    const peaks = peaksOf(loudness);
    expect(peaks.slice(0, 30).every((peak) => peak < 30)).toBe(true);
    expect(peaks.slice(33).every((peak) => peak === 255)).toBe(true);
  });

  it("measure the loudest of a window, whichever way it swings", () => {
    expect(loudest(new Float32Array([0.25, -0.5, 0.125]))).toBe(0.5);
    expect(loudest([3, 0])).toBe(1);
  });
});

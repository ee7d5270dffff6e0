import { expect, it } from "vitest";
import { frameSize } from "./frame.ts";

it("a poster keeps the film's shape, is never larger than it, and has a pixel at least", () => {
  expect(frameSize(1920, 1080)).toEqual([1280, 720]);
  expect(frameSize(1080, 1920)).toEqual([720, 1280]);
  expect(frameSize(320, 180)).toEqual([320, 180]);
  expect(frameSize(20_000, 1)).toEqual([1280, 1]);
});

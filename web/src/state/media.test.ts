import { describe, expect, it } from "vitest";
import { attachedTitle, attachedWords, boxOf, durationText, kindOf, shownName, SHOWN_HEIGHT, SHOWN_WIDTH, sizeText } from "./media.ts";

const file = (type: string, more: object = {}) => ({ type, name: "x", ...more });

describe("kinds", () => {
  it("shows only what browsers show safely; SVG and HTML are files, whatever they are called", () => {
    expect(["image/png", "image/svg+xml", "text/html", "video/webm", "audio/mpeg", "application/pdf"].map((type) => kindOf({ type }))).toEqual([
      "image", "file", "file", "video", "audio", "file",
    ]);
    expect(kindOf({ type: "audio/webm", voice: true })).toBe("voice");
  });
});

describe("boxes", () => {
  it("keep the shape within the bounds and enlarge nothing", () => {
    expect(boxOf({ width: 1600, height: 900 })).toEqual({ width: 480, height: 270 });
    expect(boxOf({ width: 900, height: 1600 })).toEqual({ width: 180, height: 320 });
    expect(boxOf({ width: 100, height: 80 })).toEqual({ width: 100, height: 80 });
  });

  it("of extreme shapes can still be hit, and never exceed the bounds", () => {
    for (const size of [{ width: 30_000, height: 1 }, { width: 1, height: 30_000 }, { width: 1, height: 1 }]) {
      const { width, height } = boxOf(size);
      expect(Math.min(width, height)).toBeGreaterThanOrEqual(24);
      expect(width).toBeLessThanOrEqual(SHOWN_WIDTH);
      expect(height).toBeLessThanOrEqual(SHOWN_HEIGHT);
    }
  });

  it("exist where nobody knows the size", () => {
    expect(boxOf({})).toEqual({ width: 256, height: 192 });
  });
});

describe("words", () => {
  it("say what is attached, for a voice", () => {
    expect(attachedWords([])).toBe("");
    expect(attachedWords([file("image/png"), file("image/jpeg")])).toBe("2 images");
    expect(attachedWords([file("image/png"), file("application/zip"), file("audio/webm", { voice: true })])).toBe("an image, a file, and a voice note");
  });

  it("say it as a title; a single file goes by its name", () => {
    expect(attachedTitle([])).toBe("");
    expect(attachedTitle([file("image/png")])).toBe("Photo");
    expect(attachedTitle([file("audio/webm", { voice: true })])).toBe("Voice note");
    expect(attachedTitle([file("application/pdf", { name: "report.pdf" })])).toBe("report.pdf");
    expect(attachedTitle([file("image/png"), file("image/png"), file("video/mp4")])).toBe("2 images and a video");
  });

  it("never let a name be read in another order than it is written in", () => {
    expect(shownName("report\u202Efdp.exe")).toBe("reportfdp.exe");
    expect(shownName("תמונה.png")).toBe("תמונה.png");
  });

  it("give sizes and lengths as people read them", () => {
    expect([0, 1, 999, 1000, 244_120, 26_214_400, 5e9].map(sizeText)).toEqual(["0 bytes", "1 byte", "999 bytes", "1 kB", "244 kB", "26 MB", "5 GB"]);
    expect([0, 7.9, 65, 3600, Infinity, NaN].map(durationText)).toEqual(["0:00", "0:07", "1:05", "1:00:00", "–:––", "–:––"]);
  });
});

import { rgbaToThumbHash } from "thumbhash";
import { describe, expect, it } from "vitest";
import { pixelsOf } from "./placeholder.tsx";

describe("placeholders", () => {
  it("become a small picture of the shape and colour that was hashed", () => {
    const [width, height] = [30, 20];
    const rgba = new Uint8Array(width * height * 4).map((_, index) => [200, 40, 40, 255][index % 4]!);
    const hash = btoa(String.fromCharCode(...rgbaToThumbHash(width, height, rgba)));
    const pixels = pixelsOf(hash)!;
    expect(pixels.w / pixels.h).toBeCloseTo(1.5, 0);
    const [red, green] = pixels.rgba;
    expect(red! - green!).toBeGreaterThan(100);
  });

  it.each(["", "!!", "AAAA", "x".repeat(400), "////"])("are nothing where the hash is none: %s", (hash) => {
    expect(pixelsOf(hash)).toBeNull();
  });
});

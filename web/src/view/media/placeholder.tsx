/** What a picture roughly looks like, until it is there: some 25 bytes that came with the message. */

import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { thumbHashToRGBA } from "thumbhash";

/** A hash has 5 to 25 bytes. */
const BYTES_MAX = 25;
const BYTES_MIN = 5;

/** The picture's pixels; null where the text is no hash. */
export function pixelsOf(hash: string): { w: number; h: number; rgba: Uint8Array } | null {
  try {
    const bytes = Uint8Array.from(atob(hash), (character) => character.charCodeAt(0));
    if (bytes.length < BYTES_MIN || bytes.length > BYTES_MAX) return null;
    const pixels = thumbHashToRGBA(bytes);
    return pixels.rgba.length === pixels.w * pixels.h * 4 ? pixels : null;
  } catch {
    return null;
  }
}

export function Placeholder({ hash }: { hash: string }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const pixels = pixelsOf(hash);
    const context = canvas.current?.getContext("2d");
    if (!pixels || !context) return;
    canvas.current!.width = pixels.w;
    canvas.current!.height = pixels.h;
    context.putImageData(new ImageData(new Uint8ClampedArray(pixels.rgba), pixels.w, pixels.h), 0, 0);
  }, [hash]);
  return <canvas ref={canvas} class="placeholder" width={1} height={1} aria-hidden="true" />;
}

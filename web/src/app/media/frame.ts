/** A picture out of a film that this browser can play: its poster. */

/** Pixels of the longer side, at most: what a thumbnail of it needs. */
const SIDE_MAX = 1280;
const QUALITY = 0.85;
/** A browser that takes longer than this over a film gives no picture (milliseconds). */
const AT_MOST = 5000;
/** The first frame is often black, so the picture is of a moment later: this (seconds), or a tenth of a short film. */
const MOMENT = 1;

/** A JPEG, or null where the browser can't play the film, or not in time. */
export async function frameOf(film: Blob): Promise<Blob | null> {
  const video = document.createElement("video");
  const address = URL.createObjectURL(film);
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), AT_MOST);
  try {
    video.muted = true;
    video.playsInline = true;
    video.preload = "auto";
    video.src = address;
    await happened(video, "loadeddata", late.signal);
    // What a browser recorded says no length: Infinity.
    video.currentTime = Math.min(MOMENT, video.duration / 10 || 0);
    await happened(video, "seeked", late.signal);
    return await drawn(video);
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
    video.removeAttribute("src");
    video.load();
    URL.revokeObjectURL(address);
  }
}

/** Width and height within the most, in proportion. */
export function frameSize(width: number, height: number): [number, number] {
  const scale = Math.min(1, SIDE_MAX / Math.max(width, height));
  return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
}

function happened(video: HTMLVideoElement, event: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    video.addEventListener(event, () => resolve(), { once: true, signal });
    video.addEventListener("error", () => reject(new Error("not playable")), { once: true, signal });
    signal.addEventListener("abort", () => reject(new Error("too late")));
  });
}

function drawn(video: HTMLVideoElement): Promise<Blob | null> {
  if (!video.videoWidth || !video.videoHeight) return Promise.resolve(null);
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = frameSize(video.videoWidth, video.videoHeight);
  canvas.getContext("2d")?.drawImage(video, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
}

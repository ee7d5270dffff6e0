/** Pictures of one's own files from this device: shown while they are uploaded, and instead of loading them back. */

import { kindOf } from "../../state/media.ts";

/** So many of sent files are kept. */
const KEPT_MAX = 30;

export class Previews {
  private readonly uploads = new Map<string, string>();
  private readonly sent = new Map<string, string>();

  /** Keeps an address for the content where a browser can show or play it. */
  add(upload: string, content: Blob): void {
    if (kindOf({ type: content.type.split(";")[0]! }) !== "file") this.uploads.set(upload, URL.createObjectURL(content));
  }

  /** Of a file that another device uploaded: where it is. */
  put(upload: string, url: string): void {
    this.uploads.set(upload, url);
  }

  ofUpload(upload: string): string {
    return this.uploads.get(upload) ?? "";
  }

  ofMedia(media: string): string {
    return this.sent.get(media) ?? "";
  }

  /** The upload is sent: from now on its picture goes by the server's name of it. */
  keep(upload: string, media: string): void {
    const url = this.uploads.get(upload);
    this.uploads.delete(upload);
    // Another address ends.
    if (!url?.startsWith("blob:")) return;
    this.sent.set(media, url);
    for (const [old, address] of this.sent) {
      if (this.sent.size <= KEPT_MAX) return;
      this.sent.delete(old);
      URL.revokeObjectURL(address);
    }
  }

  drop(upload: string): void {
    const url = this.uploads.get(upload);
    if (url) URL.revokeObjectURL(url);
    this.uploads.delete(upload);
  }

  clear(): void {
    for (const url of [...this.uploads.values(), ...this.sent.values()]) URL.revokeObjectURL(url);
    this.uploads.clear();
    this.sent.clear();
  }
}

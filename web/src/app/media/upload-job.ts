/** One file's way to the server: announced, sent in one piece or in parts, and completed. It goes on where it stopped. */

import { ApiError, NoAnswer } from "../../api/errors.ts";
import type { MediaUpload, Media, MediaParts, MediaPart } from "../../api/media.ts";
import { arrivedBytes, partRange } from "../../state/uploads.ts";

export interface JobPorts {
  announce: (file: { name: string; type: string; size: number }) => Promise<MediaUpload>;
  missing: (media: string) => Promise<MediaParts>;
  /** `poster`: the picture that stands for a film, or "". */
  complete: (media: string, poster: string) => Promise<Media>;
  /** A picture out of a film, or null; it may fail. */
  frame: (film: Blob) => Promise<Blob | null>;
  put: (target: Omit<MediaPart, "number">, content: Blob, onSent: (bytes: number) => void, signal: AbortSignal) => Promise<void>;
}

export interface JobEvents {
  /** So many bytes of the file are at the server, or on their way. */
  sent: (bytes: number) => void;
  checking: () => void;
}

/** Statuses of an address that is no good any more: it has run out, or the server has cleaned the upload away. */
const GONE: ReadonlySet<number> = new Set([403, 404, 410]);
const ONE_MIME = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,63}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}$/;

export class UploadJob {
  private readonly content: Blob;
  private readonly name: string;
  private readonly ports: JobPorts;
  private readonly events: JobEvents;
  private announced: MediaUpload | null = null;
  /** Null until it is known, or where there is but one part; then `stored` says whether that arrived. */
  private missing: readonly MediaPart[] | null = null;
  private stored = false;
  /** The film's poster at the server, or "", once that is known. */
  private poster: string | null = null;

  constructor(content: Blob, name: string, ports: JobPorts, events: JobEvents) {
    this.content = content;
    this.name = name;
    this.ports = ports;
    this.events = events;
  }

  /** One try, from where the last one stopped. Raises what went wrong; `NoAnswer` where another try may help. */
  async run(signal: AbortSignal): Promise<Media> {
    const announced = (this.announced ??= await this.ports.announce({ name: this.name, type: this.type, size: this.content.size }));
    signal.throwIfAborted();
    if (announced.parts?.length) await this.sendParts(announced, signal);
    else if (!this.stored) await this.sendWhole(announced, signal);
    this.events.checking();
    this.poster ??= this.type.startsWith("video/") ? await this.sendPoster(signal) : "";
    signal.throwIfAborted();
    const done = await this.complete(announced);
    signal.throwIfAborted();
    return done;
  }

  /** Once, and without another try: a film without a poster is a film. */
  private async sendPoster(signal: AbortSignal): Promise<string> {
    try {
      const frame = await this.ports.frame(this.content);
      if (!frame) return "";
      const events = { sent: () => undefined, checking: () => undefined };
      return (await new UploadJob(frame, "poster.jpg", this.ports, events).run(signal)).id;
    } catch {
      return "";
    }
  }

  /** The server wants one media type, without parameters. */
  private get type(): string {
    const type = this.content.type.split(";")[0]!.trim().toLowerCase();
    return ONE_MIME.test(type) ? type : "application/octet-stream";
  }

  private async sendWhole({ method = "PUT", url = "", headers = {} }: MediaUpload, signal: AbortSignal): Promise<void> {
    try {
      await this.ports.put({ method, url, headers }, this.content, this.events.sent, signal);
    } catch (error) {
      // The answer to an earlier try was lost: it is there already. Completing tells whether that is so.
      if (!(error instanceof ApiError && error.status === 409)) throw this.afresh(error);
    }
    this.stored = true;
  }

  private async sendParts(announced: MediaUpload, signal: AbortSignal): Promise<void> {
    const bytes = announced.part_bytes ?? this.content.size;
    try {
      // After a try that broke off, the server is asked what it has.
      let left = this.missing ? (await this.ports.missing(announced.id)).parts : announced.parts!;
      this.missing = left;
      while (left.length) {
        signal.throwIfAborted();
        const [part, ...rest] = left as [MediaPart, ...MediaPart[]];
        const there = arrivedBytes(left, bytes, this.content.size);
        const content = this.content.slice(...partRange(part.number, bytes, this.content.size));
        this.events.sent(there);
        await this.ports.put(part, content, (sent) => this.events.sent(there + sent), signal);
        this.missing = left = rest;
      }
    } catch (error) {
      throw this.afresh(error);
    }
  }

  private async complete({ id }: MediaUpload): Promise<Media> {
    try {
      return await this.ports.complete(id, this.poster ?? "");
    } catch (error) {
      if (error instanceof ApiError && (error.code === "upload_incomplete" || GONE.has(error.status))) throw this.afresh(error, true);
      throw error;
    }
  }

  /** What an error means. Where the upload or its address is no more, the next try begins with another. */
  private afresh(error: unknown, always = false): unknown {
    if (!(error instanceof ApiError) || !(always || GONE.has(error.status))) return error;
    this.announced = this.missing = null;
    this.stored = false;
    this.events.sent(0);
    return new NoAnswer(error);
  }
}

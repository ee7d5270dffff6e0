/** All uploads of this page: those of what is being written, by conversation, and those that sent messages wait for. */

import { computed, signal, type ReadonlySignal } from "@preact/signals";
import { ApiError, isTemporary, sentenceOf } from "../../api/errors.ts";
import { newId } from "../../api/ids.ts";
import type { Media, MediaLimits } from "../../api/media.ts";
import { backoff } from "../../realtime/backoff.ts";
import { shownName, sizeText } from "../../state/media.ts";
import * as up from "../../state/uploads.ts";
import { t } from "../../words/index.ts";
import { Previews } from "./previews.ts";
import { UploadJob, type JobPorts } from "./upload-job.ts";

/** So many files are sent at the same time. */
const AT_ONCE = 2;
/** After so many tries without progress, with the waits between them about a minute, it waits for a connection. */
const TRIES = 8;
const lost = (): string => t("The connection was lost. It goes on by itself.");
const closed = (): string => t("The page was closed before its files were uploaded.");

export interface UploadPorts extends JobPorts {
  /** A file of a message was uploaded, or refused: `problem` says why. */
  changed: (file: up.OutgoingFile, problem: string) => void;
  limits: () => MediaLimits;
}

/** What is known of a file before the server has it. */
export type Known = Partial<Pick<up.Upload, "voice" | "peaks" | "duration" | "width" | "height">>;

export class Uploads {
  readonly all = signal<readonly up.Upload[]>([]);
  /** The conversations of whose draft all files are here. */
  readonly known = new Set<string>();
  readonly previews = new Previews();
  private readonly ports: UploadPorts;
  private readonly jobs = new Map<string, UploadJob>();
  private readonly stops = new Map<string, AbortController>();
  private readonly drafts = new Map<string, ReadonlySignal<readonly up.Upload[]>>();
  private stopped = false;

  constructor(ports: UploadPorts) {
    this.ports = ports;
  }

  /** The files of what is being written in a conversation. */
  draft(conversation: string): ReadonlySignal<readonly up.Upload[]> {
    const known = this.drafts.get(conversation);
    if (known) return known;
    const made = computed(() => this.all.value.filter((upload) => upload.conversation === conversation && !upload.taken && !upload.aside));
    this.drafts.set(conversation, made);
    return made;
  }

  get(id: string): up.Upload | undefined {
    return this.all.value.find((upload) => upload.upload === id);
  }

  /** Begins to upload files for what is being written. Answers a sentence for each that can't be, and for too many. */
  add(conversation: string, files: readonly File[]): readonly string[] {
    const { bytes_max = up.BYTES_MAX, files_max = up.FILES_MAX } = this.ports.limits();
    const refused = files.map((file) => up.refusalOf(file, bytes_max, sizeText));
    const good = files.filter((_, index) => !refused[index]);
    const most = Math.min(files_max, up.FILES_MAX);
    const room = up.roomFor(this.draft(conversation).peek().length, good.length, most);
    const free = Math.max(0, up.UPLOADS_MAX - this.all.peek().length);
    for (const file of good.slice(0, Math.min(room.take, free))) this.begin(conversation, file, file.name, {}, false);
    const crowded = free < room.take ? [t("Too many files wait to be uploaded. Try again when some are there.")] : [];
    return [...refused.filter(Boolean), ...(room.problem ? [room.problem] : []), ...crowded];
  }

  /** Begins to upload what was recorded, so that it isn't lost, while somebody listens to it. */
  addVoice(conversation: string, note: Blob, name: string, known: Known): string {
    return this.begin(conversation, note, name, { ...known, voice: true }, true).upload;
  }

  /** The files of what is being written become those of a message. */
  take(conversation: string): readonly up.OutgoingFile[] {
    const taken = this.draft(conversation).peek();
    for (const { upload } of taken) this.change(upload, { taken: true });
    return taken.map(up.fileOf);
  }

  /** Files of a message that was not sent become those of what is being written again, where they are still known. */
  giveBack(files: readonly up.OutgoingFile[]): void {
    for (const { upload } of files) this.change(upload, { taken: false });
  }

  /** Stops an upload, whatever state it is in, and forgets it. */
  cancel(id: string): void {
    this.stops.get(id)?.abort();
    this.forget(id);
    this.previews.drop(id);
  }

  retry(id: string): void {
    const upload = this.get(id);
    if (upload && upload.state !== "done" && !this.stops.has(id)) this.change(id, { state: "waiting", problem: "" });
    this.pump();
  }

  /** Uploads what a message waits for; what this page doesn't have can't be. */
  again(files: readonly up.OutgoingFile[]): void {
    for (const file of files) {
      if (this.jobs.has(file.upload)) this.retry(file.upload);
      else this.ports.changed(file, closed());
    }
  }

  /** There is a connection: what waited for one goes on. */
  resume(): void {
    for (const { upload, state } of this.all.peek()) if (state === "lost") this.retry(upload);
  }

  /** Its message is at the server. */
  settled(media: readonly string[]): void {
    for (const { upload, media: id, taken } of this.all.peek()) {
      if (!taken || !media.includes(id)) continue;
      this.previews.keep(upload, id);
      this.forget(upload);
    }
  }

  describe(id: string, alt: string): void {
    this.change(id, { alt });
  }

  measured(id: string, width: number, height: number): void {
    const before = this.get(id);
    if (before && !before.width && width && height) this.change(id, { width, height });
  }

  stop(): void {
    this.stopped = true;
    for (const stop of this.stops.values()) stop.abort();
    this.previews.clear();
  }

  private begin(conversation: string, content: Blob, name: string, known: Known, aside: boolean): up.Upload {
    const upload: up.Upload = {
      upload: newId(),
      media: "",
      conversation,
      name: up.sentName(name),
      type: content.type.split(";")[0]!,
      size: content.size,
      alt: "",
      state: "waiting",
      sent: 0,
      problem: "",
      taken: false,
      ...(aside && { aside }),
      ...known,
    };
    const events = {
      sent: (sent: number) => this.change(upload.upload, { state: "sending", sent }),
      checking: () => this.change(upload.upload, { state: "checking" }),
    };
    this.jobs.set(upload.upload, new UploadJob(content, upload.name, this.ports, events));
    this.previews.add(upload.upload, content);
    this.all.value = [...this.all.peek(), upload];
    this.pump();
    return upload;
  }

  /** Begins what waits, as far as there is room. */
  private pump(): void {
    for (const { upload, state } of this.all.peek()) {
      if (this.stopped || this.stops.size >= AT_ONCE) return;
      if (state === "waiting" && !this.stops.has(upload)) void this.run(upload);
    }
  }

  private async run(id: string): Promise<void> {
    const stop = new AbortController();
    this.stops.set(id, stop);
    this.change(id, { state: "sending", problem: "" });
    try {
      this.finish(id, await this.persist(id, stop.signal));
    } catch (error) {
      if (!stop.signal.aborted) this.fail(id, error);
    } finally {
      this.stops.delete(id);
      this.pump();
    }
  }

  /** Tries until it is done, refused, or `TRIES` in a row brought nothing forward. */
  private async persist(id: string, signal: AbortSignal): Promise<Media> {
    const job = this.jobs.get(id)!;
    let best = 0;
    for (let failures = 0; ; ) {
      try {
        return await job.run(signal);
      } catch (error) {
        if (signal.aborted || !isTemporary(error)) throw error;
        const sent = this.all.peek().find((upload) => upload.upload === id)?.sent ?? 0;
        failures = sent > best ? 1 : failures + 1;
        best = Math.max(best, sent);
        if (failures > TRIES) throw error;
        const least = error instanceof ApiError ? error.retryAfter * 1000 : 0;
        await pause(Math.max(least, backoff(failures)), signal);
      }
    }
  }

  private finish(id: string, done: Media): void {
    const before = this.all.peek().find((upload) => upload.upload === id);
    if (!before) return;
    const after = up.completed(before, done);
    this.change(id, after);
    this.ports.changed(up.fileOf(after), "");
  }

  private fail(id: string, error: unknown): void {
    const before = this.all.peek().find((upload) => upload.upload === id);
    if (!before) return;
    if (isTemporary(error)) return this.change(id, { state: "lost", problem: lost() });
    const problem = sentenceOf(error);
    this.change(id, { state: "failed", problem });
    this.ports.changed(up.fileOf(before), t("“{name}”: {problem}", { name: shownName(before.name), problem }));
  }

  private forget(id: string): void {
    this.jobs.delete(id);
    this.all.value = this.all.peek().filter((upload) => upload.upload !== id);
  }

  change(id: string, fields: Partial<up.Upload>): void {
    this.all.value = this.all.peek().map((upload) => (upload.upload === id ? { ...upload, ...fields } : upload));
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}

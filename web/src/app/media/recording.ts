/** Recording a voice note: the microphone, the loudness while it runs, and what comes of it. */

import { signal } from "@preact/signals";
import { gather, loudest, peaksOf, SILENCE, type Loudness } from "../../state/peaks.ts";
import { t } from "../../words/index.ts";

/** Longer notes end by themselves (seconds). */
export const LONGEST = 15 * 60;
/** Between two measurements of the loudness (milliseconds). */
const MEASURE_EVERY = 50;
const WINDOW = 2_048;
/** Speech needs no more (bits a second). */
const BITRATE = 32_000;

export type RecordingState = "asking" | "recording" | "paused" | "done" | "refused";

export interface Recorded {
  readonly note: Blob;
  readonly name: string;
  readonly peaks: readonly number[];
  /** Seconds. */
  readonly duration: number;
}

/**
 * The type to record as. Safari plays what others record only unreliably, and nobody has trouble with its MP4; elsewhere
 * WebM with Opus is what is recorded best.
 */
export function recordingType(supported: (type: string) => boolean, agent: string): string {
  const webkit = /AppleWebKit/.test(agent) && !/Chrom(e|ium)\//.test(agent);
  const mp4 = ["audio/mp4;codecs=mp4a.40.2", "audio/mp4"];
  const webm = ["audio/webm;codecs=opus", "audio/webm", "audio/ogg;codecs=opus"];
  return (webkit ? [...mp4, ...webm] : [...webm, ...mp4]).find(supported) ?? "";
}

export class Recording {
  readonly state = signal<RecordingState>("asking");
  /** Why there is nothing to record; empty where all is well. */
  readonly problem = signal("");
  /** Seconds of what was recorded. */
  readonly elapsed = signal(0);
  readonly peaks = signal<readonly number[]>([]);
  /** When it is done. */
  recorded: Recorded | null = null;
  private loudness: Loudness = SILENCE;
  private stream: MediaStream | null = null;
  private context: AudioContext | null = null;
  private recorder: MediaRecorder | null = null;
  private timer: ReturnType<typeof setInterval> | undefined;
  private readonly pieces: Blob[] = [];
  private discarded = false;
  /** When the current stretch began, and what earlier ones lasted (milliseconds). */
  private began = 0;
  private before = 0;

  /** Asks for the microphone and begins. */
  async start(): Promise<void> {
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch (error) {
      this.refuse(microphoneSentence(error));
      return;
    }
    if (this.discarded) return this.release();
    try {
      this.record(this.stream);
    } catch {
      this.refuse(t("This browser can’t record from the microphone."));
      this.release();
    }
  }

  pause(): void {
    if (this.state.peek() !== "recording") return;
    this.recorder?.pause();
    this.halt();
  }

  resume(): void {
    if (this.state.peek() !== "paused") return;
    this.recorder?.resume();
    this.began = performance.now();
    this.state.value = "recording";
  }

  /** Ends it; `recorded` is there when the state is "done". */
  finish(): void {
    this.pause();
    if (this.recorder?.state !== "inactive") this.recorder?.stop();
  }

  /** Ends it and keeps nothing. */
  discard(): void {
    this.discarded = true;
    this.pieces.length = 0;
    this.recorded = null;
    if (this.recorder && this.recorder.state !== "inactive") this.recorder.stop();
    this.release();
  }

  private record(stream: MediaStream): void {
    const type = recordingType((candidate) => MediaRecorder.isTypeSupported(candidate), navigator.userAgent);
    const recorder = new MediaRecorder(stream, { ...(type && { mimeType: type }), audioBitsPerSecond: BITRATE });
    recorder.ondataavailable = ({ data }) => {
      if (!this.discarded && data.size) this.pieces.push(data);
    };
    recorder.onstop = () => this.ended(recorder.mimeType);
    this.recorder = recorder;
    this.measure(stream);
    recorder.start();
    this.began = performance.now();
    this.state.value = "recording";
  }

  private measure(stream: MediaStream): void {
    this.context = new AudioContext();
    const analyser = this.context.createAnalyser();
    analyser.fftSize = WINDOW;
    this.context.createMediaStreamSource(stream).connect(analyser);
    const window = new Float32Array(WINDOW);
    this.timer = setInterval(() => {
      if (this.state.peek() !== "recording") return;
      analyser.getFloatTimeDomainData(window);
      this.loudness = gather(this.loudness, loudest(window));
      this.elapsed.value = this.seconds();
      this.peaks.value = peaksOf(this.loudness);
      if (this.elapsed.peek() >= LONGEST) this.finish();
    }, MEASURE_EVERY);
  }

  /** The clock stands still. */
  private halt(): void {
    this.before += performance.now() - this.began;
    this.state.value = "paused";
  }

  private seconds(): number {
    const now = this.state.peek() === "recording" ? performance.now() - this.began : 0;
    return (this.before + now) / 1000;
  }

  private ended(mime: string): void {
    // By itself, such as where the microphone was taken away.
    if (this.state.peek() === "recording") this.halt();
    this.release();
    if (this.discarded) return;
    const type = mime.split(";")[0] || "audio/webm";
    const note = new Blob(this.pieces, { type });
    if (!note.size) return this.refuse(t("Nothing was recorded."));
    this.elapsed.value = this.seconds();
    this.peaks.value = peaksOf(this.loudness);
    const name = `voice-note.${type === "audio/mp4" ? "m4a" : type.slice("audio/".length)}`;
    this.recorded = { note, name, peaks: this.peaks.peek(), duration: this.elapsed.peek() };
    this.state.value = "done";
  }

  private refuse(sentence: string): void {
    this.problem.value = sentence;
    this.state.value = "refused";
  }

  private release(): void {
    clearInterval(this.timer);
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    if (this.context?.state !== "closed") void this.context?.close();
    this.stream = null;
    this.context = null;
  }
}

function microphoneSentence(error: unknown): string {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError") return t("The microphone may not be used. Allow it in the browser’s settings of this page.");
  if (name === "NotFoundError") return t("There is no microphone.");
  return t("The microphone can’t be used now. Maybe another program does.");
}

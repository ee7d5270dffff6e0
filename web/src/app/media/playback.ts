/** Sound: one at a time. Voice notes play here and not in their rows, so that they go on when one changes the conversation. */

import { signal } from "@preact/signals";
import type { Addresses } from "./addresses.ts";
import { addressToPlay } from "./playable.ts";

/** The positions of so many notes that were not heard to their end are kept. */
const POSITIONS_MAX = 100;
export const RATES = [1, 1.5, 2] as const;
/** Beyond the end of any note: going there makes a browser find out where the end is. */
const FAR = 1e7;

export interface Note {
  readonly media: string;
  readonly conversation: string;
  /** Who speaks. */
  readonly name: string;
  /** Seconds, as far as the message tells. */
  readonly duration: number;
  /** An address on this device, or "". */
  readonly local: string;
}

export class Playback {
  readonly note = signal<Note | null>(null);
  readonly playing = signal(false);
  readonly failed = signal(false);
  /** Seconds. */
  readonly position = signal(0);
  readonly duration = signal(0);
  readonly rate = signal<number>(1);
  private readonly addresses: Addresses;
  /** Where notes were left (seconds), by media. */
  private readonly positions = signal<ReadonlyMap<string, number>>(new Map());
  private audio: HTMLAudioElement | null = null;
  private renewed = false;
  private measuring = false;
  /** Whether a note is being opened: what the element says of positions is about none, or about the one before. */
  private opening = false;

  constructor(addresses: Addresses) {
    this.addresses = addresses;
    document.addEventListener("play", this.otherPlays, true);
  }

  /** Plays the note, or pauses it where it plays. */
  async toggle(note: Note): Promise<void> {
    if (this.note.peek()?.media === note.media && this.audio && !this.failed.peek()) {
      if (this.playing.peek()) this.audio.pause();
      else await this.play();
      return;
    }
    this.remember();
    this.note.value = note;
    this.duration.value = note.duration;
    this.position.value = this.positions.peek().get(note.media) ?? 0;
    this.renewed = false;
    await this.load(note);
  }

  /** Goes to a moment of a note (seconds); of one that doesn't play, it begins there. */
  seek(note: Note, seconds: number): void {
    const bounded = Math.max(0, Math.min(seconds, note.duration || this.duration.peek() || seconds));
    if (this.note.peek()?.media !== note.media) return this.keepPosition(note.media, bounded);
    this.position.value = bounded;
    if (this.audio && !this.measuring && !this.opening) this.audio.currentTime = bounded;
  }

  /** Where a note stands: where it plays, or where it was left (seconds). */
  positionOf(media: string): number {
    return this.note.value?.media === media ? this.position.value : (this.positions.value.get(media) ?? 0);
  }

  nextRate(): void {
    const at = RATES.findIndex((rate) => rate === this.rate.peek());
    this.rate.value = RATES[(at + 1) % RATES.length]!;
    if (this.audio) this.audio.playbackRate = this.rate.peek();
  }

  /** Ends the note that plays; where it was is kept. */
  close(): void {
    this.remember();
    this.audio?.pause();
    this.note.value = null;
    this.playing.value = false;
  }

  stop(): void {
    this.close();
    document.removeEventListener("play", this.otherPlays, true);
    this.audio?.removeAttribute("src");
    this.audio = null;
  }

  private async load(note: Note): Promise<void> {
    this.failed.value = false;
    try {
      const url = note.local || addressToPlay(await this.addresses.get(note.media), this.renewed);
      if (this.note.peek() !== note) return;
      this.opening = true;
      this.element().src = url;
      await this.play();
    } catch {
      if (this.note.peek() === note) this.failed.value = true;
    }
  }

  private async play(): Promise<void> {
    const audio = this.element();
    audio.playbackRate = this.rate.peek();
    pauseOthers(null);
    try {
      await audio.play();
    } catch (error) {
      // Paused, or another note was begun, before it could begin: nothing failed.
      if (!(error instanceof DOMException && error.name === "AbortError")) throw error;
    }
  }

  private element(): HTMLAudioElement {
    if (this.audio) return this.audio;
    const audio = new Audio();
    audio.onplay = () => (this.playing.value = true);
    audio.onpause = () => (this.playing.value = false);
    audio.ontimeupdate = () => {
      if (!this.measuring && !this.opening) this.position.value = audio.currentTime;
    };
    audio.onloadedmetadata = () => this.opened(audio);
    audio.ondurationchange = () => this.measured(audio);
    audio.onended = () => this.ended();
    audio.onerror = () => void this.again();
    this.audio = audio;
    return audio;
  }

  /** What a browser recorded doesn't say how long it is (MediaRecorder writes no duration). */
  private opened(audio: HTMLAudioElement): void {
    const start = this.position.peek();
    this.opening = false;
    if (Number.isFinite(audio.duration) || this.duration.peek()) {
      if (start) audio.currentTime = start;
      return this.measured(audio);
    }
    this.measuring = true;
    audio.currentTime = FAR;
  }

  private measured(audio: HTMLAudioElement): void {
    if (!Number.isFinite(audio.duration)) return;
    this.duration.value = audio.duration;
    if (!this.measuring) return;
    this.measuring = false;
    audio.currentTime = this.position.peek();
  }

  private ended(): void {
    if (this.measuring) return;
    const note = this.note.peek();
    if (note) this.keepPosition(note.media, 0);
    this.position.value = 0;
    this.note.value = null;
    this.playing.value = false;
  }

  /** The address may have run out: once, another is asked for. */
  private async again(): Promise<void> {
    const note = this.note.peek();
    if (!note) return;
    if (this.renewed) {
      this.failed.value = true;
      return;
    }
    this.renewed = true;
    await this.addresses.renew(note.media).catch(() => undefined);
    const fresh = { ...note, local: "" };
    this.note.value = fresh;
    await this.load(fresh);
  }

  private remember(): void {
    const note = this.note.peek();
    if (note && this.position.peek() > 0) this.keepPosition(note.media, this.position.peek());
  }

  private keepPosition(media: string, seconds: number): void {
    const others = [...this.positions.peek()].filter(([other]) => other !== media);
    const kept: [string, number][] = seconds > 0 ? [...others, [media, seconds]] : others;
    this.positions.value = new Map(kept.slice(-POSITIONS_MAX));
  }

  /** A film or a piece of music on the page began. */
  private readonly otherPlays = (event: globalThis.Event): void => {
    this.audio?.pause();
    pauseOthers(event.target);
  };
}

function pauseOthers(but: EventTarget | null): void {
  for (const element of document.querySelectorAll<HTMLMediaElement>("audio, video")) if (element !== but) element.pause();
}

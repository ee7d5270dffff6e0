/** Where files' contents are. An address is good for an hour at most, so it is asked for when it is needed, and kept until shortly before. */

import type { Media } from "../../api/media.ts";

/** An address is not used any more so long before it runs out (milliseconds): a film is read for a while. */
const MARGIN = 120_000;
const KEPT_MAX = 400;

type Ask = (media: string) => Promise<Media>;

export class Addresses {
  private readonly ask: Ask;
  private readonly kept = new Map<string, Promise<Media>>();
  private readonly ends = new Map<string, number>();

  constructor(ask: Ask) {
    this.ask = ask;
  }

  get(media: string, now: number = Date.now()): Promise<Media> {
    const known = this.kept.get(media);
    if (known && now < (this.ends.get(media) ?? Infinity)) return known;
    return this.renew(media);
  }

  /** Asks again, such as when a content could not be loaded. */
  renew(media: string): Promise<Media> {
    const asked = this.ask(media);
    this.kept.delete(media);
    this.ends.delete(media);
    this.kept.set(media, asked);
    asked.then(
      ({ expires }) => this.kept.get(media) === asked && this.ends.set(media, expires * 1000 - MARGIN),
      () => this.kept.get(media) === asked && this.kept.delete(media),
    );
    for (const old of this.kept.keys()) {
      if (this.kept.size <= KEPT_MAX) break;
      this.kept.delete(old);
      this.ends.delete(old);
    }
    return asked;
  }
}

/** Events that come in a rush are taken together: a page that draws after each of thousands stands still. */

/** About one frame, in milliseconds: what comes sooner after the last taking waits for the next. */
const FRAME = 16;

export class Gathering<T> {
  private readonly take: (all: T[]) => void;
  private waiting: T[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** `take` gets what came, in order: an event that comes alone at once, those of a rush together. */
  constructor(take: (all: T[]) => void) {
    this.take = take;
  }

  add(event: T): void {
    this.waiting.push(event);
    if (this.timer === undefined) this.flush();
  }

  /** What waits is taken now: before something that has to come after it. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (!this.waiting.length) return;
    const all = this.waiting;
    this.waiting = [];
    // A timer, not a frame of the screen: a page that is hidden has none.
    this.timer = setTimeout(() => this.flush(), FRAME);
    this.take(all);
  }

  /** What waits is let go. */
  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.waiting = [];
  }
}

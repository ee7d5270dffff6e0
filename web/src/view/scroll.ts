/**
 * Who owns the scroll position of the message list. Nobody else writes `scrollTop`.
 *
 * `capture` notes what the reader looks at, before the rows change; `restore` puts it back where it was, after. Whether
 * the list keeps to its end is decided by what the reader does, never by where a change of the content left the list.
 */

/** Closer than this to the end counts as at the end (pixels). */
export const NEAR = 50;
/** Scrolling goes on for a while after the input that caused it (milliseconds). */
const INPUT_LASTS = 400;

interface Anchor {
  readonly key: string;
  readonly top: number;
}

export interface Box {
  readonly top: number;
  readonly bottom: number;
}

/** The index of the first box, of boxes from top to bottom, that reaches below `edge`; the last where none does. */
export function firstBelow(count: number, box: (index: number) => Box, edge: number): number {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (box(middle).bottom > edge) high = middle;
    else low = middle + 1;
  }
  return low;
}

export class ScrollKeeper {
  private readonly element: HTMLElement;
  private anchor: Anchor | null = null;
  private wrote = -1;
  private input = 0;
  private size = "";
  /** Whether the list keeps to its end as rows are added. */
  pinned = true;
  /** Whether the end of the rows is the present; otherwise the end is only the end of what is held. */
  atPresent = true;

  constructor(element: HTMLElement) {
    this.element = element;
  }

  /** The person used wheel, finger, key or scrollbar. */
  readonly touched = (): void => {
    this.input = performance.now();
  };

  /**
   * Answers whether the person scrolled. What we wrote ourselves is no scrolling, nor is what the browser does to the
   * position because the content or the list changed its size.
   */
  scrolled(): boolean {
    const { scrollTop, scrollHeight, clientHeight } = this.element;
    const now = performance.now();
    const own = Math.abs(scrollTop - this.wrote) < 1;
    const size = `${scrollHeight}/${clientHeight}`;
    const person = !own && (now - this.input < INPUT_LASTS || size === this.size);
    this.wrote = -1;
    this.size = size;
    if (person) {
      this.input = now; // momentum: a scroll event makes the next one the person's too
      this.pinned = this.atPresent && this.distance() <= NEAR;
    }
    if (!this.pinned) this.capture();
    return person;
  }

  /** Pixels from the end of the list. */
  distance(): number {
    const { scrollHeight, scrollTop, clientHeight } = this.element;
    return scrollHeight - scrollTop - clientHeight;
  }

  distanceFromTop(): number {
    return this.element.scrollTop;
  }

  rows(): HTMLElement[] {
    return [...this.element.querySelectorAll<HTMLElement>("[data-key]")];
  }

  /** The key of the first row that was seen when that was last noted, or "". */
  first(): string {
    return this.anchor?.key ?? "";
  }

  capture(): void {
    const rows = this.rows();
    if (!rows.length) return;
    const edge = this.element.getBoundingClientRect().top;
    const row = rows[firstBelow(rows.length, (index) => rows[index]!.getBoundingClientRect(), edge)]!;
    this.anchor = { key: row.dataset["key"]!, top: row.getBoundingClientRect().top - edge };
  }

  restore(): void {
    if (this.pinned && this.atPresent) {
      this.write(this.element.scrollHeight);
    } else if (this.anchor) {
      const row = this.find(this.anchor.key);
      if (!row) return;
      const top = row.getBoundingClientRect().top - this.element.getBoundingClientRect().top;
      if (Math.abs(top - this.anchor.top) >= 0.5) this.write(this.element.scrollTop + top - this.anchor.top);
    }
  }

  toEnd(): void {
    this.pinned = true;
    this.write(this.element.scrollHeight);
  }

  /** Shows a row about a third below the top of the list. */
  toRow(key: string): boolean {
    const row = this.find(key);
    if (!row) return false;
    const top = row.getBoundingClientRect().top - this.element.getBoundingClientRect().top;
    this.pinned = false;
    this.write(this.element.scrollTop + top - this.element.clientHeight / 3);
    this.pinned = this.atPresent && this.distance() <= 1;
    this.capture();
    return true;
  }

  /** Where a row is, as seen by the reader: above, within or below what the list shows; undefined where it isn't there. */
  sideOf(key: string): "above" | "within" | "below" | undefined {
    const row = this.find(key)?.getBoundingClientRect();
    const list = this.element.getBoundingClientRect();
    return row && (row.bottom <= list.top ? "above" : row.top >= list.bottom ? "below" : "within");
  }

  /** Scrolls by so many pages, as a key would. */
  byPages(pages: number): void {
    this.touched();
    this.element.scrollBy({ top: pages * this.element.clientHeight * 0.9 });
  }

  find(key: string): HTMLElement | null {
    return this.element.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
  }

  private write(top: number): void {
    const before = this.element.scrollTop;
    this.element.scrollTop = top;
    if (this.element.scrollTop !== before) this.wrote = this.element.scrollTop;
    this.size = `${this.element.scrollHeight}/${this.element.clientHeight}`;
  }
}

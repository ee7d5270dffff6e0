/**
 * What was written and not sent, a conversation each: text, the message that is answered, and files that are uploaded.
 * In this browser at once; what keeps it at the server too (`kept-drafts.ts`) comes later.
 */

import { signal } from "@preact/signals";
import type { AttachmentRef } from "../api/types.ts";

export interface Written {
  readonly text: string;
  /** The timestamp of the message that is answered, or 0. */
  readonly reply: number;
  readonly files: readonly AttachmentRef[];
}

export interface Draft extends Written {
  /** What the server answered when it kept this draft, or one that this was made of; 0 where it has none. */
  readonly kept: number;
  /** Whether the server doesn't have it as it is here. */
  readonly changed: boolean;
  /** When it was changed (milliseconds). */
  readonly at: number;
}

const NONE: Draft = { text: "", reply: 0, files: [], kept: 0, changed: false, at: 0 };

export const isEmpty = ({ text, files }: Written): boolean => !text.trim() && !files.length;

export class Drafts {
  /** The conversations in which something is written. */
  readonly ids = signal<ReadonlySet<string>>(new Set());
  /** Grows whenever drafts became others than what was written here. */
  readonly taken = signal(0);
  /** Called with the conversation whose draft was changed here. */
  onChange: (conversation: string) => void = () => undefined;
  /** Something ends, such as a visit: what was changed goes to the server now, if it is to. */
  pause: () => Promise<void> = () => Promise.resolve();
  /** Of the names under which they are kept. */
  readonly prefix: string;
  private readonly held = new Map<string, Draft>();

  constructor(username: string) {
    this.prefix = `tertulia.draft.${username}.`;
    this.read();
  }

  /** Its text. */
  get(conversation: string): string {
    return this.of(conversation).text;
  }

  of(conversation: string): Draft {
    return this.held.get(conversation) ?? NONE;
  }

  set(conversation: string, text: string): void {
    this.change(conversation, { text });
  }

  /** Changed here: by what is written in this browser. */
  change(conversation: string, fields: Partial<Written>): void {
    const before = this.of(conversation);
    const after = { ...before, ...fields };
    if (JSON.stringify(before) === JSON.stringify(after)) return;
    this.put(conversation, { ...after, changed: true, at: Date.now() });
    this.onChange(conversation);
  }

  /** In place of what is here; null for none. */
  put(conversation: string, draft: Draft | null): void {
    if (draft) this.held.set(conversation, draft);
    else this.held.delete(conversation);
    this.mark();
    try {
      if (draft) localStorage.setItem(this.prefix + conversation, JSON.stringify(draft));
      else localStorage.removeItem(this.prefix + conversation);
    } catch {
      return; // Storage is full or refused: the draft lives as long as the page.
    }
  }

  all(): [string, Draft][] {
    return [...this.held];
  }

  clear(): void {
    for (const [id] of this.all()) this.put(id, null);
  }

  /** Takes in what this browser keeps. */
  read(): void {
    try {
      for (const [key, kept] of Object.entries<string>(localStorage)) {
        if (!key.startsWith(this.prefix)) continue;
        this.held.set(key.slice(this.prefix.length), parsed(kept));
      }
    } catch {
      return;
    } finally {
      this.mark();
    }
  }

  private mark(): void {
    const ids = this.all().filter(([, draft]) => !isEmpty(draft)).map(([id]) => id);
    if (ids.join() !== [...this.ids.peek()].join()) this.ids.value = new Set(ids);
  }
}

/** A draft as it is kept; earlier versions of the page kept the text alone, whatever it looks like. */
function parsed(kept: string): Draft {
  try {
    const found = JSON.parse(kept) as Draft | null;
    if (typeof found?.text === "string" && Array.isArray(found.files)) return { ...NONE, ...found };
  } catch {
    // It is a text.
  }
  return { ...NONE, text: kept, changed: true, at: Date.now() };
}

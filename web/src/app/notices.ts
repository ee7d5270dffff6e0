/** Short notices that pass: what failed, what was done. */

import { signal } from "@preact/signals";
import { sentenceOf } from "../api/errors.ts";

const SHOWN = 6_000;

export interface Notice {
  id: number;
  text: string;
  urgent: boolean;
}

export const notices = signal<readonly Notice[]>([]);
let last = 0;

export function notify(text: string, urgent = false): void {
  const id = (last += 1);
  notices.value = [...notices.value.slice(-2), { id, text, urgent }];
  setTimeout(() => dismiss(id), SHOWN);
}

export function dismiss(id: number): void {
  notices.value = notices.value.filter((notice) => notice.id !== id);
}

/** Does something and says so where it fails. Answers whether it went well. */
export async function attempt(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    notify(sentenceOf(error), true);
    return false;
  }
}

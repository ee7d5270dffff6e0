/** Answers to what `public/ahead.js` asked for before this program was there. */

/** What came back: as `fetch` has it, and read. */
export interface Early {
  readonly status: number;
  readonly text: string;
}

interface Asked {
  readonly answer: Promise<Early>;
  /** When, in milliseconds since 1970. */
  readonly asked: number;
}

interface Ahead {
  /** By method and address. */
  readonly answers: Map<string, Asked>;
  /** Done when all is asked for. */
  readonly begun: Promise<void>;
}

/** An answer that was asked for longer ago says nothing about now. */
const FRESH = 10_000;

declare global {
  var tertuliaAhead: Ahead | undefined;
}

/** Whether an answer waits, or is on its way. */
export function isAhead(method: string, address: string): boolean {
  const found = globalThis.tertuliaAhead?.answers.get(`${method} ${address}`);
  return !!found && Date.now() - found.asked < FRESH;
}

/** The answer to this request; each is given once. Rejected where the request failed. */
export function takeAhead(method: string, address: string): Promise<Early> | null {
  const { answers } = globalThis.tertuliaAhead ?? {};
  const found = isAhead(method, address) ? answers?.get(`${method} ${address}`) : undefined;
  answers?.delete(`${method} ${address}`);
  return found?.answer ?? null;
}

/** Done when everything is asked for, and answered or failed. */
export async function allAhead(): Promise<void> {
  const { answers, begun } = globalThis.tertuliaAhead ?? {};
  await begun;
  await Promise.allSettled([...(answers?.values() ?? [])].map(({ answer }) => answer));
}

/** They were for somebody who isn't signed in any more. */
export function forgetAhead(): void {
  globalThis.tertuliaAhead?.answers.clear();
}

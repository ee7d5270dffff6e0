/** What can go wrong between this page and the server. */

import { t, tError } from "../words/index.ts";
import type { Problem } from "./types.ts";

/** The server's answer is an error. `code` is stable; `message` says what to do. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly temporary: boolean;
  /** Seconds to wait before another try, or 0. */
  readonly retryAfter: number;

  constructor(problem: Partial<Problem> & { status: number }) {
    super(problem.detail ?? "Something failed. Try again.");
    this.name = "ApiError";
    this.status = problem.status;
    this.code = problem.code ?? "internal";
    this.temporary = problem.temporary ?? problem.status >= 500;
    this.retryAfter = problem.retry_after ?? 0;
  }
}

/** No answer came: nobody knows whether the request was done. */
export class NoAnswer extends Error {
  constructor(cause?: unknown) {
    super("The server can't be reached.", { cause });
    this.name = "NoAnswer";
  }
}

/** Whether the same request can succeed later without anybody changing it. */
export function isTemporary(error: unknown): boolean {
  if (error instanceof ApiError) return error.temporary || error.status >= 500 || error.status === 429;
  return error instanceof NoAnswer;
}

/** One sentence for a person. */
export function sentenceOf(error: unknown): string {
  if (error instanceof ApiError) return tError(error.code, error.message);
  if (error instanceof NoAnswer) return t("The server can’t be reached.");
  return t("Something failed on this page. Reload it and try again.");
}

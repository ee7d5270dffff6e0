/** One request to the server: JSON in, JSON out, errors as exceptions. */

import { takeAhead, type Early } from "./ahead.ts";
import { ApiError, NoAnswer } from "./errors.ts";
import type { Problem } from "./types.ts";

export type Query = Record<string, string | number | undefined>;

export interface Call {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  path: string;
  query?: Query;
  body?: object;
  token?: string;
  /** Milliseconds after which no answer counts as none. */
  timeout?: number;
  /** Ends it: then there was no answer. */
  signal?: AbortSignal;
  /** Whether it is sent to its end where the page goes meanwhile. */
  keepalive?: true;
  /** Whether an answer that was asked for ahead of this program will do. */
  ahead?: true;
}

const TIMEOUT = 15_000;

export function address(base: string, path: string, query: Query = {}): string {
  const pairs = Object.entries(query).filter((pair): pair is [string, string | number] => pair[1] !== undefined);
  const text = new URLSearchParams(pairs.map(([key, value]) => [key, String(value)])).toString();
  return base + path + (text && `?${text}`);
}

export interface Answer<T> {
  status: number;
  value: T;
}

/** Sends one request. Raises `ApiError` where the server refuses and `NoAnswer` where nothing comes back in time. */
export async function send<T>(base: string, call: Call): Promise<T> {
  return (await ask<T>(base, call)).value;
}

/** The same, for operations whose success has more than one status. */
export async function ask<T>(base: string, call: Call): Promise<Answer<T>> {
  const where = address(base, call.path, call.query);
  const early = call.ahead ? takeAhead(call.method, where) : null;
  let answer: Early;
  try {
    answer = await (early ?? fetched(where, call));
  } catch (error) {
    throw new NoAnswer(error);
  }
  const { status, text } = answer;
  const value = decode(text);
  if (status < 200 || status > 299) throw new ApiError({ ...(value as Partial<Problem> | undefined), status });
  return { status, value: value as T };
}

async function fetched(where: string, call: Call): Promise<Early> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (call.token !== undefined) headers["Authorization"] = `Bearer ${call.token}`;
  if (call.body !== undefined) headers["Content-Type"] = "application/json";
  const response = await fetch(where, {
    method: call.method,
    headers,
    credentials: "same-origin",
    cache: "no-store",
    keepalive: call.keepalive ?? false,
    signal: AbortSignal.any([AbortSignal.timeout(call.timeout ?? TIMEOUT), ...(call.signal ? [call.signal] : [])]),
    ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
  });
  return { status: response.status, text: await response.text() };
}

function decode(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

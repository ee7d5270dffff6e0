import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LIFE, life, PING_EVERY, Socket } from "./socket.ts";

const MINUTE = 60_000;

/** A WebSocket that opens at once and answers pings, or hangs. */
class Plug {
  static readonly OPEN = 1;
  static made: Plug[] = [];
  static hangs = false;
  readyState = 0;
  closed = false;
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;

  constructor() {
    Plug.made.push(this);
    if (Plug.hangs) return;
    queueMicrotask(() => {
      this.readyState = 1;
      this.onopen?.();
    });
  }

  send(data: string): void {
    const { request } = JSON.parse(data) as { request: number };
    queueMicrotask(() => this.onmessage?.({ data: JSON.stringify({ type: "result", request, result: {} }) }));
  }

  close(): void {
    this.closed = true;
  }
}

beforeEach(() => {
  Plug.made = [];
  Plug.hangs = false;
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", Plug);
  vi.stubGlobal("window", globalThis);
  vi.stubGlobal("addEventListener", () => undefined);
  vi.stubGlobal("removeEventListener", () => undefined);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function socket(onOpen: () => void = () => undefined, ticket = (): Promise<string> => Promise.resolve("t")): Socket {
  return new Socket({ address: "wss://x/ws", ticket, onEvent: () => undefined, onOpen, onState: () => undefined });
}

describe("the limits of API Gateway", () => {
  it("is heard of well before ten minutes, and replaced before two hours, at a moment of its own", () => {
    expect(PING_EVERY).toBeLessThan(5 * MINUTE);
    expect(LIFE).toBeLessThanOrEqual(115 * MINUTE);
    expect(life(0)).toBe(LIFE);
    expect(life(1)).toBeCloseTo(LIFE * 0.9);
  });

  it("puts another connection in the place of an old one, and reads what was missed", async () => {
    let opened = 0;
    const made = socket(() => (opened += 1));
    made.start();
    await vi.advanceTimersByTimeAsync(LIFE * 0.9 - 1000);
    expect([Plug.made.length, opened]).toEqual([1, 1]);
    await vi.advanceTimersByTimeAsync(LIFE * 0.1 + 2000);
    expect([Plug.made.length, opened]).toEqual([2, 2]);
    expect(Plug.made.map((plug) => plug.closed)).toEqual([true, false]);
    expect(made.state).toBe("open");
    made.stop();
    await vi.advanceTimersByTimeAsync(3 * LIFE);
    expect(Plug.made.length).toBe(2);
  });
});

describe("the network that is back", () => {
  it("begins anew what was begun without it and hangs", async () => {
    Plug.hangs = true;
    const made = socket();
    made.start();
    await vi.advanceTimersByTimeAsync(1000);
    expect([Plug.made.length, made.state]).toEqual([1, "connecting"]);
    Plug.hangs = false;
    made.hurry();
    await vi.advanceTimersByTimeAsync(0);
    expect(made.state).toBe("open");
    expect(Plug.made.map((plug) => plug.closed)).toEqual([true, false]);
    await vi.advanceTimersByTimeAsync(30_000);
    expect([Plug.made.length, made.state]).toEqual([2, "open"]);
    made.stop();
  });

  it("is told a moment early: the try after the first comes soon, however long there was none before", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0.99);
    let network = false;
    const made = socket(undefined, () => (network ? Promise.resolve("t") : Promise.reject(new Error("no network"))));
    made.start();
    await vi.advanceTimersByTimeAsync(5 * MINUTE);
    made.hurry();
    await vi.advanceTimersByTimeAsync(100);
    network = true;
    await vi.advanceTimersByTimeAsync(500);
    expect(made.state).toBe("open");
    made.stop();
    vi.restoreAllMocks();
  });

  it("changes nothing where the page has left", async () => {
    const made = socket();
    made.start();
    await vi.advanceTimersByTimeAsync(0);
    made.stop();
    made.hurry();
    await vi.advanceTimersByTimeAsync(1000);
    expect([Plug.made.length, made.state]).toEqual([1, "closed"]);
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LIFE, life, PING_EVERY, Socket } from "./socket.ts";

const MINUTE = 60_000;

/** A WebSocket that opens at once and answers pings. */
class Plug {
  static readonly OPEN = 1;
  static made: Plug[] = [];
  readyState = 0;
  closed = false;
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;

  constructor() {
    Plug.made.push(this);
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

function socket(onOpen: () => void = () => undefined): Socket {
  const ticket = (): Promise<string> => Promise.resolve("t");
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

import { signal } from "@preact/signals";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { OFFLINE_AFTER, watchOffline } from "./offline.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function watched(may = true) {
  const connected = signal(true);
  const offline = signal(false);
  const end = watchOffline(connected, offline, () => may);
  return { connected, offline, end };
}

test("it is said after three seconds without a connection, and no longer than that lasts", () => {
  const { connected, offline, end } = watched();
  connected.value = false;
  vi.advanceTimersByTime(OFFLINE_AFTER - 1);
  expect(offline.value).toBe(false);
  vi.advanceTimersByTime(1);
  expect(offline.value).toBe(true);
  connected.value = true;
  expect(offline.value).toBe(false);
  end();
});

test("a blip is not said", () => {
  const { connected, offline, end } = watched();
  for (let blip = 0; blip < 3; blip += 1) {
    connected.value = false;
    vi.advanceTimersByTime(OFFLINE_AFTER - 1);
    connected.value = true;
  }
  vi.advanceTimersByTime(OFFLINE_AFTER);
  expect(offline.value).toBe(false);
  end();
});

test("nothing is said where something else is, nor after the end", () => {
  const parted = watched(false);
  parted.connected.value = false;
  vi.advanceTimersByTime(OFFLINE_AFTER);
  expect(parted.offline.value).toBe(false);
  parted.end();
  const ended = watched();
  ended.connected.value = false;
  ended.end();
  vi.advanceTimersByTime(OFFLINE_AFTER);
  expect(ended.offline.value).toBe(false);
});

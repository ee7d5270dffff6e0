import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Locating, type Share } from "./locating.ts";

const HERE = { latitude: 40.4, longitude: -3.7, accuracy: 20 };
let seen: ((position: { coords: typeof HERE }) => void) | null = null;
let refuse: (error: object) => void = () => undefined;

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  vi.stubGlobal("navigator", {
    geolocation: {
      watchPosition: (found: typeof seen, failed: typeof refuse) => ((seen = found), (refuse = failed), 1),
      clearWatch: () => (seen = null),
    },
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function arrange(answer: () => Promise<unknown> = () => Promise.resolve()): { locating: Locating; told: number[]; failed: () => number } {
  const told: number[] = [];
  let failed = 0;
  const tell = (share: Share): Promise<unknown> => (told.push(share.timestamp), answer());
  return { locating: new Locating({ tell, failed: () => (failed += 1) }), told, failed: () => failed };
}

const share = (timestamp: number, seconds = 60): Share => ({ conversation: "c", timestamp, until: Date.now() + seconds * 1000 });

test("positions are told no oftener than somebody can follow, and again for who comes later", () => {
  const { locating, told } = arrange();
  locating.begin(share(1));
  for (let times = 0; times < 5; times += 1) seen!({ coords: HERE });
  expect(told).toEqual([1]);
  vi.advanceTimersByTime(5_000);
  expect(told).toEqual([1, 1]);
  vi.advanceTimersByTime(20_000);
  expect(told).toEqual([1, 1]);
  vi.advanceTimersByTime(5_000);
  expect(told).toEqual([1, 1, 1]);
});

test("what was begun later is told at once, and all of it while it lasts", () => {
  const { locating, told } = arrange();
  locating.begin(share(1, 10));
  seen!({ coords: HERE });
  locating.begin(share(2));
  expect(told).toEqual([1, 1, 2]);
  vi.advanceTimersByTime(30_000);
  expect(told).toEqual([1, 1, 2, 2]);
  vi.advanceTimersByTime(60_000);
  expect([locating.shares.value, seen]).toEqual([[], null]);
});

test("it ends where the server says so, where the person ends it, and where the browser refuses", async () => {
  const over = arrange(() => Promise.reject(new Error("live_location_over")));
  over.locating.begin(share(1));
  seen!({ coords: HERE });
  await vi.advanceTimersByTimeAsync(0);
  expect([over.locating.shares.value, seen]).toEqual([[], null]);
  const cut = arrange(() => Promise.reject(new Error("connection lost")));
  cut.locating.begin(share(2));
  seen!({ coords: HERE });
  await vi.advanceTimersByTimeAsync(0);
  expect(cut.locating.shares.value).toHaveLength(1);
  cut.locating.end(2);
  expect(seen).toBeNull();
  cut.locating.begin(share(3));
  refuse({ code: 2, PERMISSION_DENIED: 1 });
  expect(cut.failed()).toBe(0);
  refuse({ code: 1, PERMISSION_DENIED: 1 });
  expect([cut.locating.shares.value, cut.failed()]).toEqual([[], 1]);
});

test("the last position of each live location is known, of so many", () => {
  const { locating } = arrange();
  const first = locating.sighting(1);
  locating.heard({ type: "location", conversation: "c", username: "ana", timestamp: 1, ...HERE });
  expect(first.value).toEqual({ ...HERE, at: Date.now() });
  for (let timestamp = 2; timestamp <= 201; timestamp += 1) locating.sighting(timestamp);
  expect(locating.sighting(1)).not.toBe(first);
});

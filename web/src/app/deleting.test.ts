import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Deleting } from "./deleting.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function arrange(well = true): { deleting: Deleting; removed: string[] } {
  const removed: string[] = [];
  const deleting = new Deleting((conversation, timestamp) => {
    removed.push(`${conversation}/${timestamp}`);
    return Promise.resolve(well);
  });
  return { deleting, removed };
}

test("the server is told when the time to take it back is over", () => {
  const { deleting, removed } = arrange();
  deleting.begin("c", 1);
  deleting.begin("c", 1);
  expect(deleting.shown.value.get("c/1")).toBe(true);
  vi.advanceTimersByTime(5_999);
  expect(removed).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(removed).toEqual(["c/1"]);
  expect(deleting.shown.value.get("c/1")).toBe(false);
  deleting.undo("c", 1);
  expect(deleting.shown.value.has("c/1")).toBe(true);
});

test("what is taken back is never told", () => {
  const { deleting, removed } = arrange();
  deleting.begin("c", 1);
  deleting.undo("c", 1);
  vi.advanceTimersByTime(60_000);
  void deleting.flush();
  expect(removed).toEqual([]);
  expect(deleting.shown.value.size).toBe(0);
});

test("a flush deletes what waits, once", () => {
  const { deleting, removed } = arrange();
  deleting.begin("c", 1);
  deleting.begin("d", 2);
  void deleting.flush();
  void deleting.flush();
  vi.advanceTimersByTime(60_000);
  expect(removed).toEqual(["c/1", "d/2"]);
});

test("where the server refuses, the message is shown again", async () => {
  const { deleting } = arrange(false);
  deleting.begin("c", 1);
  await vi.advanceTimersByTimeAsync(6_000);
  expect(deleting.shown.value.size).toBe(0);
});

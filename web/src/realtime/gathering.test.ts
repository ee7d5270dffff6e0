import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Gathering } from "./gathering.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function gather(): { taken: number[][]; gathering: Gathering<number> } {
  const taken: number[][] = [];
  return { taken, gathering: new Gathering((all) => taken.push(all)) };
}

test("what comes alone is taken at once", () => {
  const { taken, gathering } = gather();
  gathering.add(1);
  expect(taken).toEqual([[1]]);
  vi.advanceTimersByTime(20);
  gathering.add(2);
  expect(taken).toEqual([[1], [2]]);
});

test("a rush is taken together, in order, and nothing of it is left", () => {
  const { taken, gathering } = gather();
  for (let number = 0; number < 1_000; number += 1) gathering.add(number);
  expect(taken).toEqual([[0]]);
  vi.advanceTimersByTime(16);
  expect(taken).toHaveLength(2);
  gathering.add(1_000);
  vi.advanceTimersByTime(16);
  expect(taken.flat()).toEqual([...Array(1_001).keys()]);
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(16);
  expect(vi.getTimerCount()).toBe(0);
});

test("a flush takes what waits", () => {
  const { taken, gathering } = gather();
  gathering.add(1);
  gathering.add(2);
  gathering.flush();
  expect(taken).toEqual([[1], [2]]);
});

test("what comes while something is taken waits for its turn", () => {
  const taken: number[][] = [];
  const gathering: Gathering<number> = new Gathering((all) => {
    taken.push(all);
    if (all[0] === 1) gathering.add(2);
  });
  gathering.add(1);
  expect(taken).toEqual([[1]]);
  vi.advanceTimersByTime(16);
  expect(taken).toEqual([[1], [2]]);
});

test("after the end nothing is taken", () => {
  const { taken, gathering } = gather();
  gathering.add(1);
  gathering.add(2);
  gathering.stop();
  vi.advanceTimersByTime(100);
  expect(taken).toEqual([[1]]);
});

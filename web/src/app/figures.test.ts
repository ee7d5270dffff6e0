import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { NoAnswer } from "../api/errors.ts";
import type { Figures } from "../api/types.ts";
import { FigureWatch, OFTEN, SELDOM } from "./figures.ts";

const figures = (messages: number, age_seconds = 0): Figures => ({ version: "1", messages, age_seconds }) as Figures;

function watching(age = 0) {
  const asked = { count: 0 };
  const answers: (Figures | Error)[] = [];
  const watch = new FigureWatch(async () => {
    asked.count += 1;
    const next = answers.shift() ?? figures(asked.count, age);
    if (next instanceof Error) throw next;
    return next;
  });
  return { watch, asked, answers };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("figures", () => {
  it("are asked for at once, and again while somebody looks", async () => {
    const { watch, asked } = watching();
    watch.watch(true);
    await vi.advanceTimersByTimeAsync(0);
    expect(watch.shown.value.figures?.messages).toBe(1);
    await vi.advanceTimersByTimeAsync(3 * OFTEN);
    expect(asked.count).toBe(4);
    watch.watch(false);
    await vi.advanceTimersByTimeAsync(10 * OFTEN);
    expect(asked.count).toBe(4);
    watch.watch(true);
    await vi.advanceTimersByTimeAsync(0);
    expect(asked.count).toBe(5);
  });

  it("are not asked for oftener by who comes and goes", async () => {
    const { watch, asked } = watching();
    for (let turn = 0; turn < 20; turn += 1) {
      watch.watch(true);
      await vi.advanceTimersByTimeAsync(100);
      watch.watch(false);
    }
    expect(asked.count).toBe(1);
  });

  it("that are hours old are asked for seldom", async () => {
    const { watch, asked } = watching(21_600);
    watch.watch(true);
    await vi.advanceTimersByTimeAsync(SELDOM - 1);
    expect(asked.count).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(asked.count).toBe(2);
  });

  it("stay where the server can't be reached, which is said until it can", async () => {
    const { watch, answers } = watching();
    answers.push(figures(7), new NoAnswer());
    watch.watch(true);
    await vi.advanceTimersByTimeAsync(OFTEN);
    expect(watch.shown.value).toMatchObject({ figures: { messages: 7 }, problem: "The server can’t be reached." });
    await vi.advanceTimersByTimeAsync(OFTEN);
    expect(watch.shown.value).toMatchObject({ figures: { messages: 3 }, problem: "" });
    watch.watch(false);
  });
});

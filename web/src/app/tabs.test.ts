import { afterEach, describe, expect, it, vi } from "vitest";
import { Tabs } from "./tabs.ts";

const made: Tabs[] = [];

/** A tab in which somebody looks at these conversations. */
function tab(...looked: string[]): Tabs {
  const tabs = new Tabs((conversation) => looked.includes(conversation));
  made.push(tabs);
  return tabs;
}

/** So many others wait to lead. Time stands still: what is answered, is answered by tabs. */
function waiting(count: number): void {
  const pending = Array.from({ length: count }, () => ({ name: "tertulia-leader" }));
  vi.stubGlobal("navigator", { locks: { query: async () => ({ held: [], pending }) } });
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
}

afterEach(() => {
  for (const tabs of made.splice(0)) tabs.stop();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("whether somebody looks at a conversation", () => {
  it("is known at once where there is no other tab", async () => {
    waiting(0);
    expect(await tab().watched("a")).toBe(false);
    expect(await tab("a").watched("a")).toBe(true);
  });

  it("is known when one says so, or all have said no", async () => {
    waiting(2);
    const leader = tab();
    tab("a");
    tab("b");
    expect(await leader.watched("a")).toBe(true);
    expect(await leader.watched("c")).toBe(false);
  });

  it("counts as no where one doesn't answer in time", async () => {
    waiting(2);
    const leader = tab();
    tab("b");
    const answer = leader.watched("c");
    await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1));
    vi.runAllTimers();
    expect(await answer).toBe(false);
  });
});

import { afterEach, expect, it, vi } from "vitest";
import { Drafts } from "./drafts.ts";

afterEach(() => vi.unstubAllGlobals());

/** As the browser has it: what is kept are its own properties. */
function keeping(kept: Record<string, string>): void {
  const methods = {
    setItem: (key: string, value: string) => void (kept[key] = value),
    removeItem: (key: string) => void delete kept[key],
  };
  vi.stubGlobal("localStorage", Object.setPrototypeOf(kept, methods));
}

it.each(['{"text": is how it begins', "5", "null", '{"text":5}', "[1]"])("a draft that an earlier version of the page kept is the text that it is: %s", (text) => {
  keeping({ "tertulia.draft.ana.a": text, "tertulia.draft.ana.b": "and the next", "tertulia.draft.ben.c": "somebody else's" });
  const drafts = new Drafts("ana");
  expect(drafts.get("a")).toBe(text);
  expect(drafts.get("b")).toBe("and the next");
  expect([...drafts.ids.value]).toEqual(["a", "b"]);
});

it("a draft is there again with all that belongs to it", () => {
  keeping({});
  new Drafts("ana").change("a", { text: "half a", reply: 7, files: [{ media: "m" }] });
  expect(new Drafts("ana").of("a")).toMatchObject({ text: "half a", reply: 7, files: [{ media: "m" }], changed: true });
});

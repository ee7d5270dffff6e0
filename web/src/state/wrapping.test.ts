import { describe, expect, it } from "vitest";
import { wrap, type Mark } from "./wrapping.ts";

/** `[` and `]` stand around what is selected. */
function marked(before: string, mark: Mark): string {
  const start = before.indexOf("‹");
  const end = before.indexOf("›") - 1;
  const text = before.replace(/[‹›]/g, "");
  const { from, to, put, start: first, end: last } = wrap({ text, start, end }, mark);
  const after = text.slice(0, from) + put + text.slice(to);
  return `${after.slice(0, first)}‹${after.slice(first, last)}›${after.slice(last)}`;
}

describe("marking what is selected", () => {
  it.each<[string, Mark, string]>([
    ["so ‹good›!", "bold", "so **‹good›**!"],
    ["so **‹good›**!", "bold", "so ‹good›!"],
    ["so ‹good›!", "italic", "so _‹good›_!"],
    ["so‹ good ›yes", "bold", "so **‹good›** yes"],
    ["‹›", "bold", "**‹›**"],
    ["see ‹this›", "link", "see [this](‹https://›)"],
    ["see ‹https://example.org›", "link", "see [‹›](https://example.org)"],
  ])("%s, %s: %s", (before, mark, after) => {
    expect(marked(before, mark)).toBe(after);
  });
});

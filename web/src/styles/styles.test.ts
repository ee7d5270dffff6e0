import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = import.meta.dirname;
const files = readdirSync(ROOT).filter((name) => name.endsWith(".css"));
const read = (name: string): string => readFileSync(join(ROOT, name), "utf8").replace(/\/\*[\s\S]*?\*\//g, "");

/** Properties and values that name a side of the screen: where a page is read from right to left they are on the wrong one. */
const SIDES = [
  /(?:^|[;{\s])(?:left|right)\s*:/,
  /(?:margin|padding|border|inset|scroll-margin|scroll-padding)-(?:left|right)\b/,
  /border-(?:top|bottom)-(?:left|right)-radius/,
  /(?:text-align|float|clear|justify-\w+|transform-origin)\s*:[^;]*\b(?:left|right)\b/,
  /\bto (?:left|right)\b/,
  /translate(?:X|3d)?\s*[:(]\s*-?[1-9.]/,
];
/** Four values where the second and the last differ: their sides don't change places. */
const FOUR = /(?:margin|padding|inset|border-width)\s*:\s*([^;{}]+);/g;
const ROUND = /border-radius\s*:\s*([^;{}/]+);/g;
/** Time goes from left to right, also where text doesn't, as in every player. */
const MEANT: readonly string[] = ["direction: ltr"];

/** The values of a property, with what stands in parentheses in one piece. */
const values = (text: string): string[] => text.trim().match(/(?:[^\s(]|\((?:[^()]|\([^()]*\))*\))+/g) ?? [];

describe("styles", () => {
  it("are found", () => {
    expect(files.length).toBeGreaterThan(8);
  });

  it.each(files)("%s names no side of the screen", (name) => {
    for (const line of read(name).split("\n")) for (const side of SIDES) expect(line).not.toMatch(side);
    for (const [whole, text] of read(name).matchAll(FOUR)) {
      const four = values(text!);
      expect(four.length === 4 && four[1] !== four[3], whole).toBe(false);
    }
    for (const [whole, text] of read(name).matchAll(ROUND)) {
      const [first, second = first, third = first, fourth = second] = values(text!);
      expect([first, third], whole).toEqual([second, fourth]);
    }
  });

  it.each(files)("%s sets a direction only where that is meant", (name) => {
    for (const [found] of read(name).matchAll(/(?<![\w-])direction:\s*\w+/g)) expect(MEANT).toContain(found);
  });

  it.each(files)("%s asks for no words, which differ with the language", (name) => {
    expect(read(name)).not.toMatch(/\[(?:aria-label|title|placeholder|alt)/);
  });
});

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { tokenAt } from "./completing.ts";
import { parseEmoji, searchEmoji, translated, used, USES_MAX, withTone, type Use } from "./emoji.ts";

const read = (language: string) => readFileSync(join(import.meta.dirname, "..", "emoji", `${language}.txt`), "utf8");
const groups = parseEmoji(read("en"));
const all = groups.flatMap(({ emoji }) => emoji);
const found = (query: string) => searchEmoji(all, query, 8).map(({ emoji }) => emoji);

describe("the emoji", () => {
  it("are there by group, each with a name to say and one to type", () => {
    expect(groups.map(({ name }) => name)).toContain("flags");
    expect(all.length).toBeGreaterThan(1_800);
    for (const { emoji, codes, label } of all) {
      expect(codes[0], emoji).toMatch(/^[a-z0-9_+-]+$/);
      expect(label, emoji).not.toBe("");
    }
    expect(new Set(all.map(({ emoji }) => emoji)).size).toBe(all.length);
  });

  it("fit where the server takes a reaction", () => {
    for (const entry of all) expect([...withTone(entry, 5)].length).toBeLessThanOrEqual(32);
  });

  it("are found by the beginning of a name, best first", () => {
    expect(found("tada")[0]).toBe("🎉");
    expect(found("+1")[0]).toBe("👍");
    expect(found("sh")).not.toEqual([]);
    expect(found("party popper")[0]).toBe("🎉");
    expect(found("thumbs up")[0]).toBe("👍");
    expect(found("celebrate")).toContain("🎉");
    expect(found("no such thing")).toEqual([]);
    expect(found("")).toEqual([]);
  });

  it.each(["es", "ar"])("all have a name in %s, and keep their short ones", (language) => {
    const local = translated(groups, read(language)).flatMap(({ emoji }) => emoji);
    expect(local.map(({ emoji, codes }) => ({ emoji, codes }))).toEqual(all.map(({ emoji, codes }) => ({ emoji, codes })));
    expect(local.filter(({ label }, index) => label === all[index]!.label).map(({ emoji }) => emoji).length).toBeLessThan(60);
  });

  it("are found by names and keywords of the language, accents or not, and by the English ones", () => {
    const search = (language: string, query: string) => searchEmoji(translated(groups, read(language)).flatMap(({ emoji }) => emoji), query, 8).map(({ emoji }) => emoji);
    expect(search("es", "cara sonriendo")[0]).toBe("😀");
    expect(search("es", "corazon rojo")[0]).toBe("❤️");
    expect(search("es", "pulgar")).toContain("👍");
    expect(search("es", "tada")[0]).toBe("🎉");
    expect(search("ar", "قلب أحمر")[0]).toBe("❤️");
    expect(search("ar", "إبهام")).toContain("👍");
  });

  it("take a skin tone where they have one", () => {
    const thumb = all.find(({ emoji }) => emoji === "👍")!;
    expect(withTone(thumb, 3)).toBe("👍🏽");
    expect(withTone(thumb, 0)).toBe("👍");
    expect(withTone(all.find(({ emoji }) => emoji === "🎉")!, 3)).toBe("🎉");
    expect(withTone(all.find(({ emoji }) => emoji === "☝️")!, 1)).toBe("☝🏻");
  });
});

describe("habits", () => {
  const after = (...emoji: string[]) => emoji.reduce<Use[]>(used, []).map(({ emoji }) => emoji);

  it("put first what is used most, then what was used last", () => {
    expect(after("a", "b", "b", "c")).toEqual(["b", "c", "a"]);
  });

  it("are bounded, and what is new always has a place", () => {
    const many = Array.from({ length: USES_MAX }, (_, index) => [`${index}`, `${index}`]).flat();
    const kept = after(...many, "new");
    expect(kept).toHaveLength(USES_MAX);
    expect(kept.at(-1)).toBe("new");
  });

  it("change: counts don't grow without end", () => {
    const often = Array.from({ length: 1_000 }, () => "a").reduce<Use[]>(used, []);
    expect(often[0]!.count).toBeLessThanOrEqual(64);
  });
});

describe("what is being typed", () => {
  it.each<[string, string | null]>([
    ["hello @be|", "@be"],
    ["@|", "@"],
    ["(@ben|", "@ben"],
    [":sh|", ":sh"],
    ["so :+1|", ":+1"],
    [":s|", null],
    ["mail@exa|", null],
    ["12:30|", null],
    ["::sh|", null],
    ["`:sh|", null],
    ["`x` :sh|", ":sh"],
    ["```\n@ben|", null],
    ["@ben |", null],
    ["@b|en", "@b"],
  ])("in %s is %s", (typed, expected) => {
    const caret = typed.indexOf("|");
    const token = tokenAt(typed.replace("|", ""), caret);
    expect(token && token.kind + token.query).toBe(expected);
    if (token) expect(typed.slice(token.from, caret)).toBe(expected);
  });
});

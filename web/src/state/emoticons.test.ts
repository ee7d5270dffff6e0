import { describe, expect, it } from "vitest";
import { withFaces } from "./emoticons.ts";

describe("faces of signs", () => {
  it.each([
    [":)", "🙂"],
    ["well :-D\n:'( now <3", "well 😄\n😢 now ❤️"],
    [":) :) :)", "🙂 🙂 🙂"],
  ])("%j are emoji", (text, shown) => expect(withFaces(text)).toBe(shown));

  it.each(["see:)", "(:)", "http://x", "1:0", ":tada:", "a:p b", "constructor", "toString"])("%j is none", (text) => expect(withFaces(text)).toBe(text));

  it("stay in code", () => {
    expect(withFaces("`a :) b` :)")).toBe("`a :) b` 🙂");
    expect(withFaces("```\nif :)\n```\n:)")).toBe("```\nif :)\n```\n🙂");
  });
});

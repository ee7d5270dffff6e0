import { describe, expect, test } from "vitest";
import fixtures from "../../../tests/fixtures/markdown.json";
import { everyone, HIDDEN, hasLink, mentions, parse, plain } from "./index";

/** In the fixtures a pair of a text and a number stands for the text so many times. */
function expand(value: unknown): unknown {
  if (Array.isArray(value)) {
    const [unit, times] = value;
    if (typeof unit === "string" && typeof times === "number") return unit.repeat(times);
    return value.map(expand);
  }
  if (value !== null && typeof value === "object")
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, expand(inner)]));
  return value;
}

type Fixture = { name: string; text: string; blocks: unknown; plain: string; mentions: string[]; everyone?: string[]; link: boolean };
const cases = (fixtures as unknown[]).map((fixture) => expand(fixture) as Fixture);

describe("a text gives the same tree here as on the server", () => {
  test.each(cases)("$name", (fixture) => {
    expect(parse(fixture.text)).toEqual(fixture.blocks);
    expect(plain(fixture.text)).toBe(fixture.plain);
    expect(mentions(fixture.text)).toEqual(fixture.mentions);
    expect(everyone(fixture.text)).toEqual(fixture.everyone ?? []);
    expect(hasLink(fixture.text)).toBe(fixture.link);
  });
});

test("a spoiler isn't told where it must not be", () => {
  expect(plain("the killer is ||the **butler**||.", { hideSpoilers: true })).toBe(`the killer is ${HIDDEN}.`);
  expect(plain("- ||a||\n  1. ||b||", { hideSpoilers: true })).toBe(`- ${HIDDEN}\n  1. ${HIDDEN}`);
});

test("a text may be parsed while another is", () => {
  const alone = parse("*a* http://x.org");
  const tree = parse("**b** `c` @ana");
  expect(parse("*a* http://x.org")).toEqual(alone);
  expect(parse("**b** `c` @ana")).toEqual(tree);
});

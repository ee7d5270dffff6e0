import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { VNode } from "preact";
import { describe, expect, it } from "vitest";
import { parse, plain } from "../markdown/index.ts";
import { renderBlocks } from "./markdown.tsx";

const NAMES = { name: (username: string) => username, me: "ana" };
const SAFE = new Set(["p", "blockquote", "pre", "code", "ol", "ul", "li", "br", "strong", "em", "s", "a", "span", "bdi", "time", "button"]);
const ATTRIBUTES = new Set(["dir", "children", "href", "target", "rel", "tabIndex", "title", "class", "dateTime", "value", "type", "aria-label", "aria-hidden", "onClick"]);

interface Fixture {
  text: string;
}

/** Every element of a drawn message; a component is taken as what it is given. */
function elements(node: unknown, found: VNode<Record<string, unknown>>[] = []): VNode<Record<string, unknown>>[] {
  if (Array.isArray(node)) for (const each of node) elements(each, found);
  else if (node && typeof node === "object") {
    const vnode = node as VNode<Record<string, unknown>>;
    if (typeof vnode.type === "string") found.push(vnode);
    elements(vnode.props["children"], found);
  }
  return found;
}

function textOf(node: unknown): string {
  if (Array.isArray(node)) return node.map(textOf).join("");
  if (typeof node === "string" || typeof node === "number") return String(node);
  return node && typeof node === "object" ? textOf((node as VNode<{ children?: unknown }>).props.children) : "";
}

function fixtures(): string[] {
  const path = join(import.meta.dirname, "../../../tests/fixtures/markdown.json");
  const read: unknown = JSON.parse(readFileSync(path, "utf8"));
  const list = (Array.isArray(read) ? read : (read as { fixtures: Fixture[] }).fixtures) as Fixture[];
  return list.map((fixture) => fixture.text).filter((text) => typeof text === "string");
}

const HOSTILE = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  '"><svg onload=alert(1)>',
  "[x](javascript:alert(1))",
  "[x](JaVaScRiPt:alert(1))",
  "[x](data:text/html,<script>alert(1)</script>)",
  "[x](vbscript:msgbox(1))",
  "[x](https://example.org/\"onmouseover=alert(1))",
  "javascript:alert(1)",
  "**<b onclick=alert(1)>x</b>**",
  "`<script>`",
  "```html\n<script>alert(1)</script>\n```",
  "<t:99999999999999:F>",
  "\u202Eevil\u2066",
  "> > > > > > > > > > > > deep",
  "*".repeat(4000) + "_".repeat(4000),
];

describe("a drawn message", () => {
  it.each([...fixtures(), ...HOSTILE])("is made of harmless elements alone: %j", (text) => {
    for (const { type, props } of elements(renderBlocks(parse(text), NAMES))) {
      expect(SAFE).toContain(type);
      for (const name of Object.keys(props)) expect(ATTRIBUTES).toContain(name);
      if (type === "a") {
        expect(props["href"]).toMatch(/^(https?:\/\/|mailto:)/i);
        expect(props["rel"]).toBe("noopener noreferrer nofollow");
      }
    }
  });

  it.each(HOSTILE.filter((text) => !/[*`[>]|<t:/.test(text)))("says what was written, where that is not markup: %j", (text) => {
    expect(textOf(renderBlocks(parse(text), NAMES))).toBe(text);
    expect(plain(text)).toBe(text);
  });

  it("follows no scheme that does more than navigate, even where the tree names one", () => {
    const link = { type: "link", url: "javascript:alert(1)", children: [{ type: "text", text: "x" }] } as const;
    const drawn = renderBlocks([{ type: "paragraph", children: [link] } as never], NAMES);
    expect(elements(drawn).map((element) => element.type)).toEqual(["p", "span"]);
    expect(textOf(drawn)).toBe("x");
  });

  it("lets each paragraph and item have its own direction, and code none", () => {
    const drawn = elements(renderBlocks(parse("שלום\n\n- one\n- مرحبا\n\n```\nx\n```"), NAMES));
    const directions = drawn.filter(({ type }) => ["p", "li", "pre"].includes(type as string)).map(({ props }) => props["dir"]);
    expect(directions).toEqual(["auto", "auto", "auto", "ltr"]);
  });
});

describe("a link to a name in other letters", () => {
  const links = (text: string): VNode<Record<string, unknown>>[] =>
    elements(renderBlocks(parse(text), NAMES)).filter((element) => element.type === "a");

  it.each([
    ["https://аррӏе.com/", " (xn--80ak6aa92e.com)"],
    ["[your bank](https://аррӏе.com/)", " (xn--80ak6aa92e.com)"],
    ["https://xn--80ak6aa92e.com/", ""],
    ["https://example.org/ü", ""],
  ])("says what it is known by: %s", (text, said) => {
    const [link] = links(text);
    expect(textOf(link).includes("(xn--")).toBe(said !== "");
    expect(textOf(link).endsWith(said)).toBe(true);
  });
});

describe("everybody", () => {
  const classes = (mentions: readonly string[]): unknown[] => elements(renderBlocks(parse("@all"), { ...NAMES, mentions })).map((node) => node.props["class"]);

  it("concerns the reader where the entry says so, and is a name where it doesn’t", () => {
    expect(classes(["@all"])).toContain("mention me");
    expect(classes(["all"])).toContain("mention");
  });
});

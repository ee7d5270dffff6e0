import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = import.meta.dirname;
/** A file imports only from its own floor and from floors before it. */
const FLOORS = ["markdown", "words", "api", "realtime", "state", "app", "view"];
const GENERATED = "api/types.ts";
const IMPORT = /^(?:import|export)\s[^;]*?from\s+"([^"]+)"/gm;

function sources(): string[] {
  const all = readdirSync(ROOT, { recursive: true, encoding: "utf8" });
  return all.filter((path) => /\.tsx?$/.test(path) && !path.includes(".test."));
}

function importsOf(path: string): string[] {
  return [...readFileSync(join(ROOT, path), "utf8").matchAll(IMPORT)].map((match) => match[1]!);
}

const floorOf = (path: string): number => FLOORS.indexOf(path.split("/")[0]!);

describe("floors", () => {
  it("finds the sources and their imports", () => {
    expect(sources().length).toBeGreaterThan(40);
    expect(importsOf("view/app.tsx")).toContain("../app/route.ts");
  });

  it.each(sources().filter((path) => path.includes("/")))("%s imports from no floor above its own", (path) => {
    const floor = floorOf(path);
    expect(floor, "unknown folder").toBeGreaterThanOrEqual(0);
    for (const name of importsOf(path).filter((name) => name.startsWith("."))) {
      const target = relative(ROOT, join(ROOT, path, "..", name));
      expect(floorOf(target), `${path} imports ${name}`).toBeLessThanOrEqual(floor);
    }
  });

  it.each(sources())("%s makes no HTML from strings", (path) => {
    const text = readFileSync(join(ROOT, path), "utf8");
    expect(text).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|new Function\(|\beval\(/);
  });

  it.each(sources().filter((path) => path !== GENERATED))("%s has at most 400 lines", (path) => {
    expect(readFileSync(join(ROOT, path), "utf8").split("\n").length).toBeLessThanOrEqual(400);
  });
});

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { clockTime, relativeOrDate } from "../state/times.ts";
import { sizeText } from "../state/media.ts";
import ar from "./ar.json";
import type { Catalogue, Forms } from "./catalogue.ts";
import es from "./es.json";
import { pluralForm, written } from "./formats.ts";
import { direction, LANGUAGES, listed, resolve, speak, t, tError, tn, tnp, tp } from "./index.ts";
import { pseudo } from "./pseudo.ts";

const SOURCE = join(import.meta.dirname, "..");
const ERRORS = join(import.meta.dirname, "..", "..", "..", "docs", "reference", "errors.md");
const TEXT = /"(?:[^"\\]|\\.)*"/.source;
const CALL = /(?<![\w.])(?:t|tp)\(\s*/.source;
const CATALOGUES: readonly [string, Catalogue][] = [["es", es], ["ar", ar]];

function sources(): [path: string, text: string][] {
  const all = readdirSync(SOURCE, { recursive: true, encoding: "utf8" });
  const own = all.filter((path) => /\.tsx?$/.test(path) && !path.includes(".test.") && !path.startsWith("words"));
  return own.map((path) => [path, readFileSync(join(SOURCE, path), "utf8")]);
}

const parsed = (literal: string | undefined): string => JSON.parse(literal!) as string;
const joined = sources().map(([, text]) => text).join("\n");
const sentences = new Set([...joined.matchAll(new RegExp(`${CALL}(${TEXT})`, "g"))].map((found) => parsed(found[1])));
const counted = [...joined.matchAll(new RegExp(`\\{ one: (${TEXT}), other: (${TEXT}) \\}`, "g"))].map((found) => [parsed(found[2]), parsed(found[1])] as const);
const places = (text: string): string[] => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1]!))].sort();

afterEach(() => speak("en", ["en-US"]));

describe("sentences in the sources", () => {
  it("are found", () => {
    expect(sentences.size).toBeGreaterThan(400);
    expect(sentences).toContain("Pull up a chair, {name}");
    expect(counted.length).toBeGreaterThan(15);
  });

  it("are literals, or nobody could find them", () => {
    for (const [path, text] of sources()) expect(text.match(new RegExp(`${CALL}[^"\\s]`, "g")), path).toBeNull();
  });

  it("have one form for one, wherever they are used", () => {
    const forms = new Map<string, string>();
    for (const [other, one] of counted) {
      expect(forms.get(other) ?? one).toBe(one);
      forms.set(other, one);
    }
  });
});

describe.each(CATALOGUES)("the catalogue %s", (language, catalogue) => {
  it("has every sentence of the sources, and no other", () => {
    expect(Object.keys(catalogue.sentences).sort()).toEqual([...sentences].sort());
    expect(Object.keys(catalogue.counts).sort()).toEqual([...new Set(counted.map(([other]) => other))].sort());
  });

  it("leaves nothing empty, and puts in what the English sentence does", () => {
    for (const [english, said] of Object.entries(catalogue.sentences)) {
      expect(said.trim(), english).not.toBe("");
      expect(places(said), english).toEqual(places(english));
    }
  });

  it("has each form that the language has; forms for a few may spell the number out", () => {
    const rules = new Intl.PluralRules(language).resolvedOptions().pluralCategories.filter((rule) => rule !== "many" || language !== "es");
    for (const [english, forms] of Object.entries<Forms>(catalogue.counts)) {
      expect(Object.keys(forms).sort(), english).toEqual([...rules].sort());
      for (const [rule, said] of Object.entries<string>(forms)) {
        const spelled = ["zero", "one", "two"].includes(rule);
        const wanted = places(english).filter((name) => !(spelled && name === "count"));
        expect(places(said).filter((name) => !(spelled && name === "count")), `${english}: ${rule}`).toEqual(wanted);
      }
    }
  });

  it("knows every error that the server has, and no other", () => {
    const codes = [...readFileSync(ERRORS, "utf8").matchAll(/^\| <a id="(\w+)">/gm)].map((found) => found[1]!);
    expect(codes.length).toBeGreaterThan(40);
    expect(Object.keys(catalogue.errors).sort()).toEqual(codes.sort());
  });

  it("speaks calmly", () => {
    const all = [...Object.values(catalogue.sentences), ...Object.values(catalogue.errors)];
    expect(all.filter((said) => /[!¡]/.test(said))).toEqual([]);
  });

  it("closes each direction that it opens", () => {
    for (const said of [...Object.values(catalogue.sentences), ...Object.values(catalogue.errors)]) {
      expect(said.match(/[\u2066-\u2068]/g)?.length ?? 0, said).toBe(said.match(/\u2069/g)?.length ?? 0);
      expect(said, said).not.toMatch(/[\u200e\u200f\u202a-\u202e]/);
    }
  });
});

describe("speaking", () => {
  it("is English where nothing is chosen, and in the words of the source", () => {
    expect(t("Remove {name}", { name: "Ana" })).toBe("Remove Ana");
    expect([1, 2].map((count) => tn(count, { one: "{count} member", other: "{count} members" }))).toEqual(["1 member", "2 members"]);
    expect(tError("forbidden", "as the server says")).toBe("as the server says");
  });

  it("follows the language, with its forms, numbers, lists, times and sizes", async () => {
    await speak("es", ["es-ES"]);
    expect(t("Remove {name}", { name: "Ana" })).toBe("Quitar a Ana");
    expect(listed(["Ana", "Ben", "Cleo"])).toBe("Ana, Ben y Cleo");
    expect(tn(12_345, { one: "{count} member", other: "{count} members" })).toBe("12.345 miembros");
    expect(sizeText(3_400_000)).toBe("3,4 MB");
    expect(relativeOrDate(0, "R", 86_400_000)).toBe("ayer");
    expect(tError("forbidden", "")).toBe("Tu rol no lo permite.");
  });

  it.each([["en", "en"], ["en", "en-IN"], ["es", "es"], ["es", "es-MX"], ["ar", "ar"], ["ar", "ar-EG"], ["en", "en-u-nu-deva"]] as const)(
    "writes numbers in %s, %s as the browser's tables do",
    async (language, locale) => {
      await speak(language, [locale]);
      const format = new Intl.NumberFormat(locale);
      const rules = new Intl.PluralRules(locale);
      for (const count of [...Array(1_001).keys(), 12_345, 1_000_000, 1.5, 0.1, -1]) {
        expect(written(count)).toBe(format.format(count));
        expect(pluralForm(count)).toBe(rules.select(count));
      }
    },
  );

  it("has all six forms of Arabic", async () => {
    await speak("ar", ["ar-EG"]);
    const said = [0, 1, 2, 3, 11, 100].map((count) => tn(count, { one: "{count} member", other: "{count} members" }));
    expect(said).toEqual(["٠ عضو", "عضو واحد", "عضوان", "٣ أعضاء", "١١ عضوًا", "١٠٠ عضو"]);
    expect(clockTime(0)).toMatch(/[٠-٩]{2}:[٠-٩]{2}/);
  });

  it("keeps what stands in a sentence apart, in the order of the language", async () => {
    const name = { username: "ana" };
    expect(tp("Replying to {name}", { name })).toEqual(["Replying to ", name]);
    await speak("ar", []);
    expect(tnp<object>(1, { one: "{names} is typing…", other: "{names} are typing…" }, { names: [name] })).toEqual(["يكتب ", name, "…"]);
  });

  it("never takes a value for a place, nor a word of JavaScript for a sentence", async () => {
    expect(t("Remove {name}", { name: "{count}" })).toBe("Remove {count}");
    await speak("es", []);
    expect(t("constructor")).toBe("constructor");
    expect(tError("constructor", "said")).toBe("said");
    expect(t("Remove {toString}")).toBe("Remove {toString}");
  });

  it("is the last language that was asked for, whichever comes first", async () => {
    await Promise.all([speak("ar", []), speak("es", [])]);
    expect(t("Send")).toBe("Enviar");
  });
});

describe("which language", () => {
  it.each([
    ["browser", ["fr-FR", "es-MX", "en"], "es"],
    ["browser", ["fr-FR"], "en"],
    ["browser", ["AR-eg", "en"], "ar"],
    ["browser", [], "en"],
    ["en", ["es"], "en"],
  ] as const)("%s in a browser with %s: %s", (choice, wanted, expected) => {
    expect(resolve(choice, wanted)).toBe(expected);
  });

  it("is known to the script that runs before anything is drawn", () => {
    const first = readFileSync(join(SOURCE, "..", "public", "first.js"), "utf8");
    expect(first).toContain(`const languages = ${JSON.stringify(LANGUAGES).replaceAll(",", ", ")};`);
    for (const language of LANGUAGES) expect(direction(language) === "rtl").toBe(language === "ar");
  });
});

describe("the pseudo-language", () => {
  it("is longer, in brackets, and keeps the places", async () => {
    expect(pseudo("Remove {name}")).toMatch(/^⟦Rémóvé \{name\}·{6}⟧$/);
    await speak("pseudo", ["en-GB"]);
    expect(t("Send")).toBe("⟦Séñd··⟧");
    expect(tn(1, { one: "{count} file", other: "{count} files" })).toMatch(/^⟦1 fílés·+⟧$/);
  });
});

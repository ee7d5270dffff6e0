// Writes src/emoji/es.txt and ar.txt, the names and keywords of the emoji of en.txt in the page's other languages, from
// Unicode's CLDR (Unicode License v3, public/unicode-license.txt). The packages are large, so they are no dependencies:
// npm install --no-save cldr-annotations-full@48.2.0 cldr-annotations-derived-full@48.2.0, then npm run emoji-names.
// A line an emoji: the emoji, its name, its keywords.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const LANGUAGES = ["es", "ar"];
const KEYWORDS = 8;

const here = dirname(fileURLToPath(import.meta.url));
const emoji = join(here, "..", "src", "emoji");
const read = (path) => JSON.parse(readFileSync(join(here, "..", "node_modules", path), "utf8"));
const bare = (text) => text.replaceAll("\uFE0F", "");

const listed = readFileSync(join(emoji, "en.txt"), "utf8").split("\n").filter((line) => line.includes("\t")).map((line) => line.split("\t")[0]);
for (const language of LANGUAGES) {
  const { annotations } = read(`cldr-annotations-full/annotations/${language}/annotations.json`).annotations;
  const { annotations: derived } = read(`cldr-annotations-derived-full/annotationsDerived/${language}/annotations.json`).annotationsDerived;
  const all = new Map(Object.entries({ ...derived, ...annotations }).map(([sign, said]) => [bare(sign), said]));
  const lines = listed.map((sign) => {
    const { tts, default: keywords = [] } = all.get(bare(sign));
    const name = tts[0];
    const words = new Set(name.split(" "));
    const others = [...new Set(keywords.flatMap((keyword) => keyword.split(/\s+/)))].filter((word) => !words.has(word));
    return [sign, name, others.slice(0, KEYWORDS).join(" ")].join("\t");
  });
  writeFileSync(join(emoji, `${language}.txt`), `${lines.join("\n")}\n`);
}

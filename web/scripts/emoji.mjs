// Writes src/emoji/en.txt, the emoji that the picker and the completion know, from emojibase-data (MIT; Unicode's names and
// keywords, GitHub's short names). It is 49 MB, so it is no dependency: npm install --no-save emojibase-data@17.0.0, then
// npm run emoji. A line an emoji: the emoji, "+" where it takes a skin tone, its short names, its name, its keywords.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Newer ones are boxes in many systems' fonts. */
const NEWEST = 15;
const COMPONENT = 2;
const TONES = ["\u{1F3FB}", "\u{1F3FC}", "\u{1F3FD}", "\u{1F3FE}", "\u{1F3FF}"];

const here = dirname(fileURLToPath(import.meta.url));
const read = (path) => JSON.parse(readFileSync(join(here, "..", "node_modules", "emojibase-data", path), "utf8"));

const all = read("en/data.json");
const github = read("en/shortcodes/github.json");
const others = read("en/shortcodes/emojibase.json");
const groups = read("meta/groups.json").groups;

const list = (value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]);
// An emoji that is one anyway is written without saying so, as keyboards do: or a reaction would be two.
const usual = (emoji) => emoji.replace(/(\p{Emoji_Presentation})\uFE0F/gu, "$1");
const toned = (emoji, tone) => {
  const [first, ...rest] = [...emoji];
  return first + tone + rest.join("").replace(/^\uFE0F/, "");
};

const lines = [];
let group = -1;
for (const entry of all.filter(({ group, version }) => group !== undefined && group !== COMPONENT && version <= NEWEST).sort((a, b) => a.order - b.order)) {
  if (entry.group !== group) lines.push(`# ${groups[(group = entry.group)]}`);
  const skins = (entry.skins ?? []).map((skin) => usual(skin.emoji)).slice(0, TONES.length);
  const plain = skins.length === TONES.length && skins.every((emoji, index) => emoji === toned(usual(entry.emoji), TONES[index]));
  const codes = [...new Set([...list(github[entry.hexcode]), ...list(others[entry.hexcode])])].slice(0, 3);
  const words = new Set([...entry.label.toLowerCase().split(/\W+/), ...codes.flatMap((code) => code.split("_"))]);
  const tags = (entry.tags ?? []).filter((tag) => !words.has(tag)).slice(0, 6);
  lines.push([usual(entry.emoji), plain ? "+" : "", codes.join(" "), entry.label, tags.join(" ")].join("\t"));
}
writeFileSync(join(here, "..", "src", "emoji", "en.txt"), `${lines.join("\n")}\n`);
console.log(`${lines.length - Object.keys(groups).length + 1} emoji`);

// Fails the build when what a first visit loads grows past its budget. Sizes are gzipped, in KiB.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const GOAL = { js: 80, css: 15 };
const LIMIT = { js: 100, css: 15 };

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "src", "tertulia", "static");
const manifest = JSON.parse(readFileSync(join(root, ".vite", "manifest.json"), "utf8"));

/** The files of `entry` and of all that it imports at once; what it loads later is not counted. */
function initial(entry, seen = new Set()) {
  if (seen.has(entry)) return seen;
  seen.add(entry);
  for (const other of manifest[entry].imports ?? []) initial(other, seen);
  return seen;
}

const chunks = [...initial("index.html")].map((name) => manifest[name]);
const files = {
  js: [...new Set(chunks.map((chunk) => chunk.file))].filter((file) => file.endsWith(".js")),
  css: [...new Set(chunks.flatMap((chunk) => chunk.css ?? []))],
};

let failed = false;
for (const kind of ["js", "css"]) {
  const size = files[kind].reduce((sum, file) => sum + gzipSync(readFileSync(join(root, file)), { level: 9 }).length, 0) / 1024;
  const verdict = size > LIMIT[kind] ? "OVER THE LIMIT" : size > GOAL[kind] ? "over the goal" : "ok";
  console.log(`initial ${kind}: ${size.toFixed(1)} KiB gzipped (goal ${GOAL[kind]}, limit ${LIMIT[kind]}): ${verdict}`);
  failed ||= size > LIMIT[kind];
}
process.exit(failed ? 1 : 0);

// The first view must stay small: what index.html loads at once, and the page that opens first, compressed.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const bytesMax = 200_000;
const dist = fileURLToPath(new URL("../dist/", import.meta.url));
const manifest = JSON.parse(readFileSync(`${dist}.vite/manifest.json`, "utf8"));

function withImports(key, found = new Set()) {
  const chunk = manifest[key];
  if (!chunk || found.has(chunk.file)) return found;
  found.add(chunk.file);
  for (const style of chunk.css ?? []) found.add(style);
  for (const inner of chunk.imports ?? []) withImports(inner, found);
  return found;
}

const sizeOf = (file) => gzipSync(readFileSync(dist + file), { level: 9 }).length;
const first = new Set(["index.html", "theme.js"]);
for (const key of ["index.html", "src/pages/Map/index.tsx", "src/pages/TicketFlow/Beside.tsx"]) for (const file of withImports(key)) first.add(file);
const total = [...first].reduce((sum, file) => sum + sizeOf(file), 0);
const all = readdirSync(`${dist}assets`).reduce((sum, file) => sum + sizeOf(`assets/${file}`), 0);
console.log(`first view: ${(total / 1000).toFixed(1)} kB gzip in ${first.size} files (at most ${bytesMax / 1000} kB); everything: ${(all / 1000).toFixed(1)} kB`);
if (total > bytesMax) {
  console.error("The first view is too large: load the page or the library that grew when it is needed.");
  process.exitCode = 1;
}

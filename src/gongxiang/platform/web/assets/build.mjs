// Builds the pages' assets into static/built: app.js, app.css, charts.js and the sprite icons.svg of the icons in icons.txt.
// For Chromium 80, the oldest browser on departments' desktops; no asset may name another host.
import { build } from "esbuild";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const target = path.join(here, "..", "static", "built");
const beside = `${target}.new`;
const icons = path.join(here, "../../../../..", "node_modules", "@tabler", "icons", "icons", "outline");

await rm(beside, { recursive: true, force: true });
await mkdir(beside, { recursive: true });
await build({
  entryPoints: [
    { in: path.join(here, "main.js"), out: "app" },
    { in: path.join(here, "main.css"), out: "app" },
    { in: path.join(here, "charts.js"), out: "charts" },
  ],
  outdir: beside,
  bundle: true,
  minify: true,
  format: "iife",
  target: "chrome80",
  legalComments: "linked",
  loader: { ".svg": "dataurl", ".woff2": "file" },
  logLevel: "warning",
});

const names = (await readFile(path.join(here, "icons.txt"), "utf8")).split("\n").map((line) => line.trim()).filter(Boolean);
const symbols = await Promise.all([...new Set(names)].sort().map(async (name) => {
  const svg = await readFile(path.join(icons, `${name}.svg`), "utf8").catch(() => {
    throw new Error(`icons.txt names "${name}", which is no Tabler icon`);
  });
  const shapes = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
  return `<symbol id="${name}" viewBox="0 0 24 24">${shapes.replace(/\s*\n\s*/g, "")}</symbol>`;
}));
await writeFile(path.join(beside, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`);

// Whole or not at all: a page never meets half a build.
await rm(target, { recursive: true, force: true });
await rename(beside, target);

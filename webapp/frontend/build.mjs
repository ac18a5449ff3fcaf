// Bundles the scripts that need other packages into ../static/built, with the licences of what is in them.
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "..", "static", "built");

const result = await build({
  absWorkingDir: here,
  entryPoints: { query: "src/main.js", results: "src/results.js", graph: "src/graph.js", sorting: "src/sorting.js" },
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  metafile: true,
  write: false,
  outdir: target,
});

const packages = new Set(
  Object.keys(result.metafile.inputs)
    .map((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1])
    .filter(Boolean),
);
await mkdir(target, { recursive: true });
await writeFile(join(target, "licences.txt"), (await Promise.all([...packages].sort().map(licence))).join("\n"));
for (const file of result.outputFiles) {
  await writeFile(file.path, `/* Licences of what is bundled here: licences.txt */\n${file.text}`);
  console.log(`${file.path.slice(target.length + 1)}: ${file.contents.length} bytes, ${gzipSync(file.contents).length} compressed`);
}

/** Return a package's name and version and the text of its licence, which must be passed on with it. */
async function licence(name) {
  const folder = join(here, "node_modules", name);
  const { version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  if (!file) throw new Error(`${name} comes without the text of its licence`);
  return `${name} ${version} (${license})\n\n${await readFile(join(folder, file), "utf8")}`;
}

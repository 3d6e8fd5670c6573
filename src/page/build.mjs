/**
 * Bundles each script of a page, entries below, to <name>.script.js beside this file (git-ignored), where sources find it, and
 * in dist/page. They run in browsers as they are: no imports, nothing left in the page's name space.
 *
 *     node src/page/build.mjs
 */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const here = fileURLToPath(new URL(".", import.meta.url));
const distribution = join(here, "..", "..", "dist", "page");
const entries = ["themeChoice", "themeButton", "plots", "structures", "links"];

mkdirSync(distribution, { recursive: true });
for (const entry of entries) {
  const bundle = await rolldown({ input: join(here, `${entry}.ts`), platform: "browser", tsconfig: false });
  const { output } = await bundle.generate({ format: "iife", comments: false });
  for (const folder of [here, distribution]) writeWhole(join(folder, `${entry}.script.js`), output[0].code);
  await bundle.close();
}

/** Readers never see half a file, also when two builds run at once. @param {string} path @param {string} text */
function writeWhole(path, text) {
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, text);
  renameSync(temporary, path);
}

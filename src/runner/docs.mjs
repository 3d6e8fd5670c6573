/** `npm run docs`: the interface by typedoc, and the tutorials as pages of the same site, into docs/api. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadNotebook } from "#built/runner/nbformat.js";
import { notebookPage } from "#built/runner/notebookPage.js";
import { titleOf } from "#built/runner/summary.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const stage = mkdtempSync(join(tmpdir(), "spectensor-docs-"));
/** @param {import("#built/runner/nbformat.js").Notebook} notebook */
const sources = (notebook) => JSON.stringify(notebook.cells.map((c) => c.source));
const items = [];
mkdirSync(join(stage, "pages"));
for (const file of readdirSync(join(root, "notebooks/tutorials"))
  .filter((f) => f.endsWith(".ipynb"))
  .sort()) {
  const notebook = await loadNotebook(join(root, "notebooks/tutorials", file));
  const executed = join(root, "gallery/tutorials", file);
  const run = existsSync(executed) ? await loadNotebook(executed) : undefined;
  const current = run && sources(run) === sources(notebook);
  if (!current) console.warn(`${file}: without outputs, because gallery/ has none for it; \`npm start\` makes them`);
  const { title, claim } = titleOf(notebook, file);
  const page = file.replace(/ipynb$/, "html");
  writeFileSync(
    join(stage, "pages", page),
    await notebookPage(current ? run : notebook, { title, home: "../index.html" }),
  );
  items.push(`1. [${title}](pages/${page}). ${claim}`);
}
// Pages that a document links to are copied into the site by typedoc.
writeFileSync(join(stage, "tutorials.md"), `---\ntitle: Tutorials\n---\n\n# Tutorials\n\n${items.join("\n")}\n`);
const bin = join(dirname(createRequire(import.meta.url).resolve("typedoc/package.json")), "bin", "typedoc");
const { status } = spawnSync(process.execPath, [bin, "--projectDocuments", join(stage, "tutorials.md")], {
  cwd: root,
  stdio: "inherit",
});
rmSync(stage, { recursive: true });
process.exitCode = status ?? 1;

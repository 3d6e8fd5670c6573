/**
 * `npm run docs`: a static folder docs/api with the interface by typedoc, all notebooks as executed pages, their texts in its search, and
 * the notebooks with outputs (docs/api/notebooks) for readers on a forge.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { documentGroups, documentText, executedReadme, groupText, notebookDocument } from "#built/runner/docsPages.js";
import { loadNotebook, writeNotebook } from "#built/runner/nbformat.js";
import { notebookPage } from "#built/runner/notebookPage.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const site = join(root, "docs", "api");
const stage = mkdtempSync(join(tmpdir(), "spectensor-docs-"));
/** @param {import("#built/runner/nbformat.js").Notebook} notebook */
const sources = (notebook) => JSON.stringify(notebook.cells.map((c) => c.source));
mkdirSync(join(stage, "pages"));

const documents = [];
const executed = new Map();
for (const folder of ["grumet-2024", "schmiedmayer-2024", "tutorials"])
  for (const name of readdirSync(join(root, "notebooks", folder))
    .filter((f) => f.endsWith(".ipynb"))
    .sort()) {
    const file = `${folder}/${name}`;
    const notebook = await loadNotebook(join(root, "notebooks", file));
    const outcome = join(root, "gallery", file);
    const run = existsSync(outcome) ? await loadNotebook(outcome) : undefined;
    const current = run !== undefined && sources(run) === sources(notebook);
    if (!current) console.warn(`${file}: without outputs, because gallery/ has none for it; \`npm start\` makes them`);
    const document = notebookDocument(notebook, file);
    const shown = current ? run : notebook;
    executed.set(document.name, shown);
    const page = await notebookPage(shown, { title: document.title, home: "../index.html" });
    writeFileSync(join(stage, "pages", `${document.name}.html`), page);
    documents.push(document);
  }

// Pages that a document links to are copied into the site by typedoc.
const groups = documentGroups(documents);
const roots = groups.map((group, k) => {
  const path = join(stage, `${k}-group.md`);
  writeFileSync(path, groupText(group, "pages"));
  for (const d of group.documents) writeFileSync(join(stage, `${d.name}.md`), documentText(d, "pages"));
  return path;
});
const bin = join(dirname(createRequire(import.meta.url).resolve("typedoc/package.json")), "bin", "typedoc");
const { status } = spawnSync(process.execPath, [bin, ...roots.flatMap((path) => ["--projectDocuments", path])], {
  cwd: root,
  stdio: "inherit",
});
if (status === 0) {
  mkdirSync(join(site, "notebooks"), { recursive: true });
  for (const [name, notebook] of executed) await writeNotebook(join(site, "notebooks", `${name}.ipynb`), notebook);
  writeFileSync(join(site, "notebooks", "README.md"), executedReadme(groups));
}
rmSync(stage, { recursive: true });
process.exitCode = status ?? 1;

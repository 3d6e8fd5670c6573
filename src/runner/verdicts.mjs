/** `npm run verdicts`: what the executed notebooks of gallery/ say of the papers' statements, into notebooks/verdicts.json, docs/verdicts.md and README.md. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadNotebook } from "#built/runner/nbformat.js";
import { judgingChecksum, recordVerdicts, verdictsDocument, withVerdicts } from "#built/runner/verdicts.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const records = [];
const missing = [];
for (const folder of ["grumet-2024", "schmiedmayer-2024", "tutorials"])
  for (const file of readdirSync(join(root, "notebooks", folder))
    .filter((f) => f.endsWith(".ipynb"))
    .sort()) {
    const path = `${folder}/${file}`;
    const checksum = judgingChecksum(await loadNotebook(join(root, "notebooks", path)));
    if (!checksum) continue;
    const executed = join(root, "gallery", path);
    const record = existsSync(executed) ? recordVerdicts(path, await loadNotebook(executed)) : undefined;
    if (record?.cells === checksum && record.claims.length > 0) records.push(record);
    else missing.push(path);
  }
if (missing.length > 0) {
  console.error(`not run as they stand: ${missing.join(", ")}; run \`npm start\` first`);
  process.exitCode = 1;
} else {
  writeFileSync(join(root, "notebooks/verdicts.json"), `${JSON.stringify(records, null, 2)}\n`);
  writeFileSync(join(root, "docs/verdicts.md"), verdictsDocument(records));
  const readme = join(root, "README.md");
  const text = withVerdicts(readFileSync(readme, "utf8"), records);
  if (text === undefined) {
    console.error("README.md has no place for verdicts");
    process.exitCode = 1;
  } else writeFileSync(readme, text);
}

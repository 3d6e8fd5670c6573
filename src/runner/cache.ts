/** When an executed copy may be used again: if nothing that its outputs depend on has changed. */
import { readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { RunMode } from "../display/mode.js";
import { hashFolder, sha256 } from "./files.js";
import { isWithin } from "./findNotebooks.js";
import { loadNotebook, type Notebook } from "./nbformat.js";
import { runRecordOf } from "./summary.js";

/** Checksum of this package: its code, kernels and data sets. Computed once per run. */
export async function packageHash(): Promise<string> {
  const code = await hashFolder(fileURLToPath(new URL("../", import.meta.url)));
  const data = await hashFolder(fileURLToPath(new URL("../../data/", import.meta.url)));
  return sha256(code, data, process.version);
}

/**
 * Checksum of everything a notebook's outputs depend on: its code, the mode, this package, and the files in its folder
 * (by name, size and time of change), without the gallery. Files elsewhere that a notebook reads are not seen.
 */
export async function notebookKey(
  notebook: Notebook,
  path: string,
  mode: RunMode,
  packageKey: string,
  gallery: string,
): Promise<string> {
  const code = notebook.cells.flatMap((c) => (c.cell_type === "code" ? [c.source] : []));
  return sha256(packageKey, mode, await folderState(dirname(path), gallery), ...code);
}

async function folderState(folder: string, gallery: string): Promise<string> {
  const states: string[] = [];
  const walk = async (at: string): Promise<void> => {
    const entries = await readdir(join(folder, at), { withFileTypes: true });
    for (const e of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(at, e.name);
      if (e.name.startsWith(".") || e.name === "node_modules" || e.name.endsWith(".ipynb")) continue;
      if (isWithin(join(folder, path), gallery)) continue;
      if (e.isDirectory()) await walk(path);
      else if (e.isFile()) {
        const { size, mtimeMs } = await stat(join(folder, path));
        states.push(`${path} ${size} ${mtimeMs}`);
      }
    }
  };
  await walk("");
  return states.join("\n");
}

/**
 * The source notebook with the outputs of an earlier complete run of the same key; `undefined` if there is none.
 * Texts may have changed since: they do not enter the key.
 */
export async function cachedRun(source: Notebook, executed: string, key: string): Promise<Notebook | undefined> {
  const earlier = await loadNotebook(executed).catch(() => undefined);
  const run = earlier && runRecordOf(earlier);
  if (!earlier || !run || run.key !== key || run.failure) return undefined;
  const outputs = earlier.cells.filter((c) => c.cell_type === "code");
  let next = 0;
  return {
    ...source,
    cells: source.cells.map((cell) => {
      if (cell.cell_type !== "code") return cell;
      const { outputs: o, execution_count } = outputs[next++]!;
      return { ...cell, outputs: o, execution_count };
    }),
    metadata: { ...source.metadata, spectensor: { ...(source.metadata.spectensor as object | undefined), run } },
  };
}

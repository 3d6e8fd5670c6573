import { basename, dirname, join, relative } from "node:path";
import { countVerdicts, verdictsText } from "../display/claims.js";
import { type ComparisonResult, comparisonText } from "../display/comparison.js";
import { encodedPath, escapeHtml } from "../display/html.js";
import type { RunMode } from "../display/mode.js";
import { type ClaimRow, claimsText } from "../display/showClaims.js";
import { FileError, SpectensorError } from "../errors.js";
import { type Fields, readOptions, record } from "../options/record.js";
import { callback, integer, list, oneOf, positive, RUN_FIELDS, text } from "../options/values.js";
import { type RunOptions, throwIfAborted } from "../progress.js";
import { lockOutput } from "../system/lock.js";
import { cachedRun, notebookKey, packageHash } from "./cache.js";
import { executeNotebook } from "./executor.js";
import { writeFigureFiles } from "./figureFiles.js";
import { makeFolder, writeInFolder } from "./files.js";
import { findNotebooks, isWithin, placeInGallery } from "./findNotebooks.js";
import { writeGallery } from "./gallery.js";
import { loadNotebook, type Notebook, writeNotebook } from "./nbformat.js";
import { notebookPage } from "./notebookPage.js";
import { paperOf } from "./papers.js";
import { planOf, type RunPlan } from "./plan.js";
import { claimsOf, comparisonOf, type RunRecord, runRecordOf, titleOf } from "./summary.js";

export interface RunNotebooksOptions extends RunOptions {
  /** Notebooks, or folders that are searched for them; default "notebooks". */
  readonly paths?: readonly string[];
  /** Where executed copies, their pages and the index go; default "gallery". */
  readonly galleryDir?: string;
  /** Default "quick". */
  readonly mode?: RunMode;
  /** "use" takes over outputs whose inputs have not changed (default); "ignore" runs everything. */
  readonly cache?: "use" | "ignore";
  /** How many notebooks run at a time, default 2. */
  readonly workers?: number;
  /** Seconds that one cell may take, default 600. */
  readonly timeout?: number;
  /** Called once before the first. */
  readonly onPlan?: (plan: RunPlan) => void;
  /** Called after each notebook. */
  readonly onNotebook?: (result: NotebookResult) => void;
}

export interface NotebookResult {
  /** As found, relative to the current folder. */
  readonly path: string;
  readonly title: string;
  readonly status: "passed" | "failed";
  readonly origin: "run" | "cache";
  /** Wall time of the run, s. */
  readonly seconds: number;
  /** One-based number of the failed cell (0: the notebook could not be read or no kernel started) and why. */
  readonly failure?: { readonly cell: number; readonly message: string };
  /** Statements of the paper with their verdicts. */
  readonly claims: readonly ClaimRow[];
  /** What was checked against bounds and other numbers. */
  readonly comparison: readonly ComparisonResult[];
  /** Executed copy and its page; absent if the notebook could not be run at all. */
  readonly executed?: string;
  readonly page?: string;
}

const OPTIONS = record({
  paths: list(text()).optional(),
  galleryDir: text().default("gallery"),
  mode: oneOf(["quick", "full"]).optional(),
  cache: oneOf(["use", "ignore"]).optional(),
  workers: integer({ atLeast: 1 }).default(2),
  timeout: positive("s").optional(),
  onPlan: callback<(plan: RunPlan) => void>().optional(),
  onNotebook: callback<(result: NotebookResult) => void>().optional(),
  ...RUN_FIELDS,
} satisfies Fields<RunNotebooksOptions>);

/**
 * Runs notebooks without Jupyter, writes executed copies and pages into a gallery, and its index.
 * A failing notebook does not stop the others. After an interruption the next run takes over what is done.
 * @throws AbortedError if `signal` is aborted; finished notebooks keep their copies
 * @throws DataError if no notebook is found; FileError if another run writes this gallery
 */
export async function runNotebooks(options: RunNotebooksOptions = {}): Promise<readonly NotebookResult[]> {
  const read = readOptions(OPTIONS, options, "runNotebooks");
  const { galleryDir } = read;
  const paths = await findNotebooks(options.paths ?? ["notebooks"], galleryDir);
  await makeFolder(galleryDir);
  const lock = await lockOutput(join(galleryDir, "index.html"));
  try {
    return await runLocked(paths, read);
  } finally {
    lock.release();
  }
}

async function runLocked(
  paths: readonly string[],
  options: RunNotebooksOptions & { readonly galleryDir: string; readonly workers: number },
): Promise<readonly NotebookResult[]> {
  const { galleryDir, workers, onNotebook, onProgress, signal } = options;
  const plan = await planOf(paths, galleryDir, workers);
  options.onPlan?.(plan);
  const packageKey = await packageHash();
  const results: NotebookResult[] = new Array(paths.length);
  let next = 0;
  let done = 0;
  onProgress?.({ label: "notebooks", done, total: paths.length, unit: "notebooks" });
  const worker = async (): Promise<void> => {
    while (next < paths.length) {
      throwIfAborted(signal, "running notebooks");
      const index = plan.order[next++]!;
      const result = await runOne(paths[index]!, galleryDir, packageKey, options);
      results[index] = result;
      onNotebook?.(result);
      onProgress?.({ label: "notebooks", done: ++done, total: paths.length, unit: "notebooks" });
    }
  };
  try {
    const ends = await Promise.allSettled(Array.from({ length: Math.min(workers, paths.length) }, worker));
    for (const end of ends) if (end.status === "rejected") throw end.reason;
  } finally {
    await writeGallery(galleryDir);
  }
  return results;
}

/** Title, status, time and comparison of every notebook as text, for the end of a run. */
export function resultsText(results: readonly NotebookResult[]): string {
  const claims = results.flatMap((r) => r.claims);
  const list = results
    .map((r) => {
      const head = `${r.status === "passed" ? "✓" : "✗"} ${r.title} (${r.path}), ${r.origin === "cache" ? "unchanged" : `${r.seconds.toFixed(1)} s`}`;
      const failure = r.failure ? `\n  cell ${r.failure.cell}: ${r.failure.message.split("\n")[0]}` : "";
      const rows = r.comparison.length > 0 ? `\n${comparisonText(r.comparison, "expected").replace(/^/gm, "  ")}` : "";
      const claims = r.claims.length > 0 ? `\n${claimsText(r.claims).replace(/^/gm, "  ")}` : "";
      return head + failure + claims + rows;
    })
    .join("\n");
  // A project of one's own judges no paper.
  return claims.length > 0 ? `${list}\n\nStatements of the papers: ${verdictsText(countVerdicts(claims))}` : list;
}

/** What a page was made from: the notebook with its outputs, and the paper. */
function pageLinks(notebook: Notebook, executed: string): string {
  const paper = paperOf(titleOf(notebook, "").paper ?? "");
  const file = basename(executed);
  const links = [`<a href="${encodedPath(file)}" download="${escapeHtml(file)}">notebook with outputs (.ipynb)</a>`];
  if (paper) links.push(`${escapeHtml(paper.citation)}: <a href="https://doi.org/${paper.doi}">doi ${paper.doi}</a>`);
  return `<p class="links">${links.join(" · ")}</p>`;
}

async function runOne(
  path: string,
  galleryDir: string,
  packageKey: string,
  options: RunNotebooksOptions,
): Promise<NotebookResult> {
  const { mode = "quick", cache = "use", timeout, signal } = options;
  const executed = join(galleryDir, placeInGallery(path));
  let title = basename(path, ".ipynb");
  try {
    const source = await loadNotebook(path);
    title = titleOf(source, title).title;
    const key = await notebookKey(source, path, mode, packageKey, galleryDir);
    const cached = cache === "use" ? await cachedRun(source, executed, key) : undefined;
    const notebook = cached ?? (await runFresh(source));
    await writeNotebook(executed, notebook);
    const page = executed.replace(/\.ipynb$/, ".html");
    const home = relative(dirname(page), join(galleryDir, "index.html")).replaceAll("\\", "/");
    await writeFigureFiles(page, notebook);
    await writeInFolder(
      page,
      await notebookPage(notebook, { title, home, page: basename(page), links: pageLinks(notebook, executed) }),
    );
    const { failure, seconds } = runRecordOf(notebook)!;
    const status = failure ? "failed" : "passed";
    const origin = cached ? "cache" : "run";
    return {
      path,
      title,
      status,
      origin,
      seconds,
      ...(failure && { failure }),
      claims: claimsOf(notebook),
      comparison: comparisonOf(notebook),
      executed,
      page,
    };

    async function runFresh(from: Notebook): Promise<Notebook> {
      const run = await executeNotebook(from, {
        folder: dirname(path),
        env: { SPECTENSOR_MODE: mode },
        ...(timeout !== undefined && { timeout }),
        ...(signal && { signal }),
      });
      const failed = run.failure && { cell: run.failure.cell + 1, message: run.failure.message };
      const place = relative(galleryDir, path).replaceAll("\\", "/");
      const record: RunRecord = { key, source: place, mode, seconds: run.seconds, ...(failed && { failure: failed }) };
      const { metadata } = run.notebook;
      return {
        ...run.notebook,
        metadata: { ...metadata, spectensor: { ...(metadata.spectensor as object | undefined), run: record } },
      };
    }
  } catch (error) {
    if (!(error instanceof SpectensorError) || signal?.aborted) throw error;
    // Where nothing can be written the notebook is not to blame, and the next one will not fare better.
    if (error instanceof FileError && isWithin(error.file, galleryDir)) throw error;
    const failure = { cell: 0, message: error.message };
    return { path, title, status: "failed", origin: "run", seconds: 0, failure, claims: [], comparison: [] };
  }
}

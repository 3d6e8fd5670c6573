import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Dataset } from "../dataset/load.js";
import { duration } from "../progress/text.js";
import { escapeHtml } from "./html.js";
import { displayBundle, tslab } from "./kernelDisplay.js";
import { type RunMode, runMode } from "./mode.js";
import { showTable } from "./showTable.js";

/** What a run was made with and from; recorded in the notebook for the gallery. */
export interface Provenance {
  readonly package: string;
  /** Short commit of the checkout the package runs from, "+" appended if it has uncommitted changes; absent for an installed package. */
  readonly commit?: string;
  readonly node: string;
  readonly tslab?: string;
  readonly mode: RunMode;
  readonly inputs: readonly Input[];
  /** What was chosen: seeds, hyper-parameters, ranges. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Since the start of the kernel. */
  readonly seconds: number;
}

/** One file that went in. */
export interface Input {
  readonly dataset: string;
  readonly file: string;
  readonly licence: string;
  readonly sha256?: string;
}

/** MIME type under which the provenance is recorded in the notebook. */
export const PROVENANCE_TYPE = "application/vnd.spectensor.provenance+json";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Files of data sets with licence and checksum. */
export function inputsOf(datasets: readonly Pick<Dataset, "entry">[]): readonly Input[] {
  return datasets.flatMap(({ entry }) =>
    entry.files.map((f): Input => {
      const file = "path" in f ? f.path : f.name;
      return { dataset: entry.id, file, licence: entry.licence, ...(f.sha256 !== undefined && { sha256: f.sha256 }) };
    }),
  );
}

/** Shows where data come from: title, level of theory, licence, citation, and the checksum of every file. */
export function showInputs(...datasets: readonly Pick<Dataset, "entry">[]): void {
  const heads = datasets.map(({ entry: e }) => `${e.title}: ${e.level}. Licence ${e.licence}. ${e.citation}.`);
  const html = heads.map((h) => `<p>${escapeHtml(h)}</p>`).join("");
  if (!displayBundle({ "text/html": html, "text/plain": heads.join("\n") })) console.log(heads.join("\n"));
  const inputs = inputsOf(datasets);
  showTable({
    file: inputs.map((i) => i.file),
    licence: inputs.map((i) => i.licence),
    SHA256: inputs.map((i) => i.sha256 ?? "unknown"),
  });
}

/** Gathers what {@link showProvenance} shows. */
export function provenance(
  datasets: readonly Pick<Dataset, "entry">[] = [],
  options: Readonly<Record<string, unknown>> = {},
): Provenance {
  const manifest = JSON.parse(readFileSync(`${root}package.json`, "utf8")) as { name: string; version: string };
  const commit = commitOf(root);
  const kernel = tslab()?.versions.tslab;
  return {
    package: `${manifest.name} ${manifest.version}`,
    ...(commit !== undefined && { commit }),
    node: process.version,
    ...(kernel !== undefined && { tslab: kernel }),
    mode: runMode(),
    inputs: inputsOf(datasets),
    options,
    seconds: process.uptime(),
  };
}

/**
 * Shows and records, as last cell of a notebook, how its numbers came about: versions, commit, inputs with checksums,
 * options, run time. No paths of this machine.
 * @param datasets what the notebook loaded
 * @param options what it chose, e.g. `{ seed: 1, trainingSize: 24 }`
 */
export function showProvenance(
  datasets: readonly Pick<Dataset, "entry">[] = [],
  options: Readonly<Record<string, unknown>> = {},
): void {
  const p = provenance(datasets, options);
  const versions = [p.package, p.commit && `commit ${p.commit}`, `Node ${p.node}`, p.tslab && `tslab ${p.tslab}`];
  const lines = [
    versions.filter(Boolean).join(", "),
    `mode ${p.mode}, ${duration(p.seconds)}`,
    ...Object.entries(p.options).map(([name, value]) => `${name}: ${JSON.stringify(value)}`),
    ...p.inputs.map(
      (i) => `${i.dataset}/${i.file} (${i.licence})${i.sha256 ? ` sha256 ${i.sha256.slice(0, 16)}…` : ""}`,
    ),
  ];
  const html = `<footer class="spectensor-provenance" style="font-size:85%;opacity:.8;border-top:1px solid currentColor;padding-top:4px">${lines.map(escapeHtml).join("<br>")}</footer>`;
  const data = { "text/html": html, "text/plain": lines.join("\n"), [PROVENANCE_TYPE]: p };
  if (!displayBundle(data)) console.log(lines.join("\n"));
}

function commitOf(folder: string): string | undefined {
  if (!existsSync(`${folder}.git`)) return undefined;
  const git = (...args: string[]): string =>
    execFileSync("git", args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    return git("rev-parse", "--short=10", "HEAD") + (git("status", "--porcelain") === "" ? "" : "+");
  } catch {
    return undefined;
  }
}

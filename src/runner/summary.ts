/** What a notebook says about itself and what a run of it showed. */
import type { DatasetEntry } from "../dataset/registry.js";
import type { JudgedClaim } from "../display/claims.js";
import { COMPARISON_TYPE, type ComparisonRecord, type ComparisonResult } from "../display/comparison.js";
import type { RunMode } from "../display/mode.js";
import { PROVENANCE_TYPE, type Provenance } from "../display/provenance.js";
import { CLAIMS_TYPE, type ClaimsRecord } from "../display/showClaims.js";
import { mimeText, type Notebook } from "./nbformat.js";

/** Written by the author under `metadata.spectensor` of the notebook. */
export interface NotebookTitle {
  readonly title: string;
  /** In one or two sentences, what the figure shows. */
  readonly claim: string;
  /** Which paper, e.g. "Grumet et al. 2024"; absent for tutorials. */
  readonly paper?: string;
  /** Which figure or table of it. */
  readonly figure?: string;
}

/** Written by a run under `metadata.spectensor.run` of the executed copy. */
export interface RunRecord {
  /** Checksum of everything the outputs depend on. */
  readonly key: string;
  /** The notebook that was run, relative to the gallery. */
  readonly source: string;
  readonly mode: RunMode;
  readonly seconds: number;
  /** One-based number of the failed cell and why it failed; absent after a complete run. */
  readonly failure?: { readonly cell: number; readonly message: string };
}

/** Title and claim of a notebook; without metadata, its first heading. */
export function titleOf(notebook: Notebook, fallback: string): NotebookTitle {
  const given = (notebook.metadata.spectensor ?? {}) as Partial<NotebookTitle>;
  const heading = notebook.cells.flatMap((c) =>
    c.cell_type === "markdown" ? (/^#\s+(.+)$/m.exec(c.source)?.[1] ?? []) : [],
  )[0];
  return {
    title: given.title ?? heading ?? fallback,
    claim: given.claim ?? "",
    ...(given.paper !== undefined && { paper: given.paper }),
    ...(given.figure !== undefined && { figure: given.figure }),
  };
}

/** The record of an executed copy; `undefined` for another notebook. */
export function runRecordOf(notebook: Notebook): RunRecord | undefined {
  return (notebook.metadata.spectensor as { run?: RunRecord } | undefined)?.run;
}

/** Every table in which the notebook compared its values with others. */
export function comparisonsOf(notebook: Notebook): readonly ComparisonRecord[] {
  return records<ComparisonRecord>(notebook, COMPARISON_TYPE);
}

/** The rows of all of them. */
export function comparisonOf(notebook: Notebook): readonly ComparisonResult[] {
  return comparisonsOf(notebook).flatMap((r) => r.rows);
}

/** The paper's statements that the notebook judged. */
export function claimsOf(notebook: Notebook): readonly JudgedClaim[] {
  return records<ClaimsRecord>(notebook, CLAIMS_TYPE).flatMap((r) => r.claims);
}

/** Licences of the data that went in, each once. */
export function licencesOf(notebook: Notebook): readonly DatasetEntry["licence"][] {
  return [...new Set(records<Provenance>(notebook, PROVENANCE_TYPE).flatMap((p) => p.inputs.map((i) => i.licence)))];
}

/** The last figure shown, as SVG with its description: what the notebook leads to. */
export function thumbnailOf(notebook: Notebook): { readonly svg: string; readonly description: string } | undefined {
  const figures = displays(notebook).flatMap((data) => {
    const svg = mimeText(data, "image/svg+xml");
    return svg === undefined ? [] : [{ svg, description: mimeText(data, "text/plain") ?? "figure" }];
  });
  return figures.at(-1);
}

function records<T>(notebook: Notebook, type: string): T[] {
  return displays(notebook).flatMap((data) => (data[type] === undefined ? [] : [data[type] as T]));
}

function displays(notebook: Notebook): Readonly<Record<string, unknown>>[] {
  return notebook.cells.flatMap((cell) =>
    cell.cell_type === "code" ? cell.outputs.flatMap((o) => (o.output_type === "display_data" ? [o.data] : [])) : [],
  );
}

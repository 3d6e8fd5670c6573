/** What a notebook says about itself and what a run of it showed. */
import { z } from "zod";
import { COMPARISON_TYPE, type ComparisonRecord, type ComparisonResult } from "../display/comparison.js";
import type { RunMode } from "../display/mode.js";
import { PROVENANCE_TYPE } from "../display/provenance.js";
import { CLAIM_COLUMNS, CLAIMS_TYPE, type ClaimRow, type ClaimsRecord } from "../display/showClaims.js";
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
  /** What a quick run takes, about; those that take longest are begun first. */
  readonly seconds?: number;
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

const titleSchema = z.object({
  title: z.string().optional().catch(undefined),
  claim: z.string().optional().catch(undefined),
  paper: z.string().optional().catch(undefined),
  figure: z.string().optional().catch(undefined),
  seconds: z.number().optional().catch(undefined),
});
const runSchema = z.object({
  key: z.string(),
  source: z.string(),
  mode: z.enum(["quick", "full"]),
  seconds: z.number(),
  failure: z.object({ cell: z.number(), message: z.string() }).optional(),
});
const toleranceSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("absolute"), value: z.number() }),
  z.object({ kind: z.literal("relative"), fraction: z.number() }),
  z.object({ kind: z.literal("atLeast") }),
  z.object({ kind: z.literal("atMost") }),
]);
/** JSON writes what is not finite as null. */
const number = z
  .number()
  .nullable()
  .transform((x) => x ?? Number.NaN);
const comparisonSchema = z.object({
  against: z.string(),
  rows: z.array(
    z.object({
      quantity: z.string(),
      unit: z.string().optional(),
      paper: number,
      ours: number,
      error: number.optional(),
      tolerance: toleranceSchema,
      source: z.string().optional(),
      pass: z.boolean(),
    }),
  ),
});
const claimsSchema = z.object({
  claims: z.array(
    z.object({
      cells: z.array(z.string()).length(CLAIM_COLUMNS),
      verdict: z.enum(["reproduced", "refuted", "not testable"]),
      reason: z.string().optional(),
    }),
  ),
});
const provenanceSchema = z.object({ inputs: z.array(z.object({ licence: z.string() })) });

/** Title and claim of a notebook; without metadata, its first heading. Notebooks are files of anybody: what is not text is left out. */
export function titleOf(notebook: Notebook, fallback: string): NotebookTitle {
  const given = titleSchema.safeParse(notebook.metadata.spectensor ?? {}).data ?? {};
  const heading = notebook.cells.flatMap((c) =>
    c.cell_type === "markdown" ? (/^#\s+(.+)$/m.exec(c.source)?.[1] ?? []) : [],
  )[0];
  return {
    title: given.title ?? heading ?? fallback,
    claim: given.claim ?? "",
    ...(given.paper !== undefined && { paper: given.paper }),
    ...(given.figure !== undefined && { figure: given.figure }),
    ...(given.seconds !== undefined && { seconds: given.seconds }),
  };
}

/** The record of an executed copy; `undefined` for another notebook. */
export function runRecordOf(notebook: Notebook): RunRecord | undefined {
  const { run } = (notebook.metadata.spectensor ?? {}) as { readonly run?: unknown };
  return runSchema.safeParse(run).data as RunRecord | undefined;
}

/** Every table in which the notebook compared its values with others. */
export function comparisonsOf(notebook: Notebook): readonly ComparisonRecord[] {
  return records(notebook, COMPARISON_TYPE, comparisonSchema) as readonly ComparisonRecord[];
}

/** The rows of all of them. */
export function comparisonOf(notebook: Notebook): readonly ComparisonResult[] {
  return comparisonsOf(notebook).flatMap((r) => r.rows);
}

/** The paper's statements that the notebook judged. */
export function claimsOf(notebook: Notebook): readonly ClaimRow[] {
  return (records(notebook, CLAIMS_TYPE, claimsSchema) as readonly ClaimsRecord[]).flatMap((r) => r.claims);
}

/** Licences of the data that went in, each once. */
export function licencesOf(notebook: Notebook): readonly string[] {
  return [
    ...new Set(records(notebook, PROVENANCE_TYPE, provenanceSchema).flatMap((p) => p.inputs.map((i) => i.licence))),
  ];
}

/** The last figure shown, as SVG with its description: what the notebook leads to. */
export function thumbnailOf(notebook: Notebook): { readonly svg: string; readonly description: string } | undefined {
  const figures = displays(notebook).flatMap((data) => {
    const svg = mimeText(data, "image/svg+xml");
    return svg === undefined ? [] : [{ svg, description: mimeText(data, "text/plain") ?? "figure" }];
  });
  return figures.at(-1);
}

function records<T>(notebook: Notebook, type: string, schema: z.ZodType<T>): T[] {
  return displays(notebook).flatMap((data) => {
    const { data: record } = schema.safeParse(data[type]);
    return record === undefined ? [] : [record];
  });
}

function displays(notebook: Notebook): Readonly<Record<string, unknown>>[] {
  return notebook.cells.flatMap((cell) =>
    cell.cell_type === "code" ? cell.outputs.flatMap((o) => (o.output_type === "display_data" ? [o.data] : [])) : [],
  );
}

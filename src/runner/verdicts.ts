/** The verdicts on the papers' statements, notebook by notebook, as README shows them. */
import { createHash } from "node:crypto";
import { countVerdicts, type Verdict } from "../display/claims.js";
import type { Notebook } from "./nbformat.js";
import { claimsOf, titleOf } from "./summary.js";

/** What a run of one notebook said of the statements it judges. */
export interface RecordedVerdicts {
  /** Below `notebooks/`. */
  readonly notebook: string;
  /** E.g. "Grumet et al. 2024, Figure 1". */
  readonly figure: string;
  /** Of the cells that judge: another text needs another run. */
  readonly cells: string;
  readonly claims: readonly { readonly claim: string; readonly verdict: Verdict }[];
}

/** Marks around the table in README. */
export const VERDICTS_BEGIN = "<!-- verdicts: written by npm run verdicts -->";
export const VERDICTS_END = "<!-- end of verdicts -->";

/** Cells that judge statements. */
function judgingCells(notebook: Notebook): readonly string[] {
  return notebook.cells.flatMap((c) => (c.cell_type === "code" && c.source.includes("showClaims(") ? [c.source] : []));
}

/** Checksum of the cells that judge; `undefined` for a notebook without any. */
export function judgingChecksum(notebook: Notebook): string | undefined {
  const cells = judgingCells(notebook);
  return cells.length === 0 ? undefined : createHash("sha256").update(JSON.stringify(cells)).digest("hex").slice(0, 16);
}

/** The record of an executed notebook; `undefined` for one that judges nothing. */
export function recordVerdicts(path: string, executed: Notebook): RecordedVerdicts | undefined {
  const cells = judgingChecksum(executed);
  if (!cells) return undefined;
  const { paper, figure, title } = titleOf(executed, path);
  return {
    notebook: path,
    figure: paper && figure ? `${paper}, ${figure}` : title,
    cells,
    claims: claimsOf(executed).map((row) => ({ claim: row.cells[0]!, verdict: row.verdict })),
  };
}

/** The table with its marks: counts, and the statements that are refuted. */
export function verdictsMarkdown(records: readonly RecordedVerdicts[]): string {
  const rows = records.map(({ notebook, figure, claims }) => {
    const count = countVerdicts(claims);
    const refuted = claims.filter((c) => c.verdict === "refuted").map((c) => c.claim.replaceAll("|", "\\|"));
    return `| [${figure}](notebooks/${notebook}) | ${count.reproduced} | ${count.refuted} | ${count["not testable"]} | ${refuted.join("; ")} |`;
  });
  const all = countVerdicts(records.flatMap((r) => r.claims));
  return [
    VERDICTS_BEGIN,
    "| notebook | reproduced | refuted | not testable | refuted statements |",
    "| --- | --- | --- | --- | --- |",
    ...rows,
    `| all | ${all.reproduced} | ${all.refuted} | ${all["not testable"]} | |`,
    VERDICTS_END,
  ].join("\n");
}

/** README with the table put in place of the one between the marks. @returns `undefined` if the marks are not there */
export function withVerdicts(readme: string, records: readonly RecordedVerdicts[]): string | undefined {
  const [begin, end] = [readme.indexOf(VERDICTS_BEGIN), readme.indexOf(VERDICTS_END)];
  if (begin < 0 || end < begin) return undefined;
  return readme.slice(0, begin) + verdictsMarkdown(records) + readme.slice(end + VERDICTS_END.length);
}

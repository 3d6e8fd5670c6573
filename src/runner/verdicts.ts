/** The verdicts on the papers' statements, notebook by notebook, as README shows them. */
import { createHash } from "node:crypto";
import { countVerdicts, RULE, type Verdict, verdictsText } from "../display/claims.js";
import { CLAIM_HEADS } from "../display/showClaims.js";
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
  readonly claims: readonly RecordedClaim[];
}

/** A statement with its verdict and everything that led to it, as the notebook showed it. */
export interface RecordedClaim {
  readonly claim: string;
  readonly verdict: Verdict;
  /** Quantity, the paper's number, ours with its interval, criterion, baseline. */
  readonly numbers: readonly string[];
  readonly reason?: string;
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
    claims: claimsOf(executed).map(({ cells: [claim, ...others], verdict, reason }) => ({
      claim: claim!,
      verdict,
      numbers: others.slice(0, -1),
      ...(reason !== undefined && { reason }),
    })),
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

/** docs/verdicts.md: every statement with its number, interval, criterion and baseline. */
export function verdictsDocument(records: readonly RecordedVerdicts[]): string {
  const cell = (text: string): string => text.replaceAll("|", "\\|");
  const sections = records.map(({ notebook, figure, claims }) =>
    [
      `## [${figure}](../notebooks/${notebook})`,
      "",
      `${verdictsText(countVerdicts(claims))}.`,
      "",
      `| ${CLAIM_HEADS.join(" | ")} |`,
      `|${" --- |".repeat(CLAIM_HEADS.length)}`,
      ...claims.map(({ claim, numbers, verdict, reason }) => {
        const why = reason === undefined ? "" : ` (${reason})`;
        return `| ${[claim, ...numbers, `**${verdict}**${why}`].map(cell).join(" | ")} |`;
      }),
      "",
    ].join("\n"),
  );
  return [
    "# Statements of the papers, and what our data say",
    "",
    "Written by `npm run verdicts` from notebooks executed in quick mode; numbers in brackets are 95 % intervals, of medians over draws where nothing else is said.",
    "",
    RULE,
    "",
    ...sections,
  ].join("\n");
}

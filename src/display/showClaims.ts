import { formatNumber, shortNumber } from "../table/number.js";
import { tableText } from "../table/text.js";
import {
  type Claim,
  type Criterion,
  countVerdicts,
  interval,
  type JudgedClaim,
  judge,
  RULE,
  type Verdict,
  verdictsText,
} from "./claims.js";
import { escapeHtml } from "./html.js";
import { displayBundle } from "./kernelDisplay.js";

/** A claim as a table shows it. Texts, because numbers may be infinite, which JSON has no word for. */
export interface ClaimRow {
  readonly cells: readonly string[];
  readonly verdict: Verdict;
  readonly reason?: string;
}

/** What {@link showClaims} leaves in the notebook. */
export interface ClaimsRecord {
  readonly claims: readonly ClaimRow[];
}

/** MIME type under which the verdicts are recorded in the notebook, for the gallery. */
export const CLAIMS_TYPE = "application/vnd.spectensor.claims+json";

/**
 * Shows what a paper states beside what our data say of it, each statement with a verdict by one rule, and records them in the notebook.
 * A refuted claim is a finding and fails nothing.
 * @throws OptionError for a criterion or an interval that is not one
 * @example
 * showClaims([{
 *   claim: "Δ-ML needs at most 20 frames", source: "Table 1", paper: 20,
 *   test: { quantity: "N_t", ours: { value: 5, low: 4, high: 6 }, criterion: { kind: "atMost", value: 20 }, baseline: { name: "mean", value: Infinity } },
 * }]);
 */
export function showClaims(claims: readonly Claim[]): void {
  const rows = claimRows(judge(claims));
  const record: ClaimsRecord = { claims: rows };
  const text = claimsText(rows);
  if (!displayBundle({ "text/html": claimsHtml(rows), "text/plain": text, [CLAIMS_TYPE]: record })) console.log(text);
}

/** Claims with their verdicts as rows of a table. */
export function claimRows(claims: readonly JudgedClaim[]): readonly ClaimRow[] {
  return claims.map((claim) => ({
    cells: cellsOf(claim),
    verdict: claim.verdict,
    ...(claim.reason !== undefined && { reason: claim.reason }),
  }));
}

/** Verdicts as aligned text. */
export function claimsText(claims: readonly ClaimRow[]): string {
  const table = tableText(
    CLAIM_HEADS.map((name, k) => ({ name: name.toLowerCase(), values: claims.map((r) => r.cells[k]!) })),
    { rows: Number.POSITIVE_INFINITY },
  );
  const reasons = claims.flatMap((c) => (c.reason === undefined ? [] : [`– ${c.cells[0]!}: ${c.reason}`]));
  return [table, ...reasons, verdictsText(countVerdicts(claims))].join("\n");
}

/** Verdicts as an HTML table with the rule below it. */
export function claimsHtml(claims: readonly ClaimRow[]): string {
  const style = "padding:3px 14px 3px 0;text-align:left;vertical-align:top";
  const heads = CLAIM_HEADS.map(
    (h) => `<th scope="col" style="${style};border-bottom:1px solid currentColor">${h}</th>`,
  );
  const body = claims.map((claim) => {
    const [first, ...others] = claim.cells;
    const last = others.pop()!;
    const reason = claim.reason ? ` <span style="font-weight:400">(${escapeHtml(claim.reason)})</span>` : "";
    return `<tr><th scope="row" style="${style};font-weight:400">${escapeHtml(first!)}</th>${others
      .map((t) => `<td style="${style}">${escapeHtml(t)}</td>`)
      .join(
        "",
      )}<td class="spectensor-${CLASS[claim.verdict]}" style="${style};font-weight:600">${last}${reason}</td></tr>`;
  });
  return `<table class="spectensor-claims" style="border-collapse:collapse;font-variant-numeric:tabular-nums"><caption style="text-align:left;caption-side:bottom;font-size:.9em">${escapeHtml(RULE)}</caption><thead><tr>${heads.join("")}</tr></thead><tbody>${body.join("")}</tbody></table>`;
}

/** Heads of the cells of a row. */
export const CLAIM_HEADS = ["Statement", "Quantity", "Paper", "Ours", "Criterion", "Baseline", "Verdict"] as const;

/** Cells of a row. */
export const CLAIM_COLUMNS = CLAIM_HEADS.length;
const CLASS = { reproduced: "pass", refuted: "miss", "not testable": "open" } as const;
const MARK = { reproduced: "✓", refuted: "✗", "not testable": "–" } as const;

function cellsOf(claim: JudgedClaim): string[] {
  const { test, unit } = claim;
  const withUnit = (text: string): string => (unit === undefined ? text : `${text} ${unit}`);
  const head = [`${claim.claim} (${claim.source})`];
  const paper = claim.paper === undefined ? "" : withUnit(shortNumber(claim.paper, 4));
  const verdict = `${MARK[claim.verdict]} ${claim.verdict}`;
  if ("untestable" in test) return [...head, "", paper, "", "", "", verdict];
  const { value, low, high } = interval(test.ours);
  const exact = "value" in test.ours && test.ours.low === undefined;
  const between = exact ? "" : ` [${threeDigits(low)}, ${threeDigits(high)}]`;
  const baseline =
    "none" in test.baseline ? test.baseline.none : `${threeDigits(test.baseline.value)}, ${test.baseline.name}`;
  return [
    ...head,
    test.quantity,
    paper,
    withUnit(`${threeDigits(value)}${between}`),
    criterionText(test.criterion),
    baseline,
    verdict,
  ];
}

/** Three significant digits, and all before the point. */
function threeDigits(value: number): string {
  return Math.abs(value) >= 1000 && Math.abs(value) < 1e6 ? formatNumber(Math.round(value)) : formatNumber(value, 3);
}

function criterionText(c: Criterion): string {
  const value = Math.abs(c.value) >= 1000 ? threeDigits(c.value) : shortNumber(c.value, 3);
  return c.kind === "atLeast"
    ? `at least ${value}`
    : c.kind === "atMost"
      ? `at most ${value}`
      : `${value} ± ${shortNumber(c.width, 2)}`;
}

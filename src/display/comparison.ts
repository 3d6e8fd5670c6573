import { OptionError, SpectensorError } from "../errors.js";
import { type Fields, readOptions, record } from "../options/record.js";
import { text } from "../options/values.js";
import { formatNumber, numberWithin, shortNumber } from "../table/number.js";
import { tableText } from "../table/text.js";
import { escapeHtml } from "./html.js";
import { displayBundle } from "./kernelDisplay.js";

/** When a value of ours counts as that of the paper. */
export type Tolerance =
  /** |ours − paper| ≤ value, in the unit of the row. */
  | { readonly kind: "absolute"; readonly value: number }
  /** |ours − paper| ≤ fraction · |paper|. */
  | { readonly kind: "relative"; readonly fraction: number }
  /** ours ≥ paper: the paper gives a lower bound. */
  | { readonly kind: "atLeast" }
  /** ours ≤ paper: the paper gives an upper bound. */
  | { readonly kind: "atMost" };

/** One number of the paper beside ours. */
export interface ComparisonRow {
  readonly quantity: string;
  readonly unit?: string;
  /** The value of the paper, or of the reference named in `source`. */
  readonly paper: number;
  readonly ours: number;
  /** Uncertainty of ours, shown as ±. */
  readonly error?: number;
  readonly tolerance: Tolerance;
  /** Where the value of the paper stands, e.g. "Table 1", "Fig. 2, read off". */
  readonly source?: string;
}

export interface ComparisonResult extends ComparisonRow {
  readonly pass: boolean;
}

export interface ComparisonOptions {
  /** Header of the column with the values to reach, default "Paper". */
  readonly against?: string;
}

/** What {@link showComparison} leaves in the notebook. */
export interface ComparisonRecord {
  readonly against: string;
  readonly rows: readonly ComparisonResult[];
}

/** MIME type under which the rows are recorded in the notebook, for the gallery. */
export const COMPARISON_TYPE = "application/vnd.spectensor.comparison+json";

/** A value is outside its tolerance. */
export class ToleranceError extends SpectensorError {
  override readonly name = "ToleranceError";
}

/**
 * Judges rows without showing them. A value of ours that is not finite is a miss.
 * @throws OptionError if a paper value or tolerance is not a usable number
 */
export function compare(rows: readonly ComparisonRow[]): readonly ComparisonResult[] {
  return rows.map((row) => {
    const { quantity, paper, ours, tolerance } = row;
    const width =
      tolerance.kind === "absolute" ? tolerance.value : tolerance.kind === "relative" ? tolerance.fraction : 0;
    if (!Number.isFinite(paper) || !(width >= 0 && Number.isFinite(width)))
      throw new OptionError({
        where: `comparison "${quantity}"`,
        problem: `paper value ${paper}, tolerance ${width}`,
        advice: "give a finite value of the paper and a tolerance of at least zero",
      });
    return { ...row, pass: Number.isFinite(ours) && within(row) };
  });
}

/** The same row twice is shown once; different rows of one name are numbered. */
function distinct(rows: readonly ComparisonResult[]): readonly ComparisonResult[] {
  const different = [...new Map(rows.map((r) => [JSON.stringify(r), r])).values()];
  const key = (r: ComparisonRow): string => JSON.stringify([r.quantity, r.unit, r.source]);
  const count = new Map<string, number>();
  for (const r of different) count.set(key(r), (count.get(key(r)) ?? 0) + 1);
  const seen = new Map<string, number>();
  return different.map((r) => {
    if (count.get(key(r)) === 1) return r;
    const number = (seen.get(key(r)) ?? 0) + 1;
    seen.set(key(r), number);
    return { ...r, quantity: `${r.quantity}, ${number}` };
  });
}

const OPTIONS = record({ against: text().default("Paper") } satisfies Fields<ComparisonOptions>);

/**
 * Shows the paper's values and ours side by side, each row marked as pass or miss, and records the rows in the notebook.
 * @throws ToleranceError after showing, if a row is missed
 * @example
 * showComparison([{ quantity: "R² of α_xx", paper: 0.8, ours: 0.93, tolerance: { kind: "atLeast" } }])
 */
export function showComparison(rows: readonly ComparisonRow[], options: ComparisonOptions = {}): void {
  const { against } = readOptions(OPTIONS, options, "showComparison");
  const results = distinct(compare(rows));
  const text = comparisonText(results, against);
  const record: ComparisonRecord = { against, rows: results };
  const data = { "text/html": comparisonHtml(results, against), "text/plain": text, [COMPARISON_TYPE]: record };
  if (!displayBundle(data)) console.log(text);
  const missed = results.filter((r) => !r.pass);
  if (missed.length > 0)
    throw new ToleranceError({
      where: "paper against ours",
      problem: missed
        .map((r) => `${r.quantity} is ${numberWithin(r.ours, widthOf(r))}, expected ${expectation(r)}`)
        .join("; "),
    });
}

/** The rows as aligned text, e.g. for a terminal. */
export function comparisonText(results: readonly ComparisonResult[], against = "Paper"): string {
  return tableText(
    [
      { name: "quantity", values: results.map(label) },
      { name: against.toLowerCase(), values: results.map(paperText) },
      { name: "ours", values: results.map(oursText) },
      { name: "tolerance", values: results.map(toleranceText) },
      { name: "", values: results.map((r) => verdict(r).join(" ")) },
    ],
    { rows: Number.POSITIVE_INFINITY },
  );
}

/** The rows as an HTML table. */
export function comparisonHtml(results: readonly ComparisonResult[], against = "Paper"): string {
  const cellStyle = "padding:3px 14px 3px 0;text-align:";
  const heads = ["Quantity", escapeHtml(against), "Ours", "Tolerance", "Result"].map(
    (h, i) =>
      `<th scope="col" style="${cellStyle}${i === 1 || i === 2 ? "right" : "left"};border-bottom:1px solid currentColor">${h}</th>`,
  );
  const body = results.map((r) => {
    const [mark, word] = verdict(r);
    const source = r.source ? ` <span style="opacity:.75">(${escapeHtml(r.source)})</span>` : "";
    const cells = [
      `<th scope="row" style="${cellStyle}left;font-weight:400">${escapeHtml(label(r))}${source}</th>`,
      `<td style="${cellStyle}right">${paperText(r)}</td>`,
      `<td style="${cellStyle}right">${oursText(r)}</td>`,
      `<td style="${cellStyle}left">${escapeHtml(toleranceText(r))}</td>`,
      `<td class="spectensor-${r.pass ? "pass" : "miss"}" style="${cellStyle}left;font-weight:600;white-space:nowrap">${mark} ${word}</td>`,
    ];
    return `<tr>${cells.join("")}</tr>`;
  });
  return `<table class="spectensor-comparison" style="border-collapse:collapse;font-variant-numeric:tabular-nums"><thead><tr>${heads.join("")}</tr></thead><tbody>${body.join("")}</tbody></table>`;
}

function within(row: ComparisonRow): boolean {
  const { ours, paper, tolerance } = row;
  if (tolerance.kind === "atLeast") return ours >= paper;
  if (tolerance.kind === "atMost") return ours <= paper;
  return Math.abs(ours - paper) <= widthOf(row);
}

function label({ quantity, unit }: ComparisonRow): string {
  return unit === undefined ? quantity : `${quantity} (${unit})`;
}

/** Width of what counts as equal, in the unit of the row; 0 for bounds. */
function widthOf({ paper, tolerance }: ComparisonRow): number {
  if (tolerance.kind === "absolute") return tolerance.value;
  return tolerance.kind === "relative" ? tolerance.fraction * Math.abs(paper) : 0;
}

function oursText(row: ComparisonRow): string {
  const { ours, error } = row;
  return error === undefined
    ? numberWithin(ours, widthOf(row))
    : `${numberWithin(ours, error)} ± ${formatNumber(error, 2)}`;
}

/** The paper's value, no finer than ours. */
function paperText(row: ComparisonRow): string {
  const [given, rounded] = [shortNumber(row.paper), numberWithin(row.paper, widthOf(row))];
  return rounded.length < given.length ? rounded : given;
}

/** Tolerances are a matter of judgement: two digits, whole numbers as they are. */
function tolerated(value: number): string {
  return shortNumber(value, Number.isInteger(value) ? 6 : 2);
}

function toleranceText({ tolerance }: ComparisonRow): string {
  switch (tolerance.kind) {
    case "absolute":
      return `± ${tolerated(tolerance.value)}`;
    case "relative":
      return `± ${tolerated(100 * tolerance.fraction)} %`;
    case "atLeast":
      return "at least";
    case "atMost":
      return "at most";
  }
}

function expectation(row: ComparisonRow): string {
  const bound = row.tolerance.kind === "atLeast" || row.tolerance.kind === "atMost";
  return bound ? `${toleranceText(row)} ${shortNumber(row.paper)}` : `${shortNumber(row.paper)} ${toleranceText(row)}`;
}

function verdict(row: ComparisonResult): [string, string] {
  return row.pass ? ["✓", "pass"] : ["✗", "miss"];
}

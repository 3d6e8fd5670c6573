import { OptionError } from "../errors.js";

/** What a statement asks of a number. */
export type Criterion =
  | { readonly kind: "atLeast"; readonly value: number }
  | { readonly kind: "atMost"; readonly value: number }
  /** |ours − value| ≤ width. */
  | { readonly kind: "within"; readonly value: number; readonly width: number };

/**
 * A number of ours with the interval that it lies in with 95 % probability; without one it is taken as exact. What `statistics.medianInterval` and
 * `statistics.bootstrap` return is one as it is.
 */
export type Estimate =
  | { readonly value: number; readonly low?: number; readonly high?: number }
  | { readonly median: number; readonly low: number; readonly high: number }
  | { readonly estimate: number; readonly low: number; readonly high: number };

/** What the same criterion makes of something that has not learnt anything: the mean, the first step alone, constant charges. */
export type Baseline =
  | { readonly name: string; readonly value: number }
  /** Why nothing simpler can be asked the same question. */
  | { readonly none: string };

/** One statement of a paper, with what decides it. */
export interface Claim {
  /** The statement in our words. */
  readonly claim: string;
  /** Where it stands, e.g. "Table 1". */
  readonly source: string;
  /** The paper's own number, where it has one. */
  readonly paper?: number;
  readonly unit?: string;
  /** What decides it: the number of ours, what it has to fulfil, and what fulfils it without learning; or why these data cannot. */
  readonly test:
    | { readonly quantity: string; readonly ours: Estimate; readonly criterion: Criterion; readonly baseline: Baseline }
    | { readonly untestable: string };
}

export type Verdict = "reproduced" | "refuted" | "not testable";

/** A claim with its verdict and, where that needs one, the reason. */
export interface JudgedClaim extends Claim {
  readonly verdict: Verdict;
  readonly reason?: string;
}

/** The rule, in the words that stand below every table of verdicts. */
export const RULE =
  "Reproduced: the whole 95 % interval fulfils the criterion and the baseline does not. Refuted: the whole interval misses it. " +
  "Not testable: the interval lies on both sides, the baseline fulfils the criterion as well, or the data cannot decide.";

/**
 * Judges claims by one rule, {@link RULE}.
 * @throws OptionError for a criterion or an interval that is not one
 */
export function judge(claims: readonly Claim[]): readonly JudgedClaim[] {
  return claims.map((claim): JudgedClaim => {
    const { test } = claim;
    if ("untestable" in test) return { ...claim, verdict: "not testable", reason: test.untestable };
    const { criterion, baseline } = test;
    const { value, low, high } = interval(test.ours);
    check(claim, low, value, high, criterion);
    const [meets, misses] = [fulfils(low, high, criterion), fails(low, high, criterion)];
    if (misses) return { ...claim, verdict: "refuted" };
    if (!meets) return { ...claim, verdict: "not testable", reason: "the interval lies on both sides of the bound" };
    if ("value" in baseline && fulfils(baseline.value, baseline.value, criterion))
      return { ...claim, verdict: "not testable", reason: `the baseline (${baseline.name}) fulfils it as well` };
    return { ...claim, verdict: "reproduced" };
  });
}

/** Value and interval of an estimate; one without an interval is its own. */
export function interval(ours: Estimate): { readonly value: number; readonly low: number; readonly high: number } {
  if ("median" in ours) return { value: ours.median, low: ours.low, high: ours.high };
  // A percentile interval of resamples need not hold the estimate itself.
  if ("estimate" in ours)
    return { value: ours.estimate, low: Math.min(ours.low, ours.estimate), high: Math.max(ours.high, ours.estimate) };
  return { low: ours.value, high: ours.value, ...ours };
}

/** How many claims have each verdict. */
export function countVerdicts(claims: readonly { readonly verdict: Verdict }[]): Readonly<Record<Verdict, number>> {
  const count = { reproduced: 0, refuted: 0, "not testable": 0 };
  for (const { verdict } of claims) count[verdict]++;
  return count;
}

/** "3 reproduced, 1 refuted, 2 not testable" */
export function verdictsText(count: Readonly<Record<Verdict, number>>): string {
  return (["reproduced", "refuted", "not testable"] as const).map((v) => `${count[v]} ${v}`).join(", ");
}

function fulfils(low: number, high: number, c: Criterion): boolean {
  if (c.kind === "atLeast") return low >= c.value;
  if (c.kind === "atMost") return high <= c.value;
  return low >= c.value - c.width && high <= c.value + c.width;
}

function fails(low: number, high: number, c: Criterion): boolean {
  if (c.kind === "atLeast") return high < c.value;
  if (c.kind === "atMost") return low > c.value;
  return high < c.value - c.width || low > c.value + c.width;
}

function check({ claim }: Claim, low: number, value: number, high: number, c: Criterion): void {
  const width = c.kind === "within" ? c.width : 0;
  if (!(low <= value && value <= high))
    throw new OptionError({
      where: `claim "${claim}"`,
      problem: `value ${value} outside its interval ${low} … ${high}`,
      advice: "give low ≤ value ≤ high; a number that was not found may be infinite, not NaN",
    });
  if (!Number.isFinite(c.value) || !(width >= 0 && Number.isFinite(width)))
    throw new OptionError({
      where: `claim "${claim}"`,
      problem: `criterion ${c.kind} ${c.value}, width ${width}`,
      advice: "give finite numbers and a width of at least zero",
    });
}

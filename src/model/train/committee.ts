/** Committees of kernel fits by subsampling, calibrated on what their members have not seen. */
import { OptionError } from "../../errors.js";
import { matrix } from "../../math/matrix.js";
import { random } from "../../math/random.js";
import { breathe, type RunOptions, throwIfAborted } from "../../progress.js";
import { linearPredictor } from "../basis/predictor.js";
import { scaleRows } from "../basis/structureKernel.js";
import { solveWithNoise } from "./dual.js";
import type { FittedPart } from "./kernelFit.js";
import type { Uncertainty } from "./options.js";
import type { PreparedFrames } from "./preparedFrames.js";
import { degreesOf } from "./variance.js";

/** One member's model of one order, linear in the functions of the basis. */
export interface MemberPart {
  readonly intercept: number;
  readonly firstStepFactor: number;
  /** [functions] */
  readonly weights: Float64Array;
}

/** Members' models of one order. */
export interface CommitteePart {
  readonly members: readonly MemberPart[];
  /**
   * Factor on the members' deviations from their mean: root mean square error of the full model on left-out frames (as for
   * `VariancePart`, √(ν/(ν − 2)) included) over the root mean square spread of the members that have not seen a frame.
   */
  readonly calibration: number;
}

/** full + calibration·(member − mean of the members) for each member: what spreads about `full` as the model errs. */
export function deviating(
  full: Float64Array,
  members: readonly Float64Array[],
  calibration: number,
): readonly Float64Array[] {
  const mean = full.map((_, k) => members.reduce((s, m) => s + m[k]!, 0) / members.length);
  return members.map((m) => full.map((v, k) => v + calibration * (m[k]! - mean[k]!)));
}

/** @throws OptionError for fewer frames than a committee can be drawn from */
export function requireCommitteeFrames(frames: number): void {
  if (frames < 3)
    throw new OptionError({
      where: "uncertainty",
      problem: `a committee on ${frames} frames`,
      advice: "train on at least three",
    });
}

/** A spread of few members is too uncertain to be scaled by. */
const FEW_MEMBERS = 4;

/** What a user should know of a committee. */
export function committeeWarning({ members = 8 }: Extract<Uncertainty, { kind: "committee" }>): string[] {
  if (members >= FEW_MEMBERS) return [];
  return [`the spread of ${members} members of a committee is uncertain itself: take at least ${FEW_MEMBERS}`];
}

/** Random subsets of the training frames, the same for every order. @throws OptionError for fewer than three frames */
export function committeeSubsets(
  frames: number,
  { members = 8, fraction = 0.6, seed = 0 }: Extract<Uncertainty, { kind: "committee" }>,
): number[][] {
  requireCommitteeFrames(frames);
  const size = Math.min(frames - 1, Math.max(2, Math.round(fraction * frames)));
  const stream = random(seed);
  return Array.from({ length: members }, () => stream.sample(frames, size).sort((a, b) => a - b));
}

/** Refits one order on subsets of the training frames, with the σ² of the full fit. @throws AbortedError when interrupted */
export async function fitMembers(
  fitted: FittedPart,
  train: PreparedFrames,
  subsets: readonly (readonly number[])[],
  run: RunOptions,
): Promise<CommitteePart> {
  const { order } = fitted.part;
  const { centre, factors, deviation } = fitted;
  const block = 2 * order + 1;
  const rows = train.count * block;
  const scaled = scaleRows(train.means[order]!, factors);
  const first = train.first?.[order];
  const members: MemberPart[] = [];
  // Sums over the members that left a frame out: count, prediction and its square, per row.
  const [count, sum, square] = [new Float64Array(rows), new Float64Array(rows), new Float64Array(rows)];
  for (const subset of subsets) {
    const { dual, constant } = refit(fitted, subset, block);
    const coefficients = dual.map((w) => fitted.amplitude * w);
    const { weights } = linearPredictor(scaled, coefficients, factors);
    const shift = weights.reduce((s, w, c) => s + w * (centre[c]! / factors[c]!), 0);
    const fittedFactor = first && deviation > 0 ? deviation ** 2 * first.reduce((s, t, i) => s + t * dual[i]!, 0) : 0;
    const firstStepFactor = fitted.solution.firstStepWeight - 1 + fittedFactor;
    members.push({ intercept: constant - shift, firstStepFactor, weights });
    const seen = new Set(subset);
    for (let i = 0; i < rows; i++) {
      if (seen.has(Math.floor(i / block))) continue;
      let value = constant;
      for (let j = 0; j < rows; j++) value += fitted.gram.values[i * rows + j]! * dual[j]!;
      count[i]!++;
      sum[i]! += value;
      square[i]! += value * value;
    }
    run.onProgress?.({ label: "committee", done: members.length, total: subsets.length, unit: "members" });
    await breathe();
    throwIfAborted(run.signal, "fitting a committee");
  }
  let [spread, terms] = [0, 0];
  for (let i = 0; i < rows; i++) {
    if (count[i]! < 2) continue;
    spread += Math.max(0, (square[i]! - sum[i]! ** 2 / count[i]!) / (count[i]! - 1));
    terms++;
  }
  const residual = degreesOf(fitted).inflation * fitted.solution.calibration!.error;
  return { members, calibration: spread > 0 ? Math.sqrt((residual * terms) / spread) : 1 };
}

/** Dual weights over all training rows, zero outside the subset. */
function refit(
  { gram, solution, residuals, part }: FittedPart,
  subset: readonly number[],
  block: number,
): { dual: Float64Array; constant: number } {
  const keep = subset.flatMap((f) => Array.from({ length: block }, (_, b) => f * block + b));
  const n = keep.length;
  const k = matrix(n, n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) k.values[i * n + j] = gram.values[keep[i]! * gram.columns + keep[j]!]!;
  const targets = Float64Array.from(keep, (i) => residuals[i]!);
  const own = solveWithNoise({ kernel: k, targets, intercept: part.order === 0 }, solution.noise);
  const dual = new Float64Array(gram.rows);
  keep.forEach((i, at) => {
    dual[i] = own.dual[at]!;
  });
  return { dual, constant: own.constant };
}

/** Committees by subsampling, calibrated on what their members have not seen. */
import { OptionError } from "../../errors.js";
import { matrix } from "../../math/matrix.js";
import { random } from "../../math/random.js";
import { breathe, type RunOptions, throwIfAborted } from "../../progress.js";
import type { SymmetricTensorOrder } from "../basis/environmentFeatures.js";
import { linearPredictor } from "../basis/predictor.js";
import { scaleRows } from "../basis/structureKernel.js";
import type { Uncertainty } from "../target/polarizability/options.js";
import { solveWithNoise } from "./dual.js";
import { type FittedPart, partOf } from "./kernelFit.js";
import type { PreparedFrames } from "./preparedFrames.js";

/** One member's model of one order, linear in the features. */
export interface MemberPart {
  readonly intercept: number;
  readonly firstStepFactor: number;
  /** [species, K] */
  readonly weights: Float64Array;
}

/** Members' models of both orders. */
export interface Committee {
  readonly scalar: CommitteePart;
  readonly traceless: CommitteePart;
}

/** Members' models of one order. */
export interface CommitteePart {
  readonly members: readonly MemberPart[];
  /**
   * Factor on the members' deviations from their mean: root mean square leave-one-out residual of the full model over the root mean
   * square spread of the members that have not seen a frame.
   */
  readonly calibration: number;
}

/**
 * Refits each order on random subsets of the training frames, the same subsets for both, with the σ² of the full fit.
 * @throws OptionError for fewer than 2 members or a fraction outside (0, 1); AbortedError when interrupted
 */
export async function fitCommittee(
  parts: readonly [FittedPart, FittedPart],
  train: PreparedFrames,
  options: Extract<Uncertainty, { kind: "committee" }>,
  run: RunOptions,
): Promise<Committee> {
  const { members = 8, fraction = 0.6, seed = 0 } = options;
  const where = "uncertainty";
  if (!(Number.isInteger(members) && members >= 2 && members <= 1000))
    throw new OptionError({ where, problem: `${members} committee members`, advice: "give a number from 2 to 1000" });
  if (!(fraction > 0 && fraction < 1))
    throw new OptionError({ where, problem: `fraction ${fraction} is not in (0, 1)` });
  const size = Math.min(train.count - 1, Math.max(2, Math.round(fraction * train.count)));
  if (size < 2)
    throw new OptionError({
      where,
      problem: `a committee on ${train.count} frames`,
      advice: "train on at least three",
    });
  const stream = random(seed);
  const subsets = Array.from({ length: members }, () => stream.sample(train.count, size).sort((a, b) => a - b));
  const [scalar, traceless] = parts;
  return {
    scalar: await fitMembers(scalar, train, subsets, run),
    traceless: await fitMembers(traceless, train, subsets, run),
  };
}

async function fitMembers(
  fitted: FittedPart,
  train: PreparedFrames,
  subsets: readonly (readonly number[])[],
  run: RunOptions,
): Promise<CommitteePart> {
  const { order } = fitted.part;
  const block = 2 * order + 1;
  const rows = train.count * block;
  const scaled = scaleRows(train.means[order], fitted.kernel.scales);
  const first = train.first && partOf(train.first, order);
  const members: MemberPart[] = [];
  // Sums over the members that left a frame out: count, prediction and its square, per row.
  const [count, sum, square] = [new Float64Array(rows), new Float64Array(rows), new Float64Array(rows)];
  for (const subset of subsets) {
    const { dual, intercept } = refit(fitted, subset, order);
    const coefficients = dual.map((w) => fitted.amplitude * w);
    const { weights } = linearPredictor(scaled, coefficients, fitted.kernel);
    const { deviation } = fitted;
    const fittedFactor = first && deviation > 0 ? deviation ** 2 * first.reduce((s, t, i) => s + t * dual[i]!, 0) : 0;
    const firstStepFactor = fitted.solution.firstStepWeight - 1 + fittedFactor;
    members.push({ intercept, firstStepFactor, weights });
    const seen = new Set(subset);
    for (let i = 0; i < rows; i++) {
      if (seen.has(Math.floor(i / block))) continue;
      let value = intercept;
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
  const residual = fitted.part.leaveOneOut ** 2 / block;
  return { members, calibration: spread > 0 ? Math.sqrt((residual * terms) / spread) : 1 };
}

/** Dual weights over all training rows, zero outside the subset. */
function refit(
  fitted: FittedPart,
  subset: readonly number[],
  order: SymmetricTensorOrder,
): { dual: Float64Array; intercept: number } {
  const block = 2 * order + 1;
  const { gram, solution, residuals } = fitted;
  const keep = subset.flatMap((f) => Array.from({ length: block }, (_, b) => f * block + b));
  const n = keep.length;
  const k = matrix(n, n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) k.values[i * n + j] = gram.values[keep[i]! * gram.columns + keep[j]!]!;
  const targets = Float64Array.from(keep, (i) => residuals[i]!);
  const { dual: w, constant } = solveWithNoise({ kernel: k, targets, intercept: order === 0 }, solution.noise);
  const dual = new Float64Array(gram.rows);
  keep.forEach((i, at) => {
    dual[i] = w[at]!;
  });
  return { dual, intercept: constant };
}

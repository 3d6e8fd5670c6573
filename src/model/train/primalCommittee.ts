/** Committees of linear models by subsampling groups of frames, calibrated on the groups that their members have not seen. */
import { gemm, matrix } from "../../math/matrix.js";
import {
  addNormalEquations,
  type NormalEquations,
  projectNormalEquations,
  solveNormalEquations,
  squaredError,
} from "../../math/normalEquations.js";
import { random } from "../../math/random.js";
import type { RunOptions } from "../../progress.js";
import { requireCommitteeFrames } from "./committee.js";
import type { Uncertainty } from "./options.js";
import { collect, type LinearFit, type TrainingRows } from "./primal.js";

/** Weights of the members, and the factor on their deviations from their mean. */
export interface WeightCommittee {
  /** Root mean square error of the mean of those members that have not seen a group, over the root mean square spread of these. */
  readonly calibration: number;
  /** [columns] each */
  readonly members: readonly Float64Array[];
}

/**
 * Refits on random subsets of groups of frames (twice as many groups as members, or each frame alone where there are fewer) with the
 * ridge of the full fit.
 * @throws OptionError for fewer than three frames; AbortedError when interrupted
 */
export async function primalCommittee(
  source: TrainingRows,
  fit: LinearFit,
  options: Extract<Uncertainty, { kind: "committee" }>,
  run: RunOptions,
): Promise<WeightCommittee> {
  const { members = 8, fraction = 0.6, seed = 0 } = options;
  const { frames } = source;
  requireCommitteeFrames(frames);
  const stream = random(seed);
  const order = stream.sample(frames, frames);
  const count = Math.min(frames, 2 * members);
  const groups = Array.from({ length: count }, (_, g) => order.filter((_, k) => k % count === g));
  const { projection } = fit;
  const whole = await collect({ ...source, heldOut: 0 }, groups, run);
  const sums = projection ? whole.map((e) => projectNormalEquations(e, projection)) : whole;
  const size = Math.min(count - 1, Math.max(1, Math.round(fraction * count)));
  const fitted = Array.from({ length: members }, () => {
    const seen = new Set(stream.sample(count, size));
    const { coefficients } = solveNormalEquations(
      sums.filter((_, g) => seen.has(g)).reduce(addNormalEquations),
      fit.ridge,
      "none",
    );
    const own = Float64Array.from(
      { length: coefficients.rows },
      (_, j) => coefficients.values[j * coefficients.columns]!,
    );
    return { seen, own };
  });
  let [error, spread] = [0, 0];
  for (const [g, e] of sums.entries()) {
    const unseeing = fitted.filter((m) => !m.seen.has(g)).map((m) => m.own);
    if (unseeing.length < 2) continue;
    const mean = meanOf(unseeing);
    const square = (w: Float64Array): number => squaredError(firstTarget(e), matrix(w.length, 1, w))[0]!;
    error += square(mean);
    // |y − Xw|² − |y − Xw̄|² sums to Σ|X(w − w̄)|² over the members, since their deviations sum to zero.
    const deviations = unseeing.map((w) =>
      quadratic(
        e.gram.values,
        w.map((v, k) => v - mean[k]!),
      ),
    );
    spread += deviations.reduce((s, v) => s + v, 0) / (unseeing.length - 1);
  }
  const all = (own: Float64Array): Float64Array =>
    projection ? gemm(projection, matrix(own.length, 1, own), "a").values : own;
  return { calibration: spread > 0 ? Math.sqrt(error / spread) : 1, members: fitted.map((m) => all(m.own)) };
}

/** The target that is fitted; the others are only looked at. */
function firstTarget(e: NormalEquations): NormalEquations {
  const t = e.squares.length;
  const moments = e.moments.values.filter((_, p) => p % t === 0);
  return { ...e, moments: matrix(moments.length, 1, moments), squares: e.squares.slice(0, 1) };
}

function meanOf(all: readonly Float64Array[]): Float64Array {
  return all[0]!.map((_, k) => all.reduce((s, w) => s + w[k]!, 0) / all.length);
}

/** wᵀGw */
function quadratic(gram: Float64Array, w: Float64Array): number {
  const n = w.length;
  let sum = 0;
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) sum += w[i]! * gram[i * n + j]! * w[j]!;
  return Math.max(0, sum);
}

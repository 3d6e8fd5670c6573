/** Accuracy against the number of training frames, over seeded draws. */
import { descriptor } from "../../../descriptor/descriptor.js";
import { OptionError } from "../../../errors.js";
import type { RunOptions } from "../../../progress.js";
import type { Frame } from "../../../structure/frame.js";
import type { LinearResponse } from "../../linearResponse/linearResponse.js";
import { predictPart } from "../../train/kernelFit.js";
import { type PreparedFrames, prepareFrames, selectPrepared } from "../../train/preparedFrames.js";
import { splitFrames } from "../../train/split.js";
import { evaluateTensors, type TensorEvaluation } from "./evaluation.js";
import { type FirstStep, toFirstStep } from "./firstStep.js";
import { type DeltaOptions, resolvePolarizabilityOptions } from "./options.js";
import { fitPrepared, needsEnvironments, speciesOf } from "./polarizability.js";
import { fromIrreducible, fromPolarizability, type IrreducibleTensors, quantityOf } from "./tensorData.js";

/** Options of {@link learningCurve}. */
export interface LearningCurveOptions extends RunOptions {
  /** Training-set sizes N_t. */
  readonly sizes: readonly number[];
  /** Number of draws (seeds 0, 1, …), default 10. */
  readonly draws?: number;
  /** Test frames of each draw, default 400 or what is left beside the largest training set. */
  readonly test?: number;
  /** Direct-ML if absent, Δ-ML otherwise. */
  readonly firstStep?: FirstStep | LinearResponse;
  /** Settings of every fit. */
  readonly model?: Omit<DeltaOptions, "validation" | "onProgress" | "signal">;
}

/** One training-set size. */
export interface LearningPoint {
  readonly train: number;
  readonly validation: number;
  /** One per draw. */
  readonly draws: readonly TensorEvaluation[];
}

/** Result of {@link learningCurve}. */
export interface LearningCurve {
  readonly method: "direct-ML" | "Δ-ML";
  /** Test frames of each draw. */
  readonly test: number;
  readonly points: readonly LearningPoint[];
}

/**
 * Fits on N_t frames (and N_t/5 for validation) drawn at random and tests on frames that neither contain, for every size and draw. The
 * features of all frames are computed once. Within a draw the sets are nested and the test frames the same.
 * @throws OptionError if there are fewer frames than the largest size needs
 */
export async function learningCurve(frames: readonly Frame[], options: LearningCurveOptions): Promise<LearningCurve> {
  const { sizes, draws = 10, model = {}, onProgress, signal } = options;
  const where = "learningCurve";
  if (sizes.length === 0) throw new OptionError({ where, problem: "no sizes" });
  const resolved = resolvePolarizabilityOptions(model, options.firstStep ? "fitDelta" : "fitPolarizability");
  const quantity = quantityOf(frames, model.quantity);
  const firstStep = options.firstStep && toFirstStep(options.firstStep, quantity);
  const d = descriptor({ ...resolved.features, species: speciesOf(frames) });
  const prepared = await prepareFrames(frames, d, {
    quantity,
    ...(firstStep && { firstStep }),
    keepEnvironments: needsEnvironments(resolved),
    ...(onProgress && { onProgress }),
    ...(signal && { signal }),
  });
  const context = { quantity, descriptor: d, ...(firstStep && { firstStep }), options: resolved };
  const largest = Math.max(...sizes);
  const { test } = splitFrames(frames.length, {
    train: largest,
    ...(options.test !== undefined && { test: options.test }),
  });
  const reference = Float64Array.from(frames.flatMap((f) => [...f[quantity]!]));
  const points: LearningPoint[] = [];
  for (const [at, train] of sizes.entries()) {
    const results: TensorEvaluation[] = [];
    for (let seed = 0; seed < draws; seed++) {
      const split = splitFrames(frames.length, { train, test: test.length, seed });
      const fitted = await fitPrepared(prepared, split.train, split.validation, context, signal ? { signal } : {});
      const rows = selectPrepared(prepared, split.test);
      const tensors = { scalar: predictPart(fitted.scalar, rows), traceless: predictPart(fitted.traceless, rows) };
      const predicted = cartesian(tensors, rows, (i, alpha) =>
        fromPolarizability(alpha, quantity, frames[split.test[i]!]!.structure),
      );
      const expected = Float64Array.from(split.test.flatMap((f) => [...reference.subarray(9 * f, 9 * f + 9)]));
      results.push(evaluateTensors(expected, predicted));
      onProgress?.({ label: "learning curve", done: at * draws + seed + 1, total: sizes.length * draws, unit: "fits" });
    }
    points.push({
      train,
      validation: splitFrames(frames.length, { train, test: test.length }).validation.length,
      draws: results,
    });
  }
  return { method: firstStep ? "Δ-ML" : "direct-ML", test: test.length, points };
}

/** Tensors per atom → total tensors in the model's quantity, [n, 3, 3]. */
export function cartesian(
  t: IrreducibleTensors,
  p: PreparedFrames,
  convert: (index: number, alpha: Float64Array) => Float64Array,
): Float64Array {
  const out = new Float64Array(9 * p.count);
  for (let i = 0; i < p.count; i++)
    out.set(
      convert(
        i,
        fromIrreducible(t, i).map((x) => x * p.atoms[i]!),
      ),
      9 * i,
    );
  return out;
}

/** Median over the draws. */
export function medianScore(point: LearningPoint, score: (e: TensorEvaluation) => number): number {
  return quantile(point.draws.map(score), 0.5);
}

/**
 * The smallest N_t of the curve whose median R² exceeds `threshold` in both a and γ² (Grumet et al., table 1); `undefined` if none does.
 * @param threshold default 0.8
 */
export function smallestTrainingSet(curve: LearningCurve, threshold = 0.8): number | undefined {
  return curve.points
    .filter((p) => medianScore(p, (e) => e.r2.a) > threshold && medianScore(p, (e) => e.r2.gamma2) > threshold)
    .reduce<number | undefined>((least, p) => (least === undefined ? p.train : Math.min(least, p.train)), undefined);
}

/** A score against the number of training frames, as figures take it. */
export interface ScorePoints {
  readonly sizes: readonly number[];
  /** Median over the draws. */
  readonly mean: readonly number[];
  /** Half the distance between the quartiles. */
  readonly spread: readonly number[];
}

/** Median and spread of one score at every size, e.g. of `(e) => e.r2.gamma2`. */
export function scorePoints(curve: LearningCurve, score: (e: TensorEvaluation) => number): ScorePoints {
  const values = curve.points.map((p) => p.draws.map(score));
  return {
    sizes: curve.points.map((p) => p.train),
    mean: values.map((v) => quantile(v, 0.5)),
    spread: values.map((v) => 0.5 * (quantile(v, 0.75) - quantile(v, 0.25))),
  };
}

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = q * (sorted.length - 1);
  const low = Math.floor(at);
  return sorted[low]! + (at - low) * ((sorted[low + 1] ?? sorted[low]!) - sorted[low]!);
}

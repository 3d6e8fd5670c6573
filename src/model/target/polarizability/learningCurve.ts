/** Accuracy of polarizability models against the number of training frames, over seeded draws. */
import { OptionError } from "../../../errors.js";
import { type Fields, readOptions, record } from "../../../options/record.js";
import { checkedBy, integer, list, RUN_FIELDS } from "../../../options/values.js";
import { type RunOptions, runOf } from "../../../progress.js";
import type { Frame } from "../../../structure/frame.js";
import { predictPart } from "../../train/kernelFit.js";
import { type LearningCurve, type LearningPoint, medianScore } from "../../train/learningCurve.js";
import { componentsOfParts, listComponents, type PreparedFrames, selectPrepared } from "../../train/preparedFrames.js";
import { splitFrames } from "../../train/split.js";
import { evaluateTensors, type TensorEvaluation } from "./evaluation.js";
import { type FirstStep, type GivenFirstStep, toFirstStep } from "./firstStep.js";
import { type DeltaOptions, POLARIZABILITY_OPTIONS, polarizabilitySettings } from "./options.js";
import { firstComponents, fitContext, fitPrepared, prepareFor } from "./polarizability.js";
import { fromPolarizability, type PolarizabilityQuantity, tensorOf } from "./tensorData.js";

/** Options of {@link polarizabilityLearningCurve}. */
export interface PolarizabilityLearningOptions extends RunOptions {
  /** Training-set sizes N_t. */
  readonly sizes: readonly number[];
  /** Number of draws (seeds 0, 1, …), default 10. */
  readonly draws?: number;
  /** Test frames of each draw, default 400 or what is left beside the largest training set. */
  readonly test?: number;
  /** Direct-ML if absent, Δ-ML otherwise. A function makes it anew from the training frames of every fit. */
  readonly firstStep?: GivenFirstStep | ((training: readonly Frame[]) => GivenFirstStep | Promise<GivenFirstStep>);
  /** Settings of every fit. */
  readonly model?: Omit<DeltaOptions, "validation" | "onProgress" | "signal">;
}

const { validation: _, onProgress: __, signal: ___, ...fitFields } = POLARIZABILITY_OPTIONS.shape;
const OPTIONS = record({
  sizes: list(integer({ atLeast: 2 })),
  draws: integer({ atLeast: 1 }).optional(),
  test: integer({ atLeast: 1 }).optional(),
  firstStep: checkedBy<NonNullable<PolarizabilityLearningOptions["firstStep"]>>(
    (v) => (typeof v === "object" && v !== null) || typeof v === "function",
    "a first step, or a function of the training frames that makes one",
  ).optional(),
  model: record(fitFields).optional(),
  ...RUN_FIELDS,
} satisfies Fields<PolarizabilityLearningOptions>);

/**
 * Fits on N_t frames (and N_t/5 for validation) drawn at random and tests on frames that neither contain, for every size and draw. The
 * features of all frames are computed once. Within a draw the sets are nested and the test frames the same.
 * @throws OptionError if there are fewer frames than the largest size needs
 */
export async function polarizabilityLearningCurve(
  frames: readonly Frame[],
  options: PolarizabilityLearningOptions,
): Promise<LearningCurve<TensorEvaluation>> {
  readOptions(OPTIONS, options, "polarizabilityLearningCurve");
  const { sizes, draws = 10, model = {}, firstStep: given, onProgress, signal } = options;
  const learnt = typeof given === "function" ? given : undefined;
  const where = "polarizabilityLearningCurve";
  if (sizes.length === 0) throw new OptionError({ where, problem: "no sizes" });
  const settings = polarizabilitySettings(model, given ? "fitDelta" : "fitPolarizability");
  const run = runOf(options);
  const context = await fitContext(
    frames,
    typeof given === "function" ? undefined : given,
    model.quantity,
    settings,
    run,
  );
  const { quantity } = context;
  const prepared = await prepareFor(context, frames, run);
  const largest = Math.max(...sizes);
  const { test } = splitFrames(frames.length, {
    train: largest,
    ...(options.test !== undefined && { test: options.test }),
  });
  const reference = Float64Array.from(frames.flatMap((f) => [...f[quantity]!]));
  const points: LearningPoint<TensorEvaluation>[] = [];
  for (const [at, train] of sizes.entries()) {
    const results: TensorEvaluation[] = [];
    for (let seed = 0; seed < draws; seed++) {
      const split = splitFrames(frames.length, { train, test: test.length, seed });
      const step = learnt && toFirstStep(await learnt(split.train.map((i) => frames[i]!)), quantity);
      const own = step ? withFirstStep(prepared, frames, step, quantity) : prepared;
      const of = step ? { ...context, firstStep: step } : context;
      const fitted = await fitPrepared(own, split.train, split.validation, of, signal ? { signal } : {});
      const rows = selectPrepared(own, split.test);
      const components = componentsOfParts(fitted.parts, (part) => predictPart(part, rows));
      const predicted = split.test.flatMap((f, i) => {
        const alpha = tensorOf(components, i).map((x) => x * rows.atoms[i]!);
        return [...fromPolarizability(alpha, quantity, frames[f]!.structure)];
      });
      const expected = Float64Array.from(split.test.flatMap((f) => [...reference.subarray(9 * f, 9 * f + 9)]));
      results.push(evaluateTensors(expected, Float64Array.from(predicted)));
      onProgress?.({ label: "learning curve", done: at * draws + seed + 1, total: sizes.length * draws, unit: "fits" });
    }
    points.push({
      train,
      validation: splitFrames(frames.length, { train, test: test.length }).validation.length,
      draws: results,
    });
  }
  return { method: given ? "Δ-ML" : "direct-ML", test: test.length, points };
}

/** Prepared frames with another first step. */
function withFirstStep(
  prepared: PreparedFrames,
  frames: readonly Frame[],
  step: FirstStep,
  quantity: PolarizabilityQuantity,
): PreparedFrames {
  const components = firstComponents(step, quantity)!;
  return { ...prepared, first: listComponents(frames.map((f) => components(f.structure))) };
}

/**
 * The smallest N_t of the curve whose median R² exceeds `threshold` in both a and γ² (Grumet et al., table 1); `undefined` if none does.
 * @param threshold default 0.8
 */
export function smallestTrainingSet(curve: LearningCurve<TensorEvaluation>, threshold = 0.8): number | undefined {
  return curve.points
    .filter((p) => medianScore(p, (e) => e.r2.a) > threshold && medianScore(p, (e) => e.r2.gamma2) > threshold)
    .reduce<number | undefined>((least, p) => (least === undefined ? p.train : Math.min(least, p.train)), undefined);
}

/**
 * Smallest of the sizes with R² above `threshold` in both a and γ², draw by draw; infinite where none suffices. Their median is not the
 * size at which the medians suffice ({@link smallestTrainingSet}), but has an interval (medianInterval).
 * @param threshold default 0.8, as in Grumet et al. 2024, Table 1
 */
export function smallestPerDraw(curve: LearningCurve<TensorEvaluation>, threshold = 0.8): Float64Array {
  const { draws = [] } = curve.points[0] ?? {};
  return Float64Array.from(draws, (_, k) => {
    const enough = curve.points.find(({ draws: d }) => Math.min(d[k]!.r2.a, d[k]!.r2.gamma2) > threshold);
    return enough?.train ?? Number.POSITIVE_INFINITY;
  });
}

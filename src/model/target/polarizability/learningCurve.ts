/** Accuracy of polarizability models against the number of training frames, over seeded draws. */
import { OptionError } from "../../../errors.js";
import { type Fields, readOptions, record } from "../../../options/record.js";
import { checkedBy, integer, list, THREAD_FIELDS, text } from "../../../options/values.js";
import { type ThreadOptions, throwIfAborted } from "../../../progress.js";
import type { Frame } from "../../../structure/frame.js";
import { journaledFits } from "../../train/journaledFits.js";
import { type LearningCurve, medianScore } from "../../train/learningCurve.js";
import { type Components, listComponents, type PreparedFrames } from "../../train/preparedFrames.js";
import { sharedFrames } from "../../train/sharedFrames.js";
import { type Split, splitFrames } from "../../train/split.js";
import { evaluateTensors, type TensorEvaluation } from "./evaluation.js";
import { type GivenFirstStep, toFirstStep } from "./firstStep.js";
import { findsBasis, fitDraw, fitOwnBasis, type LearningSetup, prepare, sharedPrepared } from "./learningDraw.js";
import {
  type DeltaOptions,
  POLARIZABILITY_OPTIONS,
  type PolarizabilitySettings,
  polarizabilitySettings,
} from "./options.js";
import { firstComponents, fitContext, prepareFor } from "./polarizability.js";
import { fromPolarizability, type PolarizabilityQuantity, quantityOf, tensorOf } from "./tensorData.js";

/** Options of {@link polarizabilityLearningCurve}. */
export interface PolarizabilityLearningOptions extends ThreadOptions {
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
  /**
   * File that keeps what has been done: after an interruption, of whatever kind and at any moment, the same call goes on from there. Not with a
   * first step that is made anew for every fit. Default none.
   */
  readonly journal?: string;
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
  journal: text().optional(),
  ...THREAD_FIELDS,
} satisfies Fields<PolarizabilityLearningOptions>);

/**
 * Fits on N_t frames (and N_t/5 for validation) drawn at random and tests on frames that neither contain, for every size and draw. The
 * features of all frames are computed once, and for every fit where functions (`products`) or channels (`compress`) are found on its
 * frames, of which test frames are none; fits run on all processors, except with a first step that is made anew for each of them. Within a
 * draw the sets are nested and the test frames the same. The same bits for any number of workers.
 * @throws OptionError if there are fewer frames than the largest size needs
 * @throws DataError if the journal is one of other frames or options; FileError if another run has it
 */
export async function polarizabilityLearningCurve(
  frames: readonly Frame[],
  options: PolarizabilityLearningOptions,
): Promise<LearningCurve<TensorEvaluation>> {
  readOptions(OPTIONS, options, "polarizabilityLearningCurve");
  const { sizes, draws = 10, model = {}, firstStep: given, workers, journal, onProgress, signal } = options;
  const [learnt, fixed] = typeof given === "function" ? [given] : [undefined, given];
  const where = "polarizabilityLearningCurve";
  if (sizes.length === 0) throw new OptionError({ where, problem: "no sizes" });
  if (learnt && journal !== undefined)
    throw new OptionError({ where, problem: "a journal with a first step that is a function", advice: "leave it out" });
  const settings = polarizabilitySettings(model, given ? "fitDelta" : "fitPolarizability");
  const run = { ...(onProgress && { onProgress }), ...(signal && { signal }) };
  const threads = { ...run, ...(workers !== undefined && { workers }) };
  const quantity = quantityOf(frames, model.quantity);
  const firstOf = (step: GivenFirstStep): Components => {
    const components = firstComponents(toFirstStep(step, quantity), quantity)!;
    return listComponents(frames.map((f) => components(f.structure)));
  };
  const first = fixed && firstOf(fixed);
  const setup: LearningSetup = findsBasis(settings)
    ? { settings, frames: sharedFrames(frames), quantity, ...(first && { first }) }
    : { settings, prepared: await preparedFor(frames, quantity, settings, first, threads) };
  const largest = Math.max(...sizes);
  const { test } = splitFrames(frames.length, {
    train: largest,
    ...(options.test !== undefined && { test: options.test }),
  });
  const reference = Float64Array.from(frames.flatMap((f) => [...f[quantity]!]));
  const fits = sizes.flatMap((train) =>
    Array.from({ length: draws }, (_, seed) => splitFrames(frames.length, { train, test: test.length, seed })),
  );
  const evaluate = (components: Components, { test: tested }: Split): TensorEvaluation => {
    const predicted = tested.flatMap((f, i) => {
      const { structure } = frames[f]!;
      const alpha = tensorOf(components, i).map((x) => x * structure.species.length);
      return [...fromPolarizability(alpha, quantity, structure)];
    });
    const expected = Float64Array.from(tested.flatMap((f) => [...reference.subarray(9 * f, 9 * f + 9)]));
    return evaluateTensors(expected, Float64Array.from(predicted));
  };
  const label = "learning curve";
  const results: TensorEvaluation[] = [];
  if (learnt)
    for (const [done, draw] of fits.entries()) {
      const own = firstOf(await learnt(draw.train.map((i) => frames[i]!)));
      const quiet = { ...(signal && { signal }), ...(workers !== undefined && { workers }) };
      const found =
        "prepared" in setup
          ? fitDraw({ ...setup.prepared, first: own }, settings, draw, signal ? { signal } : {})
          : fitOwnBasis({ ...setup, first: own }, settings, draw, quiet);
      results.push(evaluate(await found, draw));
      onProgress?.({ label, done: done + 1, total: fits.length, unit: "fits" });
      throwIfAborted(signal, label);
    }
  else {
    const found = await journaledFits({
      workerModule: new URL("./learningDraw.js", import.meta.url),
      prepare,
      shared: setup,
      items: fits,
      label,
      itemName: "fit",
      identity: () => [where, settings, fits, reference, "prepared" in setup ? setup.prepared : setup],
      keep: (components, k) => evaluate(components, fits[k]!),
      ...(journal !== undefined && { journal }),
      ...(workers !== undefined && { workers }),
      ...run,
    });
    results.push(...found);
  }
  const points = sizes.map((train, at) => ({
    train,
    validation: fits[at * draws]!.validation.length,
    draws: results.slice(at * draws, (at + 1) * draws),
  }));
  return { method: given ? "Δ-ML" : "direct-ML", test: test.length, points };
}

/** All frames prepared once, where features do not depend on what is trained on. */
async function preparedFor(
  frames: readonly Frame[],
  quantity: PolarizabilityQuantity,
  settings: PolarizabilitySettings,
  first: Components | undefined,
  { onProgress, signal, workers }: ThreadOptions,
): Promise<PreparedFrames> {
  const run = { ...(onProgress && { onProgress }), ...(signal && { signal }) };
  const context = await fitContext(frames, undefined, quantity, settings, run);
  const prepared = await prepareFor(context, frames, { ...run, ...(workers !== undefined && { workers }) });
  return sharedPrepared(first ? { ...prepared, first } : prepared);
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
    const enough = curve.points.filter(({ draws: d }) => Math.min(d[k]!.r2.a, d[k]!.r2.gamma2) > threshold);
    return enough.reduce((least, { train }) => Math.min(least, train), Number.POSITIVE_INFINITY);
  });
}

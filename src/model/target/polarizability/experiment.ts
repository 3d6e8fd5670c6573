/** A whole fit from frames to test errors: what `spectensor fit polarizability` and `evaluate` do and print. */
import { DataError, OptionError, rejectUnknownOptions } from "../../../errors.js";
import type { RunOptions } from "../../../progress.js";
import { displacements } from "../../../structure/displacement.js";
import type { Frame } from "../../../structure/frame.js";
import { linearResponse } from "../../linearResponse/linearResponse.js";
import { splitFrames } from "../../train/split.js";
import { evaluateTensors, type TensorEvaluation } from "./evaluation.js";
import { type FirstStep, linearResponseStep } from "./firstStep.js";
import type { DeltaOptions } from "./options.js";
import { fitDelta, fitPolarizability } from "./polarizability.js";
import type { PolarizabilityModel } from "./polarizabilityModel.js";
import { predictTensors } from "./predict.js";
import { searchPolarizability } from "./selection.js";
import { quantityOf } from "./tensorData.js";

/** What to fit. */
export interface PolarizabilityExperiment extends RunOptions {
  readonly method: "direct" | "delta";
  /** Frames to draw training, validation and test frames from. */
  readonly frames: readonly Frame[];
  /** For Δ-ML: the reference structure and structures with one displaced atom each, see `splitDisplaced`. */
  readonly displaced?: readonly Frame[];
  /** Training frames N_t. */
  readonly train: number;
  /** Default N_t/5. */
  readonly validation?: number;
  /** Default 400 or what remains. */
  readonly test?: number;
  /** Default 0. */
  readonly seed?: number;
  /** Settings of the model. Without `features` and `zeta` both are searched on the validation frames. */
  readonly options?: Omit<DeltaOptions, "validation" | "onProgress" | "signal">;
}

/** What is printed: one object of plain data. */
export interface PolarizabilityReport {
  readonly test: TensorEvaluation;
  readonly quantity: PolarizabilityModel["quantity"];
  readonly method: "direct-ML" | "Δ-ML";
  readonly train: number;
  readonly validation: number;
  readonly options: PolarizabilityModel["options"];
  /** Δ-ML: by what the first step is multiplied for each order of the tensor; 1 takes all of it, 0 is direct-ML. */
  readonly firstStep?: { readonly scalar: number; readonly traceless: number };
  readonly selection?: PolarizabilityModel["selection"];
  /** Wall time, s. */
  readonly seconds: number;
  /** Largest resident memory of the process so far, MB. */
  readonly peakMemoryMB: number;
}

/**
 * Draws disjoint frames, fits, and tests on frames that the fit has not seen.
 * @throws OptionError if there are too few frames, or Δ-ML lacks displaced structures
 */
export async function runPolarizabilityExperiment(
  task: PolarizabilityExperiment,
): Promise<{ readonly model: PolarizabilityModel; readonly report: PolarizabilityReport }> {
  const start = performance.now();
  const { method, frames, train, seed = 0, options = {}, onProgress, signal } = task;
  if (method !== "direct" && method !== "delta")
    throw new OptionError({ where: "method", problem: `unknown method "${method}"`, advice: "give direct or delta" });
  const split = splitFrames(frames.length, {
    train,
    seed,
    ...(task.validation !== undefined && { validation: task.validation }),
    ...(task.test !== undefined && { test: task.test }),
  });
  const pick = (indices: readonly number[]): Frame[] => indices.map((i) => frames[i]!);
  const quantity = quantityOf(frames, options.quantity);
  const run = { ...(onProgress && { onProgress }), ...(signal && { signal }) };
  const common = { ...options, quantity, validation: pick(split.validation), ...run };
  const firstStep = method === "delta" ? firstStepOf(task.displaced, quantity) : undefined;
  const fixed = options.features !== undefined || options.zeta !== undefined;
  const training = pick(split.train);
  const model = !fixed
    ? await searchPolarizability(training, { ...common, ...(firstStep && { firstStep }) })
    : firstStep
      ? await fitDelta(firstStep, training, common)
      : await fitPolarizability(training, common);
  return { model, report: await reportOf(model, pick(split.test), start, run) };
}

/**
 * Tests a model on frames.
 * @throws DataError if they lack the model's quantity or there are none; OptionError for an unknown option; AbortedError when
 * interrupted
 */
export async function evaluatePolarizability(
  model: PolarizabilityModel,
  frames: readonly Frame[],
  options: RunOptions = {},
): Promise<PolarizabilityReport> {
  rejectUnknownOptions(options, ["onProgress", "signal"], "evaluatePolarizability");
  return reportOf(model, frames, performance.now(), options);
}

async function reportOf(
  model: PolarizabilityModel,
  test: readonly Frame[],
  start: number,
  run: RunOptions,
): Promise<PolarizabilityReport> {
  if (test.length > 0) quantityOf(test, model.quantity);
  const structures = test.map((frame) => frame.structure);
  const expected = Float64Array.from(test.flatMap((frame) => [...frame[model.quantity]!]));
  const tensors = await predictTensors(model, structures, run);
  const predicted = Float64Array.from(tensors.flatMap((tensor) => [...tensor]));
  return {
    test: evaluateTensors(expected, predicted),
    quantity: model.quantity,
    method: model.firstStep ? "Δ-ML" : "direct-ML",
    train: model.trainingFrames,
    validation: model.validationFrames,
    options: model.options,
    ...(model.firstStep && {
      firstStep: { scalar: 1 + model.scalar.firstStepFactor, traceless: 1 + model.traceless.firstStepFactor },
    }),
    ...(model.selection && { selection: model.selection }),
    seconds: (performance.now() - start) / 1000,
    peakMemoryMB: process.resourceUsage().maxRSS / 1024,
  };
}

function firstStepOf(displaced: readonly Frame[] | undefined, quantity: PolarizabilityModel["quantity"]): FirstStep {
  if (!displaced || displaced.length === 0)
    throw new OptionError({
      where: "delta",
      problem: "no displaced structures to build the linear-response model from",
      advice: "give a file with the reference and displaced structures, or a data set that has them",
    });
  const { reference, moved } = splitDisplaced(displaced);
  return linearResponseStep(linearResponse(reference, moved, { quantity }));
}

/**
 * Tells the reference from the displaced structures: the frame labelled label=eq, label=reference or kind=reference, else the one that
 * differs least from all others.
 * @throws DataError if there are no frames
 */
export function splitDisplaced(frames: readonly Frame[]): {
  readonly reference: Frame;
  readonly moved: readonly Frame[];
} {
  if (frames.length === 0) throw new DataError({ where: "displaced structures", problem: "there are none" });
  const labelled = frames.findIndex((f) => {
    const { label, kind } = f.info ?? {};
    return label === "eq" || label === "reference" || kind === "reference";
  });
  const at = labelled >= 0 ? labelled : leastDisplaced(frames);
  return { reference: frames[at]!, moved: frames.filter((_, i) => i !== at) };
}

/** The frame with the smallest sum of squared displacements to the others. */
function leastDisplaced(frames: readonly Frame[]): number {
  const sums = frames.map((a) =>
    frames.reduce((sum, b) => {
      const d = displacements(a.structure, b.structure);
      return sum + d.reduce((s, x) => s + x * x, 0);
    }, 0),
  );
  return sums.indexOf(Math.min(...sums));
}

/** Errors of polarization models against the number of training frames, over seeded draws. */
import { descriptor } from "../../descriptor/descriptor.js";
import { DataError, OptionError, rejectUnknownOptions } from "../../errors.js";
import { gramAccumulator } from "../../math/gramAccumulator.js";
import { matrix } from "../../math/matrix.js";
import { type NormalEquations, squaredError } from "../../math/normalEquations.js";
import { random } from "../../math/random.js";
import { breathe, type RunOptions, throwIfAborted } from "../../progress.js";
import type { Frame } from "../../structure/frame.js";
import { type TrainingRows, trainLinear } from "../linearTraining.js";
import { POLARIZATION_DESCRIPTOR, type PolarizationOptions } from "./model.js";
import { bornChargeRows, columnCount, polarizationRows } from "./rows.js";
import { planCharges } from "./speciesCharges.js";

/** Frames with Z*, and frames with P of molecules (absolute). */
export interface PolarizationSets {
  readonly bornCharges: readonly Frame[];
  readonly polarization: readonly Frame[];
}

export interface PolarizationLearningOptions extends RunOptions {
  /** What is learnt from: n frames of the one kind, or n with P and n (or all there are) with Z*. */
  readonly from: "bornCharges" | "polarization" | "both";
  /** Training-set sizes n. */
  readonly sizes: readonly number[];
  /** Random subsets of each size, default 10; of the whole set there is one. */
  readonly draws?: number;
  /** Weight of P against Z*, default 10 (S, Fig. 1). */
  readonly polarizationWeight?: number;
  readonly model?: Pick<PolarizationOptions, "descriptor" | "ridge" | "validation">;
}

/** RMSPE on the test frames, RMSE over the standard deviation of the reference components; 0.01 is 1 %. */
export interface PolarizationLearningErrors {
  readonly polarization: number;
  readonly bornCharges: number;
}

export interface PolarizationLearningPoint {
  readonly size: number;
  readonly draws: readonly PolarizationLearningErrors[];
}

/**
 * Learning curves as S, Fig. 1: for every size and draw the model is fitted as by `fitPolarization` with fitted charges, and tested on
 * frames that no draw contains. The rows of every frame are computed once and kept: 8 · 9 · atoms · columns bytes for Z*.
 * @throws OptionError for a size larger than the training set
 */
export async function polarizationLearningCurve(
  train: PolarizationSets,
  test: PolarizationSets,
  options: PolarizationLearningOptions,
): Promise<PolarizationLearningPoint[]> {
  const { from, sizes, draws = 10, polarizationWeight = 10, model = {}, onProgress, signal } = options;
  rejectUnknownOptions(
    options,
    ["from", "sizes", "draws", "polarizationWeight", "model", "onProgress", "signal"],
    "polarizationLearningCurve",
  );
  const kinds = from === "both" ? (["polarization", "bornCharges"] as const) : ([from] as const);
  const longest = Math.max(...kinds.map((kind) => train[kind].length));
  const wrong = sizes.find((n) => !(Number.isInteger(n) && n >= 2 && n <= longest));
  if (wrong !== undefined || sizes.length === 0)
    throw new OptionError({
      where: "polarizationLearningCurve",
      problem: wrong === undefined ? "no sizes" : `size ${wrong}, the training set has ${longest} frames`,
    });
  const space = rowSpace(
    [...train.bornCharges, ...train.polarization, ...test.bornCharges, ...test.polarization],
    model,
  );
  const tests = { polarization: space.sums("polarization", test), bornCharges: space.sums("bornCharges", test) };
  const blocks = kinds.flatMap((kind) =>
    train[kind].map((frame) => ({
      kind,
      ...space.rowsOf(kind, frame, kind === "polarization" ? polarizationWeight : 1),
    })),
  );
  const points: PolarizationLearningPoint[] = [];
  for (const [at, size] of sizes.entries()) {
    const results: PolarizationLearningErrors[] = [];
    for (let seed = 0; seed < (size === longest ? 1 : draws); seed++) {
      throwIfAborted(signal, "computing a learning curve");
      const chosen = kinds.flatMap((kind) => {
        const all = blocks.filter((b) => b.kind === kind);
        return random(seed)
          .sample(all.length, Math.min(size, all.length))
          .map((i) => all[i]!);
      });
      const rows: TrainingRows = {
        columns: space.columns,
        frames: chosen.length,
        rowsOf: (f, add) => add(chosen[f]!.rows, chosen[f]!.targets),
      };
      const { weights } = await trainLinear(rows, {
        ...(model.ridge !== undefined && { ridge: model.ridge }),
        validation: model.validation ?? { folds: Math.min(5, chosen.length) },
        ...(signal && { signal }),
      });
      results.push({
        polarization: relativeError(tests.polarization, weights),
        bornCharges: relativeError(tests.bornCharges, weights),
      });
      await breathe();
    }
    points.push({ size, draws: results });
    onProgress?.({ label: `learning curve, ${from}`, done: at + 1, total: sizes.length, unit: "sizes" });
  }
  return points;
}

interface TestSums {
  readonly equations: NormalEquations;
  /** Standard deviation of the reference values. */
  readonly deviation: number;
}

/** Rows of the linear equations for one descriptor and fitted charges. */
function rowSpace(frames: readonly Frame[], model: Pick<PolarizationOptions, "descriptor">) {
  const species = [...new Set(frames.flatMap((f) => f.structure.species))].sort();
  const d = descriptor({ ...POLARIZATION_DESCRIPTOR, species, ...model.descriptor });
  const plan = planCharges({ kind: "fit" }, d.options.species, frames);
  const space = { descriptor: d, plan };
  const columns = columnCount(space);
  const rowsOf = (
    kind: "bornCharges" | "polarization",
    frame: Frame,
    weight: number,
  ): { readonly rows: Float64Array; readonly targets: Float64Array } => {
    if (kind === "polarization") {
      const { rows, targets } = polarizationRows(space, frame);
      return { rows: rows.map((v) => weight * v), targets: targets.map((v) => weight * v) };
    }
    const count = 9 * frame.structure.species.length;
    const rows = new Float64Array(count * columns);
    const targets = new Float64Array(count);
    let filled = 0;
    bornChargeRows(space, frame, weight, (block, values) => {
      rows.set(block, filled * columns);
      for (let r = 0; 2 * r < values.length; r++) targets[filled + r] = values[2 * r]!;
      filled += values.length / 2;
    });
    return { rows, targets };
  };
  const sums = (kind: "bornCharges" | "polarization", sets: PolarizationSets): TestSums => {
    const accumulator = gramAccumulator({ columns });
    const values: number[] = [];
    for (const frame of sets[kind]) {
      const { rows, targets } = rowsOf(kind, frame, 1);
      accumulator.add(rows, targets);
      values.push(...(kind === "polarization" ? frame.dipole! : frame.bornCharges!));
    }
    const mean = values.reduce((s, v) => s + v, 0) / values.length;
    const deviation = Math.sqrt(values.reduce((s, v) => s + (v - mean) ** 2, 0) / values.length);
    if (!(deviation > 0))
      throw new DataError({ where: "polarizationLearningCurve", problem: `test frames without spread in ${kind}` });
    return { equations: accumulator.normalEquations(), deviation };
  };
  return { columns, rowsOf, sums };
}

function relativeError({ equations, deviation }: TestSums, weights: Float64Array): number {
  const [sum] = squaredError(equations, matrix(weights.length, 1, weights));
  return Math.sqrt(sum! / equations.rows) / deviation;
}

/** Errors of polarization models against the number of training frames, over seeded draws. */
import { createDescriptor } from "../../../descriptor/descriptor.js";
import { DataError, OptionError } from "../../../errors.js";
import { gramAccumulator } from "../../../math/gramAccumulator.js";
import { gemm, type Matrix, matrix } from "../../../math/matrix.js";
import { spreadOf } from "../../../math/statistics.js";
import { gramSpan } from "../../../math/subspace.js";
import { type Fields, readOptions, record } from "../../../options/record.js";
import { integer, list, number, oneOf, THREAD_FIELDS, text } from "../../../options/values.js";
import { breathe, type RunOptions, type ThreadOptions } from "../../../progress.js";
import { type Frame, speciesOf } from "../../../structure/frame.js";
import { basisOf } from "../../basis/basisOf.js";
import { formBasis } from "../../train/formBasis.js";
import { journaledFits } from "../../train/journaledFits.js";
import type { LearningCurve } from "../../train/learningCurve.js";
import { columnCount, type RowSpace } from "../../train/linearTarget.js";
import { FIT_FIELDS, type Form, PLANNED_FORM } from "../../train/options.js";
import { DEFAULT_RIDGES } from "../../train/primal.js";
import {
  type LearningSetup,
  type PolarizationLearningErrors,
  prepare,
  type StackedRows,
  sharedRows,
  type TestSums,
} from "./learningDraw.js";
import { bornChargeRows, POLARIZATION, type PolarizationOptions, polarizationRows } from "./polarization.js";
import { planCharges } from "./speciesCharges.js";

/** Frames with Z*, and frames with P of molecules (absolute). */
export interface PolarizationSets {
  readonly bornCharges: readonly Frame[];
  readonly polarization: readonly Frame[];
}

export interface PolarizationLearningOptions extends ThreadOptions {
  /** What is learnt from: n frames of the one kind, or n with P and n (or all there are) with Z*. */
  readonly from: "bornCharges" | "polarization" | "both";
  /** Training-set sizes n. */
  readonly sizes: readonly number[];
  /** Random subsets of each size, default 10; of the whole set there is one. */
  readonly draws?: number;
  /** Weight of P against Z*, default 10 (S, Fig. 1). */
  readonly polarizationWeight?: number;
  readonly model?: Pick<PolarizationOptions, "descriptor" | "ridge" | "validation"> & {
    readonly form?: Exclude<Form, { readonly kind: "sparse" }>;
  };
  /** File that keeps what has been done: after an interruption, of whatever kind and at any moment, the same call goes on from there. Default none. */
  readonly journal?: string;
}

const { descriptor: settings, ridge, validation } = FIT_FIELDS;
const OPTIONS = record({
  from: oneOf(["bornCharges", "polarization", "both"]),
  sizes: list(integer({ atLeast: 2 })),
  draws: integer({ atLeast: 1 }).default(10),
  polarizationWeight: number({ above: 0 }).default(10),
  model: record({ descriptor: settings, ridge, validation, form: PLANNED_FORM.optional() }).default({}),
  journal: text().optional(),
  ...THREAD_FIELDS,
} satisfies Fields<PolarizationLearningOptions>);

/**
 * Learning curves as S, Fig. 1: for every size and draw the model is fitted as by `fitPolarization` with fitted charges, and tested on
 * frames that no draw contains. Rows of every frame are computed once and kept, in a basis of what all training rows span up to a
 * hundredth of the smallest ridge, which leaves the solutions as they are and makes each a good deal cheaper. Factors of products are
 * found on the structures of the whole training set. Fits run on all processors; the same bits for any number of workers.
 * @throws OptionError for a size larger than the training set
 * @throws DataError without a test frame; if the journal is one of other frames or options
 * @throws FileError if another run has the journal
 */
export async function polarizationLearningCurve(
  train: PolarizationSets,
  test: PolarizationSets,
  options: PolarizationLearningOptions,
): Promise<LearningCurve<PolarizationLearningErrors>> {
  const read = readOptions(OPTIONS, options, "polarizationLearningCurve");
  if (test.polarization.length + test.bornCharges.length === 0)
    throw new DataError({ where: "polarizationLearningCurve", problem: "no frame to test on" });
  const { from, sizes, draws, polarizationWeight, model, journal, workers, onProgress, signal } = read;
  const kinds = from === "both" ? (["polarization", "bornCharges"] as const) : ([from] as const);
  const longest = Math.max(...kinds.map((kind) => train[kind].length));
  checkSizes(sizes, longest);
  const space = await rowSpace(train, model, signal ? { signal } : {});
  const rows = kinds.map((kind) => gather(space, kind, train[kind], kind === "polarization" ? polarizationWeight : 1));
  await breathe();
  const ridges = ridgesOf(model.ridge);
  const { basis, largest } = spanOf(rows, Math.min(...ridges) / 100);
  const inside = rows.map((r) => projected(r, basis));
  // Ridges are relative to the largest column, which is another one in this basis.
  const factor = largest / largestSquares(inside);
  const tests = (["polarization", "bornCharges"] as const).map((kind) =>
    test[kind].length === 0
      ? undefined
      : testSums(projected(gather(space, kind, test[kind], 1), basis), kind, test[kind]),
  );
  const drawsOf = (size: number): number => (size === longest ? 1 : draws);
  const shared: LearningSetup = {
    rows: inside.map(sharedRows),
    columns: basis.rows,
    ridges: ridges.map((r) => r * factor),
    validation: model.validation ?? { kind: "folds" },
    tests,
  };
  const fits = sizes.flatMap((size) => Array.from({ length: drawsOf(size) }, (_, seed) => ({ size, seed })));
  const results = await journaledFits({
    workerModule: new URL("./learningDraw.js", import.meta.url),
    prepare,
    shared,
    items: fits,
    label: `learning curve, ${from}`,
    itemName: "fit",
    identity: () => ["polarizationLearningCurve", shared, fits],
    keep: (errors) => errors,
    ...(journal !== undefined && { journal }),
    ...(workers !== undefined && { workers }),
    ...(onProgress && { onProgress }),
    ...(signal && { signal }),
  });
  const points = sizes.map((size) => ({ train: size, validation: 0, draws: results.splice(0, drawsOf(size)) }));
  return { method: from, test: test.polarization.length + test.bornCharges.length, points };
}

/** The values to try. @throws OptionError for leave-one-out, which would take a solution per frame */
function ridgesOf(ridge: PolarizationOptions["ridge"] = { kind: "validation" }): readonly number[] {
  if (ridge.kind === "validation") return ridge.values ?? DEFAULT_RIDGES;
  if (ridge.kind === "fixed") return [ridge.value].flat();
  throw new OptionError({
    where: "polarizationLearningCurve",
    problem: 'ridge "leaveOneOut"',
    advice: 'give { kind: "validation" } and validation { kind: "folds" }',
  });
}

function checkSizes(sizes: readonly number[], longest: number): void {
  const wrong = sizes.find((n) => !(Number.isInteger(n) && n >= 2 && n <= longest));
  if (wrong !== undefined || sizes.length === 0)
    throw new OptionError({
      where: "polarizationLearningCurve",
      problem: wrong === undefined ? "no sizes" : `size ${wrong}, the training set has ${longest} frames`,
      advice: `give sizes from 2 to ${longest}`,
    });
}

/** What the equations are written in, from training frames alone. */
async function rowSpace(
  train: PolarizationSets,
  model: NonNullable<PolarizationLearningOptions["model"]>,
  run: RunOptions,
): Promise<RowSpace> {
  const frames = [...train.bornCharges, ...train.polarization];
  const d = createDescriptor({ ...POLARIZATION.descriptor, species: speciesOf(frames), ...model.descriptor });
  const constants = planCharges({ kind: "fit" }, d.options.species, frames);
  const { form = { kind: "full" } } = model;
  const structures = frames.map((f) => f.structure);
  return { basis: basisOf(d, 1, await formBasis(d, 1, structures, form, run)), constants };
}

function gather(space: RowSpace, kind: keyof PolarizationSets, frames: readonly Frame[], weight: number): StackedRows {
  const first = [0];
  for (const f of frames) first.push(first.at(-1)! + (kind === "polarization" ? 3 : 9 * f.structure.species.length));
  const columns = columnCount(space);
  const rows = matrix(first.at(-1)!, columns);
  const targets = new Float64Array(rows.rows);
  frames.forEach((frame, f) => {
    let at = first[f]!;
    if (kind === "polarization") {
      const found = polarizationRows(space, frame);
      rows.values.set(
        found.rows.map((v) => weight * v),
        at * columns,
      );
      targets.set(
        found.targets.map((v) => weight * v),
        at,
      );
    } else
      bornChargeRows(space, frame, weight, (block, values) => {
        rows.values.set(block, at * columns);
        for (let r = 0; 2 * r < values.length; r++) targets[at + r] = values[2 * r]!;
        at += values.length / 2;
      });
  });
  return { rows, targets, first };
}

/** A basis of what the rows span, and the largest sum of squares of any feature. */
function spanOf(all: readonly StackedRows[], tolerance: number): { readonly basis: Matrix; readonly largest: number } {
  const accumulator = gramAccumulator({ columns: all[0]!.rows.columns });
  for (const { rows, targets } of all) accumulator.add(rows.values, targets);
  const { gram } = accumulator.normalEquations();
  const diagonal = Float64Array.from({ length: gram.rows }, (_, i) => gram.values[i * (gram.rows + 1)]!);
  return { basis: gramSpan(gram, tolerance), largest: diagonal.reduce((a, b) => Math.max(a, b), 0) };
}

/** The largest sum of squares of any column. */
function largestSquares(all: readonly StackedRows[]): number {
  const sums = new Float64Array(all[0]!.rows.columns);
  for (const { rows } of all)
    for (let i = 0; i < rows.values.length; i++) sums[i % rows.columns]! += rows.values[i]! ** 2;
  return sums.reduce((a, b) => Math.max(a, b), 0);
}

function projected(r: StackedRows, basis: Matrix): StackedRows {
  return { ...r, rows: gemm(r.rows, basis, "b") };
}

function testSums({ rows, targets }: StackedRows, kind: keyof PolarizationSets, frames: readonly Frame[]): TestSums {
  const accumulator = gramAccumulator({ columns: rows.columns });
  accumulator.add(rows.values, targets);
  const values = frames.flatMap((f) => [...(kind === "polarization" ? f.polarization! : f.bornCharges!)]);
  const deviation = spreadOf(values);
  if (!(deviation > 0))
    throw new DataError({ where: "polarizationLearningCurve", problem: `test frames without spread in ${kind}` });
  return { equations: accumulator.normalEquations(), deviation };
}

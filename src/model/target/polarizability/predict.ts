/** Predictions of a fitted polarizability model. */
import { contract } from "../../../descriptor/contract.js";
import { DataError, inFrame } from "../../../errors.js";
import { type Fields, readOptions, record } from "../../../options/record.js";
import { positive, RUN_FIELDS, text } from "../../../options/values.js";
import { breathe, type RunOptions, throwIfAborted } from "../../../progress.js";
import { createSeries, type TensorSeries } from "../../../series/tensorSeries.js";
import type { Structure } from "../../../structure/structure.js";
import {
  frameCount,
  frameStructure,
  meanVolume,
  requireTimestep,
  type Trajectory,
} from "../../../structure/trajectory.js";
import { basisOf } from "../../basis/basisOf.js";
import { referenceContraction } from "../../basis/referenceContraction.js";
import type { MemberPart } from "../../train/committee.js";
import { predictDeviation } from "../../train/variance.js";
import { firstComponents, type PolarizabilityModel, type PolarizabilityPart } from "./polarizability.js";
import { componentsOf, fromPolarizability, tensorOf, toPolarizability } from "./tensorData.js";

/**
 * The model's tensor for one structure, [3, 3] row-major, in `model.quantity` (Å³ or ε∞).
 * @throws DataError for a species the model was not trained on
 */
export function polarizabilityTensor(model: PolarizabilityModel, s: Structure): Float64Array {
  return tensorsOf(model)([s])[0]!;
}

/**
 * As {@link polarizabilityTensor} for several structures, which non-linear kernels predict faster together.
 * @throws DataError for a species the model was not trained on; AbortedError when interrupted
 */
export async function predictTensors(
  model: PolarizabilityModel,
  structures: readonly Structure[],
  options: RunOptions = {},
): Promise<Float64Array[]> {
  const predict = tensorsOf(model);
  const together = blockLength(Math.max(...structures.map((s) => s.species.length)));
  const tensors: Float64Array[] = [];
  for (let start = 0; start < structures.length; start += together) {
    throwIfAborted(options.signal, "predicting");
    tensors.push(...predict(structures.slice(start, start + together)));
    options.onProgress?.({ label: "predicting", done: tensors.length, total: structures.length, unit: "frames" });
    await breathe();
  }
  return tensors;
}

/** Structures that are predicted together, by functions prepared once for a model. */
export interface BlockPredictor {
  /** @param numbers of the frames, for errors */
  readonly predict: (structures: readonly Structure[], numbers: readonly number[]) => Float64Array[];
  /** How many structures of so many atoms it should be given at a time. */
  readonly together: (atoms: number) => number;
}

/** {@link polarizabilityTensor} of blocks of structures; what it gives for one does not depend on the others. */
export function polarizabilityPredictor(model: PolarizabilityModel): BlockPredictor {
  const tensors = tensorsOf(model);
  return {
    together: blockLength,
    predict(structures, numbers) {
      try {
        return tensors(structures);
      } catch (error) {
        // One by one, to name the frame.
        for (const [i, s] of structures.entries()) inFrame(numbers[i]!, () => tensors([s]));
        throw error;
      }
    },
  };
}

/** {@link polarizabilityTensor} for several structures, with what all structures have in common computed once. */
function tensorsOf(model: PolarizabilityModel): (structures: readonly Structure[]) => Float64Array[] {
  const [scalar, traceless] = model.parts;
  if (scalar.predictor.kind === "references" && traceless.predictor.kind === "references") {
    const sums = referenceContraction(model.descriptor, scalar.predictor, traceless.predictor);
    return (structures) => sums(structures).map((sum, i) => assemble(model, structures[i]!, sum, model.parts));
  }
  const pair = model.parts.map(linearPart);
  return (structures) => structures.map((s) => predictLinear(model, s, [pair])[0]!);
}

/** @throws DataError unless the kernel is linear */
function linearPart({ intercept, firstStepFactor, predictor }: PolarizabilityPart): MemberPart {
  if (predictor.kind === "linear") return { intercept, firstStepFactor, weights: predictor.weights };
  throw new DataError({ where: "model", problem: "its two orders have different kinds of kernel" });
}

/**
 * The model's tensors along a trajectory.
 * @param options.timestep fs between frames; default that of the trajectory
 * @param options.origin for legends, default "Δ-ML" or "direct-ML"
 * @returns `model.quantity`, shape [frames, 3, 3]
 * @throws DataError for a species the model was not trained on, or no time step; AbortedError when interrupted
 */
export async function predictPolarizability(
  model: PolarizabilityModel,
  trajectory: Trajectory,
  options: PredictOptions = {},
): Promise<TensorSeries> {
  const read = readOptions(OPTIONS, options, "predictPolarizability");
  const timestep = read.timestep ?? requireTimestep(trajectory, "predictPolarizability");
  const predict = tensorsOf(model);
  const values = await alongTrajectory(trajectory, 1, read, (block) => predict(block).map((t) => [t]));
  return seriesOf(model, trajectory, values[0]!, timestep, read);
}

/** Options of {@link predictPolarizability}. */
export interface PredictOptions extends RunOptions {
  /** fs between frames. */
  readonly timestep?: number;
  readonly origin?: string;
}

const OPTIONS = record({
  timestep: positive("fs").optional(),
  origin: text().optional(),
  ...RUN_FIELDS,
} satisfies Fields<PredictOptions>);

/** Predictions with their committee. */
export interface CommitteeSeries {
  /** The full model. */
  readonly mean: TensorSeries;
  /** The full model plus each member's calibrated deviation from the members' mean: spectra of these give error bars. */
  readonly members: readonly TensorSeries[];
}

/**
 * As {@link predictPolarizability} for every member of the model's committee: whatever is computed from the members' series, spread
 * about what is computed from `mean`, is an error bar.
 * @throws DataError if the model has no committee
 */
export async function predictCommittee(
  model: PolarizabilityModel,
  trajectory: Trajectory,
  options: PredictOptions = {},
): Promise<CommitteeSeries> {
  const read = readOptions(OPTIONS, options, "predictCommittee");
  const timestep = read.timestep ?? requireTimestep(trajectory, "predictCommittee");
  const members = model.parts.map((part) => {
    const { committee } = part;
    if (!committee)
      throw new DataError({
        where: "predictCommittee",
        problem: "the model has no committee",
        advice: 'fit it with uncertainty: { kind: "committee" }',
      });
    const full = linearPart(part);
    return [full, ...calibrated(full, committee.members, committee.calibration)];
  });
  const sets = members[0]!.map((_, i) => members.map((list) => list[i]!));
  const values = await alongTrajectory(trajectory, sets.length, read, (block) =>
    block.map((s) => predictLinear(model, s, sets)),
  );
  const [mean, ...others] = values.map((v) => seriesOf(model, trajectory, v, timestep, read)) as [
    TensorSeries,
    ...TensorSeries[],
  ];
  return { mean, members: others };
}

/** Standard deviations of the irreducible components of a polarizability, Å³. */
export interface PolarizabilityUncertainty {
  /** Of the λ = 0 component; the mean a has this over √3. */
  readonly scalar: number;
  /** Of the λ = 2 components, [5]. */
  readonly traceless: Float64Array;
}

/**
 * Standard deviations by the kernel's predictive variance.
 * @throws DataError if the model was fitted without uncertainty: { kind: "variance" }
 */
export function polarizabilityUncertainty(model: PolarizabilityModel, s: Structure): PolarizabilityUncertainty {
  const { descriptor: d, quantity, firstStep, parts } = model;
  const first = firstComponents(firstStep, quantity)?.(s);
  const [scalar, traceless] = parts.map(({ order, basis, variance }) => {
    if (!variance)
      throw new DataError({
        where: "predictUncertainty",
        problem: "the model has no predictive variance",
        advice: 'fit it with uncertainty: { kind: "variance" }',
      });
    const n = s.species.length;
    const sums = basisOf(d, order, basis).sums(s);
    const rows = 2 * order + 1;
    const mean = { rows, columns: sums.length / rows, values: sums.map((v) => v / n) };
    const own = { means: { [order]: mean }, ...(first && { first }) };
    return predictDeviation(variance, order, own).map((x) => x * n);
  });
  return { scalar: scalar![0]!, traceless: traceless! };
}

/** full + calibration·(member − mean of the members); linear, so it can be done on the weights. */
function calibrated(full: MemberPart, members: readonly MemberPart[], calibration: number): MemberPart[] {
  const mean = (pick: (m: MemberPart) => number): number => members.reduce((s, m) => s + pick(m), 0) / members.length;
  const weights = full.weights.map((_, p) => mean((m) => m.weights[p]!));
  const [intercept, factor] = [mean((m) => m.intercept), mean((m) => m.firstStepFactor)];
  return members.map((m) => ({
    intercept: full.intercept + calibration * (m.intercept - intercept),
    firstStepFactor: full.firstStepFactor + calibration * (m.firstStepFactor - factor),
    weights: full.weights.map((w, p) => w + calibration * (m.weights[p]! - weights[p]!)),
  }));
}

/** Tensors of several linear models that share a basis. @param sets of each model its λ = 0 and its λ = 2 part */
function predictLinear(
  model: PolarizabilityModel,
  s: Structure,
  sets: readonly (readonly MemberPart[])[],
): Float64Array[] {
  const { descriptor: d, parts } = model;
  if (parts.some((p) => p.basis.kind !== "features"))
    return sets.map((set) =>
      assemble(
        model,
        s,
        set.map((p, k) => basisOf(d, parts[k]!.order, parts[k]!.basis).value(p.weights, s)),
        set,
      ),
    );
  const weights = sets.flatMap((set) => set.map((p, k) => ({ order: parts[k]!.order, values: p.weights })));
  const found = contract(d, s, weights);
  return sets.map((set, i) =>
    assemble(
      model,
      s,
      set.map((_, k) => found[2 * i + k]!.value),
      set,
    ),
  );
}

/** Adds intercept and first step to the summed atomic contributions and turns them into a tensor of the model's quantity. */
function assemble(
  model: PolarizabilityModel,
  s: Structure,
  sums: readonly Float64Array[],
  parts: readonly Pick<MemberPart, "intercept" | "firstStepFactor">[],
): Float64Array {
  const first = model.firstStep && componentsOf(toPolarizability(model.firstStep.predict(s), model.quantity, s));
  const whole = sums.map((sum, k) => {
    const { intercept, firstStepFactor } = parts[k]!;
    const own = first?.[model.parts[k]!.order];
    return sum.map((x, m) => x + s.species.length * intercept + (own ? (1 + firstStepFactor) * own[m]! : 0));
  });
  return fromPolarizability(tensorOf({ 0: whole[0]!, 2: whole[1]! }, 0), model.quantity, s);
}

/** Structures that are predicted together: few enough for features to stay in memory, enough of them for matrix products. */
function blockLength(atoms: number): number {
  return Math.max(1, Math.floor(128 / atoms));
}

/** @param predict for each structure of a block its `count` tensors */
async function alongTrajectory(
  trajectory: Trajectory,
  count: number,
  options: RunOptions,
  predict: (block: readonly Structure[]) => readonly (readonly Float64Array[])[],
): Promise<Float64Array[]> {
  const frames = frameCount(trajectory);
  const together = blockLength(trajectory.species.length);
  const values = Array.from({ length: count }, () => new Float64Array(9 * frames));
  const predictBlock = (block: readonly Structure[], first: number): ReturnType<typeof predict> => {
    try {
      return predict(block);
    } catch (error) {
      // One by one, to name the frame.
      for (const [i, s] of block.entries()) inFrame(first + i, () => predict([s]));
      throw error;
    }
  };
  let last = performance.now();
  for (let start = 0; start < frames; start += together) {
    const stop = Math.min(start + together, frames);
    const block = Array.from({ length: stop - start }, (_, i) => frameStructure(trajectory, start + i));
    predictBlock(block, start).forEach((tensors, i) => {
      for (const [k, t] of tensors.entries()) values[k]!.set(t, 9 * (start + i));
    });
    if (stop === frames || performance.now() - last > 50) {
      options.onProgress?.({ label: "predicting", done: stop, total: frames, unit: "frames" });
      throwIfAborted(options.signal, "predicting");
      await breathe();
      last = performance.now();
    }
  }
  return values;
}

function seriesOf(
  model: PolarizabilityModel,
  trajectory: Trajectory,
  values: Float64Array,
  timestep: number,
  options: PredictOptions,
): TensorSeries {
  const volume = meanVolume(trajectory);
  return createSeries({
    quantity: model.quantity,
    shape: [3, 3],
    values,
    timestep,
    origin: options.origin ?? (model.firstStep ? "Δ-ML" : "direct-ML"),
    ...(volume !== undefined && { volume }),
  });
}

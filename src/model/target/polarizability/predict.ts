/** Predictions of a fitted polarizability model. */
import { contract, type FeatureWeights } from "../../../descriptor/contract.js";
import { DataError, inFrame } from "../../../errors.js";
import { breathe, type RunOptions, throwIfAborted } from "../../../progress.js";
import { type TensorSeries, tensorSeries } from "../../../series/tensorSeries.js";
import { cellVolume, type Structure } from "../../../structure/structure.js";
import { frameCount, frameStructure, type Trajectory } from "../../../structure/trajectory.js";
import { symmetricToIrreducible } from "../../../tensor/cartesian.js";
import { referenceContraction } from "../../basis/referenceContraction.js";
import { prepareStructures } from "../../train/preparedFrames.js";
import { predictDeviation } from "../../train/variance.js";
import type { PolarizabilityModel } from "./polarizabilityModel.js";
import { fromIrreducible, fromPolarizability, type IrreducibleTensors, toPolarizability } from "./tensorData.js";

/** Linear parts as they are contracted: intercept and first-step factor beside the weights. */
interface LinearPart {
  readonly intercept: number;
  readonly firstStepFactor: number;
  readonly weights: Float64Array;
}

/**
 * The model's tensor for one structure, [3, 3] row-major, in `model.quantity` (Å³ or ε∞).
 * @throws DataError for a species the model was not trained on
 */
export function predictTensor(model: PolarizabilityModel, s: Structure): Float64Array {
  return tensorsOf(model)([s])[0]!;
}

/**
 * As {@link predictTensor} for several structures, which non-linear kernels predict faster together.
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

/** {@link predictTensor} for several structures, with what all structures have in common computed once. */
function tensorsOf(model: PolarizabilityModel): (structures: readonly Structure[]) => Float64Array[] {
  const { descriptor, scalar, traceless } = model;
  if (scalar.predictor.kind === "references" && traceless.predictor.kind === "references") {
    const sums = referenceContraction(descriptor, scalar.predictor, traceless.predictor);
    const parts = [scalar, traceless] as const;
    return (structures) => sums(structures).map((sum, i) => assemble(model, structures[i]!, sum, parts));
  }
  if (scalar.predictor.kind === "linear" && traceless.predictor.kind === "linear") {
    const pair = [
      { ...scalar, weights: scalar.predictor.weights },
      { ...traceless, weights: traceless.predictor.weights },
    ] as const;
    return (structures) => structures.map((s) => predictLinear(model, s, [pair])[0]!);
  }
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
  const predict = tensorsOf(model);
  const values = await alongTrajectory(trajectory, 1, options, (block) => predict(block).map((t) => [t]));
  return seriesOf(model, trajectory, values[0]!, options);
}

/** Options of {@link predictPolarizability}. */
export interface PredictOptions extends RunOptions {
  /** fs between frames. */
  readonly timestep?: number;
  readonly origin?: string;
}

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
  const { committee, scalar, traceless } = model;
  if (!committee || scalar.predictor.kind !== "linear" || traceless.predictor.kind !== "linear")
    throw new DataError({
      where: "predictCommittee",
      problem: "the model has no committee",
      advice: 'fit it with uncertainty: { kind: "committee" }',
    });
  const full = { ...scalar, weights: scalar.predictor.weights };
  const fullTraceless = { ...traceless, weights: traceless.predictor.weights };
  const deviations = [
    calibrated(full, committee.scalar.members, committee.scalar.calibration),
    calibrated(fullTraceless, committee.traceless.members, committee.traceless.calibration),
  ] as const;
  const pairs = [[full, fullTraceless] as const, ...deviations[0].map((part, i) => [part, deviations[1][i]!] as const)];
  const values = await alongTrajectory(trajectory, pairs.length, options, (block) =>
    block.map((s) => predictLinear(model, s, pairs)),
  );
  const [mean, ...members] = values.map((v) => seriesOf(model, trajectory, v, options)) as [
    TensorSeries,
    ...TensorSeries[],
  ];
  return { mean, members };
}

/**
 * Standard deviations of the irreducible components of the polarizability by the kernel's predictive variance, Å³.
 * @returns λ = 0 [n, 1] and λ = 2 [n, 5]; the mean a has the deviation scalar/√3
 * @throws DataError if the model was fitted without uncertainty: { kind: "variance" }
 */
export async function predictDeviations(
  model: PolarizabilityModel,
  structures: readonly Structure[],
  options: RunOptions = {},
): Promise<IrreducibleTensors> {
  const { variance } = model;
  if (!variance)
    throw new DataError({
      where: "predictDeviations",
      problem: "the model has no predictive variance",
      advice: 'fit it with uncertainty: { kind: "variance" }',
    });
  const { descriptor, quantity, firstStep } = model;
  const prepared = await prepareStructures(structures, descriptor, {
    quantity,
    ...(firstStep && { firstStep }),
    ...options,
  });
  const total = (perAtom: Float64Array, components: number): Float64Array =>
    perAtom.map((x, i) => x * prepared.atoms[Math.floor(i / components)]!);
  return {
    scalar: total(predictDeviation(variance.scalar, 0, prepared), 1),
    traceless: total(predictDeviation(variance.traceless, 2, prepared), 5),
  };
}

/** full + calibration·(member − mean of the members); linear, so it can be done on the weights. */
function calibrated(full: LinearPart, members: readonly LinearPart[], calibration: number): LinearPart[] {
  const mean = (pick: (m: LinearPart) => number): number => members.reduce((s, m) => s + pick(m), 0) / members.length;
  const weights = full.weights.map((_, p) => mean((m) => m.weights[p]!));
  const [intercept, factor] = [mean((m) => m.intercept), mean((m) => m.firstStepFactor)];
  return members.map((m) => ({
    intercept: full.intercept + calibration * (m.intercept - intercept),
    firstStepFactor: full.firstStepFactor + calibration * (m.firstStepFactor - factor),
    weights: full.weights.map((w, p) => w + calibration * (m.weights[p]! - weights[p]!)),
  }));
}

/** Tensors of several linear models that share features. */
function predictLinear(
  model: PolarizabilityModel,
  s: Structure,
  pairs: readonly (readonly [LinearPart, LinearPart])[],
): Float64Array[] {
  const weights: FeatureWeights[] = pairs.flatMap(([a, b]) => [
    { order: 0, values: a.weights },
    { order: 2, values: b.weights },
  ]);
  const found = contract(model.descriptor, s, weights);
  return pairs.map((pair, i) => assemble(model, s, [found[2 * i]!.value, found[2 * i + 1]!.value], pair));
}

/** Adds intercept and first step to the summed atomic contributions and turns them into a tensor of the model's quantity. */
function assemble(
  model: PolarizabilityModel,
  s: Structure,
  sums: readonly [Float64Array, Float64Array],
  parts: readonly [{ intercept: number; firstStepFactor: number }, { firstStepFactor: number }],
): Float64Array {
  const first =
    model.firstStep && symmetricToIrreducible(toPolarizability(model.firstStep.predict(s), model.quantity, s));
  const scalar = sums[0].map(
    (x) => x + s.species.length * parts[0].intercept + (first ? (1 + parts[0].firstStepFactor) * first.scalar : 0),
  );
  const traceless = sums[1].map((x, i) => x + (first ? (1 + parts[1].firstStepFactor) * first.traceless[i]! : 0));
  return fromPolarizability(fromIrreducible({ scalar, traceless }, 0), model.quantity, s);
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
  options: PredictOptions,
): TensorSeries {
  const timestep = options.timestep ?? trajectory.timestep;
  if (timestep === undefined)
    throw new DataError({
      where: "trajectory",
      problem: "no time step",
      advice: "give the time between frames in fs as timestep",
    });
  const { cells } = trajectory;
  let volume = 0;
  if (cells)
    for (let c = 0; c < cells.length; c += 9) volume += (9 * cellVolume(cells.subarray(c, c + 9))) / cells.length;
  return tensorSeries({
    quantity: model.quantity,
    shape: [3, 3],
    values,
    timestep,
    origin: options.origin ?? (model.firstStep ? "Δ-ML" : "direct-ML"),
    ...(cells && { volume }),
  });
}

/** Fits one order λ of a tensor by kernel ridge regression on prepared frames. */
import { DataError } from "../../errors.js";
import { gemm, type Matrix, matrix } from "../../math/matrix.js";
import type { RunOptions } from "../../progress.js";
import type { EnvironmentFeatures, SymmetricTensorOrder } from "../basis/environmentFeatures.js";
import { nystroem, type References, selectReferences } from "../basis/nystroem.js";
import { linearPredictor, type Predictor, predictReferences, referencePredictor } from "../basis/predictor.js";
import { type KernelSettings, scaleRows, structureKernel } from "../basis/structureKernel.js";
import type { FirstStepScale } from "../target/polarizability/firstStep.js";
import type { IrreducibleTensors } from "../target/polarizability/tensorData.js";
import { type RidgeChoice, type RidgePoint, type RidgeSolution, solveRidge } from "./dual.js";
import type { PreparedFrames, PreparedStructures } from "./preparedFrames.js";

/** Settings of a fit, the same for both orders. */
export interface FitSettings {
  /** Power of the kernel, 1 (linear) or more. */
  readonly zeta: number;
  readonly ridge: RidgeChoice;
  /** Environments that carry weights. */
  readonly references: References;
  readonly firstStepScale: FirstStepScale;
}

/** One order of a fitted tensor. */
export interface TensorPart {
  readonly order: SymmetricTensorOrder;
  /** Å³ per atom; 0 for λ = 2. */
  readonly intercept: number;
  /** b, what is added of the first step's tensor to that tensor itself. */
  readonly firstStepFactor: number;
  readonly predictor: Predictor;
  /** σ² relative to the mean diagonal of the kernel. */
  readonly ridge: number;
  readonly curve: readonly RidgePoint[];
  /** Root mean square of the leave-one-frame-out residuals (Frobenius norm of this order), Å³ per atom. */
  readonly leaveOneOut: number;
}

/** A fitted part with what uncertainties are derived from. */
export interface FittedPart {
  readonly part: TensorPart;
  readonly kernel: KernelSettings;
  /** Factor on the kernel that gives it the variance of the targets. */
  readonly amplitude: number;
  /** Standard deviation of the first step's factor, 0 without one. */
  readonly deviation: number;
  /** Kernel between the training rows, the first step's included, [n·m, n·m]. */
  readonly gram: Matrix;
  readonly solution: RidgeSolution;
  /** Targets that were fitted, [n, m], Å³ per atom. */
  readonly residuals: Float64Array;
}

/**
 * Fits order λ of the targets, or of what they differ from the first step by.
 * @param validation frames that help to choose σ²
 */
export async function fitPart(
  order: SymmetricTensorOrder,
  train: PreparedFrames,
  validation: PreparedFrames | undefined,
  settings: FitSettings,
  run: RunOptions = {},
): Promise<FittedPart> {
  const { zeta, references } = settings;
  const kernel: KernelSettings = { order, zeta, scales: scalesOf(train, order) };
  const block = 2 * order + 1;
  const chosen = await selectReferences(train.environments, references, run);
  const basis = chosen && nystroem(chosen, kernel);
  const between = (a: PreparedStructures): Matrix => {
    if (basis) return basis.kernel(environmentsOf(a), environmentsOf(train));
    if (zeta === 1)
      return gemm(scaleRows(a.means[order], kernel.scales), scaleRows(train.means[order], kernel.scales), "b");
    return structureKernel(environmentsOf(a), environmentsOf(train), kernel);
  };
  const plain = between(train);
  const { firstStepScale } = settings;
  const deviation = train.first && firstStepScale.kind === "fitted" ? (firstStepScale.deviation ?? 1) : 0;
  const amplitude = spread(partOf(train.targets, order), order === 0) / (meanDiagonal(plain, order === 0) || 1);
  const withFirst = (k: Matrix, a: PreparedStructures): Matrix => combine(k, amplitude, deviation, a, train, order);
  const gram = withFirst(plain, train);
  const weighted = train.first !== undefined && firstStepScale.kind === "chosen";
  const given = (p: PreparedFrames): { targets: Float64Array; first?: Float64Array } =>
    weighted
      ? { targets: partOf(p.targets, order), first: partOf(p.first!, order) }
      : { targets: difference(p, order) };
  const solution = await solveRidge(
    {
      ...given(train),
      kernel: gram,
      block,
      intercept: order === 0,
      ...(validation &&
        validation.count > 0 && {
          validation: { ...given(validation), kernel: withFirst(between(validation), validation) },
        }),
    },
    ridgeRange(settings.ridge, order),
    run,
  );
  const { firstStepWeight } = solution;
  const coefficients = solution.dual.map((w) => amplitude * w);
  const predictor = basis
    ? basis.predictor(environmentsOf(train), coefficients)
    : zeta === 1
      ? linearPredictor(scaleRows(train.means[order], kernel.scales), coefficients, kernel)
      : referencePredictor(environmentsOf(train), coefficients, kernel);
  const part: TensorPart = {
    order,
    intercept: solution.intercept,
    firstStepFactor:
      firstStepWeight - 1 + (deviation > 0 ? deviation ** 2 * dot(partOf(train.first!, order), solution.dual) : 0),
    predictor,
    ridge: solution.ridge,
    curve: solution.curve,
    leaveOneOut: Math.sqrt((dot(solution.leaveOneOut, solution.leaveOneOut) * block) / solution.leaveOneOut.length),
  };
  return { part, kernel, amplitude, deviation, gram, solution, residuals: difference(train, order, firstStepWeight) };
}

/** Predicted components of order λ for prepared structures, Å³ per atom, [n, 2λ+1]; the first step included. */
export function predictPart(part: TensorPart, p: PreparedStructures): Float64Array {
  const { order, predictor } = part;
  const out =
    predictor.kind === "linear"
      ? gemm(p.means[order], matrix(predictor.weights.length, 1, predictor.weights)).values
      : predictReferences(predictor, environmentsOf(p), order);
  const first = p.first && partOf(p.first, order);
  for (let i = 0; i < out.length; i++) out[i]! += part.intercept + (first ? (1 + part.firstStepFactor) * first[i]! : 0);
  return out;
}

/** Components of order λ out of a list of tensors. */
export function partOf(t: IrreducibleTensors, order: SymmetricTensorOrder): Float64Array {
  return order === 0 ? t.scalar : t.traceless;
}

/** Scales that give the atomic kernel a mean trace of 1 over the atoms of each species. */
function scalesOf(p: PreparedStructures, order: SymmetricTensorOrder): Float64Array {
  const species = p.counts.columns;
  return Float64Array.from({ length: species }, (_, s) => {
    let [atoms, squares] = [0, 0];
    for (let i = 0; i < p.count; i++) {
      atoms += p.counts.values[i * species + s]!;
      squares += p.squares[order].values[i * species + s]!;
    }
    return squares > 0 ? Math.sqrt(atoms / squares) : 1;
  });
}

function environmentsOf(p: PreparedStructures): readonly EnvironmentFeatures[] {
  if (!p.environments)
    throw new DataError({
      where: "prepared frames",
      problem: "a non-linear kernel or reference environments need the features of every atom, which were not kept",
      advice: "prepare the frames with keepEnvironments: true",
    });
  return p.environments;
}

/** Targets less `weight` times the first step. */
function difference(p: PreparedFrames, order: SymmetricTensorOrder, weight = 1): Float64Array {
  const targets = partOf(p.targets, order);
  if (!p.first) return targets;
  const first = partOf(p.first, order);
  return targets.map((y, i) => y - weight * first[i]!);
}

/** amplitude·K + d² t tᵀ, t the first step's components. */
function combine(
  k: Matrix,
  amplitude: number,
  deviation: number,
  a: PreparedStructures,
  b: PreparedStructures,
  order: SymmetricTensorOrder,
): Matrix {
  const values = k.values.map((v) => amplitude * v);
  if (deviation > 0) {
    const [left, right] = [partOf(a.first!, order), partOf(b.first!, order)];
    for (let i = 0; i < left.length; i++)
      for (let j = 0; j < right.length; j++) values[i * right.length + j]! += deviation ** 2 * left[i]! * right[j]!;
  }
  return matrix(k.rows, k.columns, values);
}

/** Mean square of the targets, about their mean where that is removed; 1 if they do not vary, so that any scale will do. */
function spread(y: Float64Array, aboutMean: boolean): number {
  const mean = aboutMean ? y.reduce((s, v) => s + v, 0) / y.length : 0;
  return y.reduce((s, v) => s + (v - mean) ** 2, 0) / y.length || 1;
}

/** Mean diagonal element of K, or of HKH. */
function meanDiagonal(k: Matrix, centred: boolean): number {
  const n = k.rows;
  let trace = 0;
  for (let i = 0; i < n; i++) trace += k.values[i * n + i]!;
  return (trace - (centred ? k.values.reduce((s, v) => s + v, 0) / n : 0)) / n;
}

function ridgeRange(choice: RidgeChoice, order: SymmetricTensorOrder): { least: number; greatest: number } {
  if (choice.kind === "leaveOneOut") return { least: choice.least ?? 1e-8, greatest: choice.greatest ?? 1 };
  const value = order === 0 ? choice.scalar : choice.traceless;
  return { least: value, greatest: value };
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

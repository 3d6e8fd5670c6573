/** Fits one order λ of a tensor by kernel ridge regression on prepared frames. */
import { DataError } from "../../errors.js";
import { columnMeans, dot, gemm, lessRow, type Matrix, matrix, norm, rowOf } from "../../math/matrix.js";
import type { RunOptions } from "../../progress.js";
import type { TensorOrder } from "../../tensor/cartesian.js";
import type { EnvironmentFeatures } from "../basis/environmentFeatures.js";
import { nystroem, selectReferences } from "../basis/nystroem.js";
import { linearPredictor, type Predictor, predictReferences, referencePredictor } from "../basis/predictor.js";
import { type KernelSettings, scaleRows, structureKernel } from "../basis/structureKernel.js";
import { type RidgePoint, type RidgeProblem, type RidgeRange, type RidgeSolution, solveRidge } from "./dual.js";
import { equalFrames, equalFramesWarning } from "./equalFrames.js";
import { someOf } from "./leaveOneOut.js";
import {
  edgeWarning,
  type FirstStepScale,
  type Form,
  type Ridge,
  type Uncertainty,
  type Validation,
} from "./options.js";
import type { PreparedFrames, PreparedStructures } from "./preparedFrames.js";
import { heldOut } from "./validation.js";

/** Settings of a fit, the same for all orders. */
export interface KernelFitSettings {
  readonly form: Form;
  readonly ridge: Ridge;
  /** Frames left out together where the ridge is chosen by validation; given frames are held out beside the training frames. */
  readonly validation?: Validation;
  readonly firstStepScale: FirstStepScale;
  /** Default none. */
  readonly uncertainty?: Uncertainty;
}

/** One order of a fitted tensor. */
export interface KernelPart {
  readonly order: TensorOrder;
  /** Per atom; 0 unless λ = 0. */
  readonly intercept: number;
  /** b, what is added of the first step's tensor to that tensor itself. */
  readonly firstStepFactor: number;
  readonly predictor: Predictor;
  /** σ² relative to the mean diagonal of the kernel. */
  readonly ridge: number;
  readonly curve: readonly RidgePoint[];
  /** Root mean square of the left-out residuals per frame (norm of this order), per atom. */
  readonly leaveOneOut: number;
}

/** A fitted part with what uncertainties are derived from. */
export interface FittedPart {
  readonly part: KernelPart;
  readonly kernel: KernelSettings;
  /** Factor on each function of the basis, for ζ = 1. */
  readonly factors: Float64Array;
  /** Mean of the scaled functions over the training rows, taken off before the kernel is formed (λ = 0, ζ = 1); else zeros. */
  readonly centre: Float64Array;
  /** Factor on the kernel that gives it the variance of the targets. */
  readonly amplitude: number;
  /** Standard deviation of the first step's factor, 0 without one. */
  readonly deviation: number;
  /** Kernel between the training rows, the first step's included, [n·m, n·m]. */
  readonly gram: Matrix;
  readonly solution: RidgeSolution;
  /** Targets that were fitted, [n, m], per atom. */
  readonly residuals: Float64Array;
  readonly warnings: readonly string[];
}

/**
 * Fits order λ of the targets, or of what they differ from the first step by.
 * @param validation frames that help to choose σ²
 */
export async function fitPart(
  order: TensorOrder,
  train: PreparedFrames,
  validation: PreparedFrames | undefined,
  settings: KernelFitSettings,
  run: RunOptions = {},
): Promise<FittedPart> {
  const { form } = settings;
  if (form.kind !== "sparse") return fitWith(order, train, validation, settings, undefined, run);
  const counts = [form.references].flat();
  let best: FittedPart | undefined;
  let chosen = counts[0]!;
  for (const count of counts) {
    const references = await selectReferences(environmentsOf(train), count, run);
    const fitted = await fitWith(order, train, validation, settings, references, run);
    if (best && errorOf(best) <= errorOf(fitted)) continue;
    [best, chosen] = [fitted, count];
  }
  return { ...best!, warnings: [...best!.warnings, ...edgeWarning("number of references", chosen, counts)] };
}

function errorOf({ part: { curve, ridge } }: FittedPart): number {
  return curve.find((p) => p.ridge === ridge)!.error;
}

/** Fits with given references, or with all environments. */
async function fitWith(
  order: TensorOrder,
  train: PreparedFrames,
  validation: PreparedFrames | undefined,
  settings: KernelFitSettings,
  references: readonly EnvironmentFeatures[] | undefined,
  run: RunOptions,
): Promise<FittedPart> {
  const zeta = settings.form.kind === "products" ? 1 : (settings.form.zeta ?? 1);
  const kernel: KernelSettings = { order, zeta, scales: scalesOf(train, order) };
  const factors = Float64Array.from(train.kinds[order]!, (kind) => kernel.scales[kind]!);
  const block = 2 * order + 1;
  const intercept = order === 0;
  const basis = references && nystroem(references, kernel);
  const linear = !basis && zeta === 1;
  const scaled = linear ? scaleRows(train.means[order]!, factors) : undefined;
  // Taking the mean off first keeps the digits that its square would take from the kernel.
  const centre = scaled && intercept ? columnMeans(scaled) : new Float64Array(factors.length);
  const less = (m: Matrix): Matrix => (intercept ? lessRow(m, centre) : m);
  const centred = (a: PreparedStructures): Matrix => less(scaleRows(a.means[order]!, factors));
  const own = scaled && less(scaled);
  const between = (a: PreparedStructures): Matrix => {
    if (basis) return basis.kernel(environmentsOf(a), environmentsOf(train));
    if (own) return gemm(a === train ? own : centred(a), own, "b");
    return structureKernel(environmentsOf(a), environmentsOf(train), kernel);
  };
  const plain = between(train);
  const { firstStepScale, ridge } = settings;
  const deviation = train.first && firstStepScale.kind === "fitted" ? (firstStepScale.deviation ?? 1) : 0;
  const targets = train.targets[order]!;
  const amplitude = spread(targets, intercept) / (meanDiagonal(plain, intercept) || 1);
  const withFirst = (k: Matrix, a: PreparedStructures): Matrix => combine(k, amplitude, deviation, a, train, order);
  const gram = withFirst(plain, train);
  const weighted = train.first !== undefined && firstStepScale.kind === "chosen";
  const given = (p: PreparedFrames): { targets: Float64Array; first?: Float64Array } =>
    weighted ? { targets: p.targets[order]!, first: p.first![order]! } : { targets: difference(p, order) };
  const { validation: drawn = { kind: "folds" } } = settings;
  const classes = equalFrames(train.means[0] ?? train.means[order]!);
  // Where all frames are alike there are no others to leave a class to.
  const apart = classes.length > 1 ? classes : Array.from({ length: train.count }, (_, i) => [i]);
  const folds = ridge.kind === "validation" && drawn.kind !== "frames" ? heldOut(apart.length, drawn) : undefined;
  const groups = folds ? folds.map((fold) => fold.flatMap((k) => apart[k]!)) : someOf(apart);
  const range = rangeOf(ridge, order);
  const solution = await solveRidge(
    {
      ...given(train),
      kernel: gram,
      block,
      intercept,
      ...(scaled && own && { rounding: Number.EPSILON * amplitude * longest(scaled) * longest(own) }),
      groups,
      calibrated: (settings.uncertainty?.kind ?? "none") !== "none",
      ...(ridge.kind === "validation" && validation && { chosenBy: "validation" as const }),
      ...(validation && { validation: { ...given(validation), kernel: withFirst(between(validation), validation) } }),
    } satisfies RidgeProblem,
    range,
    run,
  );
  const { firstStepWeight } = solution;
  const coefficients = solution.dual.map((w) => amplitude * w);
  const predictor = basis
    ? basis.predictor(environmentsOf(train), coefficients)
    : own
      ? linearPredictor(own, coefficients, factors)
      : referencePredictor(environmentsOf(train), coefficients, kernel);
  // The linear predictor is for features as they are: Σ w (D − mean) + constant.
  const shift =
    own && predictor.kind === "linear"
      ? predictor.weights.reduce((s, w, c) => s + w * (centre[c]! / factors[c]!), 0)
      : 0;
  const fitted = deviation > 0 ? deviation ** 2 * dot(train.first![order]!, solution.dual) : 0;
  const part: KernelPart = {
    order,
    intercept: solution.intercept - shift,
    firstStepFactor: firstStepWeight - 1 + fitted,
    predictor,
    ridge: solution.ridge,
    curve: solution.curve,
    leaveOneOut: Math.sqrt((dot(solution.leaveOneOut, solution.leaveOneOut) * block) / solution.leaveOneOut.length),
  };
  const residuals = difference(train, order, firstStepWeight);
  const tried = solution.curve.map((p) => p.ridge);
  const warnings = [
    ...edgeWarning(`ridge of λ = ${order}`, solution.ridge, tried),
    ...(order === 0 ? equalFramesWarning(classes) : []),
  ];
  return { part, kernel, factors, centre, amplitude, deviation, gram, solution, residuals, warnings };
}

/** Predicted components of order λ for prepared structures, per atom, [n, 2λ+1]; the first step included. */
export function predictPart(part: KernelPart, p: PreparedStructures): Float64Array {
  const { order, predictor } = part;
  const out =
    predictor.kind === "linear"
      ? gemm(p.means[order]!, matrix(predictor.weights.length, 1, predictor.weights)).values
      : predictReferences(predictor, environmentsOf(p), order);
  const first = p.first?.[order];
  for (let i = 0; i < out.length; i++) out[i]! += part.intercept + (first ? (1 + part.firstStepFactor) * first[i]! : 0);
  return out;
}

/** Scales that give the atomic kernel a mean trace of 1 over the atoms of each species. */
function scalesOf(p: PreparedStructures, order: TensorOrder): Float64Array {
  const species = p.counts.columns;
  return Float64Array.from({ length: species }, (_, s) => {
    let [atoms, squares] = [0, 0];
    for (let i = 0; i < p.count; i++) {
      atoms += p.counts.values[i * species + s]!;
      squares += p.squares[order]!.values[i * species + s]!;
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
function difference(p: PreparedFrames, order: TensorOrder, weight = 1): Float64Array {
  const targets = p.targets[order]!;
  const first = p.first?.[order];
  return first ? targets.map((y, i) => y - weight * first[i]!) : targets;
}

/** amplitude·K + d² t tᵀ, t the first step's components. */
function combine(
  k: Matrix,
  amplitude: number,
  deviation: number,
  a: PreparedStructures,
  b: PreparedStructures,
  order: TensorOrder,
): Matrix {
  const values = k.values.map((v) => amplitude * v);
  if (deviation > 0) {
    const [left, right] = [a.first![order]!, b.first![order]!];
    for (let i = 0; i < left.length; i++)
      for (let j = 0; j < right.length; j++) values[i * right.length + j]! += deviation ** 2 * left[i]! * right[j]!;
  }
  return matrix(k.rows, k.columns, values);
}

/** Default searched range of σ² relative to the mean diagonal. */
const SEARCHED = { least: 1e-8, greatest: 1 };

function rangeOf(ridge: Ridge, order: TensorOrder): RidgeRange {
  if (ridge.kind === "validation") return ridge.values ? { values: ridge.values } : SEARCHED;
  if (ridge.kind === "leaveOneOut") {
    const { least = SEARCHED.least, greatest = Math.max(least, SEARCHED.greatest) } = ridge;
    return { least, greatest };
  }
  const list = [ridge.value].flat();
  return { values: [list[Math.min(list.length - 1, order === 0 ? 0 : 1)]!] };
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

/** Length of the longest row. */
function longest(m: Matrix): number {
  let most = 0;
  for (let i = 0; i < m.rows; i++) most = Math.max(most, norm(rowOf(m, i)));
  return most;
}

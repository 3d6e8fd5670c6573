/** Errors of a polarization model against reference values. */
import { DataError } from "../../../errors.js";
import { mean, spreadOf } from "../../../math/statistics.js";
import { type Fields, readOptions, record } from "../../../options/record.js";
import { oneOf } from "../../../options/values.js";
import { fieldsPresent } from "../../../structure/fieldsPresent.js";
import type { Frame } from "../../../structure/frame.js";
import type { Structure } from "../../../structure/structure.js";
import { rmse } from "../../diagnostics.js";
import { EVALUATE_FIELDS, type EvaluateOptions, keptPredictions } from "../../stream/keptPredictions.js";
import type { PolarizationModel } from "./polarization.js";
import type { PolarizationResponse } from "./predict.js";
import { onPredictedBranches } from "./predictedBranches.js";

/** Errors of Born charges over all frames that have them; e unless stated. */
export interface BornChargeErrors {
  readonly frames: number;
  readonly rmse: number;
  /** RMSE over the standard deviation of all reference components (S, Fig. 1); 0.02 is 2 %. */
  readonly rmspe: number;
  /** The same after the mean diagonal of each species is taken off both, so that predicting it alone gives 1. */
  readonly rmspeWithoutDiagonal: number;
  readonly rmseDiagonal: number;
  readonly rmseOffDiagonal: number;
  /** RMSE of each species. */
  readonly bySpecies: Readonly<Record<string, number>>;
}

/** Errors of P over all frames that have it. */
export interface PolarizationErrors {
  readonly frames: number;
  /** e·Å */
  readonly rmse: number;
  readonly rmspe: number;
  /** Pearson's correlation coefficient of all components. */
  readonly r: number;
  /** Whether P was compared as it is or up to one constant vector. */
  readonly compared: "absolute" | "differences";
  /** Frames whose P was taken less whole quanta e·a, e·b, e·c: on the branch nearest to the prediction. Absent if there are none. */
  readonly moved?: number;
  /** Frames that may be on another branch, while errors are too large to say on which; they are compared as they are. Absent if there are none. */
  readonly unsettled?: number;
}

/** What frames say about a model; each part where frames have the data. */
export interface PolarizationEvaluation {
  readonly bornCharges?: BornChargeErrors;
  readonly polarization?: PolarizationErrors;
}

/** Options of {@link evaluatePolarization}. */
export interface EvaluatePolarizationOptions extends EvaluateOptions {
  /** Default: P `absolute` without a cell, otherwise `differences`: the mean over all frames is taken off both. */
  readonly polarization?: "absolute" | "differences";
  /** Of a crystal's P, known up to e·a, e·b, e·c: `unwrap` (default) compares on the branch nearest to the prediction, `keep` as it is. */
  readonly branches?: "unwrap" | "keep";
}

export const EVALUATE_OPTIONS = record({
  polarization: oneOf(["absolute", "differences"]).optional(),
  branches: oneOf(["unwrap", "keep"]).optional(),
  ...EVALUATE_FIELDS,
} satisfies Fields<EvaluatePolarizationOptions>);

/**
 * Compares predicted Z* and P with those of the frames.
 * @throws DataError if no frame has either, or all reference values are the same, or the journal is one of other frames or another model
 * @throws OptionError for an unknown option; FileError if another run has the journal; AbortedError when interrupted
 */
export async function evaluatePolarization(
  model: PolarizationModel,
  frames: readonly Frame[],
  options: EvaluatePolarizationOptions = {},
): Promise<PolarizationEvaluation> {
  const read = readOptions(EVALUATE_OPTIONS, options, "evaluatePolarization");
  const { polarization: _, branches: __, ...run } = read;
  return compareWith(
    (used, numbers) =>
      keptPredictions(model, used, { ...run, numbers, label: "evaluating" }) as AsyncIterable<Response>,
    frames,
    read,
  );
}

type Response = Pick<PolarizationResponse, "polarization" | "bornCharges">;

/** {@link evaluatePolarization} of anything that gives P and Z* of structures. @param predict is given structures and the numbers of their frames */
export async function compareWith(
  predict: (used: readonly Structure[], numbers: readonly number[]) => AsyncIterable<Response> | Iterable<Response>,
  frames: readonly Frame[],
  options: Pick<EvaluatePolarizationOptions, "polarization" | "branches">,
): Promise<PolarizationEvaluation> {
  const born: Pairs = { reference: [], predicted: [] };
  const polarizations: Pairs = { reference: [], predicted: [] };
  const having: Frame[] = [];
  const labels: string[] = [];
  const used = frames.filter((f) => f.bornCharges ?? f.polarization);
  if (used.length === 0)
    throw new DataError({
      where: "evaluatePolarization",
      problem: "no frame has Born charges or a polarization",
      advice: `map what is needed by the name it has in the file, with \`keys\`; ${fieldsPresent(frames)}`,
    });
  const numbers = frames.flatMap((f, k) => ((f.bornCharges ?? f.polarization) ? [k] : []));
  let i = 0;
  for await (const predicted of predict(
    used.map((f) => f.structure),
    numbers,
  )) {
    const { structure, bornCharges, polarization } = used[i++]!;
    if (bornCharges) {
      born.reference.push(...bornCharges);
      born.predicted.push(...predicted.bornCharges);
      labels.push(...structure.species);
    }
    if (polarization) {
      having.push(used[i - 1]!);
      polarizations.predicted.push(...predicted.polarization);
    }
  }
  const periodic = used.some((f) => f.polarization && f.structure.cell);
  const compared = options.polarization ?? (periodic ? "differences" : "absolute");
  const { frames: near, ...told } =
    options.branches === "keep" ? { frames: having } : onPredictedBranches(having, polarizations.predicted, compared);
  for (const { polarization } of near) polarizations.reference.push(...polarization!);
  return {
    ...(labels.length > 0 && { bornCharges: bornChargeErrors(born, labels, used) }),
    ...(having.length > 0 && { polarization: polarizationErrors(polarizations, compared, told) }),
  };
}

interface Pairs {
  readonly reference: number[];
  readonly predicted: number[];
}

function bornChargeErrors(pairs: Pairs, labels: readonly string[], frames: readonly Frame[]): BornChargeErrors {
  const errorOf = (wanted: (component: number, label: string) => boolean): number => {
    let sum = 0;
    let count = 0;
    pairs.reference.forEach((z, p) => {
      if (!wanted(p % 9, labels[Math.floor(p / 9)]!)) return;
      sum += (z - pairs.predicted[p]!) ** 2;
      count++;
    });
    return Math.sqrt(sum / count);
  };
  const all = errorOf(() => true);
  return {
    frames: frames.filter((f) => f.bornCharges).length,
    rmse: all,
    rmspe: all / deviation(pairs.reference, "Born charges"),
    rmspeWithoutDiagonal: relativeWithoutDiagonal(pairs, labels),
    rmseDiagonal: errorOf((c) => c % 4 === 0),
    rmseOffDiagonal: errorOf((c) => c % 4 !== 0),
    bySpecies: Object.fromEntries([...new Set(labels)].sort().map((s) => [s, errorOf((_, label) => label === s)])),
  };
}

function relativeWithoutDiagonal({ reference, predicted }: Pairs, labels: readonly string[]): number {
  const [y, p] = [withoutDiagonal(reference, labels), withoutDiagonal(predicted, labels)];
  return rmse(y, p) / deviation(y, "Born charges without the mean diagonal of each species");
}

/** Born charges less the mean diagonal of their species. */
function withoutDiagonal(charges: readonly number[], labels: readonly string[]): number[] {
  const means = new Map<string, number>();
  for (const species of new Set(labels))
    means.set(species, mean(charges.filter((_, k) => (k % 9) % 4 === 0 && labels[Math.floor(k / 9)] === species)));
  return charges.map((z, k) => ((k % 9) % 4 === 0 ? z - means.get(labels[Math.floor(k / 9)]!)! : z));
}

function polarizationErrors(
  pairs: Pairs,
  compared: "absolute" | "differences",
  told: Pick<PolarizationErrors, "moved" | "unsettled">,
): PolarizationErrors {
  const shown = (v: readonly number[]) => (compared === "differences" ? withoutMeanVector(v) : v);
  const [y, p] = [shown(pairs.reference), shown(pairs.predicted)];
  const error = rmse(y, p);
  const [my, mp] = [mean(y), mean(p)];
  const covariance = y.reduce((s, v, k) => s + (v - my) * (p[k]! - mp), 0) / y.length;
  const [sy, sp] = [deviation(y, "polarizations"), deviation(p, "predicted polarizations")];
  return { frames: y.length / 3, rmse: error, rmspe: error / sy, r: covariance / (sy * sp), compared, ...told };
}

function withoutMeanVector(values: readonly number[]): number[] {
  const means = [0, 1, 2].map((a) => mean(values.filter((_, k) => k % 3 === a)));
  return values.map((v, k) => v - means[k % 3]!);
}

function deviation(values: readonly number[], what: string): number {
  const result = spreadOf(values);
  if (!(result > 0))
    throw new DataError({
      where: "evaluatePolarization",
      problem: `all ${what} are the same, so errors relative to their spread have no meaning`,
      advice: "give more frames",
    });
  return result;
}

/** How well predicted values agree with reference values, with confidence intervals. */
import { DataError, ShapeError } from "../errors.js";
import { BOOTSTRAP_FIELDS, type BootstrapEstimate, type BootstrapOptions, resampled } from "../math/bootstrap.js";
import { type Fields, readOptions, record } from "../options/record.js";
import { integer } from "../options/values.js";
import { component, componentNames } from "../series/components.js";
import { inPackageUnits } from "../series/convert.js";
import { invariants } from "../series/invariants.js";
import { seriesLength, type TensorSeries } from "../series/tensorSeries.js";

/**
 * Coefficient of determination 1 − Σ(y − ŷ)²/Σ(y − ȳ)²: 1 is perfect, 0 as good as the mean of the reference.
 * @throws DataError for a constant reference
 */
export function rSquared(reference: ArrayLike<number>, predicted: ArrayLike<number>): number {
  return one("r2", reference, predicted);
}

/** Root mean square error, in the unit of the values. */
export function rmse(reference: ArrayLike<number>, predicted: ArrayLike<number>): number {
  return one("rmse", reference, predicted);
}

/**
 * RMSE divided by the standard deviation of the reference values, √(1 − R²); times 100 it is the percentage of
 * Schmiedmayer & Kresse 2024, Fig. 1.
 * @throws DataError for a constant reference
 */
export function rmspe(reference: ArrayLike<number>, predicted: ArrayLike<number>): number {
  return one("rmspe", reference, predicted);
}

/** Mean absolute error, in the unit of the values. */
export function meanAbsoluteError(reference: ArrayLike<number>, predicted: ArrayLike<number>): number {
  return one("mae", reference, predicted);
}

/** Cosine similarity Σ yŷ/√(Σ y² Σ ŷ²), blind to a common factor. @throws DataError if all values of one are 0 */
export function cosineOfValues(reference: ArrayLike<number>, predicted: ArrayLike<number>): number {
  return one("cosine", reference, predicted);
}

/** Sums over pairs of values, from which every measure follows; kept per frame so that frames can be resampled. */
const SUMS = ["count", "absolute", "square", "centred", "spread", "yy", "pp", "yp"] as const;
type Sums = Readonly<Record<(typeof SUMS)[number], number>>;

const MEASURES = {
  r2: (s: Sums) => 1 - s.square / variation(s),
  rmse: (s: Sums) => Math.sqrt(s.square / s.count),
  rmspe: (s: Sums) => Math.sqrt(s.square / variation(s)),
  mae: (s: Sums) => s.absolute / s.count,
  cosine: (s: Sums) => s.yp / Math.sqrt(s.yy * s.pp),
} as const;

/** Names of the measures. */
export type Measure = keyof typeof MEASURES;

/** Every measure with its bootstrap interval; those that a constant or zero reference leaves undefined are absent. */
export interface Agreement extends Readonly<Partial<Record<Measure, BootstrapEstimate>>> {
  /** Number of values compared. */
  readonly count: number;
}

/** Options of {@link seriesAgreement}. */
export interface SeriesAgreementOptions {
  /**
   * Resampling of frames for the confidence intervals, default seed 1, 400 samples, level 0.95, independent frames. For a
   * time series set `blockLength` to a few correlation times, or the intervals come out too narrow.
   */
  readonly bootstrap?: Partial<BootstrapOptions>;
}

/** Options of {@link agreement}. */
export interface AgreementOptions extends SeriesAgreementOptions {
  /** Consecutive values that belong to one frame and are resampled together, default 1. */
  readonly size?: number;
}

const SERIES_FIELDS = {
  bootstrap: record({
    ...BOOTSTRAP_FIELDS,
    seed: integer().default(1),
    samples: integer({ atLeast: 2 }).default(400),
  }).prefault({}),
} satisfies Fields<SeriesAgreementOptions>;
const SERIES_OPTIONS = record(SERIES_FIELDS);
const OPTIONS = record({
  ...SERIES_FIELDS,
  size: integer({ atLeast: 1 }).default(1),
} satisfies Fields<AgreementOptions>);

/**
 * All measures of two lists of values.
 * @throws ShapeError if the lengths differ or there are fewer than two frames
 * @throws DataError for a value that is not finite
 * @example
 * statistics.agreement([1, 2, 3, 4], [1.1, 1.9, 3.1, 3.9]).rmse?.estimate // 0.1…
 */
export function agreement(
  reference: ArrayLike<number>,
  predicted: ArrayLike<number>,
  options: AgreementOptions = {},
): Agreement {
  const read = readOptions(OPTIONS, options, "agreement");
  const frames = frameSums(reference, predicted, read.size);
  const count = frames.length / SUMS.length;
  if (count < 2) throw new ShapeError({ where: "agreement", problem: `${count} frames, at least 2 are needed` });
  const whole = totals(frames);
  const result: Partial<Record<Measure, BootstrapEstimate>> = {};
  for (const name of Object.keys(MEASURES) as Measure[]) {
    const estimate = MEASURES[name](whole);
    if (!Number.isFinite(estimate)) continue;
    result[name] = resampled(
      count,
      (indices) => {
        const value = MEASURES[name](totals(frames, indices));
        // A resample of a few frames can be constant although the reference is not.
        return Number.isFinite(value) ? value : estimate;
      },
      read.bootstrap,
    );
  }
  return { count: whole.count, ...result };
}

/**
 * Agreement of two series: `all` components together; for polarizability and dielectric series the invariants `mean` a
 * and `anisotropy` γ²; then the components xx … zx or x, y, z. Born charges have `all` only.
 * @throws ShapeError if quantities, shapes or numbers of frames differ
 */
export function seriesAgreement(
  reference: TensorSeries,
  predicted: TensorSeries,
  options: SeriesAgreementOptions = {},
): Readonly<Record<string, Agreement>> {
  const read = readOptions(SERIES_OPTIONS, options, "seriesAgreement");
  const [a, b] = [inPackageUnits(reference), inPackageUnits(predicted)];
  if (a.quantity !== b.quantity || a.shape.join() !== b.shape.join() || a.values.length !== b.values.length)
    throw new ShapeError({
      where: "seriesAgreement",
      problem: `${a.quantity} [${a.shape.join(", ")}] with ${seriesLength(a)} frames (${a.origin}) against ${b.quantity} [${b.shape.join(", ")}] with ${seriesLength(b)} (${b.origin})`,
    });
  const size = a.values.length / seriesLength(a);
  const result: Record<string, Agreement> = { all: agreement(a.values, b.values, { ...read, size }) };
  if (a.quantity === "polarizability" || a.quantity === "dielectric") {
    const [i, j] = [invariants(a), invariants(b)];
    result.mean = agreement(i.mean, j.mean, read);
    result.anisotropy = agreement(i.anisotropy, j.anisotropy, read);
  }
  for (const name of componentNames(a)) result[name] = agreement(component(a, name), component(b, name), read);
  return result;
}

function one(name: Measure, reference: ArrayLike<number>, predicted: ArrayLike<number>): number {
  const value = MEASURES[name](totals(frameSums(reference, predicted, Math.max(1, reference.length))));
  if (!Number.isFinite(value))
    throw new DataError({
      where: name,
      problem:
        name === "cosine"
          ? "all values are 0"
          : "the reference values are all the same, so there is nothing to explain",
    });
  return value;
}

/** Σ(y − ȳ)² of the values summed; exactly 0 for equal values because they are centred before squaring. */
function variation(s: Sums): number {
  return s.spread - s.centred ** 2 / s.count;
}

/** The sums of every frame of `size` values, [frames, SUMS]. */
function frameSums(reference: ArrayLike<number>, predicted: ArrayLike<number>, size: number): Float64Array {
  const n = reference.length;
  if (predicted.length !== n || n === 0 || n % size !== 0)
    throw new ShapeError({
      where: "agreement",
      problem: `${n} reference and ${predicted.length} predicted values in frames of ${size}`,
    });
  let mean = 0;
  for (let i = 0; i < n; i++) {
    if (!Number.isFinite(reference[i]!) || !Number.isFinite(predicted[i]!))
      throw new DataError({
        where: `agreement, value ${i}`,
        problem: `reference ${reference[i]}, predicted ${predicted[i]}`,
      });
    mean += (reference[i]! - mean) / (i + 1);
  }
  const sums = new Float64Array((n / size) * SUMS.length);
  for (let i = 0; i < n; i++) {
    const [y, p] = [reference[i]!, predicted[i]!];
    const at = Math.floor(i / size) * SUMS.length;
    const terms = [1, Math.abs(y - p), (y - p) ** 2, y - mean, (y - mean) ** 2, y * y, p * p, y * p];
    for (let k = 0; k < terms.length; k++) sums[at + k]! += terms[k]!;
  }
  return sums;
}

function totals(frames: Float64Array, indices?: Int32Array): Sums {
  const sums = new Float64Array(SUMS.length);
  const count = indices?.length ?? frames.length / SUMS.length;
  for (let i = 0; i < count; i++) {
    const at = (indices ? indices[i]! : i) * SUMS.length;
    for (let k = 0; k < sums.length; k++) sums[k]! += frames[at + k]!;
  }
  return Object.fromEntries(SUMS.map((name, k) => [name, sums[k]!])) as Sums;
}

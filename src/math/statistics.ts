/** Averages and their uncertainty. All functions refuse empty input and values that are not finite. */
import { DataError, OptionError } from "../errors.js";

/** Arithmetic mean. @throws DataError for no values or one that is not finite */
export function mean(values: ArrayLike<number>): number {
  checkValues(values, 1, "mean");
  let result = 0;
  for (let i = 0; i < values.length; i++) result += (values[i]! - result) / (i + 1);
  return result;
}

/**
 * Unbiased variance, Σ (x − x̄)² / (n − 1), in two passes.
 * @throws DataError for fewer than two values
 */
export function variance(values: ArrayLike<number>): number {
  checkValues(values, 2, "variance");
  const centre = mean(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i]! - centre) ** 2;
  return sum / (values.length - 1);
}

/** Square root of the unbiased variance. */
export function standardDeviation(values: ArrayLike<number>): number {
  return Math.sqrt(variance(values));
}

/** Root mean square distance from the mean, √(Σ (x − x̄)²/n): what errors are compared with. */
export function spreadOf(values: ArrayLike<number>): number {
  const centre = mean(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i]! - centre) ** 2;
  return Math.sqrt(sum / values.length);
}

/** Standard error of the mean of independent values, s/√n. For values correlated in time see {@link blockAverage}. */
export function standardError(values: ArrayLike<number>): number {
  return Math.sqrt(variance(values) / values.length);
}

/**
 * Quantile with linear interpolation between order statistics (type 7 of Hyndman and Fan, Am. Stat. 50, 361 (1996)).
 * @param q from 0 (smallest value) over 0.5 (median) to 1 (largest)
 */
export function quantile(values: ArrayLike<number>, q: number): number {
  checkValues(values, 1, "quantile");
  if (!(q >= 0 && q <= 1)) throw new OptionError({ where: "quantile", problem: `q must lie in [0, 1], found ${q}` });
  const sorted = Float64Array.from(values).sort();
  const position = q * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (position - below) * (sorted[above]! - sorted[below]!);
}

/** The 0.5 quantile. */
export function median(values: ArrayLike<number>): number {
  return quantile(values, 0.5);
}

/** One level of blocking. */
export interface BlockLevel {
  /** Values averaged into one block. */
  readonly blockSize: number;
  readonly blocks: number;
  /** Standard error of the mean if blocks of this size were independent. */
  readonly error: number;
  /** Standard error of `error` itself. */
  readonly uncertainty: number;
}

export interface BlockAverage {
  readonly mean: number;
  /** Standard error of the mean: that of the level where the plateau begins, or the largest if there is none. */
  readonly error: number;
  /** Block size where the plateau begins; `undefined` if the series is too short for its correlation time to show one. */
  readonly plateau: number | undefined;
  /** How many successive values count as one independent value, (error / uncorrelated error)². */
  readonly inefficiency: number;
  readonly levels: readonly BlockLevel[];
}

/**
 * Mean of a correlated series with its standard error by blocking (Flyvbjerg and Petersen, J. Chem. Phys. 91, 461 (1989)):
 * neighbors are averaged again and again until the error estimate no longer grows. The block size B is the first with
 * B³ > 2n (error / uncorrelated error)⁴, which balances what correlation is still missed against the noise of few blocks
 * (Lee, Conduit, Nemec, López Ríos and Drummond, Phys. Rev. E 83, 066706 (2011)); at least 4 blocks are kept.
 * @param values evenly spaced in time, at least 2
 */
export function blockAverage(values: ArrayLike<number>): BlockAverage {
  checkValues(values, 2, "blockAverage");
  const levels: BlockLevel[] = [];
  let blocks = Float64Array.from(values);
  for (let blockSize = 1; blocks.length >= 2; blockSize *= 2) {
    const error = standardError(blocks);
    levels.push({ blockSize, blocks: blocks.length, error, uncertainty: error / Math.sqrt(2 * (blocks.length - 1)) });
    const previous = blocks;
    blocks = new Float64Array(Math.floor(previous.length / 2));
    for (let i = 0; i < blocks.length; i++) blocks[i] = 0.5 * (previous[2 * i]! + previous[2 * i + 1]!);
  }
  const uncorrelated = levels[0]!.error;
  const usable = levels.filter((level, k) => level.blocks >= 4 || k === 0);
  const found = usable.find(
    ({ blockSize, error }) => blockSize ** 3 * uncorrelated ** 4 >= 2 * values.length * error ** 4,
  );
  const error = found?.error ?? usable.reduce((largest, level) => Math.max(largest, level.error), 0);
  return {
    mean: mean(values),
    error,
    plateau: found?.blockSize,
    inefficiency: uncorrelated > 0 ? (error / uncorrelated) ** 2 : 1,
    levels,
  };
}

function checkValues(values: ArrayLike<number>, least: number, where: string): void {
  if (values.length < least) {
    throw new DataError({
      where,
      problem: `expected at least ${least} value${least > 1 ? "s" : ""}, found ${values.length}`,
    });
  }
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i]!)) throw new DataError({ where, problem: `value ${i} is ${values[i]}` });
  }
}

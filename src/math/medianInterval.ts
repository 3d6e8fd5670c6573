import { ShapeError } from "../errors.js";

/** A median and how far it is known. */
export interface MedianInterval {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** Probability that the interval holds the median of the distribution; below the one asked for where there are too few values. */
  readonly coverage: number;
}

/**
 * Interval of a median from order statistics, without any assumption about the distribution: the number of values below the true median is
 * binomial with p = ½, so that the k-th smallest and k-th largest of n values enclose it with probability 1 − 2·P(B ≤ k − 1).
 * Infinite values are ordered like others.
 * @param values independent draws, at least one, any order
 * @param level wanted coverage, default 0.95; six values are the fewest that reach it
 * @throws ShapeError without values
 * @example statistics.medianInterval([3, 1, 2, 5, 4, 6]).coverage // 0.96875
 */
export function medianInterval(values: ArrayLike<number>, level = 0.95): MedianInterval {
  const n = values.length;
  if (n === 0) throw new ShapeError("no values to take a median of; give at least one");
  const sorted = Float64Array.from(values).sort();
  // P(B ≤ k − 1) of n fair coins, as long as the interval still covers enough.
  let term = 0.5 ** n;
  let below = term;
  let k = 1;
  while (k + 1 <= n / 2) {
    term *= (n - k + 1) / k;
    if (1 - 2 * (below + term) < level) break;
    below += term;
    k++;
  }
  const middle = sorted[Math.floor((n - 1) / 2)]!;
  const next = sorted[Math.floor(n / 2)]!;
  return {
    median: middle === next ? middle : (middle + next) / 2,
    low: sorted[k - 1]!,
    high: sorted[n - k]!,
    coverage: Math.max(0, 1 - 2 * below),
  };
}

/** Uncertainty of any statistic by resampling. */
import { OptionError } from "../errors.js";
import { type Fields, readOptions, record } from "../options/record.js";
import { integer, number } from "../options/values.js";
import { random } from "./random.js";
import { quantile, standardDeviation } from "./statistics.js";
import { studentFactor, studentProbability } from "./studentT.js";

export interface BootstrapOptions {
  readonly seed: number;
  /** Number of resamples. Default 1000. */
  readonly samples?: number;
  /** Probability that the interval covers the true value. Default 0.95. */
  readonly level?: number;
  /** Length of the contiguous (circular) blocks that are resampled, for correlated series. Default 1: independent values. */
  readonly blockLength?: number;
}

export const BOOTSTRAP_FIELDS = {
  seed: integer(),
  samples: integer({ atLeast: 2 }).default(1000),
  level: number({ above: 0, below: 1 }).default(0.95),
  blockLength: integer({ atLeast: 1 }).default(1),
} satisfies Fields<BootstrapOptions>;
const BOOTSTRAP_OPTIONS = record(BOOTSTRAP_FIELDS);

/** A statistic with its bootstrap error and confidence interval. */
export interface BootstrapEstimate {
  /** The statistic of the data themselves. */
  readonly estimate: number;
  readonly standardError: number;
  readonly low: number;
  readonly high: number;
  readonly level: number;
}

/** Blocks below which no resample lies as far out as an interval of 95 % must reach. */
const LEAST_BLOCKS = 4;

/**
 * Uncertainty of any statistic by resampling with replacement (Efron, Ann. Stat. 7, 1 (1979)). Resamples of n values spread less than
 * their mean errs: the standard error is multiplied by √(n/(n − 1)), and the interval reaches to the quantiles
 * Φ(± t √(n/(n − 1))) of the resamples, t of Student with n − 1 degrees of freedom (expanded percentile interval: Hesterberg, Am. Stat.
 * 69, 371 (2015)). With `blockLength` n is the number of blocks. Measured on means of normal
 * values, 95 % intervals cover the truth in 87, 93, 94 and 95 % of cases with 4, 6, 8 and 20 of them; for as few as four, which cannot
 * reach beyond the values themselves, `statistics.standardError` with Student's t is the better choice where it applies.
 * @param count number of observations, at least four blocks
 * @param statistic computes the statistic of the observations with these indices
 * @throws OptionError for fewer than four blocks, whose resamples do not reach far enough for an interval
 * @throws DataError if the statistic is not finite for a resample
 * @example
 * const x = [3.1, 2.9, 3.0, 3.2, 2.8];
 * statistics.bootstrap(x.length, (indices) => statistics.mean(Array.from(indices, (k) => x[k]!)), { seed: 1 }).estimate // 3
 */
export function bootstrap(
  count: number,
  statistic: (indices: Int32Array) => number,
  options: BootstrapOptions,
): BootstrapEstimate {
  const { blockLength } = readOptions(BOOTSTRAP_OPTIONS, options, "bootstrap");
  const blocks = blockCount(count, blockLength);
  if (blocks < LEAST_BLOCKS)
    throw new OptionError({
      where: "bootstrap",
      problem: `${blocks} ${blockLength > 1 ? `blocks of ${blockLength}` : "observations"}, expected at least ${LEAST_BLOCKS} for an interval`,
      advice: blockLength > 1 ? "give a shorter blockLength or more observations" : "give more observations",
    });
  return resampled(count, statistic, options);
}

/** As {@link bootstrap}, for any number of observations: intervals of fewer than four blocks are too narrow. */
export function resampled(
  count: number,
  statistic: (indices: Int32Array) => number,
  options: BootstrapOptions,
): BootstrapEstimate {
  const { seed, samples, level, blockLength } = readOptions(BOOTSTRAP_OPTIONS, options, "bootstrap");
  const blocks = blockCount(count, blockLength);
  const generator = random(seed);
  const indices = Int32Array.from({ length: count }, (_, i) => i);
  const estimate = statistic(indices);
  const replicas = new Float64Array(samples);
  for (let s = 0; s < samples; s++) {
    for (let i = 0; i < count; i += blockLength) {
      const start = generator.integer(count);
      for (let k = i; k < Math.min(i + blockLength, count); k++) indices[k] = (start + k - i) % count;
    }
    replicas[s] = statistic(indices);
  }
  const wider = blocks > 1 ? Math.sqrt(blocks / (blocks - 1)) : 1;
  const reach = wider * studentFactor(level, Math.max(1, blocks - 1));
  const outside = 0.5 * (1 - studentProbability(reach, Number.POSITIVE_INFINITY));
  return {
    estimate,
    standardError: wider * standardDeviation(replicas),
    low: quantile(replicas, outside),
    high: quantile(replicas, 1 - outside),
    level,
  };
}

function blockCount(count: number, blockLength: number): number {
  if (blockLength <= count) return Math.ceil(count / blockLength);
  throw new OptionError({
    where: "bootstrap",
    problem: `blockLength is ${blockLength}, there are ${count} observations`,
  });
}

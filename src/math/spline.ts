import { OptionError } from "../errors.js";

/**
 * Several functions of one variable, tabulated on an even grid with their derivatives: a piecewise cubic Hermite
 * interpolant, continuous with its first derivative.
 */
export interface HermiteTable {
  readonly from: number;
  readonly to: number;
  /** Number of intervals; knots lie at from + i·step, i = 0 … intervals. */
  readonly intervals: number;
  readonly step: number;
  /** Number of functions. */
  readonly channels: number;
  /** Values, shape [intervals + 1, channels]. */
  readonly values: Float64Array;
  /** Derivatives with respect to x, shape [intervals + 1, channels]. */
  readonly slopes: Float64Array;
}

/** Writes the values and the derivatives of all channels at x. */
export type TabulatedFunction = (x: number, values: Float64Array, slopes: Float64Array) => void;

export interface HermiteTableOptions {
  readonly from: number;
  readonly to: number;
  readonly channels: number;
  readonly intervals: number;
}

/** Tabulates `f` on a fixed grid. The error of a value is at most step⁴/384 · max|f⁗|. */
export function hermiteTable(f: TabulatedFunction, options: HermiteTableOptions): HermiteTable {
  const { from, to, channels, intervals } = options;
  if (!(to > from) || !Number.isFinite(to - from) || !Number.isInteger(intervals) || intervals < 1) {
    throw new OptionError({
      where: "hermiteTable",
      problem: `expected from < to and at least one interval, found [${from}, ${to}] in ${intervals}`,
    });
  }
  const step = (to - from) / intervals;
  const values = new Float64Array((intervals + 1) * channels);
  const slopes = new Float64Array((intervals + 1) * channels);
  for (let i = 0; i <= intervals; i++) {
    const row = [i * channels, (i + 1) * channels] as const;
    f(i === intervals ? to : from + i * step, values.subarray(...row), slopes.subarray(...row));
  }
  return { from, to, intervals, step, channels, values, slopes };
}

/** Largest errors of a table against the function itself, measured at the places where a smooth function errs most. */
export function tableError(table: HermiteTable, f: TabulatedFunction): { value: number; slope: number } {
  const { channels } = table;
  const [value, slope, exactValue, exactSlope] = [0, 0, 0, 0].map(() => new Float64Array(channels));
  const worst = { value: 0, slope: 0 };
  const offset = 0.5 / Math.sqrt(3);
  for (let i = 0; i < table.intervals; i++) {
    for (const position of [0.5 - offset, 0.5, 0.5 + offset]) {
      const x = table.from + (i + position) * table.step;
      evaluateHermite(table, x, value!, slope!);
      f(x, exactValue!, exactSlope!);
      for (let c = 0; c < channels; c++) {
        worst.value = worse(worst.value, value![c]! - exactValue![c]!);
        worst.slope = worse(worst.slope, slope![c]! - exactSlope![c]!);
      }
    }
  }
  return worst;
}

/** NaN counts as infinitely wrong. */
function worse(largest: number, difference: number): number {
  return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(largest, Math.abs(difference));
}

/**
 * Writes the interpolated values and derivatives of all channels at x; outside [from, to] the nearest interval's cubic
 * is continued.
 */
export function evaluateHermite(table: HermiteTable, x: number, values: Float64Array, slopes: Float64Array): void {
  const { channels, step } = table;
  const position = (x - table.from) / step;
  const interval = Math.min(Math.max(Math.floor(position), 0), table.intervals - 1);
  const t = position - interval;
  const u = 1 - t;
  const [a0, a1] = [(1 + 2 * t) * u * u, t * t * (3 - 2 * t)];
  const [b0, b1] = [t * u * u * step, -t * t * u * step];
  const da = (6 * t * u) / step;
  const [db0, db1] = [u * (1 - 3 * t), t * (3 * t - 2)];
  const left = interval * channels;
  const right = left + channels;
  for (let c = 0; c < channels; c++) {
    const [f0, f1] = [table.values[left + c]!, table.values[right + c]!];
    const [d0, d1] = [table.slopes[left + c]!, table.slopes[right + c]!];
    values[c] = a0 * f0 + a1 * f1 + b0 * d0 + b1 * d1;
    slopes[c] = da * (f1 - f0) + db0 * d0 + db1 * d1;
  }
}

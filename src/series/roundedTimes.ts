/** Even spacing of times that are printed with too few digits to show it from row to row: 0.48, 0.97, 1.45 fs of steps of 0.4838 fs. */

/** A place where times leave an even spacing. */
interface Leap {
  readonly at: number;
  readonly problem: string;
  /** It is the spacing that is not right, nowhere in particular. */
  readonly throughout?: true;
}

/** Share of the differences that must be odd before rounding is thought of: a gap or two are gaps. */
const leastShare = 0.02;

/** Whether the digits of the printing may be why so many of the differences are odd. @param odd how many are */
export function mayBeRounding(odd: number, samples: number): boolean {
  return odd >= Math.max(2, leastShare * samples);
}

/**
 * Where times leave an even spacing by more than the digit that they are printed to.
 * @param values with `undefined` for samples that have none
 * @param digit one unit in the last printed digit: a time is off by half of it
 * @param given spacing that the caller says; default that of the times
 * @param unit of the values, for messages
 */
export function roundedLeaps(
  values: readonly (number | undefined)[],
  digit: number,
  given: number | undefined,
  sample: string,
  unit: string,
): Leap[] {
  const known = values.flatMap((value, at) => (value === undefined ? [] : [{ at, value }]));
  const step = given ?? usualSlope(known);
  if (!(step > 0)) return [{ at: known[1]?.at ?? 0, problem: `${sample}s do not follow each other forwards` }];
  // Both neighbors are rounded.
  const far = known.flatMap(({ at, value }, k) => {
    const before = known[k - 1];
    if (!before) return [];
    const [found, expected] = [value - before.value, step * (at - before.at)];
    if (Math.abs(found - expected) <= 1.001 * digit) return [];
    const problem = `${sample} ${at} is ${short(found)} ${unit} after ${sample} ${before.at}, expected ${short(expected)} ${unit} to the last digit, ${short(digit)} ${unit}`;
    return [{ at, problem }];
  });
  if (far.length > 0) return far;
  const drift = drifting(known, digit, given, sample, unit);
  return drift ? [drift] : [];
}

/** Whether all times lie on one line, to the printed digit: a missing sample, or a wrong spacing, makes them leave it. */
function drifting(
  known: readonly Sample[],
  digit: number,
  given: number | undefined,
  sample: string,
  unit: string,
): Leap | undefined {
  const slope = leastSquares(known);
  const step = given ?? slope;
  const rest = known.map(({ at, value }) => value - step * at);
  const spread = Math.max(...extremes(rest)) - Math.min(...extremes(rest));
  // The slope of n rounded times is uncertain by about digit/n^1.5.
  const allowed = digit * (1 + (given === undefined ? 3 / Math.sqrt(known.length) : 1e-6));
  // A missing sample shifts what follows by a step, which only coarse digits hide: then the means before and
  // after tell. They scatter by about 0.5·digit/√reach, by rounding of halves the most, which is a sixth of half a step here.
  const reach = Math.min(Math.floor(known.length / 2), Math.ceil(32 * (digit / step) ** 2));
  const shift = digit < step / 2 ? undefined : shiftOfMeans(rest, reach, step * (isHalved(digit / step) ? 1.6 : 0.5));
  if (spread <= allowed && shift === undefined) return undefined;
  const last = known[known.length - 1]!;
  if (given !== undefined && Math.abs(slope - given) * (last.at - known[0]!.at) > digit)
    return {
      at: last.at,
      throughout: true,
      problem: `the ${sample}s are ${short(slope)} ${unit} apart by their own times, not ${short(given)} ${unit}: the last one is off by ${short(last.value - known[0]!.value - given * (last.at - known[0]!.at))} ${unit}`,
    };
  const at = known[shift ?? widest(rest)]!.at;
  return {
    at,
    problem: `from ${sample} ${at} on the times leave the even spacing of ${short(step)} ${unit} by more than their last digit, ${short(digit)} ${unit}`,
  };
}

/** Whether times fall in the middle between two printed ones, again and again: programs round them up or down, for long stretches alike. */
function isHalved(stepsPerDigit: number): boolean {
  const whole = Math.round(stepsPerDigit);
  return whole >= 2 && whole % 2 === 0 && Math.abs(stepsPerDigit - whole) < 0.02;
}

interface Sample {
  readonly at: number;
  readonly value: number;
}

/** The spacing over long distances, which a gap here or there does not change. */
function usualSlope(known: readonly Sample[]): number {
  const reach = Math.max(1, Math.min(64, Math.floor(known.length / 4)));
  const slopes = known
    .slice(reach)
    .map(({ at, value }, k) => (value - known[k]!.value) / (at - known[k]!.at))
    .sort((a, b) => a - b);
  return slopes[Math.floor((slopes.length - 1) / 2)] ?? Number.NaN;
}

/**
 * The spacing of evenly spaced times that are rounded: of the line through all of them.
 * @returns the spacing, and the share by which the rounding makes it uncertain
 */
export function roundedSpacing(
  values: readonly (number | undefined)[],
  digit: number,
): { readonly spacing: number; readonly uncertainty: number } {
  const known = values.flatMap((value, at) => (value === undefined ? [] : [{ at, value }]));
  const spacing = leastSquares(known);
  return { spacing, uncertainty: digit / (known.length ** 1.5 * spacing) };
}

function leastSquares(known: readonly Sample[]): number {
  const n = known.length;
  const x = known.reduce((sum, s) => sum + s.at, 0) / n;
  const y = known.reduce((sum, s) => sum + s.value, 0) / n;
  const [above, below] = known.reduce(([a, b], s) => [a + (s.at - x) * (s.value - y), b + (s.at - x) ** 2], [0, 0]);
  return above / below;
}

function extremes(values: readonly number[]): [number, number] {
  return values.reduce<[number, number]>(
    ([a, b], v) => [Math.min(a, v), Math.max(b, v)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
}

/** The first index where the means of `reach` values before and after differ by more than `most`, at its largest difference. */
function shiftOfMeans(values: readonly number[], reach: number, most: number): number | undefined {
  const sums = new Float64Array(values.length + 1);
  values.forEach((v, k) => {
    sums[k + 1] = sums[k]! + v;
  });
  let found: { readonly at: number; readonly difference: number } | undefined;
  for (let k = reach; k + reach <= values.length; k++) {
    const difference = Math.abs(sums[k + reach]! - 2 * sums[k]! + sums[k - reach]!) / reach;
    if (difference > most && difference > (found?.difference ?? 0)) found = { at: k, difference };
  }
  return found?.at;
}

/** Where values change most from one to the next. */
function widest(values: readonly number[]): number {
  let best = 1;
  for (let k = 2; k < values.length; k++)
    if (Math.abs(values[k]! - values[k - 1]!) > Math.abs(values[best]! - values[best - 1]!)) best = k;
  return best;
}

function short(x: number): number {
  return Number(x.toPrecision(6));
}

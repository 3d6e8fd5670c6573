import { OptionError } from "../errors.js";
import { type HermiteTable, hermiteTable, tableError } from "../math/spline.js";
import { processTable } from "../parallel/processTables.js";
import { type CutoffFunction, evaluateCutoff, evaluateScaling, type RadialScaling } from "./cutoff.js";
import { type RadialFunction, type RadialSettings, radialFunction } from "./radialBasis.js";

/** Bounds on the interpolation error of h_nl and of its derivative (1/Å), absolute. */
export const VALUE_ERROR = 1e-9;
export const SLOPE_ERROR = 1e-7;

/** Everything that the radial part of a neighbor's contribution depends on. */
export interface RadialTableSettings extends RadialSettings {
  readonly cutoffFunction: CutoffFunction;
  readonly radialScaling: RadialScaling;
}

/** h_nl(r) including cutoff function and scaling, exactly, with its derivative. */
export function weightedRadialFunction(settings: RadialTableSettings): RadialFunction {
  const bare = radialFunction(settings);
  return (r, values, slopes) => {
    bare(r, values, slopes);
    const f = evaluateCutoff(settings.cutoffFunction, r, settings.cutoff);
    const u = evaluateScaling(settings.radialScaling, r);
    const weight = f.value * u.value;
    const weightSlope = f.slope * u.value + f.value * u.slope;
    for (let i = 0; i < values.length; i++) {
      slopes[i] = slopes[i]! * weight + values[i]! * weightSlope;
      values[i]! *= weight;
    }
  };
}

/** The two-body features of all orders share one table. */
const LEAST_LMAX = 2;

/**
 * h_nl(r) on [0, r_c] as a cubic Hermite table with channels l·nMax + n, fine enough for {@link VALUE_ERROR} and {@link SLOPE_ERROR}.
 * @throws OptionError if that would take more than 20,000 intervals
 */
export function radialTable(settings: RadialTableSettings): HermiteTable {
  const wide = { ...settings, lMax: Math.max(settings.lMax, LEAST_LMAX) };
  const [values, slopes] = processTable(`radial ${JSON.stringify(wide)}`, () => {
    const made = tabulate(wide);
    return [made.values, made.slopes];
  }) as readonly [Float64Array, Float64Array];
  const channels = wide.nMax * (wide.lMax + 1);
  const intervals = values.length / channels - 1;
  const to = settings.cutoff;
  const table = { from: 0, to, intervals, step: to / intervals, channels, values, slopes };
  return settings.lMax === wide.lMax ? table : firstChannels(table, settings.nMax * (settings.lMax + 1));
}

function firstChannels(table: HermiteTable, channels: number): HermiteTable {
  const select = (all: Float64Array): Float64Array =>
    Float64Array.from(
      { length: (table.intervals + 1) * channels },
      (_, i) => all[Math.floor(i / channels) * table.channels + (i % channels)]!,
    );
  return { ...table, channels, values: select(table.values), slopes: select(table.slopes) };
}

/** The errors of a coarse table, which fall with the fourth and third power of the step, tell how fine it has to be. */
function tabulate(settings: RadialTableSettings): HermiteTable {
  const f = weightedRadialFunction(settings);
  const range = { from: 0, to: settings.cutoff, channels: settings.nMax * (settings.lMax + 1) };
  const unit = commensurate(settings);
  const coarse = roundUp(Math.max(64, (4 * settings.cutoff) / settings.smearing), unit);
  const error = tableError(hermiteTable(f, { ...range, intervals: coarse }), f);
  const factor = Math.max((error.value / VALUE_ERROR) ** (1 / 4), (error.slope / SLOPE_ERROR) ** (1 / 3), 1);
  const intervals = roundUp(1.15 * factor * coarse, unit);
  if (!(intervals <= 20000))
    throw new OptionError({
      where: "descriptor",
      problem: `the radial functions would need ${intervals} table intervals`,
      advice: `use a larger smearing (now ${settings.smearing} Å) or a smaller nMax (now ${settings.nMax})`,
    });
  return hermiteTable(f, { ...range, intervals });
}

/**
 * The smallest number of intervals that puts a knot where a shifted cosine begins to fall: its second derivative jumps there, which a
 * cubic can only follow at a knot.
 */
function commensurate({ cutoffFunction, cutoff }: RadialTableSettings): number {
  if (cutoffFunction.kind !== "shiftedCosine") return 1;
  const fraction = cutoffFunction.width / cutoff;
  for (let n = 1; n <= 4096; n++) if (Math.abs(n * fraction - Math.round(n * fraction)) < 1e-9) return n;
  throw new OptionError({
    where: "cutoffFunction",
    problem: `width ${cutoffFunction.width} Å and cutoff ${cutoff} Å have no common grid`,
    advice: "give both with at most two decimals",
  });
}

function roundUp(x: number, unit: number): number {
  return Math.ceil(x / unit) * unit;
}

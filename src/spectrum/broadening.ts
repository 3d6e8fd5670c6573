/** Broadening that keeps areas, whatever the grid. */
import { OptionError } from "../errors.js";
import { inverseRealFft, nextPowerOfTwo, realFft } from "../math/fft.js";
import { convertFrequency } from "../units/frequency.js";
import { dampedAbsorption } from "./absorptionBroadening.js";
import { type Broadening, kernelGain, lineShapes } from "./lineShape.js";
import { mapIntensities, type Spectrum } from "./spectrum.js";

export type { Broadening } from "./lineShape.js";

/** Grid points per full width after broadening; a coarser grid is refined first. */
const POINTS_PER_WIDTH = 8;
/** Points per original cell at most: within one cell nothing but the interpolation is left to show. */
const MOST_REFINED = 8;

/**
 * Convolves every intensity with a line shape averaged over each grid cell, reflected at both ends of the axis, so that
 * areas (trapezoidal rule) are kept exactly and nothing becomes negative, even where the shape is narrower than the grid.
 * A grid coarser than an eighth of the width is refined by linear interpolation, so that the line shape shows.
 * An infrared spectrum from 0 on is damped in time instead (see dampedAbsorption): a line of an absorption vanishes at zero frequency.
 * Ratios such as the depolarisation are formed anew from the broadened intensities.
 * @throws OptionError if the axis is not evenly spaced, a width is negative, or the spectrum has been broadened before
 */
export function broaden(spectrum: Spectrum, broadening: Broadening): Spectrum {
  const shapes = lineShapes(broadening).filter((s) => s.width > 0);
  if (broadening.kind === "none") return spectrum;
  if (spectrum.broadening.kind !== "none")
    throw new OptionError({
      where: "broadening",
      problem: `the spectrum already has a ${spectrum.broadening.kind} broadening`,
      advice: "start from the spectrum with broadening none",
    });
  const x = spectrum.axis.values;
  const cells = x.length - 1;
  const step = (x[cells]! - x[0]!) / cells;
  if (!x.every((v, i) => Math.abs(v - x[0]! - i * step) < 1e-6 * step))
    throw new OptionError({
      where: "broadening",
      problem: "the axis is not evenly spaced",
      advice: "resample the spectrum first",
    });
  const widths = shapes.map((s) => convertFrequency(s.width, "cm-1", spectrum.axis.unit) / step);
  const refine = Math.min(MOST_REFINED, nextPowerOfTwo(Math.max(1, ...widths.map((w) => POINTS_PER_WIDTH / w))));
  const fine = cells * refine;
  const refinedAxis = (): Spectrum => {
    const values = Float64Array.from({ length: fine + 1 }, (_, k) => x[0]! + (k * step) / refine);
    return refine === 1 ? spectrum : { ...spectrum, axis: { unit: spectrum.axis.unit, values } };
  };
  if (spectrum.quantity === "infrared" && x[0] === 0) {
    const scaled = shapes.map(({ shape }, i) => ({ shape, width: widths[i]! * refine }));
    return { ...mapIntensities(refinedAxis(), (y) => dampedAbsorption(subdivide(y, refine), scaled)), broadening };
  }
  const gains = shapes.map(({ shape }, i) => kernelGain(shape, widths[i]! * refine, fine));
  return { ...mapIntensities(refinedAxis(), (y) => convolve(subdivide(y, refine), gains)), broadening };
}

/** Linear interpolation at `parts` points per cell. */
function subdivide(y: Float64Array, parts: number): Float64Array {
  const result = new Float64Array((y.length - 1) * parts + 1);
  for (let i = 0; i + 1 < y.length; i++)
    for (let p = 0; p < parts; p++) result[i * parts + p] = y[i]! + ((y[i + 1]! - y[i]!) * p) / parts;
  result[result.length - 1] = y[y.length - 1]!;
  return result;
}

/** Even continuation of period 2·cells, circular convolution, back. */
function convolve(y: Float64Array, gains: readonly Float64Array[]): Float64Array {
  const cells = y.length - 1;
  const even = new Float64Array(2 * cells);
  let negative = false;
  for (let k = 0; k <= cells; k++) {
    even[k] = y[k]!;
    if (k > 0) even[2 * cells - k] = y[k]!;
    negative ||= y[k]! < 0;
  }
  const { re, im } = realFft(even);
  for (const gain of gains)
    for (let k = 0; k < gain.length; k++) {
      re[k]! *= gain[k]!;
      im[k]! *= gain[k]!;
    }
  const result = inverseRealFft({ re, im }, 2 * cells).slice(0, y.length);
  // A convolution of non-negative numbers is not negative; the transform leaves rounding errors of either sign.
  if (!negative) for (let k = 0; k <= cells; k++) result[k] = Math.max(0, result[k]!);
  return result;
}

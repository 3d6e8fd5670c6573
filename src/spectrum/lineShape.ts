/** Line shapes for broadening. */
import { createRequire } from "node:module";
import { realFft } from "../math/fft.js";
import { type Alternatives, kinds, readOptions } from "../options/record.js";
import { number } from "../options/values.js";

/**
 * Line shapes; widths are full widths at half maximum in cm⁻¹. `voigt` is a Lorentzian seen through a Gaussian instrument.
 */
export type Broadening =
  | { readonly kind: "none" }
  | { readonly kind: "lorentzian"; readonly width: number }
  | { readonly kind: "gaussian"; readonly width: number }
  | { readonly kind: "voigt"; readonly lorentzian: number; readonly gaussian: number };

/** Full width at half maximum. */
const width = number({ atLeast: 0 }, "cm⁻¹");
export const broadeningOption = kinds({
  none: {},
  lorentzian: { width },
  gaussian: { width },
  voigt: { lorentzian: width, gaussian: width },
} satisfies Alternatives<Broadening>);

/** One convolution. */
export interface LineShape {
  readonly shape: "lorentzian" | "gaussian";
  readonly width: number;
}

/** The line shapes to convolve with, one after the other. @throws OptionError for an unknown kind or a width below 0 */
export function lineShapes(broadening: Broadening): readonly LineShape[] {
  const read = readOptions(broadeningOption, broadening, "broadening");
  switch (read.kind) {
    case "none":
      return [];
    case "lorentzian":
    case "gaussian":
      return [{ shape: read.kind, width: read.width }];
    case "voigt":
      return [
        { shape: "lorentzian", width: read.lorentzian },
        { shape: "gaussian", width: read.gaussian },
      ];
  }
}

/** Transform of the cell-averaged, wrapped line shape; real because the shape is even. @param width in grid steps */
export function kernelGain(shape: LineShape["shape"], width: number, cells: number): Float64Array {
  const period = 2 * cells;
  const below = shape === "lorentzian" ? wrappedLorentzian(width / 2, period) : wrappedGaussian(width, period);
  const kernel = new Float64Array(period);
  kernel[0] = 2 * below(0.5);
  // Beyond six standard deviations of a Gaussian that fits the period, both error functions are 1 to the last bit.
  const scale = (2 * Math.sqrt(Math.LN2)) / width;
  const reach = shape === "gaussian" && scale * cells > 7 ? Math.ceil(6.5 / scale + 1) : cells;
  for (let m = 1; m < Math.min(reach, cells); m++) kernel[m] = kernel[period - m] = below(m + 0.5) - below(m - 0.5);
  if (reach >= cells) kernel[cells] = 2 * (0.5 - below(cells - 0.5));
  return realFft(kernel).re;
}

/** Area of a wrapped Lorentzian of half width γ between 0 and x, 0 ≤ x ≤ period/2. */
function wrappedLorentzian(gamma: number, period: number): (x: number) => number {
  const ratio = 1 / Math.tanh((Math.PI * gamma) / period);
  return (x) => Math.atan(ratio * Math.tan((Math.PI * x) / period)) / Math.PI;
}

/** Area of a wrapped Gaussian of full width at half maximum `width` between 0 and x, 0 ≤ x ≤ period/2. */
function wrappedGaussian(width: number, period: number): (x: number) => number {
  const scale = (2 * Math.sqrt(Math.LN2)) / width;
  const images = 1 + Math.ceil((2 * width) / period);
  // Loaded on use: it takes longer than the rest of the package.
  const { erf } = createRequire(import.meta.url)("mathjs/number") as { erf(x: number): number };
  return (x) => {
    let sum = 0;
    for (let m = -images; m <= images; m++) sum += erf(scale * (x + m * period)) - erf(scale * m * period);
    return sum / 2;
  };
}

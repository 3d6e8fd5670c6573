/** Dielectric function and what optics makes of it, from an infrared absorption. */
import { OptionError } from "../errors.js";
import { type Fields, readOptions, record } from "../options/record.js";
import { oneOf } from "../options/values.js";
import { speedOfLightCm } from "../units/constants.js";
import { convertFrequency, wavenumberToAngular } from "../units/frequency.js";
import { epsilonInfinityOption } from "./epsilonInfinity.js";
import { kramersKronig } from "./kramersKronig.js";
import { lineShapes } from "./lineShape.js";
import { intensityOf, type Spectrum, toUnit } from "./spectrum.js";

const DIRECTIONS = ["isotropic", "x", "y", "z", "ordinary", "extraordinary"] as const;

/**
 * Direction of the electric field: `isotropic` is the mean over x, y and z (liquids, cubic crystals), `x`, `y`, `z` are principal axes,
 * `ordinary` (field across the optic axis z, mean of x and y) and `extraordinary` (field along z) those of a uniaxial crystal.
 */
export type FieldDirection = (typeof DIRECTIONS)[number];

export interface DielectricOptions {
  /** High-frequency dielectric constant ε∞ ≥ 1, or its tensor, [3, 3] row-major, of which the direction's element is taken; 1 leaves the electrons out. */
  readonly epsilonInfinity: number | Float64Array;
  /** Default isotropic. */
  readonly direction?: FieldDirection;
}

const OPTIONS = record({
  epsilonInfinity: epsilonInfinityOption,
  direction: oneOf(DIRECTIONS).default("isotropic"),
} satisfies Fields<DielectricOptions>);

/** Complex refractive index n + ik = √(ε′ + iε″), ε″ ≥ 0. */
export function refractiveIndex(real: number, imaginary: number): { readonly n: number; readonly k: number } {
  const modulus = Math.hypot(real, imaginary);
  // Of the two roots only the larger is formed by addition; the other follows from 2nk = ε″ without cancellation.
  const large = Math.sqrt((modulus + Math.abs(real)) / 2);
  if (large === 0) return { n: 0, k: 0 };
  const small = imaginary / (2 * large);
  return real >= 0 ? { n: large, k: small } : { n: small, k: large };
}

/** Normal-incidence reflectivity |(ñ − 1)/(ñ + 1)|². */
export function reflectivity(n: number, k: number): number {
  return ((n - 1) ** 2 + k * k) / ((n + 1) ** 2 + k * k);
}

/**
 * ε(ω) for a field along one direction from αn: ε″ = c αn/ω (S eqs. 3 and 5), ε′ = ε∞ + Kramers–Kronig transform of ε″, so that all
 * that follows comes from one causal response. The sign convention is ε = ε′ + iε″ with ε″ ≥ 0. ε′(0) − ε∞ is the fluctuation
 * formula's (see staticDielectric), whatever the width of a Lorentzian broadening.
 * Intensities: epsilonImaginary (peaks at transverse modes), epsilonReal, refractiveIndex n, extinction k, reflectivity at normal
 * incidence, absorption α = 2ωk/c (cm⁻¹) and loss −Im 1/ε (peaks at the longitudinal modes along the direction).
 * @param spectrum infrared spectrum with `absorption` in cm⁻¹, from a tapered periodogram or calculated lines
 * @throws OptionError if the spectrum has no absolute absorption, no intensity for the direction, leaks strength to ω → 0 by its estimator, or has
 *   calculated lines that are not broadened, whose height is the grid's; for ε∞ below 1
 */
export function dielectricFunction(spectrum: Spectrum, options: DielectricOptions): Spectrum {
  const { epsilonInfinity, direction } = readOptions(OPTIONS, options, "dielectricFunction");
  requireAbsorption(spectrum);
  requireWidth(spectrum);
  const inWavenumbers = toUnit(spectrum, "cm-1");
  const wavenumbers = inWavenumbers.axis.values;
  const absorption = alongDirection(inWavenumbers, direction);
  const high = typeof epsilonInfinity === "number" ? epsilonInfinity : elementAlong(epsilonInfinity, direction);
  const cPerFs = speedOfLightCm * 1e-15;
  // αn ~ ω² at ω → 0 for bound charges, so that ε″ vanishes there.
  const imaginary = absorption.map((a, k) =>
    k === 0 && wavenumbers[0] === 0 ? 0 : (cPerFs * a) / wavenumberToAngular(wavenumbers[k]!),
  );
  const real = kramersKronig(wavenumbers, imaginary).map((v) => v + high);
  const index = real.map(() => 0);
  const extinction = real.map(() => 0);
  real.forEach((re, k) => {
    const { n, k: kappa } = refractiveIndex(re, imaginary[k]!);
    index[k] = n;
    extinction[k] = kappa;
  });
  const plain = (values: Float64Array): { unit: string; values: Float64Array } => ({ unit: "1", values });
  return {
    ...spectrum,
    quantity: "dielectric",
    intensities: {
      epsilonImaginary: plain(imaginary),
      epsilonReal: plain(real),
      refractiveIndex: plain(index),
      extinction: plain(extinction),
      reflectivity: plain(index.map((n, k) => reflectivity(n, extinction[k]!))),
      absorption: {
        unit: "cm⁻¹",
        values: extinction.map((k, i) => (2 * wavenumberToAngular(wavenumbers[i]!) * k) / cPerFs),
      },
      loss: plain(real.map((re, k) => imaginary[k]! / (re * re + imaginary[k]! ** 2))),
    },
    axis: { unit: spectrum.axis.unit, values: wavenumbers.map((v) => convertFrequency(v, "cm-1", spectrum.axis.unit)) },
  };
}

function requireAbsorption({ quantity, intensities, estimator }: Spectrum): void {
  if (quantity !== "infrared" || !intensities.absorption)
    throw new OptionError({
      where: "dielectricFunction",
      problem: `needs the absorption of an infrared spectrum, found ${quantity} with ${Object.keys(intensities).join(", ")}`,
      advice: "give infrared() a volume",
    });
  // ε″ = c αn/ω: what a lag window or the ends of an untapered record put at low ω would be divided by ω.
  const leaking =
    estimator?.kind === "correlation" ? "lag window" : estimator?.taper?.kind === "none" ? "untapered record" : "";
  if (leaking)
    throw new OptionError({
      where: "dielectricFunction",
      problem: `the ${leaking} of the spectrum's estimator leaves strength at ω → 0, which ε″ = c αn/ω would magnify`,
      advice: 'use the default estimator of infrared() ({ kind: "periodogram" }) and a broadening',
    });
}

/** Grid points per full width that a line needs to have a height of its own. */
const LEAST_POINTS = 4;

/** Lines that were calculated have no width but that of their broadening. */
function requireWidth({ resolution, broadening, axis }: Spectrum): void {
  if (resolution > 0) return;
  const width = lineShapes(broadening).reduce((sum, shape) => sum + shape.width, 0);
  const [a, b] = [axis.values[0]!, axis.values[1]!].map((v) => convertFrequency(v, axis.unit, "cm-1"));
  const step = b! - a!;
  if (width < LEAST_POINTS * step)
    throw new OptionError({
      where: "dielectricFunction",
      problem: `calculated lines ${width} cm⁻¹ wide on a grid of ${step.toPrecision(3)} cm⁻¹, which would give them their height`,
      advice: `broaden them to at least ${(LEAST_POINTS * step).toPrecision(3)} cm⁻¹, or take a finer step`,
    });
}

/** αn for a field along the direction; `absorption` is the mean of x, y and z. */
function alongDirection(spectrum: Spectrum, direction: FieldDirection): Float64Array {
  if (direction === "isotropic") return intensityOf(spectrum, "absorption").values;
  if (direction !== "ordinary") return intensityOf(spectrum, direction === "extraordinary" ? "z" : direction).values;
  const [x, y] = [intensityOf(spectrum, "x").values, intensityOf(spectrum, "y").values];
  return x.map((v, k) => (v + y[k]!) / 2);
}

/** Diagonal element of a row-major [3, 3] tensor for a field along the direction. */
function elementAlong(tensor: ArrayLike<number>, direction: FieldDirection): number {
  const [x, y, z] = [tensor[0]!, tensor[4]!, tensor[8]!];
  const values = { isotropic: (x + y + z) / 3, x, y, z, ordinary: (x + y) / 2, extraordinary: z };
  return values[direction];
}

/** Dielectric function and what optics makes of it, from an infrared absorption. */
import { OptionError } from "../errors.js";
import { type Fields, readOptions, record } from "../options/record.js";
import { number } from "../options/values.js";
import { speedOfLightCm } from "../units/constants.js";
import { convertFrequency, wavenumberToAngular } from "../units/frequency.js";
import { kramersKronig } from "./kramersKronig.js";
import { intensityOf, type Spectrum, toUnit } from "./spectrum.js";

export interface DielectricOptions {
  /** High-frequency dielectric constant ε∞ (mean of its diagonal); 1 leaves the electrons out. */
  readonly epsilonInfinity: number;
}

const OPTIONS = record({ epsilonInfinity: number({ atLeast: 1 }) } satisfies Fields<DielectricOptions>);

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
 * ε(ω) of an isotropic medium from its αn: ε″ = c αn/ω (S eqs. 3 and 5), ε′ = ε∞ + Kramers–Kronig transform of ε″. The
 * sign convention is ε = ε′ + iε″ with ε″ ≥ 0.
 * Intensities: epsilonImaginary, epsilonReal, refractiveIndex n, extinction k, reflectivity, absorption α = 2ωk/c (cm⁻¹)
 * and loss −Im 1/ε.
 * @param spectrum infrared spectrum with `absorption` in cm⁻¹, broadened by a Lorentzian or not at all
 * @throws OptionError if the spectrum has no absolute absorption
 */
export function dielectricFunction(spectrum: Spectrum, options: DielectricOptions): Spectrum {
  const { epsilonInfinity } = readOptions(OPTIONS, options, "dielectricFunction");
  if (spectrum.quantity !== "infrared" || !spectrum.intensities.absorption)
    throw new OptionError({
      where: "dielectricFunction",
      problem: `needs the absorption of an infrared spectrum, found ${spectrum.quantity} with ${Object.keys(spectrum.intensities).join(", ")}`,
      advice: "give infrared() a volume",
    });
  const inWavenumbers = toUnit(spectrum, "cm-1");
  const wavenumbers = inWavenumbers.axis.values;
  const absorption = intensityOf(inWavenumbers, "absorption").values;
  const cPerFs = speedOfLightCm * 1e-15;
  // αn ~ ω² at ω → 0 for bound charges, so that ε″ vanishes there.
  const imaginary = absorption.map((a, k) =>
    k === 0 && wavenumbers[0] === 0 ? 0 : (cPerFs * a) / wavenumberToAngular(wavenumbers[k]!),
  );
  const real = kramersKronig(wavenumbers, imaginary).map((v) => v + epsilonInfinity);
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

/** Frequency-dependent factors, each one function of ω; what was applied is recorded in the spectrum. */
import { OptionError } from "../errors.js";
import { boltzmannConstant, hbar } from "../units/constants.js";
import { angularToWavenumber, wavelengthToWavenumber } from "../units/frequency.js";

/** Factors of the Raman cross section (Grumet et al. 2024, eq. 3). */
export type RamanFactor = "thermal" | "laser" | "inverseFrequency";

/**
 * Ratio of the quantum to the classical line shape (Ramírez et al., J. Chem. Phys. 121, 3973 (2004)), x = ħω/k_BT:
 * - `harmonic`: Q = x/(1 − e^{−x}), exact for harmonic oscillators; the same as replacing the Kubo-transformed correlation
 *   by the classical one, i.e. Schmiedmayer & Kresse 2024, eq. 5, as it stands;
 * - `standard`: Q = 2/(1 + e^{−x});
 * - `schofield`: Q = e^{x/2};
 * - `none`: Q = 1.
 */
export type QuantumFactor = "harmonic" | "standard" | "schofield" | "none";

/** Every quantum factor. */
export const QUANTUM_FACTORS = [
  "harmonic",
  "standard",
  "schofield",
  "none",
] as const satisfies readonly QuantumFactor[];

/** One entry of a spectrum's record. */
export type Correction =
  | { readonly kind: "thermal"; readonly temperature: number }
  | { readonly kind: "laser"; readonly wavelength: number }
  | { readonly kind: "inverseFrequency" }
  /** The finite difference was divided by its gain. */
  | { readonly kind: "derivative"; readonly scheme: "forward"; readonly timestep: number }
  | { readonly kind: "verlet"; readonly timestep: number }
  | { readonly kind: "quantum"; readonly factor: QuantumFactor; readonly temperature: number };

/** ħω/k_BT. @param omega rad/fs @param temperature K */
export function thermalRatio(omega: number, temperature: number): number {
  return (hbar * omega) / (boltzmannConstant * temperature);
}

/** Stokes population factor 1/(1 − e^{−ħω/k_BT}) = n(ω) + 1; infinite at ω = 0. */
export function thermalFactor(omega: number, temperature: number): number {
  return -1 / Math.expm1(-thermalRatio(omega, temperature));
}

/** Scattering factor (1 − ω/ω_in)⁴, i.e. (ω_in − ω)⁴ in units of ω_in⁴; 0 above the laser frequency. @param wavelength nm */
export function laserFactor(omega: number, wavelength: number): number {
  return Math.max(0, 1 - angularToWavenumber(omega) / wavelengthToWavenumber(wavelength)) ** 4;
}

/**
 * The quantum factor Q(ω) divided by the harmonic one, which is what an absorption from classical Ṗ·Ṗ is multiplied by:
 * 1, (2/x) tanh(x/2), (2/x) sinh(x/2), (1 − e^{−x})/x.
 */
export function quantumFactor(factor: QuantumFactor, omega: number, temperature: number): number {
  const x = thermalRatio(omega, temperature);
  if (x < 1e-8) return 1;
  switch (factor) {
    case "harmonic":
      return 1;
    case "standard":
      return (2 / x) * Math.tanh(x / 2);
    case "schofield":
      return (2 / x) * Math.sinh(x / 2);
    case "none":
      return -Math.expm1(-x) / x;
    default:
      throw new OptionError({
        where: "quantum factor",
        problem: `unknown "${String(factor)}"`,
        advice: "known: harmonic, standard, schofield, none",
      });
  }
}

/** How far above the strongest band a factor may lift the rest: rounding errors of 1e-16 of that are spread by the transforms of a broadening. */
const MOST_LIFTED = 1e12;

/**
 * Requires that a quantum factor leaves the bands of a classical spectrum in sight. Schofield's grows as e^{x/2}: at low temperature it makes of
 * the rounding errors beyond the bands the largest numbers of the spectrum, up to infinity.
 * @param classical density before the factor, not negative
 * @param weights the factor at each point, up to a constant
 * @param broadened whether the spectrum is going to be; else only what is not finite is refused
 * @throws OptionError naming the wavenumber from which on the factor is too large
 */
export function requireBandsInSight(
  { wavenumbers, classical, weights }: Readonly<Record<"wavenumbers" | "classical" | "weights", Float64Array>>,
  { factor, temperature, broadened }: { factor: QuantumFactor; temperature: number; broadened: boolean },
  where: string,
): void {
  const band = classical.reduce((best, v, k) => (v > classical[best]! ? k : best), 0);
  const limit = broadened ? MOST_LIFTED * classical[band]! * weights[band]! : Number.POSITIVE_INFINITY;
  const lost = classical.findIndex((v, k) => !(Number.isFinite(v * weights[k]!) && v * weights[k]! <= limit));
  if (lost < 0) return;
  throw new OptionError({
    where,
    problem: `the quantum factor "${factor}" at ${temperature} K lifts what is left from ${wavenumbers[lost]!.toFixed(0)} cm⁻¹ on far above the strongest band, at ${wavenumbers[band]!.toFixed(0)} cm⁻¹`,
    advice:
      "use harmonic, which is exact for vibrations, or give only every n-th frame, so that the axis ends below that",
  });
}

/**
 * The frequency an exact integration would have had, from the one a Verlet trajectory shows. Verlet's recurrence gives a
 * harmonic oscillator of frequency ω the frequency Ω with cos ΩΔt = 1 − ω²Δt²/2, so ω = (2/Δt) sin(ΩΔt/2) < Ω.
 * @param omega Ω, rad/fs
 * @param timestep molecular-dynamics step, fs
 */
export function verletFrequency(omega: number, timestep: number): number {
  return (2 / timestep) * Math.sin((omega * timestep) / 2);
}

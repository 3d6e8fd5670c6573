/** Units of frequency: wavenumber, ordinary and angular frequency, energy, and their axes. */
import { OptionError } from "../errors.js";
import { hbar, speedOfLightCm } from "./constants.js";

/** Units of a frequency axis: "cm-1" wavenumber, "THz" ordinary frequency, "meV" photon energy. */
export type FrequencyUnit = "cm-1" | "THz" | "meV";

/** Value of one unit as an angular frequency, rad/fs. */
const angularFrequency: Readonly<Record<FrequencyUnit, number>> = {
  "cm-1": 2 * Math.PI * speedOfLightCm * 1e-15,
  THz: 2 * Math.PI * 1e-3,
  meV: 1e-3 / hbar,
};

/** Every {@link FrequencyUnit}. */
export const frequencyUnits: readonly FrequencyUnit[] = ["cm-1", "THz", "meV"];

/**
 * Converts a frequency.
 * @throws OptionError for an unknown unit
 * @example units.convertFrequency(1, "THz", "cm-1") // 33.3564095…
 */
export function convertFrequency(value: number, from: FrequencyUnit, to: FrequencyUnit): number {
  return from === to ? value : value * (factor(from) / factor(to));
}

/** Converts every value of an axis into a new array. */
export function convertFrequencies(values: Float64Array, from: FrequencyUnit, to: FrequencyUnit): Float64Array {
  return values.map((value) => convertFrequency(value, from, to));
}

function factor(unit: FrequencyUnit): number {
  const value = angularFrequency[unit];
  if (value === undefined) {
    throw new OptionError({
      where: "convertFrequency",
      problem: `unknown unit of frequency "${unit}"`,
      advice: `use one of ${frequencyUnits.join(", ")}`,
    });
  }
  return value;
}

/** Angular frequency, rad/fs, of a wavenumber, cm⁻¹. */
export function wavenumberToAngular(wavenumber: number): number {
  return wavenumber * factor("cm-1");
}

/** Wavenumber, cm⁻¹, of an angular frequency, rad/fs. */
export function angularToWavenumber(angular: number): number {
  return angular / factor("cm-1");
}

/** Wavenumber, cm⁻¹, of light of a vacuum wavelength in nm, e.g. a laser's: 10⁷/λ. */
export function wavelengthToWavenumber(wavelength: number): number {
  return 1e7 / wavelength;
}

/** Highest wavenumber, cm⁻¹, that samples every `timestep` fs can show (Nyquist): 1/(2Δt). */
export function nyquistWavenumber(timestep: number): number {
  return angularToWavenumber(Math.PI / timestep);
}

/**
 * Wavenumbers of a real transform's bins: k/(nΔt) for k = 0 … ⌊n/2⌋, cm⁻¹.
 * @param n length of the signal
 * @param timestep time between samples, fs
 */
export function fftWavenumbers(n: number, timestep: number): Float64Array {
  const step = angularToWavenumber((2 * Math.PI) / (n * timestep));
  return Float64Array.from({ length: Math.floor(n / 2) + 1 }, (_, k) => k * step);
}

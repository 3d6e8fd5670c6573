import { fftWavenumbers, wavenumberToAngular } from "../units/frequency.js";

/** Frequencies of a real transform of even length, from 0 to the Nyquist frequency. */
export interface FrequencyGrid {
  /** Number of samples transformed, even. */
  readonly length: number;
  /** cm⁻¹, length/2 + 1 values. */
  readonly wavenumbers: Float64Array;
  /** rad/fs */
  readonly omega: Float64Array;
}

/** The grid of at least `samples` samples. @param timestep fs */
export function frequencyGrid(samples: number, timestep: number): FrequencyGrid {
  const length = 2 * Math.ceil(samples / 2);
  const wavenumbers = fftWavenumbers(length, timestep);
  return { length, wavenumbers, omega: wavenumbers.map(wavenumberToAngular) };
}

import { nextPowerOfTwo } from "../math/fft.js";
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

/**
 * The grid of `samples` values made even, or of the next power of two above `padding` times as many.
 * @param padding 1 for the natural grid
 * @param timestep fs
 */
export function frequencyGrid(samples: number, padding: number, timestep: number): FrequencyGrid {
  const length = padding === 1 ? 2 * Math.ceil(samples / 2) : nextPowerOfTwo(padding * samples);
  const wavenumbers = fftWavenumbers(length, timestep);
  return { length, wavenumbers, omega: wavenumbers.map(wavenumberToAngular) };
}

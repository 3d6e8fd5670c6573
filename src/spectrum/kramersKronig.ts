import { OptionError } from "../errors.js";
import { inverseRealFft, realFft } from "../math/fft.js";

/**
 * Real part of a response from its imaginary part, f′(ω) = (2/π) P∫₀^∞ ω′f″(ω′)/(ω′² − ω²) dω′, by way of the time
 * domain: the response is causal, so the sine transform of f″ is its value at t > 0, whose cosine transform is f′.
 * O(n log n). Beyond the last point f″ is taken as 0; a line must be at least a few grid steps wide.
 * @param frequencies even grid from 0, any unit
 * @param imaginary f″ on that grid
 * @returns f′ on that grid, without the constant that lies beyond it (ε∞, say)
 * @throws OptionError if the grid does not start at 0 or is not even
 */
export function kramersKronig(frequencies: Float64Array, imaginary: Float64Array): Float64Array {
  const n = frequencies.length;
  const step = frequencies[1]! - frequencies[0]!;
  if (!(n >= 4 && frequencies[0] === 0 && frequencies.every((v, k) => Math.abs(v - k * step) < 1e-6 * step)))
    throw new OptionError({
      where: "kramersKronig",
      problem: "the frequencies are not an even grid from 0",
      advice: "resample first",
    });
  // Odd continuation with f″ = 0 beyond the grid; the padding keeps the periodic images away.
  const period = 8 * (n - 1);
  const odd = new Float64Array(period);
  for (let k = 1; k < n; k++) {
    odd[k] = imaginary[k]!;
    odd[period - k] = -imaginary[k]!;
  }
  // −im is the sine series of f″, the response at t > 0; as a cosine series the same numbers give f′.
  const re = realFft(odd).im.map((v) => -v);
  return inverseRealFft({ re, im: new Float64Array(re.length) }, period).slice(0, n);
}

import { OptionError } from "../errors.js";
import { inverseRealFft, nextPowerOfTwo, realFft } from "../math/fft.js";

/**
 * Real part of a response from its imaginary part, f′(ω) = (2/π) P∫₀^∞ ω′f″(ω′)/(ω′² − ω²) dω′ with f″ = 0 beyond the last point. The grid is
 * summed by a kernel of 1/πm for the point m steps away, which the response at the longest times, that the grid hardly resolves, is faded out
 * of: a line on a single point counts for all others with its whole strength (Maclaurin's sum over alternate points forgets or doubles it), and
 * of a Lorentzian eight points wide 4·10⁻⁴ of the height is lost where it is worst. The sum has no periodic images. O(n log n).
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
  // Distances run from −2(n − 1) to n − 1; a period that holds them all once keeps images out of the convolution.
  const period = nextPowerOfTwo(3 * n);
  const odd = new Float64Array(period);
  const kernel = new Float64Array(period);
  for (let k = 1; k < n; k++) {
    odd[k] = imaginary[k]!;
    odd[period - k] = -imaginary[k]!;
  }
  for (let m = 1; m <= 2 * (n - 1); m++) {
    kernel[m] = -weight(m);
    if (m < n) kernel[period - m] = weight(m);
  }
  const [f, g] = [realFft(odd), realFft(kernel)];
  const re = f.re.map((v, k) => v * g.re[k]! - f.im[k]! * g.im[k]!);
  const im = f.re.map((v, k) => v * g.im[k]! + f.im[k]! * g.re[k]!);
  return inverseRealFft({ re, im }, period).slice(0, n);
}

/**
 * (1/π)∫₀^π g(θ) sin mθ dθ, the weight of a point m > 0 steps above: θ is time over the grid's longest, π times, and g = 1 up to π/2, sin²θ from
 * there on. (g = 1 throughout is Maclaurin's sum, 2/πm for odd m and 0 for even.)
 */
function weight(m: number): number {
  // cos(mπ/2) + cos(mπ); at m = 2, where the denominator vanishes, it does so too.
  const ends = m % 2 === 1 ? -1 : m % 4 === 0 ? 2 : 0;
  return (ends === 0 ? 1 : 1 + (2 * ends) / (m * m - 4)) / (Math.PI * m);
}

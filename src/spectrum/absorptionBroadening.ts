/** Line widths of absorptions: damping of a response in time, so that nothing appears where no charge moves that slowly. */
import { inverseRealFft, realFft } from "../math/fft.js";
import { kernelGain, type LineShape } from "./lineShape.js";

/** Modes below so many half widths are damped one by one: there the grid is too coarse for their shift. */
const SLOW = 4;

/**
 * An absorption αn whose response is damped in time, on its own grid 0, 1, 2, … (frequencies and widths are in grid steps).
 *
 * A Lorentzian of full width Γ makes of every undamped mode ω₀ a damped oscillator, αn ∝ Γω²/((ω₀² − ω²)² + Γ²ω²): the area of αn (sum
 * rule) and the static susceptibility ∫ αn/ω² stay what they are, and αn vanishes as ω² at ω → 0. Such a mode is e^{−Γt/2} sin(at)/a
 * with a² = ω₀² − Γ²/4, so that the sum over modes is a convolution of αn/ω, an odd function, taken at a. A Gaussian damps the response
 * by the Gaussian that belongs to it in time, a convolution of αn/ω at its own place; the static susceptibility then changes by
 * (width/2.35 ω₀)². A constant part of αn, conduction, is left alone. Of what a line has
 * beyond the end of the grid, (2/π)Γ/ω_N of its area, only a part is folded back.
 * @param absorption 0 … Nyquist, at least three points; may be negative where it is a part of a spectrum
 * @param shapes with widths in grid steps, applied one after the other
 */
export function dampedAbsorption(absorption: Float64Array, shapes: readonly LineShape[]): Float64Array {
  const positive = absorption.every((v) => v >= 0);
  const damped = shapes.reduce(
    (y, { shape, width }) =>
      width === 0 ? y : shape === "lorentzian" ? dampedByLorentzian(y, width) : dampedByGaussian(y, width),
    absorption,
  );
  // Of positive modes the sum is positive; the transform leaves rounding errors of either sign.
  return positive ? damped.map((v) => Math.max(0, v)) : damped;
}

function dampedByLorentzian(y: Float64Array, width: number): Float64Array {
  const cells = y.length - 1;
  const half = width / 2;
  /** Weights of αn/ω at the shifted frequencies, shared out between neighboring points. */
  const weights = new Float64Array(cells + 1);
  const result = new Float64Array(cells + 1);
  for (let k = 0; k <= cells; k++) {
    const area = y[k]! * (k === 0 || k === cells ? 0.5 : 1);
    if (area === 0) continue;
    if (k < SLOW * half) {
      addOscillator(result, k, width, area);
      continue;
    }
    const at = Math.sqrt(k * k - half * half);
    const below = Math.min(cells - 1, Math.floor(at));
    const share = at - below;
    weights[below]! += ((1 - share) * area) / at;
    weights[below + 1]! += (share * area) / at;
  }
  // The grid's last point stands for half a cell.
  weights[cells]! *= 2;
  const odd = oddConvolution(weights, "lorentzian", width);
  return result.map((v, k) => v + k * odd[k]!);
}

/** Adds αn of one damped oscillator; for ω₀ = 0 that is the conduction of free charges. */
function addOscillator(result: Float64Array, center: number, width: number, area: number): void {
  const scale = (2 / Math.PI) * area * width;
  for (let k = 0; k < result.length; k++) {
    if (center === 0) {
      result[k]! += scale / (k * k + width * width);
      continue;
    }
    const detuning = center * center - k * k;
    result[k]! += (scale * k * k) / (detuning * detuning + width * width * k * k);
  }
}

function dampedByGaussian(y: Float64Array, width: number): Float64Array {
  const conduction = y[0]!;
  const odd = oddConvolution(
    y.map((v, k) => (k === 0 ? 0 : (v - conduction) / k)),
    "gaussian",
    width,
  );
  return odd.map((v, k) => conduction + k * v);
}

/** Convolution of a function that is odd about the first point and even about the last. */
function oddConvolution(values: Float64Array, shape: LineShape["shape"], width: number): Float64Array {
  const cells = values.length - 1;
  const period = 4 * cells;
  const wave = new Float64Array(period);
  for (let k = 1; k <= cells; k++) {
    wave[k] = wave[2 * cells - k] = values[k]!;
    wave[2 * cells + k] = wave[period - k] = -values[k]!;
  }
  const { re, im } = realFft(wave);
  const gain = kernelGain(shape, width, 2 * cells);
  for (let k = 0; k < gain.length; k++) {
    re[k]! *= gain[k]!;
    im[k]! *= gain[k]!;
  }
  return inverseRealFft({ re, im }, period).slice(0, cells + 1);
}

import { realFft } from "../math/fft.js";
import { speedOfLightCm } from "../units/constants.js";
import { correlation, type Normalization, padded, withoutMean } from "./correlation.js";
import type { DensityInput, RawDensity } from "./estimator.js";
import { frequencyGrid } from "./grid.js";
import { type LagWindow, lineWidth, type WindowFunction, windowFunction } from "./window.js";

export interface CorrelogramOptions {
  readonly window: LagWindow;
  /** Frames. */
  readonly maxLag: number;
  readonly normalization: Normalization;
  readonly padding: number;
}

/** D(ν̃) = 4c Re ∫₀^T w(t) C(t) e^{−iωt} dt by the trapezoidal rule; see density(). */
export function correlogram(input: DensityInput, timestep: number, options: CorrelogramOptions): RawDensity {
  const { maxLag } = options;
  const frames = input.signals[0]!.length;
  const extent = (maxLag + 1) * timestep;
  const window = windowFunction(options.window, extent);
  const w = options.normalization === "biased" ? withTriangle(window, frames * timestep) : window;
  const { length, wavenumbers, omega } = frequencyGrid(2 * (maxLag + 1), options.padding, timestep);

  /** ∫₀^T f(t) c(t) e^{−iωt} dt; the value at t = 0 counts half. */
  const transform = (c: Float64Array, f: (t: number) => number) => {
    const weighted = c.map((v, k) => v * f(k * timestep) * timestep);
    weighted[0]! /= 2;
    return realFft(padded(weighted, length));
  };
  const correlate = (x: Float64Array, y: Float64Array): Float64Array =>
    correlation(x, y, { maxLag, mean: "keep", normalization: "unbiased" });

  /** J of ẋ from C = ⟨x x⟩ with −C̈ moved onto the window: ω²∫wC cos + 2ω∫w′C sin − ∫w″C cos − w′(0)C(0). */
  const fromValues = (c: Float64Array): Float64Array => {
    const [zero, one, two] = [transform(c, w.value), transform(c, w.first), transform(c, w.second)];
    return omega.map((o, k) => o * o * zero.re[k]! - 2 * o * one.im[k]! - two.re[k]! - w.first(0) * c[0]!);
  };
  /** J of ẋ from C = ⟨x ẋ⟩ = −⟨ẋ x⟩ with −Ċ moved onto the window: ∫w′C cos − ω∫wC sin. */
  const fromCross = (c: Float64Array): Float64Array => {
    const [zero, one] = [transform(c, w.value), transform(c, w.first)];
    return omega.map((o, k) => one.re[k]! + o * zero.im[k]!);
  };

  const half = (signal: Float64Array, i: number): Float64Array => {
    const x = input.kind === "rate" ? signal : withoutMean(signal);
    if (input.kind === "cross") {
      const forward = correlate(x, input.rates[i]!);
      const backward = correlate(input.rates[i]!, x);
      return fromCross(forward.map((c, k) => (c - backward[k]!) / 2));
    }
    const c = correlate(x, x);
    return input.kind === "derivative" ? fromValues(c) : transform(c, w.value).re;
  };
  const values = input.signals.map((signal, i) => half(signal, i).map((j) => 4e-15 * speedOfLightCm * j));
  return { wavenumbers, values, resolution: lineWidth(w, extent, 1) };
}

/** The window times 1 − t/record, which turns an unbiased correlation into a biased one. */
function withTriangle(w: WindowFunction, record: number): WindowFunction {
  const triangle = (t: number): number => 1 - t / record;
  return {
    value: (t) => w.value(t) * triangle(t),
    first: (t) => w.first(t) * triangle(t) - w.value(t) / record,
    second: (t) => w.second(t) * triangle(t) - (2 * w.first(t)) / record,
  };
}

import { realFft } from "../math/fft.js";
import { speedOfLightCm } from "../units/constants.js";
import { padded, withoutMean } from "./correlation.js";
import type { DensityInput, RawDensity } from "./estimator.js";
import { frequencyGrid } from "./grid.js";
import { lineWidth, type Taper, windowFunction } from "./window.js";

interface Amplitude {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** D(ν̃) = 2cΔt |Σ_k w_k x_k e^{−iωt_k}|² / Σ_k w_k²; see density(). */
export function periodogram(input: DensityInput, timestep: number, taper: Taper, padding: number): RawDensity {
  const frames = input.signals[0]!.length;
  const { length, wavenumbers, omega } = frequencyGrid(frames, padding, timestep);
  // The taper vanishes one half step outside the record, so that every frame counts.
  const extent = ((frames + 1) / 2) * timestep;
  const w = windowFunction(taper, extent);
  const fromCentre = (k: number): number => (k - (frames - 1) / 2) * timestep;
  const weights = Float64Array.from({ length: frames }, (_, k) => w.value(Math.abs(fromCentre(k))));
  const slopes = Float64Array.from(
    { length: frames },
    (_, k) => Math.sign(fromCentre(k)) * w.first(Math.abs(fromCentre(k))),
  );
  const scale = (2e-15 * speedOfLightCm * timestep) / weights.reduce((s, v) => s + v * v, 0);

  const transform = (x: Float64Array, by: Float64Array): Amplitude =>
    realFft(
      padded(
        x.map((v, k) => v * by[k]!),
        length,
      ),
    );
  /** Transform of the tapered derivative: FT(w ẋ) = iω FT(w x) − FT(w′ x). */
  const transformOfRate = (x: Float64Array): Amplitude => {
    const plain = transform(x, weights);
    const correction = transform(x, slopes);
    return {
      re: plain.re.map((_, k) => -omega[k]! * plain.im[k]! - correction.re[k]!),
      im: plain.im.map((_, k) => omega[k]! * plain.re[k]! - correction.im[k]!),
    };
  };
  const product = (a: Amplitude, b: Amplitude): Float64Array =>
    a.re.map((_, k) => scale * (a.re[k]! * b.re[k]! + a.im[k]! * b.im[k]!));

  const values = input.signals.map((signal, i) => {
    const x = input.kind === "rate" ? signal : withoutMean(signal);
    if (input.kind === "cross") return product(transformOfRate(x), transform(input.rates[i]!, weights));
    const a = input.kind === "derivative" ? transformOfRate(x) : transform(x, weights);
    return product(a, a);
  });
  return { wavenumbers, values, resolution: lineWidth(w, extent, 2) };
}

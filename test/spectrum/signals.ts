/** Signals with known spectra. */
import { random } from "../../src/math/random.js";
import { seriesOfComponents } from "../../src/series/components.js";
import type { TensorSeries } from "../../src/series/tensorSeries.js";
import { wavenumberToAngular } from "../../src/units/frequency.js";

/** Σ amplitude cos(ωt + phase) with wavenumbers in cm⁻¹, and its time derivative. */
export function waves(
  frames: number,
  timestep: number,
  lines: readonly { readonly wavenumber: number; readonly amplitude: number; readonly phase?: number }[],
): { readonly x: Float64Array; readonly rate: Float64Array } {
  const x = new Float64Array(frames);
  const rate = new Float64Array(frames);
  for (const { wavenumber, amplitude, phase = 0 } of lines) {
    const omega = wavenumberToAngular(wavenumber);
    for (let k = 0; k < frames; k++) {
      x[k]! += amplitude * Math.cos(omega * k * timestep + phase);
      rate[k]! -= amplitude * omega * Math.sin(omega * k * timestep + phase);
    }
  }
  return { x, rate };
}

/** The wavenumber, cm⁻¹, that fits `periods` times into the record. */
export function commensurate(frames: number, timestep: number, periods: number): number {
  return periods / (frames * timestep * 2.99792458e-5);
}

/**
 * Stationary harmonic Langevin oscillator of unit ⟨v²⟩ by its exact discrete map:
 * ⟨v(0)v(t)⟩ has the half-sided transform γω²/((ω₀² − ω²)² + γ²ω²).
 */
export function langevin(
  frames: number,
  timestep: number,
  omega0: number,
  gamma: number,
  seed: number,
): { readonly x: Float64Array; readonly v: Float64Array } {
  const r = random(seed);
  const w = Math.sqrt(omega0 ** 2 - (gamma / 2) ** 2);
  const decay = Math.exp((-gamma * timestep) / 2);
  const [c, s] = [Math.cos(w * timestep), Math.sin(w * timestep)];
  const h = gamma / (2 * w);
  const map = [decay * (c + h * s), (decay * s) / w, (-decay * omega0 ** 2 * s) / w, decay * (c - h * s)] as const;
  const [varX, varV] = [1 / omega0 ** 2, 1];
  const qxx = varX - (map[0] ** 2 * varX + map[1] ** 2 * varV);
  const qxv = -(map[0] * map[2] * varX + map[1] * map[3] * varV);
  const qvv = varV - (map[2] ** 2 * varX + map[3] ** 2 * varV);
  const l11 = Math.sqrt(qxx);
  const l21 = qxv / l11;
  const l22 = Math.sqrt(qvv - l21 ** 2);
  const x = new Float64Array(frames);
  const v = new Float64Array(frames);
  x[0] = Math.sqrt(varX) * r.normal();
  v[0] = r.normal();
  for (let k = 1; k < frames; k++) {
    const [a, b] = [r.normal(), r.normal()];
    x[k] = map[0] * x[k - 1]! + map[1] * v[k - 1]! + l11 * a;
    v[k] = map[2] * x[k - 1]! + map[3] * v[k - 1]! + l21 * a + l22 * b;
  }
  return { x, v };
}

/** White noise of unit variance. */
export function noise(frames: number, seed: number): Float64Array {
  const r = random(seed);
  return Float64Array.from({ length: frames }, () => r.normal());
}

/** A polarizability whose six components are independent noise on top of a few lines. */
export function noisyTensors(frames: number, timestep: number, seed: number): TensorSeries {
  const column = (k: number): Float64Array => {
    const { x } = waves(frames, timestep, [
      { wavenumber: 300 + 90 * k, amplitude: 1 + 0.2 * k, phase: k },
      { wavenumber: 1200, amplitude: 0.5, phase: 2 * k },
    ]);
    return noise(frames, seed + k).map((v, i) => 5 + 0.1 * v + x[i]!);
  };
  return seriesOfComponents({
    quantity: "polarizability",
    components: { xx: column(0), yy: column(1), zz: column(2), xy: column(3), yz: column(4), zx: column(5) },
    timestep,
    origin: "noisy",
  });
}

/** ∫ y dx by the trapezoidal rule. */
export function integral(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let i = 0; i + 1 < x.length; i++) sum += ((y[i]! + y[i + 1]!) / 2) * (x[i + 1]! - x[i]!);
  return sum;
}

import { interpolate } from "../math/interpolate.js";
import { angularToWavenumber, wavenumberToAngular } from "../units/frequency.js";
import { verletFrequency } from "./corrections.js";

/**
 * Moves densities from the frequencies of a Verlet trajectory to those of exact integration, onto an even grid from 0 with
 * as many points; the area of every line is kept.
 * @param wavenumbers even grid from 0, cm⁻¹
 * @param timestep molecular-dynamics step, fs; at most the time between the frames
 */
export function verletAxis(
  wavenumbers: Float64Array,
  densities: readonly Float64Array[],
  timestep: number,
): readonly [Float64Array, readonly Float64Array[]] {
  const cells = wavenumbers.length - 1;
  const exact = (v: number): number => angularToWavenumber(verletFrequency(wavenumberToAngular(v), timestep));
  const axis = Float64Array.from({ length: cells + 1 }, (_, k) => (k * exact(wavenumbers[cells]!)) / cells);
  const from = cellEdges(wavenumbers);
  const to = cellEdges(axis);
  const mapped = from.map(exact);
  return [
    axis,
    densities.map((d) => {
      const below = new Float64Array(from.length);
      for (let k = 0; k <= cells; k++) below[k + 1] = below[k]! + d[k]! * (from[k + 1]! - from[k]!);
      const cumulative = interpolate(mapped, below, to);
      return d.map((_, k) => (cumulative[k + 1]! - cumulative[k]!) / (to[k + 1]! - to[k]!));
    }),
  ];
}

/** The points half way between grid points, and both ends. */
function cellEdges(x: Float64Array): Float64Array {
  const last = x.length - 1;
  return Float64Array.from({ length: x.length + 1 }, (_, k) =>
    k === 0 ? x[0]! : k > last ? x[last]! : (x[k - 1]! + x[k]!) / 2,
  );
}

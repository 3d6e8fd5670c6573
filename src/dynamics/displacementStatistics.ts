/** Mean squared displacement of a trajectory. */
import { correlation } from "../spectrum/correlation.js";
import { continuous } from "../structure/continuous.js";
import { frameCount, requireTimestep, type Trajectory } from "../structure/trajectory.js";

/** Mean squared displacement against lag time. */
export interface MeanSquaredDisplacement {
  /** fs */
  readonly lag: Float64Array;
  /** Å², per species in the order of `species` */
  readonly value: readonly Float64Array[];
  readonly species: readonly string[];
}

/**
 * Mean squared displacement, averaged over atoms of a species and all time origins: |x(t) − x(0)|² = x(t)² + x(0)² − 2 x(t)·x(0), the
 * last by fast Fourier transform (Kneller et al., Comput. Phys. Commun. 91, 191 (1995)).
 * @param t consecutive frames with a time step; positions may be wrapped into the cell
 * @param maxLag largest lag in frames, default half the trajectory
 * @throws DataError without a time step, or if an atom moves too far between two frames for its path to be known
 */
export function meanSquaredDisplacement(
  t: Trajectory,
  maxLag: number = Math.floor(frameCount(t) / 2),
): MeanSquaredDisplacement {
  const timestep = requireTimestep(t, "meanSquaredDisplacement");
  const { positions } = continuous(t, "meanSquaredDisplacement");
  const n3 = 3 * t.species.length;
  const species = [...new Set(t.species)];
  const counts = species.map((s) => t.species.filter((x) => x === s).length);
  const lags = Math.min(maxLag, frameCount(t) - 1);
  const value = species.map(() => new Float64Array(lags + 1));
  for (let c = 0; c < n3; c++) {
    const kind = species.indexOf(t.species[Math.floor(c / 3)]!);
    // From the first frame on, so that the three terms do not cancel more digits than they must.
    const x = Float64Array.from({ length: frameCount(t) }, (_, f) => positions[f * n3 + c]! - positions[c]!);
    addSquaredDisplacement(value[kind]!, x, 1 / counts[kind]!);
  }
  return { lag: Float64Array.from({ length: lags + 1 }, (_, l) => l * timestep), value, species };
}

/** Adds the mean of (x_{i+k} − x_i)² over i, times `factor`, for k = 0, 1, … */
function addSquaredDisplacement(sum: Float64Array, x: Float64Array, factor: number): void {
  const products = correlation(x, x, { maxLag: sum.length - 1, mean: "keep", normalization: "unbiased" });
  const n = x.length;
  let squares = 2 * x.reduce((s, v) => s + v * v, 0);
  for (let k = 1; k < sum.length; k++) {
    squares -= x[k - 1]! ** 2 + x[n - k]! ** 2;
    sum[k]! += factor * Math.max(0, squares / (n - k) - 2 * products[k]!);
  }
}

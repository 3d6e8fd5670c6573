/** Mean squared displacement and velocity statistics of a trajectory. */
import { ShapeError } from "../errors.js";
import { frameCount, type Trajectory } from "../structure/trajectory.js";

/** Mean squared displacement against lag time. */
export interface MeanSquaredDisplacement {
  /** fs */
  readonly lag: Float64Array;
  /** Å², per species in the order of `species` */
  readonly value: readonly Float64Array[];
  readonly species: readonly string[];
}

/**
 * Mean squared displacement, averaged over atoms of a species and all time origins.
 * @param t unwrapped positions; needs a time step
 * @param maxLag largest lag in frames, default half the trajectory
 * @throws ShapeError without a time step
 */
export function meanSquaredDisplacement(
  t: Trajectory,
  maxLag = Math.floor(frameCount(t) / 2),
): MeanSquaredDisplacement {
  if (t.timestep === undefined)
    throw new ShapeError({ where: "meanSquaredDisplacement", problem: "the trajectory has no time step" });
  const frames = frameCount(t);
  const n3 = 3 * t.species.length;
  const species = [...new Set(t.species)];
  const kind = t.species.map((s) => species.indexOf(s));
  const counts = species.map((s) => t.species.filter((x) => x === s).length);
  const lags = Math.min(maxLag, frames - 1);
  const value = species.map(() => new Float64Array(lags + 1));
  for (let lag = 1; lag <= lags; lag++) {
    for (let f = 0; f + lag < frames; f++) {
      const a = f * n3;
      const b = (f + lag) * n3;
      for (let k = 0; k < n3; k++) {
        const d = t.positions[b + k]! - t.positions[a + k]!;
        value[kind[Math.floor(k / 3)]!]![lag]! += d * d;
      }
    }
    value.forEach((v, s) => {
      v[lag]! /= (frames - lag) * counts[s]!;
    });
  }
  return { lag: Float64Array.from({ length: lags + 1 }, (_, l) => l * t.timestep!), value, species };
}

import { DataError, ShapeError } from "../errors.js";
import { unwrap } from "./continuous.js";
import { atomicMasses } from "./elements.js";
import { imageReducer } from "./minimumImage.js";
import type { Structure } from "./structure.js";
import { frameCount, type Trajectory } from "./trajectory.js";

/** @throws ShapeError unless both structures list the same atoms in the same order */
export function requireSameAtoms(
  a: { readonly species: readonly string[] },
  b: { readonly species: readonly string[] },
  where: string,
): void {
  if (a.species.length !== b.species.length)
    throw new ShapeError({ where, problem: `${b.species.length} atoms, expected ${a.species.length}` });
  const i = a.species.findIndex((x, k) => x !== b.species[k]);
  if (i >= 0)
    throw new ShapeError({
      where,
      problem: `atom ${i} is ${b.species[i]}, expected ${a.species[i]}`,
      advice: "bring the atoms into the order of the reference",
    });
}

/**
 * Displacement of every atom from `from` to `to`, each the shortest periodic image in the cell of `to`.
 * @returns [n, 3], Å
 * @throws ShapeError if the atoms differ
 */
export function displacements(from: Structure, to: Structure): Float64Array {
  requireSameAtoms(from, to, "displacements");
  const reduce = imageReducer(to.cell, to.periodic);
  const out = to.positions.map((x, p) => x - from.positions[p]!);
  for (let o = 0; o < out.length; o += 3) reduce(out, o);
  return out;
}

/**
 * Displacements without the motion of the structure as a whole: the centre of mass stays where it is. Every image is the shortest
 * relative to the first atom, so that a drift of any length and atoms wrapped across a face change nothing.
 * @param masses default standard atomic weights, u
 * @param reduce shortest image, prepared for the cell of `to` where many structures share it
 * @returns [n, 3], Å
 */
export function internalDisplacements(
  from: Structure,
  to: Structure,
  masses = atomicMasses(from.species),
  reduce = imageReducer(to.cell, to.periodic),
): Float64Array {
  requireSameAtoms(from, to, "internalDisplacements");
  const out = to.positions.map((x, p) => x - from.positions[p]!);
  const shift = out.slice(0, 3);
  for (let o = 0; o < out.length; o += 3) {
    for (let c = 0; c < 3; c++) out[o + c]! -= shift[c]!;
    reduce(out, o);
  }
  removeMean(out, masses);
  return out;
}

/** Subtracts the weighted mean vector in place. */
export function removeMean(vectors: Float64Array, weights: Float64Array): void {
  const total = weights.reduce((a, b) => a + b, 0);
  for (let c = 0; c < 3; c++) {
    let mean = 0;
    for (let i = 0; i < weights.length; i++) mean += weights[i]! * vectors[3 * i + c]!;
    mean /= total;
    for (let i = 0; i < weights.length; i++) vectors[3 * i + c]! -= mean;
  }
}

/**
 * Holds the centre of mass where it is in the first frame. Unwrap first.
 * @param masses default standard atomic weights, u
 */
export function removeDrift(t: Trajectory, masses: Float64Array = atomicMasses(t.species)): Trajectory {
  const size = 3 * t.species.length;
  const positions = Float64Array.from(t.positions);
  const total = masses.reduce((a, b) => a + b, 0);
  const first = positions.slice(0, size);
  for (let f = 1; f < frameCount(t); f++) {
    for (let c = 0; c < 3; c++) {
      let drift = 0;
      for (let i = 0; i < masses.length; i++)
        drift += masses[i]! * (positions[f * size + 3 * i + c]! - first[3 * i + c]!);
      drift /= total;
      for (let i = 0; i < masses.length; i++) positions[f * size + 3 * i + c]! -= drift;
    }
  }
  return { ...t, positions };
}

/**
 * The trajectory with velocities from its positions: central differences (x(t+Δt) − x(t−Δt))/2Δt, at both ends the one-sided
 * formula of the same order. Positions are unwrapped for it; in a variable cell the motion of the cell is part of the velocity.
 * A mode of angular frequency ω comes out with amplitude sin(ωΔt)/(ωΔt).
 * @returns velocities [frames, n, 3], Å/fs
 * @throws DataError without a time step, ShapeError with fewer than three frames
 */
export function withVelocities(t: Trajectory): Trajectory {
  const frames = frameCount(t);
  if (!(t.timestep !== undefined && t.timestep > 0))
    throw new DataError({
      where: "withVelocities",
      problem: `time step is ${t.timestep} fs`,
      advice: "set the trajectory's timestep",
    });
  if (frames < 3) throw new ShapeError({ where: "withVelocities", problem: `${frames} frames, expected at least 3` });
  const x = unwrap(t).positions;
  const size = 3 * t.species.length;
  const velocities = new Float64Array(x.length);
  const scale = 1 / (2 * t.timestep);
  for (let p = 0; p < size; p++) {
    const end = (frames - 1) * size + p;
    velocities[p] = (-3 * x[p]! + 4 * x[size + p]! - x[2 * size + p]!) * scale;
    velocities[end] = (3 * x[end]! - 4 * x[end - size]! + x[end - 2 * size]!) * scale;
  }
  for (let p = size; p < x.length - size; p++) velocities[p] = (x[p + size]! - x[p - size]!) * scale;
  return { ...t, velocities };
}

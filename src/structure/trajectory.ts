import { DataError, ShapeError } from "../errors.js";
import { cellVolume, type Periodicity, type Structure } from "./structure.js";

/** Frames of the same atoms, all positions in one buffer. */
export interface Trajectory {
  /** Chemical symbols, length n. */
  readonly species: readonly string[];
  /** Cartesian positions, shape [frames, n, 3], Å. */
  readonly positions: Float64Array;
  /** Velocities, shape [frames, n, 3], Å/fs, where known. */
  readonly velocities?: Float64Array;
  /** Cell rows a, b, c, Å: shape [1, 3, 3] for a fixed cell or [frames, 3, 3]; absent for a free molecule. */
  readonly cells?: Float64Array;
  readonly periodic: Periodicity;
  /** Time between frames, fs, where known. */
  readonly timestep?: number;
  /** Time of each frame, fs, where the file has times that `timestep` does not say: uneven ones, or not from 0 on. */
  readonly times?: Float64Array;
}

/** Number of frames. */
export function frameCount(t: Trajectory): number {
  return t.species.length === 0 ? 0 : t.positions.length / (3 * t.species.length);
}

/**
 * One frame as a structure; its arrays are views into the trajectory's buffers.
 * @throws ShapeError if `index` is outside 0 … frames − 1
 */
export function frameStructure(t: Trajectory, index: number): Structure {
  const frames = frameCount(t);
  if (!(Number.isInteger(index) && index >= 0 && index < frames))
    throw new ShapeError(`frame ${index} asked for, the trajectory has frames 0 to ${frames - 1}`);
  const n3 = 3 * t.species.length;
  const positions = t.positions.subarray(index * n3, (index + 1) * n3);
  if (!t.cells) return { species: t.species, positions, periodic: t.periodic };
  const c = t.cells.length === 9 ? 0 : 9 * index;
  return { species: t.species, positions, cell: t.cells.subarray(c, c + 9), periodic: t.periodic };
}

/** The time between frames, fs. @throws DataError without one */
export function requireTimestep(t: Pick<Trajectory, "timestep">, where: string): number {
  if (t.timestep !== undefined) return t.timestep;
  throw new DataError({
    where,
    problem: "the trajectory has no time step",
    advice: "give the time between frames in fs as `timestep`",
  });
}

/** The velocities, [frames, n, 3], Å/fs. @throws DataError without any */
export function requireVelocities(t: Pick<Trajectory, "velocities">, where: string): Float64Array {
  if (t.velocities) return t.velocities;
  throw new DataError({
    where,
    problem: "the trajectory has no velocities",
    advice: "use withVelocities, or read a file that has them",
  });
}

/** Mean volume of the cell, Å³; `undefined` without one. */
export function meanVolume({ cells }: Pick<Trajectory, "cells">): number | undefined {
  if (!cells) return undefined;
  let sum = 0;
  for (let c = 0; c < cells.length; c += 9) sum += cellVolume(cells.subarray(c, c + 9));
  return sum / (cells.length / 9);
}

/** Every `stride`-th frame. @throws ShapeError unless stride is a whole number above 0 */
export function sliceTrajectory(t: Trajectory, { stride = 1 }: { readonly stride?: number }): Trajectory {
  if (!(Number.isInteger(stride) && stride > 0))
    throw new ShapeError(`stride is ${stride}, expected a whole number above 0`);
  if (stride === 1) return t;
  const frames = frameCount(t);
  const pick = (all: Float64Array): Float64Array => {
    const size = all.length / frames;
    return Float64Array.from(
      Array.from({ length: Math.ceil(frames / stride) }, (_, k) => [
        ...all.subarray(k * stride * size, (k * stride + 1) * size),
      ]).flat(),
    );
  };
  return {
    ...t,
    positions: pick(t.positions),
    ...(t.velocities && { velocities: pick(t.velocities) }),
    ...(t.cells && { cells: t.cells.length === 9 ? t.cells : pick(t.cells) }),
    ...(t.timestep !== undefined && { timestep: t.timestep * stride }),
    ...(t.times && { times: pick(t.times) }),
  };
}

/**
 * Joins structures of the same atoms into a trajectory (copies positions; keeps one cell if all are equal).
 * @param timestep fs between frames
 * @throws ShapeError if there is no structure or the species differ
 */
export function createTrajectory(structures: readonly Structure[], timestep?: number): Trajectory {
  const first = structures[0];
  if (!first) throw new ShapeError("a trajectory needs at least one structure");
  const n = first.species.length;
  const positions = new Float64Array(structures.length * 3 * n);
  const cells = first.cell && new Float64Array(9 * structures.length);
  let fixed = true;
  structures.forEach((s, f) => {
    if (s.species.length !== n || s.species.some((x, i) => x !== first.species[i]))
      throw new ShapeError({
        where: `frame ${f}`,
        problem: `atoms differ from frame 0 (${s.species.length} against ${n}, or another order)`,
      });
    positions.set(s.positions, f * 3 * n);
    if (cells) {
      if (!s.cell) throw new ShapeError({ where: `frame ${f}`, problem: "no cell, but frame 0 has one" });
      cells.set(s.cell, 9 * f);
      fixed &&= s.cell.every((x, i) => x === first.cell![i]);
    }
  });
  return {
    species: first.species,
    positions,
    periodic: first.periodic,
    ...(cells && { cells: fixed ? cells.slice(0, 9) : cells }),
    ...(timestep !== undefined && { timestep }),
  };
}

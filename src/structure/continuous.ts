import { frameCount, type Trajectory } from "./trajectory.js";
import { unwrapper } from "./unwrapping.js";

/**
 * Removes jumps across the cell faces: from frame to frame each atom moves to its nearest image. Works for variable cells, in
 * which "nearest" refers to fractional coordinates in the later cell; positions change by whole cell vectors of their own frame only.
 * @throws DataError if the trajectory has periodic directions but no cell
 */
export function unwrap(t: Trajectory): Trajectory {
  return followed(t);
}

/**
 * A trajectory without jumps across the cell faces, as it is where it has none. What depends on the path of the atoms (polarization,
 * displacements) needs it, and positions of a file may be wrapped.
 * @param where who asks, for the message
 * @throws DataError naming frame and atom if an atom moves by almost half a cell vector between two frames, so that its path is a
 * guess, or if there are periodic directions but no cell
 */
export function continuous(t: Trajectory, where: string): Trajectory {
  return followed(t, where);
}

function followed(t: Trajectory, strict?: string): Trajectory {
  if (!t.periodic.some(Boolean)) return t;
  const positions = Float64Array.from(t.positions);
  const size = 3 * t.species.length;
  const follow = unwrapper(t, strict);
  for (let f = 0; f < frameCount(t); f++) {
    const cell = t.cells && t.cells.length > 9 ? t.cells.subarray(9 * f, 9 * f + 9) : t.cells;
    follow(positions.subarray(f * size, (f + 1) * size), cell);
  }
  return { ...t, positions };
}

import { DataError } from "../errors.js";
import { inverse3 } from "../math/matrix3.js";
import { unwrap } from "./displacement.js";
import { frameCount, type Trajectory } from "./trajectory.js";

/** Largest step between frames that is certain to be the shortest image, as a fraction of a cell vector. */
const LIMIT = 0.45;

/**
 * A trajectory without jumps across the cell faces, as it is where it has none. What depends on the path of the atoms (polarization,
 * displacements) needs it, and positions of a file may be wrapped.
 * @param where who asks, for the message
 * @throws DataError naming frame and atom if an atom moves by almost half a cell vector between two frames, so that its path is a
 * guess, or if there are periodic directions but no cell
 */
export function continuous(t: Trajectory, where: string): Trajectory {
  if (!t.periodic.some(Boolean)) return t;
  const result = unwrap(t);
  const { positions, cells, species, periodic } = result;
  const size = 3 * species.length;
  let inverse = inverse3(cells!.subarray(0, 9));
  for (let f = 1; f < frameCount(t); f++) {
    const before = inverse;
    if (cells!.length > 9) inverse = inverse3(cells!.subarray(9 * f, 9 * f + 9));
    for (let p = f * size; p < (f + 1) * size; p += 3)
      for (let d = 0; d < 3; d++) {
        if (!periodic[d]) continue;
        let step = 0;
        for (let c = 0; c < 3; c++)
          step += positions[p + c]! * inverse[3 * c + d]! - positions[p - size + c]! * before[3 * c + d]!;
        if (Math.abs(step) > LIMIT)
          throw new DataError({
            where: `${where}, frame ${f}`,
            problem: `atom ${(p % size) / 3} (${species[(p % size) / 3]}) moves by ${Math.abs(step).toFixed(2)} of cell vector ${"abc"[d]} since the frame before, so its path is a guess`,
            advice: "give consecutive frames that are closer in time",
          });
      }
  }
  return result;
}

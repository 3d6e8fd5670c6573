/** Structures held together by springs, whose force constants are known. */
import type { DisplacedForces } from "../../src/spectrum/displacedForces.js";
import { createStructure, type Structure } from "../../src/structure/structure.js";

/** Springs of constant k between all pairs at their reference distances: forces at any positions. */
export function springForces(reference: Structure, k: number, positions: Float64Array): Float64Array {
  const n = reference.species.length;
  const forces = new Float64Array(3 * n);
  const separation = (x: Float64Array, i: number, j: number): number[] =>
    [0, 1, 2].map((c) => x[3 * i + c]! - x[3 * j + c]!);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      if (i === j) continue;
      const r = separation(positions, i, j);
      const [now, rest] = [Math.hypot(...r), Math.hypot(...separation(reference.positions, i, j))];
      for (let c = 0; c < 3; c++) forces[3 * i + c]! -= (k * (now - rest) * r[c]!) / now;
    }
  return forces;
}

export function displacedSets(
  reference: Structure,
  k: number,
  atoms: readonly number[],
  delta = 1e-3,
): DisplacedForces[] {
  return atoms.flatMap((atom) =>
    [0, 1, 2].flatMap((c) =>
      [delta, -delta].map((d) => {
        const positions = Float64Array.from(reference.positions);
        positions[3 * atom + c]! += d;
        const displacement = new Float64Array(3);
        displacement[c] = d;
        return { atom, displacement, forces: springForces(reference, k, positions) };
      }),
    ),
  );
}

export const water = createStructure({
  species: ["O", "H", "H"],
  positions: [0, 0, 0.12, 0, 0.76, -0.48, 0, -0.76, -0.48],
});

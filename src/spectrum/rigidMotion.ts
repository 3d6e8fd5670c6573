/** Motions of a structure as a whole, which no force opposes. */
import { dot, norm } from "../math/matrix.js";
import type { Structure } from "../structure/structure.js";

/** A motion as a whole in mass-weighted coordinates. */
export interface RigidMotion {
  readonly kind: "translation" | "rotation";
  /** √m_i times the motion of atom i, [3n], of length 1. */
  readonly vector: Float64Array;
}

/** Rotations whose mass-weighted length is below this part of the largest do not exist: about the axis of a linear molecule. */
const NONE = 1e-4;

/**
 * Orthonormal translations and, of a molecule, rotations about the center of mass: 6, 5 for a linear molecule, 3 for an atom or a crystal.
 * @param masses u, [n]
 */
export function rigidMotions(
  { positions, periodic, species }: Structure,
  masses: Float64Array,
): readonly RigidMotion[] {
  const n = species.length;
  const total = masses.reduce((a, b) => a + b, 0);
  const motions: RigidMotion[] = [0, 1, 2].map((a) => ({
    kind: "translation",
    vector: Float64Array.from({ length: 3 * n }, (_, c) =>
      c % 3 === a ? Math.sqrt(masses[Math.floor(c / 3)]! / total) : 0,
    ),
  }));
  if (periodic.some(Boolean)) return motions;
  const center = [0, 1, 2].map((a) => masses.reduce((s, m, i) => s + m * positions[3 * i + a]!, 0) / total);
  const turns = [0, 1, 2].map((a) => {
    const [b, c] = [(a + 1) % 3, (a + 2) % 3];
    const vector = new Float64Array(3 * n);
    for (let i = 0; i < n; i++) {
      const root = Math.sqrt(masses[i]!);
      // ω × r about axis a.
      vector[3 * i + b] = -root * (positions[3 * i + c]! - center[c]!);
      vector[3 * i + c] = root * (positions[3 * i + b]! - center[b]!);
    }
    return vector;
  });
  const size = Math.max(...turns.map(norm));
  if (!(size > 0)) return motions;
  // The longest first, so that of a linear molecule the one that is left over is the turn about its axis.
  for (const turn of turns.sort((x, y) => norm(y) - norm(x))) {
    const rest = Float64Array.from(turn);
    // Twice, for the digits that the first pass leaves.
    for (let pass = 0; pass < 2; pass++)
      for (const { vector } of motions) {
        const along = dot(rest, vector);
        for (let c = 0; c < rest.length; c++) rest[c]! -= along * vector[c]!;
      }
    const length = norm(rest);
    if (length > NONE * size) motions.push({ kind: "rotation", vector: rest.map((v) => v / length) });
  }
  return motions;
}

/** Forces on displaced structures, from which force constants are made. */
import { DataError } from "../errors.js";
import { displacements } from "../structure/displacement.js";
import type { Frame } from "../structure/frame.js";

/** Forces with one atom displaced; what a phonopy FORCE_SETS file lists. */
export interface DisplacedForces {
  /** Displaced atom, from 0. */
  readonly atom: number;
  /** [3], Å */
  readonly displacement: Float64Array;
  /** [n, 3], eV/Å */
  readonly forces: Float64Array;
}

/** Forces with every atom displaced; what a phonopy FORCE_SETS file of type 2 lists. */
export interface SnapshotForces {
  /** [n, 3], Å */
  readonly displacements: Float64Array;
  /** [n, 3], eV/Å */
  readonly forces: Float64Array;
}

/**
 * The displaced atom of every frame with its displacement and forces; frames equal to the reference are skipped, and the
 * reference's own forces are subtracted where it has them.
 * @throws DataError for a frame without forces or with more than one displaced atom
 */
export function displacedForces(reference: Frame, frames: readonly Frame[]): readonly DisplacedForces[] {
  return frames.flatMap((frame, k) => {
    const where = `displaced frame ${k}`;
    const u = displacements(reference.structure, frame.structure);
    const moved = [...reference.structure.species.keys()].filter(
      (i) => Math.hypot(u[3 * i]!, u[3 * i + 1]!, u[3 * i + 2]!) > 1e-5,
    );
    if (moved.length === 0) return [];
    if (moved.length > 1)
      throw new DataError({
        where,
        problem: `atoms ${moved.slice(0, 6).join(", ")}${moved.length > 6 ? ", …" : ""} are displaced, expected one`,
        advice: "give the reference that the displacements start from",
      });
    if (!frame.forces) throw new DataError({ where, problem: "no forces", advice: "read them from the calculation" });
    const [atom] = moved as [number];
    const forces = frame.forces.map((f, c) => f - (reference.forces?.[c] ?? 0));
    return [{ atom, displacement: u.slice(3 * atom, 3 * atom + 3), forces }];
  });
}

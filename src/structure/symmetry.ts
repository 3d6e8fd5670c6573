import { DataError, OptionError } from "../errors.js";
import { pointGroup } from "./pointGroup.js";
import { spaceGroup } from "./spaceGroup.js";
import type { Structure } from "./structure.js";
import type { SymmetryOperation } from "./symmetryOperation.js";

/** Every operation that leaves a structure as it is. */
export interface Symmetry {
  /** Hermann–Mauguin symbol of the space group of a crystal, Schoenflies symbol of the point group of a molecule. */
  readonly symbol: string;
  /** Number in the International Tables, 1 … 230, of a crystal. */
  readonly number?: number;
  readonly operations: readonly SymmetryOperation[];
  /** For each atom the first atom that is equivalent to it. */
  readonly equivalent: Int32Array;
  /** Distance below which positions counted as equal, Å. */
  readonly tolerance: number;
}

/**
 * Space group of a periodic structure (by moyo), point group of a free one.
 * @param tolerance Å, default 1e-3
 * @throws DataError if a periodic structure cannot be analysed, e.g. with coincident atoms
 */
export function symmetry(s: Structure, tolerance = 1e-3): Symmetry {
  if (!(tolerance > 0 && Number.isFinite(tolerance)))
    throw new OptionError({
      where: "symmetry",
      problem: `tolerance is ${tolerance} Å`,
      advice: "give a small positive length",
    });
  if (s.species.length === 0) throw new DataError({ where: "symmetry", problem: "the structure has no atoms" });
  const found = s.periodic.some(Boolean) ? spaceGroup(s, tolerance) : pointGroup(s, tolerance);
  return { ...found, equivalent: orbits(found.operations, s.species.length), tolerance };
}

/** The identity alone. */
export function noSymmetry(s: Structure): Symmetry {
  const n = s.species.length;
  const identity: SymmetryOperation = {
    rotation: Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1),
    translation: new Float64Array(3),
    permutation: Int32Array.from({ length: n }, (_, i) => i),
  };
  return {
    symbol: s.periodic.some(Boolean) ? "P 1" : "C1",
    operations: [identity],
    equivalent: identity.permutation,
    tolerance: 0,
  };
}

function orbits(operations: readonly SymmetryOperation[], n: number): Int32Array {
  return Int32Array.from({ length: n }, (_, i) =>
    operations.reduce((least, o) => Math.min(least, o.permutation[i]!), i),
  );
}

import { DataError, ShapeError } from "../errors.js";
import { determinant3 } from "../math/matrix3.js";

/** Which of the three cell vectors are repeated. */
export type Periodicity = readonly [boolean, boolean, boolean];

/** Atoms in space. Lengths in Å, Cartesian. */
export interface Structure {
  /** Chemical symbols, length n. */
  readonly species: readonly string[];
  /** Cartesian positions, shape [n, 3], Å; not necessarily inside the cell. */
  readonly positions: Float64Array;
  /** Cell vectors a, b, c as rows, shape [3, 3], Å; absent for a free molecule. */
  readonly cell?: Float64Array;
  readonly periodic: Periodicity;
}

/** What {@link createStructure} accepts; plain arrays are copied into typed ones. */
export interface StructureInput {
  readonly species: readonly string[];
  /** [n, 3] flat or nested, Å. */
  readonly positions: ArrayLike<number> | readonly (readonly number[])[];
  /** [3, 3] flat or nested, rows a, b, c, Å. */
  readonly cell?: ArrayLike<number> | readonly (readonly number[])[];
  /** Default: periodic in all three directions if there is a cell, in none otherwise. */
  readonly periodic?: boolean | Periodicity;
}

/**
 * Builds and checks a structure.
 * @throws ShapeError if lengths disagree
 * @throws DataError for a non-finite coordinate, a periodic direction without cell, or a cell without volume
 * @example structure.createStructure({ species: ["O", "H", "H"], positions: [[0, 0, 0.119], [0, 0.763, -0.477], [0, -0.763, -0.477]] }).positions.length // 9
 */
export function createStructure(input: StructureInput): Structure {
  const positions = flat(input.positions);
  const cell = input.cell === undefined ? undefined : flat(input.cell);
  const p = input.periodic ?? cell !== undefined;
  const periodic: Periodicity = typeof p === "boolean" ? [p, p, p] : p;
  const result: Structure = { species: [...input.species], positions, ...(cell && { cell }), periodic };
  checkStructure(result);
  return result;
}

/** @throws ShapeError | DataError if the structure is not well-formed; see {@link createStructure} */
export function checkStructure(s: Structure, where = "structure"): void {
  const n = s.species.length;
  if (s.positions.length !== 3 * n)
    throw new ShapeError({ where, problem: `${s.positions.length} coordinates for ${n} atoms, expected ${3 * n}` });
  for (let i = 0; i < 3 * n; i++)
    if (!Number.isFinite(s.positions[i]))
      throw new DataError({
        where,
        problem: `coordinate ${"xyz"[i % 3]} of atom ${Math.floor(i / 3)} is ${s.positions[i]}`,
      });
  if (s.cell) {
    if (s.cell.length !== 9) throw new ShapeError({ where, problem: `cell has ${s.cell.length} numbers, expected 9` });
    const v = cellVolume(s.cell);
    if (!(v > 1e-9))
      throw new DataError({
        where,
        problem: `cell volume is ${v} Å³`,
        advice: "give three linearly independent cell vectors as rows",
      });
  } else if (s.periodic.some(Boolean)) {
    throw new DataError({
      where,
      problem: "periodic directions but no cell",
      advice: "give the cell or set periodic to false",
    });
  }
}

/** Volume of a cell, Å³. @param cell rows a, b, c, shape [3, 3], Å */
export function cellVolume(cell: Float64Array): number {
  return Math.abs(determinant3(cell));
}

/** Number of atoms. */
export function atomCount(s: { readonly species: readonly string[] }): number {
  return s.species.length;
}

function flat(a: ArrayLike<number> | readonly (readonly number[])[]): Float64Array {
  return Array.isArray(a) && Array.isArray(a[0])
    ? Float64Array.from((a as number[][]).flat())
    : Float64Array.from(a as ArrayLike<number>);
}

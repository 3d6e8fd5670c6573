import { DataError, OptionError, ShapeError } from "../errors.js";
import { inverse3, timesMatrix } from "../math/matrix3.js";
import { cellVolume, type Structure } from "./structure.js";

/** Distances between opposite faces of the cell along a, b, c, Å. @param cell rows a, b, c, [3, 3], Å */
export function faceDistances(cell: Float64Array): readonly [number, number, number] {
  const m = inverse3(cell);
  return [
    1 / Math.hypot(m[0]!, m[3]!, m[6]!),
    1 / Math.hypot(m[1]!, m[4]!, m[7]!),
    1 / Math.hypot(m[2]!, m[5]!, m[8]!),
  ];
}

/** Fractional coordinates f with x = f·cell, [n, 3]. @param cell rows a, b, c, Å */
export function toFractional(positions: Float64Array, cell: Float64Array): Float64Array {
  return timesMatrix(positions, inverse3(cell));
}

/** Cartesian coordinates x = f·cell, [n, 3], Å. */
export function toCartesian(fractional: Float64Array, cell: Float64Array): Float64Array {
  return timesMatrix(fractional, cell);
}

/** The structure with every atom brought into the cell along periodic directions, 0 ≤ f < 1. */
export function wrap(s: Structure): Structure {
  if (!s.cell || !s.periodic.some(Boolean)) return s;
  const f = toFractional(s.positions, s.cell);
  const positions = Float64Array.from(s.positions);
  for (let i = 0; i < f.length; i++) {
    const d = i % 3;
    if (!s.periodic[d]) continue;
    const shift = Math.floor(f[i]!);
    if (shift !== 0) for (let c = 0; c < 3; c++) positions[i - d + c]! -= shift * s.cell[3 * d + c]!;
  }
  return { ...s, positions };
}

/**
 * The structure repeated along its cell vectors; image (i, j, k) follows image (0, 0, 0) in blocks of all atoms, k fastest.
 * @throws OptionError if a repetition is not a positive whole number, or above 1 along a non-periodic direction
 */
export function supercell(s: Structure, repeats: readonly [number, number, number]): Structure {
  repeats.forEach((r, d) => {
    if (!(Number.isInteger(r) && r > 0))
      throw new OptionError({ where: "supercell", problem: `repetition ${r} along ${"abc"[d]}` });
    if (r > 1 && !s.periodic[d])
      throw new OptionError({
        where: "supercell",
        problem: `repetition ${r} along ${"abc"[d]}, which is not periodic`,
      });
  });
  const { cell } = s;
  if (!cell) return s;
  const species: string[] = [];
  const positions: number[] = [];
  for (let i = 0; i < repeats[0]; i++)
    for (let j = 0; j < repeats[1]; j++)
      for (let k = 0; k < repeats[2]; k++) {
        species.push(...s.species);
        s.positions.forEach((x, p) => {
          const c = p % 3;
          positions.push(x + i * cell[c]! + j * cell[3 + c]! + k * cell[6 + c]!);
        });
      }
  return {
    species,
    positions: Float64Array.from(positions),
    cell: cell.map((x, p) => x * repeats[Math.floor(p / 3) as 0 | 1 | 2]),
    periodic: s.periodic,
  };
}

/**
 * The structure deformed homogeneously: every vector v becomes v + ε·v.
 * @param epsilon strain ε, [3, 3], row-major; symmetric for a deformation without rotation
 * @throws DataError if the deformed cell has no volume
 */
export function strain(s: Structure, epsilon: Float64Array): Structure {
  if (epsilon.length !== 9) throw new ShapeError({ where: "strain", problem: `${epsilon.length} numbers, expected 9` });
  // Rows times the transposed matrix.
  const transposed = Float64Array.from(
    epsilon,
    (_, p) => epsilon[3 * (p % 3) + Math.floor(p / 3)]! + (p % 4 === 0 ? 1 : 0),
  );
  const cell = s.cell && timesMatrix(s.cell, transposed);
  if (cell && !(cellVolume(cell) > 1e-9))
    throw new DataError({ where: "strain", problem: "the deformed cell has no volume" });
  return { ...s, positions: timesMatrix(s.positions, transposed), ...(cell && { cell }) };
}

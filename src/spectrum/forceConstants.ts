/** Harmonic force constants from the forces on structures with one displaced atom. */
import { DataError, ShapeError } from "../errors.js";
import { symmetricEigen } from "../math/eigen.js";
import { type Matrix, matrix } from "../math/matrix.js";
import { type Fields, kinds, readOptions, record } from "../options/record.js";
import { positive } from "../options/values.js";
import { rotateTensor } from "../structure/rotateTensor.js";
import type { Structure } from "../structure/structure.js";
import { noSymmetry, type Symmetry, symmetry } from "../structure/symmetry.js";
import type { DisplacedForces, SnapshotForces } from "./displacedForces.js";
import { fitSnapshots } from "./snapshotForceConstants.js";

export interface ForceConstantOptions {
  /** Symmetry used to complete and average, default detect within 1e-3 Å; a molecule that lies askew may need none. */
  readonly symmetry?: { readonly kind: "detect"; readonly tolerance?: number } | { readonly kind: "none" };
  /** Σ_j Φ_ij = 0: impose (default) by projecting uniform translations out, or leave. */
  readonly sumRule?: { readonly kind: "impose" } | { readonly kind: "leave" };
}

const OPTIONS = record({
  symmetry: kinds({ detect: { tolerance: positive("Å").optional() }, none: {} }).default({ kind: "detect" }),
  sumRule: kinds({ impose: {}, leave: {} }).default({ kind: "impose" }),
} satisfies Fields<ForceConstantOptions>);

/** Second derivatives of the energy at a reference structure, at the Γ point of its cell. */
export interface ForceConstants {
  readonly structure: Structure;
  /** Φ = ∂²E/∂x∂x, symmetric, [3n, 3n], eV/Å². */
  readonly values: Matrix;
  /** Space or point group used. */
  readonly symmetry: string;
  /** Largest |Σ_j Φ_ij| before the sum rule was imposed, eV/Å². */
  readonly translationalResidual: number;
  /** Largest |Φ_ij − Φ_ji| before they were averaged, eV/Å². */
  readonly asymmetry: number;
}

/**
 * Force constants by finite differences, F = −Φu in the least-squares sense over all displacements and their symmetry
 * images, so that one displacement per symmetry-distinct direction is enough; ± pairs cancel third-order terms. Where
 * some of the sets displace every atom, all are fitted together, and enough of them are needed to span every direction.
 * @param structure the reference, in the same cell as the forces
 * @throws DataError naming an atom whose displacements do not span space, or how many directions are spanned
 * @throws ShapeError if a list of forces has another number of atoms
 */
export function forceConstants(
  structure: Structure,
  sets: readonly (DisplacedForces | SnapshotForces)[],
  options: ForceConstantOptions = {},
): ForceConstants {
  const { symmetry: asked, sumRule } = readOptions(OPTIONS, options, "forceConstants");
  const n = structure.species.length;
  sets.forEach((s, k) => {
    const fits = "atom" in s ? s.atom >= 0 && s.atom < n : s.displacements.length === 3 * n;
    if (s.forces.length !== 3 * n || !fits)
      throw new ShapeError({
        where: `forceConstants, displacement ${k}`,
        problem: `${"atom" in s ? `atom ${s.atom}` : "all atoms displaced"} with ${s.forces.length / 3} forces, the structure has ${n} atoms`,
        advice: "give the (super)cell that the forces were computed in",
      });
  });
  const group = asked.kind === "none" ? noSymmetry(structure) : symmetry(structure, asked.tolerance);
  const single = sets.filter((s) => "atom" in s);
  const values =
    single.length === sets.length ? fromSingleAtoms(structure, single, group) : fitSnapshots(n, sets, group.operations);
  const asymmetry = symmetrise(values);
  const translationalResidual = residual(values);
  if (sumRule.kind === "impose") removeTranslations(values);
  return { structure, values, symmetry: group.symbol, translationalResidual, asymmetry };
}

function fromSingleAtoms(structure: Structure, sets: readonly DisplacedForces[], group: Symmetry): Matrix {
  const n3 = 3 * structure.species.length;
  const values = matrix(n3, n3);
  for (const atom of new Set(group.equivalent)) {
    const column = solveColumn(structure, atom, sets, group);
    for (const { rotation, permutation } of group.operations) spread(column, atom, rotation, permutation, values);
  }
  return values;
}

/** Φ_{ja} for all j: [n, 3, 3] with the force on j as first, the displacement of a as second index. */
function solveColumn(
  s: Structure,
  atom: number,
  sets: readonly DisplacedForces[],
  group: Symmetry,
): readonly Float64Array[] {
  const n = s.species.length;
  const square = new Float64Array(9);
  const product = new Float64Array(9 * n);
  for (const set of sets)
    for (const { rotation, permutation } of group.operations) {
      if (permutation[set.atom] !== atom) continue;
      const u = rotateTensor(rotation, set.displacement);
      for (let p = 0; p < 9; p++) square[p]! += u[Math.floor(p / 3)]! * u[p % 3]!;
      for (let j = 0; j < n; j++) {
        const f = rotateTensor(rotation, set.forces.subarray(3 * j, 3 * j + 3));
        for (let p = 0; p < 9; p++) product[9 * permutation[j]! + p]! -= f[Math.floor(p / 3)]! * u[p % 3]!;
      }
    }
  const { values, vectors } = symmetricEigen({ rows: 3, columns: 3, values: square });
  if (!(values[0]! > 1e-6 * values[2]!))
    throw new DataError({
      where: "forceConstants",
      problem: `the displacements of atom ${atom} (${s.species[atom]}) and of its symmetry images span ${values.filter((v) => v > 1e-6 * values[2]! && v > 0).length} of 3 directions`,
      advice: "displace it along the missing directions",
    });
  const inverse = Float64Array.from({ length: 9 }, (_, p) => {
    let sum = 0;
    for (let k = 0; k < 3; k++)
      sum += (vectors.values[3 * Math.floor(p / 3) + k]! * vectors.values[3 * (p % 3) + k]!) / values[k]!;
    return sum;
  });
  return Array.from({ length: n }, (_, j) =>
    Float64Array.from({ length: 9 }, (_, p) => {
      let sum = 0;
      for (let k = 0; k < 3; k++) sum += product[9 * j + 3 * Math.floor(p / 3) + k]! * inverse[3 * k + (p % 3)]!;
      return sum;
    }),
  );
}

/** Φ_{g(j) g(a)} = R Φ_{ja} Rᵀ into its place. */
function spread(
  column: readonly Float64Array[],
  atom: number,
  rotation: Float64Array,
  permutation: Int32Array,
  values: Matrix,
): void {
  const b = permutation[atom]!;
  column.forEach((phi, j) => {
    const turned = rotateTensor(rotation, phi);
    for (let p = 0; p < 9; p++)
      values.values[(3 * permutation[j]! + Math.floor(p / 3)) * values.columns + 3 * b + (p % 3)] = turned[p]!;
  });
}

/** Averages Φ with its transpose in place. @returns the largest difference between the two */
function symmetrise({ rows, values }: Matrix): number {
  let largest = 0;
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < i; j++) {
      const [a, b] = [values[i * rows + j]!, values[j * rows + i]!];
      largest = Math.max(largest, Math.abs(a - b));
      values[i * rows + j] = values[j * rows + i] = (a + b) / 2;
    }
  return largest;
}

/** Sums over atoms of every row, [3n, 3]. */
function rowSums({ rows, values }: Matrix): Float64Array {
  const sums = new Float64Array(3 * rows);
  for (let p = 0; p < values.length; p++) sums[3 * Math.floor(p / rows) + ((p % rows) % 3)]! += values[p]!;
  return sums;
}

function residual(phi: Matrix): number {
  return rowSums(phi).reduce((m, v) => Math.max(m, Math.abs(v)), 0);
}

/** Φ → (1 − T)Φ(1 − T), T the projector on uniform translations: symmetric, and every row then sums to zero. */
function removeTranslations(phi: Matrix): void {
  const { rows, values } = phi;
  const n = rows / 3;
  const sums = rowSums(phi);
  // TΦT: the sums of the sums, [3, 3].
  const total = new Float64Array(9);
  for (let i = 0; i < rows; i++) for (let b = 0; b < 3; b++) total[3 * (i % 3) + b]! += sums[3 * i + b]!;
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < rows; j++)
      values[i * rows + j]! +=
        total[3 * (i % 3) + (j % 3)]! / (n * n) - (sums[3 * i + (j % 3)]! + sums[3 * j + (i % 3)]!) / n;
}

/** Irreducible representations of normal modes, and what they allow light to see. */
import { mullikenSymbol } from "../structure/mulliken.js";
import { type Symmetry, symmetry } from "../structure/symmetry.js";
import type { NormalModes } from "./phonons.js";

/** What symmetry says of one mode. */
export interface ModeSymmetry {
  /**
   * Mulliken's symbol, e.g. "A1", "E2g"; "folded" for modes of a repeated cell that are not at Γ of the primitive one, which light does not
   * see; "?" for modes that no small set of neighbors closes (inaccurate force constants).
   */
  readonly symbol: string;
  /** Number of modes that belong together. */
  readonly degeneracy: number;
  /** Whether ∂P/∂Q may differ from 0. */
  readonly infrared: boolean;
  /** Whether ∂α/∂Q may differ from 0. */
  readonly raman: boolean;
}

/** Modes further apart than this do not belong to one representation, cm⁻¹. */
const APART = 3;
/** Deviation from closure under the group at which modes still count as a representation. */
const LOOSE = 0.05;

/**
 * The representation of every mode from the characters χ(R) = Σ_k e_k·D(R)e_k over a set of neighboring modes that the group maps onto
 * itself; sets are found by that closure, not by near degeneracy. The number of times the representation is contained in that of a vector
 * (infrared) or a symmetric tensor (Raman) says what is allowed.
 * @param group default the symmetry of the modes' structure
 */
export function modeSymmetries(
  modes: NormalModes,
  group: Symmetry = symmetry(modes.structure),
): readonly ModeSymmetry[] {
  const { rotations, operations } = pointOperations(group);
  const count = modes.wavenumbers.length;
  const matrices = operations.map((o) => transformed(modes, o));
  const result = new Array<ModeSymmetry>(count);
  const unknown: ModeSymmetry = { symbol: "?", degeneracy: 1, infrared: true, raman: true };
  const folded: ModeSymmetry = { symbol: "folded", degeneracy: 1, infrared: false, raman: false };
  const atGamma = gammaWeights(modes, group);
  for (let k = 0; k < count; ) {
    if (atGamma[k]! < 0.1) {
      result[k++] = folded;
      continue;
    }
    const size = [1, 2, 3, 4, 5].find((n) => closed(modes, matrices, k, n));
    if (size === undefined) {
      result[k++] = unknown;
      continue;
    }
    const { columns, values } = modes.eigenvectors;
    const characters = operations.map((_, o) => overlap(matrices[o]!, columns, k, k + size, values).trace);
    const mean = (f: (o: number) => number): number => operations.reduce((s, _, o) => s + f(o), 0) / operations.length;
    const vector = (o: number): number => rotations[o]![0]! + rotations[o]![4]! + rotations[o]![8]!;
    const tensor = (o: number): number => (vector(o) ** 2 + squareTrace(rotations[o]!)) / 2;
    // Of an irreducible representation 1, of a pair of complex conjugate ones 2.
    const weight = mean((o) => characters[o]! ** 2);
    const reducible = weight > (size === 2 ? 2.2 : 1.2);
    const found: ModeSymmetry = {
      symbol: reducible ? "?" : mullikenSymbol(rotations, characters),
      degeneracy: size,
      infrared: mean((o) => characters[o]! * vector(o)) > 0.5,
      raman: mean((o) => characters[o]! * tensor(o)) > 0.5,
    };
    for (let m = 0; m < size; m++) result[k + m] = found;
    k += size;
  }
  return result;
}

/** Part of each mode that translations of the lattice within a repeated cell leave as it is; 1 in a primitive cell. */
function gammaWeights({ eigenvectors }: NormalModes, { operations }: Symmetry): Float64Array {
  const { rows, columns, values: e } = eigenvectors;
  const translations = operations.filter(({ rotation }) => rotation[0]! + rotation[4]! + rotation[8]! > 2.999);
  return Float64Array.from({ length: rows }, (_, k) => {
    const mean = new Float64Array(columns);
    for (const { permutation } of translations)
      for (let c = 0; c < columns; c++)
        mean[3 * permutation[Math.floor(c / 3)]! + (c % 3)]! += e[k * columns + c]! / translations.length;
    return mean.reduce((s, v) => s + v * v, 0);
  });
}

/** One operation for each rotation: of a repeated cell there are several, with different translations. */
function pointOperations({ operations }: Symmetry) {
  const same = (a: Float64Array, b: Float64Array): boolean => a.every((v, p) => Math.abs(v - b[p]!) < 1e-3);
  const chosen = operations.filter((o, k) => operations.findIndex((q) => same(q.rotation, o.rotation)) === k);
  return { operations: chosen, rotations: chosen.map((o) => o.rotation) };
}

/** e_k·D(R)e_l, [modes, modes]. */
function transformed(
  { eigenvectors }: NormalModes,
  { rotation, permutation }: Symmetry["operations"][number],
): Float64Array {
  const { rows, columns, values: e } = eigenvectors;
  const moved = new Float64Array(rows * columns);
  for (let k = 0; k < rows; k++)
    for (let i = 0; i < permutation.length; i++)
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        for (let d = 0; d < 3; d++) sum += rotation[3 * c + d]! * e[k * columns + 3 * i + d]!;
        moved[k * columns + 3 * permutation[i]! + c] = sum;
      }
  return moved;
}

/** Trace and squared norm of the block of e_k·D e_l, k and l from `first` to `last`. */
function overlap(
  moved: Float64Array,
  columns: number,
  first: number,
  last: number,
  e: Float64Array,
): { readonly trace: number; readonly norm: number } {
  let [trace, norm] = [0, 0];
  for (let k = first; k < last; k++)
    for (let l = first; l < last; l++) {
      let dot = 0;
      for (let c = 0; c < columns; c++) dot += e[k * columns + c]! * moved[l * columns + c]!;
      if (k === l) trace += dot;
      norm += dot * dot;
    }
  return { trace, norm };
}

function closed(modes: NormalModes, matrices: readonly Float64Array[], first: number, size: number): boolean {
  const { wavenumbers, eigenvectors } = modes;
  const last = first + size;
  if (last > wavenumbers.length || wavenumbers[last - 1]! - wavenumbers[first]! > APART) return false;
  return matrices.every(
    (moved) => overlap(moved, eigenvectors.columns, first, last, eigenvectors.values).norm > size * (1 - LOOSE),
  );
}

const squareTrace = (r: Float64Array): number => {
  let sum = 0;
  for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) sum += r[3 * i + j]! * r[3 * j + i]!;
  return sum;
};

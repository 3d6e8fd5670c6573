/** Rows of the linear equations for the weights of a force field, from what is known of one frame. */
import type { Descriptor } from "../../../descriptor/descriptor.js";
import { DataError } from "../../../errors.js";
import { matrix } from "../../../math/matrix.js";
import { solveNormalEquations } from "../../../math/normalEquations.js";
import type { Frame } from "../../../structure/frame.js";
import { cellVolume, type Structure } from "../../../structure/structure.js";
import { basisSums, type EnergyBasis } from "../../basis/basis.js";
import type { ForceFieldWeights } from "./model.js";

type Add = (rows: Float64Array, targets: Float64Array) => void;

/** Columns of the equations: the functions of the basis, then one energy per species. */
export function columnCount({ descriptor, size }: EnergyBasis): number {
  return size + descriptor.options.species.length;
}

/** Number of atoms of each species. @throws DataError for a species that the descriptor does not know */
export function composition(d: Descriptor, species: readonly string[]): Float64Array {
  const counts = new Float64Array(d.options.species.length);
  species.forEach((symbol, atom) => {
    const kind = d.options.species.indexOf(symbol);
    if (kind < 0)
      throw new DataError({
        where: `atom ${atom}`,
        problem: `species ${symbol} is not among those of the force field (${d.options.species.join(", ")})`,
      });
    counts[kind]!++;
  });
  return counts;
}

/**
 * Energies per species, eV, that explain the total energies best: what is left for the features is then small. Where the
 * composition never changes, species with more atoms take more of the energy (the shortest solution).
 */
export function speciesEnergies(d: Descriptor, frames: readonly Frame[]): Float64Array {
  const kinds = d.options.species.length;
  const gram = matrix(kinds, kinds);
  const moments = matrix(kinds, 1);
  let squares = 0;
  for (const { structure, energy } of frames) {
    if (energy === undefined) continue;
    const n = composition(d, structure.species);
    for (let i = 0; i < kinds; i++) {
      moments.values[i]! += n[i]! * energy;
      for (let j = 0; j < kinds; j++) gram.values[i * kinds + j]! += n[i]! * n[j]!;
    }
    squares += energy * energy;
  }
  if (squares === 0) return new Float64Array(kinds);
  const equations = { gram, moments, squares: Float64Array.of(squares), rows: frames.length };
  return solveNormalEquations(equations, 1e-12, "none").coefficients.values;
}

/**
 * All weighted rows of one frame with their targets: E/N = (Σ_j φ(X_j)·w + Σ_J N_J e_J)/N, F_iβ = −Σ_j ∂φ(X_j)/∂x_iβ·w, and
 * V σ_αβ/N = Σ_j ∂φ(X_j)/∂ε_αβ·w/N.
 */
export function forceFieldRows(
  basis: EnergyBasis,
  base: Float64Array,
  frame: Frame,
  weights: ForceFieldWeights,
  add: Add,
): void {
  const { structure, energy, forces, stress } = frame;
  const atoms = structure.species.length;
  if (energy !== undefined && weights.energy > 0) {
    const row = energyRow(basis, structure);
    const rest = energy - composition(basis.descriptor, structure.species).reduce((s, n, k) => s + n * base[k]!, 0);
    const scale = weights.energy / atoms;
    add(
      row.map((v) => scale * v),
      Float64Array.of(scale * rest),
    );
  }
  if (forces && weights.forces > 0)
    forceRows(basis, structure, (rows, firstAtom) => {
      for (let k = 0; k < rows.length; k++) rows[k]! *= weights.forces;
      const start = 3 * firstAtom;
      const targets = forces.slice(start, start + rows.length / columnCount(basis)).map((f) => weights.forces * f);
      add(rows, targets);
    });
  if (stress && structure.cell && weights.stress > 0) {
    const scale = weights.stress / atoms;
    const volume = cellVolume(structure.cell);
    add(
      strainRows(basis, structure).map((v) => scale * v),
      Float64Array.from(VOIGT, ([a, b]) => (scale * volume * (stress[3 * a + b]! + stress[3 * b + a]!)) / 2),
    );
  }
}

/** Coefficients of the energy, [columns]. */
export function energyRow(basis: EnergyBasis, s: Structure): Float64Array {
  const row = new Float64Array(columnCount(basis));
  row.set(basisSums(basis, s));
  row.set(composition(basis.descriptor, s.species), basis.size);
  return row;
}

/** Coefficients of the forces, in blocks of whole atoms, [atoms, 3, columns]; each block may be kept. */
export function forceRows(
  basis: EnergyBasis,
  s: Structure,
  consume: (rows: Float64Array, firstAtom: number) => void,
): void {
  const columns = columnCount(basis);
  basis.derivatives(s, (values, firstAtom) => {
    const count = values.length / basis.size;
    const rows = new Float64Array(count * columns);
    for (let r = 0; r < count; r++)
      for (let c = 0; c < basis.size; c++) rows[r * columns + c] = -values[r * basis.size + c]!;
    consume(rows, firstAtom);
  });
}

const VOIGT: readonly (readonly [number, number])[] = [
  [0, 0],
  [1, 1],
  [2, 2],
  [1, 2],
  [0, 2],
  [0, 1],
];

/** Relative error of the central difference: about its square. */
const STRAIN = 1e-4;

/** Coefficients of ∂E/∂ε for xx, yy, zz, yz, xz, xy, [6, columns]: central differences of the summed functions. */
export function strainRows(basis: EnergyBasis, s: Structure): Float64Array {
  const columns = columnCount(basis);
  const rows = new Float64Array(6 * columns);
  VOIGT.forEach(([a, b], k) => {
    for (const sign of [1, -1]) {
      const sums = basisSums(basis, strained(s, a, b, sign * STRAIN));
      for (let c = 0; c < sums.length; c++) rows[k * columns + c]! += (sign * sums[c]!) / (2 * STRAIN);
    }
  });
  return rows;
}

/** x → (1 + ε)x with ε_ab = ε_ba = half the strain for a shear, so that the derivative is the mean of σ_ab and σ_ba. */
function strained(s: Structure, a: number, b: number, strain: number): Structure {
  const stretch = (x: Float64Array): Float64Array => {
    const y = x.slice();
    for (let i = 0; i < x.length; i += 3) {
      y[i + a]! += (strain / 2) * x[i + b]!;
      y[i + b]! += (strain / 2) * x[i + a]!;
    }
    return y;
  };
  return { ...s, positions: stretch(s.positions), ...(s.cell && { cell: stretch(s.cell) }) };
}

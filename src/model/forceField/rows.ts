/** Rows of the linear equations for the weights of a force field, from the energy and forces of one frame. */
import { type Descriptor, featureCount } from "../../descriptor/descriptor.js";
import { designRows } from "../../descriptor/designRows.js";
import { featureSums } from "../../descriptor/evaluate.js";
import { matrix } from "../../math/matrix.js";
import { solveNormalEquations } from "../../math/normalEquations.js";
import type { Frame } from "../../structure/frame.js";
import type { ForceFieldWeights } from "./model.js";

type Add = (rows: Float64Array, targets: Float64Array) => void;

/** Columns of the equations: species × features, then one energy per species. */
export function columnCount(d: Descriptor): number {
  return d.options.species.length * (featureCount(d, 0) + 1);
}

/** Number of atoms of each species. */
export function composition(d: Descriptor, species: readonly string[]): Float64Array {
  const counts = new Float64Array(d.options.species.length);
  for (const symbol of species) counts[d.options.species.indexOf(symbol)]!++;
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

/** E/N = (Σ_j D⁰(X_j)·w + Σ_J N_J e_J)/N and F_iβ = −Σ_j ∂D⁰(X_j)/∂x_iβ·w, weighted. */
export function forceFieldRows(
  d: Descriptor,
  base: Float64Array,
  frame: Frame,
  weights: ForceFieldWeights,
  add: Add,
): void {
  const { structure, energy, forces } = frame;
  const kinds = d.options.species.length;
  const features = kinds * featureCount(d, 0);
  const columns = features + kinds;
  const atoms = structure.species.length;
  if (energy !== undefined && weights.energy > 0) {
    const counts = composition(d, structure.species);
    const row = new Float64Array(columns);
    row.set(featureSums(d, structure, 0));
    row.set(counts, features);
    const rest = energy - base.reduce((s, e, k) => s + e * counts[k]!, 0);
    const scale = weights.energy / atoms;
    add(
      row.map((v) => scale * v),
      Float64Array.of(scale * rest),
    );
  }
  if (!forces || weights.forces === 0) return;
  designRows(d, structure, 0, (block) => {
    const rows = new Float64Array(block.rows * columns);
    const targets = new Float64Array(block.rows);
    for (let r = 0; r < block.rows; r++) {
      for (let c = 0; c < features; c++) rows[r * columns + c] = -weights.forces * block.values[r * features + c]!;
      targets[r] = weights.forces * forces[3 * block.firstAtom + r]!;
    }
    add(rows, targets);
  });
}

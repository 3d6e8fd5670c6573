import type { Structure } from "../../../structure/structure.js";
import { columnCount, type RowSpace, rowEstimator, withNoise } from "../../train/linearTarget.js";
import { energyRow, type ForceFieldModel, forceRows } from "./forceField.js";

/** Atoms whose forces are estimated together: each time the whole posterior is read. */
const TOGETHER = 32;

/** Standard deviations of the errors of a prediction. */
export interface ForceFieldUncertainty {
  /** Of the energy of the structure, eV. */
  readonly energy: number;
  /**
   * Of the energy of each atom, eV, [n], relative to that of the mean environment of its species in training, as the training data leave
   * it open. Only sums over atoms are observed, so these are far larger than `energy` (hundreds of meV for 2 meV in quartz); they tell which atom is unfamiliar.
   */
  readonly atoms: Float64Array;
  /** Of each force component, [n, 3], eV/Å. */
  readonly forces: Float64Array;
  /** Of the force on the worst atom, √(σ_x² + σ_y² + σ_z²), eV/Å. */
  readonly largest: number;
  /**
   * The part that the training data leave open, and more of them would make smaller: what molecular dynamics (`maxUncertainty`) and the
   * choice of configurations go by.
   */
  readonly epistemic: { readonly energy: number; readonly forces: Float64Array; readonly largest: number };
}

/**
 * Error estimate of a prediction: noise²·(1 + xᵀA⁻¹x), what the model cannot fit and what the training data leave to the weights
 * (Bayesian linear regression, Bishop, Pattern Recognition and Machine Learning (2006), eqs. 3.49–3.59; Jinnouchi, Karsai and Kresse,
 * Phys. Rev. B 100, 014105 (2019)). The noise is the root mean square error of a weighted row, on held-out frames where the ridge was
 * searched, over the weight of the kind of data; of a kind that the model has not learnt from it is left out.
 * @throws OptionError if the model was loaded without its posterior
 * @throws DataError for a species that the force field does not know
 */
export function forceFieldUncertainty(model: ForceFieldModel, s: Structure): ForceFieldUncertainty {
  const { space, posterior, deviations } = rowEstimator(model);
  const energy = deviations(energyRow(space, s))[0]!;
  const atoms = deviations(atomRows(space, posterior.mean, s));
  const forces = new Float64Array(3 * s.species.length);
  const columns = columnCount(space);
  const together = new Float64Array(3 * Math.min(TOGETHER, s.species.length) * columns);
  let gathered = 0;
  forceRows(space, s, (rows, firstAtom) => {
    for (let from = 0; from < rows.length; from += 3 * columns) {
      together.set(rows.subarray(from, from + 3 * columns), 3 * gathered++ * columns);
      const done = firstAtom + from / (3 * columns) + 1;
      if (gathered < TOGETHER && done < s.species.length) continue;
      forces.set(deviations(together.subarray(0, 3 * gathered * columns)), 3 * (done - gathered));
      gathered = 0;
    }
  });
  const { weights } = model.training;
  const all = forces.map(withNoise(posterior, weights.forces));
  return {
    // A row is the energy per atom.
    energy: withNoise(posterior, weights.energy / s.species.length)(energy),
    atoms,
    forces: all,
    largest: largestOf(all),
    epistemic: { energy, forces, largest: largestOf(forces) },
  };
}

/** Length of the longest of some vectors. */
function largestOf(vectors: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < vectors.length; i += 3)
    largest = Math.max(largest, Math.hypot(vectors[i]!, vectors[i + 1]!, vectors[i + 2]!));
  return largest;
}

/** φ of each atom less the mean of its species, as rows of the equations. */
function atomRows(space: RowSpace, mean: Float64Array, s: Structure): Float64Array {
  const { basis } = space;
  const size = basis.kinds.length;
  const values = basis.values(s);
  const columns = columnCount(space);
  const rows = new Float64Array(s.species.length * columns);
  s.species.forEach((symbol, atom) => {
    const kind = basis.descriptor.options.species.indexOf(symbol);
    for (let k = 0; k < size; k++)
      if (basis.kinds[k] === kind) rows[atom * columns + k] = values[atom * size + k]! - mean[k]!;
  });
  return rows;
}

import { OptionError } from "../../../errors.js";
import { type Matrix, matrix } from "../../../math/matrix.js";
import type { Structure } from "../../../structure/structure.js";
import type { EnergyBasis } from "../../basis/basis.js";
import { rowDeviations } from "../../train/posterior.js";
import { basisOf } from "./basisOf.js";
import type { ForceFieldModel, Posterior } from "./model.js";
import { columnCount, energyRow, forceRows } from "./rows.js";

/** Standard deviations of a prediction. */
export interface ForceFieldUncertainty {
  /** Of the energy of the structure, eV. */
  readonly energy: number;
  /**
   * Of the energy of each atom, eV, [n], relative to that of the mean environment of its species in training. Only sums over atoms
   * are observed, so these are far larger than `energy` (hundreds of meV for 2 meV in quartz); they tell which atom is unfamiliar.
   */
  readonly atoms: Float64Array;
  /** Of each force component, [n, 3], eV/Å. */
  readonly forces: Float64Array;
  /** Of the force on the worst atom, √(σ_x² + σ_y² + σ_z²), eV/Å. */
  readonly largest: number;
}

/**
 * Error estimate of a prediction: the standard deviation that the training data leave to the weights (Bayesian linear regression,
 * Bishop, Pattern Recognition and Machine Learning (2006), eqs. 3.49–3.59; Jinnouchi, Karsai and Kresse, Phys. Rev. B 100,
 * 014105 (2019)). What no weights could fit is not in it; that is `model.posterior.noise`.
 * @throws OptionError if the model was loaded without its posterior
 * @throws DataError for a species that the force field does not know
 */
export function forceFieldUncertainty(model: ForceFieldModel, s: Structure): ForceFieldUncertainty {
  const posterior = requirePosterior(model);
  const basis = basisOf(model);
  const columns = columnCount(basis);
  const energy = rowDeviations(posterior, matrix(1, columns, energyRow(basis, s)))[0]!;
  const atoms = rowDeviations(posterior, atomRows(basis, posterior.mean, s));
  const forces = new Float64Array(3 * s.species.length);
  forceRows(basis, s, (rows, firstAtom) => {
    forces.set(rowDeviations(posterior, matrix(rows.length / columns, columns, rows)), 3 * firstAtom);
  });
  let largest = 0;
  for (let i = 0; i < forces.length; i += 3)
    largest = Math.max(largest, Math.hypot(forces[i]!, forces[i + 1]!, forces[i + 2]!));
  return { energy, atoms, forces, largest };
}

/** φ of each atom less the mean of its species, as rows of the equations. */
function atomRows(basis: EnergyBasis, mean: Float64Array, s: Structure): Matrix {
  const values = basis.values(s);
  const rows = matrix(s.species.length, columnCount(basis));
  s.species.forEach((symbol, atom) => {
    const kind = basis.descriptor.options.species.indexOf(symbol);
    for (let k = basis.first[kind]!; k < basis.first[kind + 1]!; k++)
      rows.values[atom * rows.columns + k] = values[atom * basis.size + k]! - mean[k]!;
  });
  return rows;
}

/** @throws OptionError if the model has none */
export function requirePosterior({ posterior }: ForceFieldModel): Posterior {
  if (posterior) return posterior;
  throw new OptionError({
    where: "force field",
    problem: "the model has no error estimate",
    advice: "fit it with the Cholesky solver, and save it with its posterior",
  });
}

import { OptionError } from "../../errors.js";
import { matrix } from "../../math/matrix.js";
import type { Structure } from "../../structure/structure.js";
import type { ForceFieldModel, Posterior } from "./model.js";
import { rowDeviations } from "./posterior.js";
import { columnCount, energyRow, forceRows } from "./rows.js";

/** Standard deviations of a prediction. */
export interface ForceFieldUncertainty {
  /** Of the energy of the structure, eV. */
  readonly energy: number;
  /** Of each force component, [n, 3], eV/Å. */
  readonly forces: Float64Array;
  /** Of the force on the worst atom, √(σ_x² + σ_y² + σ_z²), eV/Å. */
  readonly largest: number;
}

/**
 * Error estimate of a prediction: the standard deviation that the training data leave to the weights (Bayesian linear regression,
 * Bishop, Pattern Recognition and Machine Learning (2006), eqs. 3.49–3.59; Jinnouchi, Karsai and Kresse, Phys. Rev. B 100,
 * 014105 (2019)). What no weights could fit is not in it; that is `model.posterior.noise`. Per atom it speaks of forces,
 * because only sums of atomic energies are observed.
 * @throws OptionError if the model was loaded without its posterior
 * @throws DataError for a species that the force field does not know
 */
export function forceFieldUncertainty(model: ForceFieldModel, s: Structure): ForceFieldUncertainty {
  const posterior = requirePosterior(model);
  const columns = columnCount(model.descriptor);
  const energy = rowDeviations(posterior, matrix(1, columns, energyRow(model.descriptor, s)))[0]!;
  const forces = new Float64Array(3 * s.species.length);
  forceRows(model.descriptor, s, (rows, firstAtom) => {
    forces.set(rowDeviations(posterior, matrix(rows.length / columns, columns, rows)), 3 * firstAtom);
  });
  let largest = 0;
  for (let i = 0; i < forces.length; i += 3)
    largest = Math.max(largest, Math.hypot(forces[i]!, forces[i + 1]!, forces[i + 2]!));
  return { energy, forces, largest };
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

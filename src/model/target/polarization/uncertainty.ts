import type { Structure } from "../../../structure/structure.js";
import { VECTOR_AXES } from "../../../tensor/cartesian.js";
import { rowEstimator } from "../../train/linearTarget.js";
import { bornChargeRows, type PolarizationModel, polarizationRows } from "./polarization.js";

/** Standard deviations of a predicted polarization and its Born charges. */
export interface PolarizationUncertainty {
  /** [3], e·Å; of a crystal up to the constant that P is known to */
  readonly polarization: Float64Array;
  /** [n, 3 (field), 3 (displacement)], e */
  readonly bornCharges: Float64Array;
}

/**
 * Error estimate of P and Z*: the standard deviation that the training data leave to the weights (Bayesian linear regression, Bishop,
 * Pattern Recognition and Machine Learning (2006), eqs. 3.49–3.59). What no weights could fit is not in it: `models.uncertaintyCoverage`
 * finds on left-out frames by how much it is too small.
 * @throws OptionError if the model has no posterior
 */
export function polarizationUncertainty(model: PolarizationModel, s: Structure): PolarizationUncertainty {
  const { space, deviations } = rowEstimator(model);
  const polarization = deviations(polarizationRows(space, { structure: s }).rows);
  const bornCharges = new Float64Array(9 * s.species.length);
  let at = 0;
  const nothing = { structure: s, bornCharges };
  const found = new Float64Array(bornCharges.length);
  bornChargeRows(space, nothing, 1, (rows) => {
    const block = deviations(rows);
    // Rows come as irreducible components m of P, then the displacement.
    block.forEach((v, r) => {
      const [atom, m, b] = [Math.floor((at + r) / 9), Math.floor(((at + r) % 9) / 3), (at + r) % 3];
      found[9 * atom + 3 * VECTOR_AXES[m]! + b] = v;
    });
    at += block.length;
  });
  return { polarization, bornCharges: found };
}

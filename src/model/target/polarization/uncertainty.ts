import type { Structure } from "../../../structure/structure.js";
import { VECTOR_AXES } from "../../../tensor/cartesian.js";
import { rowEstimator, withNoise } from "../../train/linearTarget.js";
import { bornChargeRows, type PolarizationModel, polarizationRows } from "./polarization.js";

/** Standard deviations of a predicted polarization and its Born charges. */
export interface PolarizationUncertainty {
  /** [3], e·Å; of a crystal up to the constant that P is known to */
  readonly polarization: Float64Array;
  /** [n, 3 (field), 3 (displacement)], e */
  readonly bornCharges: Float64Array;
  /** The part that the training data leave open, and more of them would make smaller: same shapes and units. */
  readonly epistemic: { readonly polarization: Float64Array; readonly bornCharges: Float64Array };
}

/**
 * Error estimate of P and Z*: noise²·(1 + xᵀA⁻¹x), what the model cannot fit and what the training data leave to the weights (Bayesian
 * linear regression, Bishop, Pattern Recognition and Machine Learning (2006), eqs. 3.49–3.59). The noise is the root mean square error of
 * a weighted row on held-out frames over the weight of the kind of data; of a kind that the model has not learnt from it is left out.
 * @throws OptionError if the model has no posterior
 */
export function polarizationUncertainty(model: PolarizationModel, s: Structure): PolarizationUncertainty {
  const { space, posterior, deviations } = rowEstimator(model);
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
  const { weights } = model.training;
  return {
    polarization: polarization.map(withNoise(posterior, weights.polarization)),
    bornCharges: found.map(withNoise(posterior, weights.bornCharges)),
    epistemic: { polarization, bornCharges: found },
  };
}

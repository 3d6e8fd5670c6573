import type { Structure } from "../structure/structure.js";
import type { TensorOrder } from "../tensor/cartesian.js";
import { refuseNormalized } from "./contract.js";
import { type Descriptor, layoutOf } from "./descriptor.js";
import type { StrainRows } from "./engine.js";
import { environmentsOf, type KnownEnvironments } from "./knownEnvironments.js";

/**
 * Derivatives of every atom's features with respect to strain, ∂D^μ_k(i)/∂ε_αβ = Σ_j ∂D^μ_k(i)/∂r_ijα r_ijβ over the neighbors j, for training on
 * stresses. Strain moves positions and cell to x(1 + ε)ᵀ.
 * @param consume called with each centre in order; `rows` [2λ+1, 3 (α), 3 (β), features] are valid during the call only
 * @param around the structure's environments, where they are known already
 * @throws OptionError for a descriptor with normalization
 */
export function strainJacobian(
  d: Descriptor,
  s: Structure,
  order: TensorOrder,
  consume: (centre: number, rows: Float64Array) => void,
  around: KnownEnvironments = environmentsOf(d, s),
): void {
  refuseNormalized(d, "strainJacobian");
  const layout = layoutOf(d, order);
  const rows = new Float64Array(layout.components * 9 * layout.count);
  const fill = (parts: typeof layout.parts, add: StrainRows[]): void => {
    const [part, ...rest] = parts;
    if (part) {
      d.plan.engine.strain(part, around(part.expansion), layout.count, (one) => fill(rest, [...add, one]));
      return;
    }
    for (let centre = 0; centre < s.species.length; centre++) {
      rows.fill(0);
      for (const one of add) one(centre, rows);
      consume(centre, rows);
    }
  };
  fill(layout.parts, []);
}

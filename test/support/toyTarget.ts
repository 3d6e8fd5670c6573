/** A target in one file: a traceless quadrupole moment per frame, Q_m = Σ_j φ_m(X_j)·w with λ = 2, read from `info.quadrupole`. */
import { basisOf } from "../../src/model/basis/basisOf.js";
import { fitLinear } from "../../src/model/train/linear.js";
import type { LinearModel, LinearOptions, LinearTarget } from "../../src/model/train/linearTarget.js";
import type { Frame } from "../../src/structure/frame.js";
import type { Structure } from "../../src/structure/structure.js";

const given = (f: Frame): Float64Array | undefined => {
  const value = f.info?.quadrupole;
  return value instanceof Float64Array ? value : undefined;
};

export const QUADRUPOLE: LinearTarget<"quadrupole"> = {
  kind: "quadrupole",
  order: 2,
  descriptor: { cutoff: 3, nMax: 3, lMax: 2, smearing: 0.4 },
  validation: { kind: "folds" },
  uncertainty: { kind: "none" },
  data: { quadrupole: { name: "a quadrupole moment", weight: 1, given: (f) => given(f) !== undefined } },
  options: {},
  constants: (d) => ({ fixed: new Float64Array(d.options.species.length), directions: [] }),
  rows: (space, _, weights) => (frame, add) => {
    const scale = (x: Float64Array): Float64Array => x.map((v) => weights.quadrupole * v);
    // The columns are those of the basis: no constants enter a quadrupole.
    add(scale(space.basis.sums(frame.structure)), scale(given(frame)!));
  },
};

export type QuadrupoleModel = LinearModel<"quadrupole">;

export function fitQuadrupole(
  frames: readonly Frame[],
  options: LinearOptions<"quadrupole"> = {},
): Promise<QuadrupoleModel> {
  return fitLinear(QUADRUPOLE, frames, options, "fitQuadrupole");
}

/** [5] */
export function predictQuadrupole({ descriptor, order, basis, weights }: QuadrupoleModel, s: Structure): Float64Array {
  return basisOf(descriptor, order, basis).value(weights, s);
}

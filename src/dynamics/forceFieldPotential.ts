import { createHash } from "node:crypto";
import { followingEnvironments } from "../descriptor/knownEnvironments.js";
import type { ForceFieldModel } from "../model/target/forceField/forceField.js";
import { predictForcesAround } from "../model/target/forceField/predict.js";
import { forceFieldUncertainty } from "../model/target/forceField/uncertainty.js";
import { pieceCount } from "./forcePieces.js";
import { forcesAlone, forcesOnThreads } from "./forceThreads.js";
import type { Potential } from "./potential.js";

/**
 * A fitted force field for {@link md}, with its error estimate where the model has one. Neighbors come from a Verlet list, which
 * changes no bit: forces are a function of the structure alone. From 500 atoms on they are summed piece by piece, on threads in a run.
 */
export function forceFieldPotential(model: ForceFieldModel): Potential {
  const follow = followingEnvironments(model.descriptor);
  const alone = forcesAlone(model);
  return {
    name: "force field",
    fingerprint: fingerprint(model),
    evaluate: (s) => (pieceCount(s.species.length) > 1 ? alone(s) : predictForcesAround(model, s, follow(s))),
    onThreads: (start, workers) => forcesOnThreads(model, start, workers),
    ...(model.posterior && { uncertainty: (s) => forceFieldUncertainty(model, s).epistemic.largest }),
  };
}

function fingerprint({ descriptor, weights, constants, basis }: ForceFieldModel): string {
  const { settings, arrays } = basisFingerprint(basis);
  const hash = createHash("sha256").update(JSON.stringify([descriptor.options, settings]));
  for (const values of [weights, constants, ...arrays])
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  return hash.digest("hex").slice(0, 16);
}

/** What tells one basis from another. */
function basisFingerprint(basis: ForceFieldModel["basis"]): { settings: unknown; arrays: readonly Float64Array[] } {
  if (basis.kind === "features") return { settings: basis.kind, arrays: [] };
  if (basis.kind === "kernel")
    return { settings: [basis.kind, basis.zeta], arrays: basis.references.map((r) => r.values) };
  const arrays = basis.species.flatMap((s) => [s.equivariants.values, s.scalars.values, s.offsets]);
  return { settings: [basis.kind, basis.equivariants, basis.scalars], arrays };
}

import { type Descriptor, descriptor, featureCount } from "../../descriptor/descriptor.js";
import { DataError, OptionError, rejectUnknownOptions } from "../../errors.js";
import type { Frame } from "../../structure/frame.js";
import { trainLinear } from "../linearTraining.js";
import {
  FORCE_FIELD_DESCRIPTOR,
  type ForceFieldForm,
  type ForceFieldModel,
  type ForceFieldOptions,
  type ForceFieldWeights,
} from "./model.js";
import { posteriorOf } from "./posterior.js";
import { referenceProjection } from "./reference.js";
import { columnCount, forceFieldRows, speciesEnergies } from "./rows.js";

const OPTION_NAMES: readonly (keyof ForceFieldOptions)[] = [
  "descriptor",
  "weights",
  "form",
  "ridge",
  "validation",
  "solver",
  "onProgress",
  "signal",
];

/**
 * Fits a force field to energies, forces and stresses: linear in the two- and three-body invariants of each atom (Schmiedmayer
 * and Kresse, J. Chem. Phys. 161, 084703 (2024), sec. II.C). Memory does not grow with the number of frames.
 * @param frames with energy (eV), forces (eV/Å) or stress (eV/Å³)
 * @throws DataError if no frame has any of them
 * @throws OptionError | ConvergenceError | AbortedError
 */
export async function fitForceField(
  frames: readonly Frame[],
  options: ForceFieldOptions = {},
): Promise<ForceFieldModel> {
  rejectUnknownOptions(options, OPTION_NAMES, "fitForceField");
  const weights = checkWeights({ energy: 10, forces: 1, stress: 2, ...options.weights });
  const form = checkForm(options.form ?? { kind: "primal" });
  const used = frames.filter(
    (f) =>
      (weights.energy > 0 && f.energy !== undefined) ||
      (weights.forces > 0 && f.forces) ||
      (weights.stress > 0 && f.stress && f.structure.cell),
  );
  if (used.length === 0)
    throw new DataError({
      where: "fitForceField",
      problem: "no frame has an energy, forces or a stress to learn from",
    });
  const d = descriptor({
    ...FORCE_FIELD_DESCRIPTOR,
    species: [...new Set(used.flatMap((f) => f.structure.species))].sort(),
    ...options.descriptor,
  });
  const base = speciesEnergies(d, used);
  const projection = form.kind === "reference" ? referenceProjection(d, used, form.environments) : undefined;
  const { ridge, validation, solver, onProgress, signal } = options;
  const fit = await trainLinear(
    {
      columns: columnCount(d),
      frames: used.length,
      rowsOf: (f, add) => forceFieldRows(d, base, used[f]!, weights, add),
    },
    {
      ...(ridge !== undefined && { ridge }),
      ...(validation && { validation }),
      ...(solver && { solver }),
      ...(projection && { projection }),
      ...(onProgress && { onProgress }),
      ...(signal && { signal }),
    },
  );
  const posterior = posteriorOf(fit, projection);
  return {
    kind: "forceField",
    descriptor: d,
    ...split(d, base, fit.weights),
    training: {
      frames: used.length,
      weights,
      form,
      ridge: fit.ridge,
      trials: fit.trials,
      condition: fit.condition,
    },
    ...(posterior && { posterior }),
  };
}

/** Weights of the features, and energies per species with what was subtracted before the fit. */
function split(d: Descriptor, base: Float64Array, all: Float64Array): Pick<ForceFieldModel, "weights" | "energies"> {
  const features = d.options.species.length * featureCount(d, 0);
  return { weights: all.slice(0, features), energies: base.map((e, k) => e + all[features + k]!) };
}

function checkWeights(weights: ForceFieldWeights): ForceFieldWeights {
  rejectUnknownOptions(weights, ["energy", "forces", "stress"], "fitForceField weights");
  for (const [name, w] of Object.entries(weights))
    if (!(w >= 0 && Number.isFinite(w)))
      throw new OptionError({
        where: "fitForceField",
        problem: `weight of ${name} is ${w}`,
        advice: "give a number ≥ 0",
      });
  return weights;
}

function checkForm(form: ForceFieldForm): ForceFieldForm {
  if (form.kind !== "primal" && form.kind !== "reference")
    throw new OptionError({
      where: "fitForceField form",
      problem: `unknown kind "${(form as { kind: string }).kind}"`,
      advice: "known kinds: primal, reference",
    });
  return form;
}

import { descriptor, featureCount } from "../../descriptor/descriptor.js";
import { DataError, OptionError, rejectUnknownOptions } from "../../errors.js";
import type { Frame } from "../../structure/frame.js";
import { trainLinear } from "../linearTraining.js";
import {
  FORCE_FIELD_DESCRIPTOR,
  type ForceFieldModel,
  type ForceFieldOptions,
  type ForceFieldWeights,
} from "./model.js";
import { columnCount, forceFieldRows, speciesEnergies } from "./rows.js";

const OPTION_NAMES: readonly (keyof ForceFieldOptions)[] = [
  "descriptor",
  "weights",
  "ridge",
  "validation",
  "solver",
  "onProgress",
  "signal",
];

/**
 * Fits a force field to energies and forces: linear in the two- and three-body invariants of each atom (Schmiedmayer and Kresse,
 * J. Chem. Phys. 161, 084703 (2024), sec. II.C).
 * @param frames with energy (eV) or forces (eV/Å) or both
 * @throws DataError if no frame has either
 * @throws OptionError | ConvergenceError | AbortedError
 */
export async function fitForceField(
  frames: readonly Frame[],
  options: ForceFieldOptions = {},
): Promise<ForceFieldModel> {
  rejectUnknownOptions(options, OPTION_NAMES, "fitForceField");
  const weights: ForceFieldWeights = { energy: 10, forces: 1, ...options.weights };
  rejectUnknownOptions(weights, ["energy", "forces"], "fitForceField weights");
  for (const [name, w] of Object.entries(weights))
    if (!(w >= 0 && Number.isFinite(w)))
      throw new OptionError({
        where: "fitForceField",
        problem: `weight of ${name} is ${w}`,
        advice: "give a number ≥ 0",
      });
  const used = frames.filter((f) => (weights.energy > 0 && f.energy !== undefined) || (weights.forces > 0 && f.forces));
  if (used.length === 0)
    throw new DataError({ where: "fitForceField", problem: "no frame has an energy or forces to learn from" });
  const d = descriptor({
    ...FORCE_FIELD_DESCRIPTOR,
    species: [...new Set(used.flatMap((f) => f.structure.species))].sort(),
    ...options.descriptor,
  });
  const base = speciesEnergies(d, used);
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
      ...(onProgress && { onProgress }),
      ...(signal && { signal }),
    },
  );
  const features = d.options.species.length * featureCount(d, 0);
  return {
    kind: "forceField",
    descriptor: d,
    weights: fit.weights.slice(0, features),
    energies: base.map((e, k) => e + fit.weights[features + k]!),
    training: {
      frames: used.length,
      weights,
      ridge: fit.ridge,
      trials: fit.trials,
      condition: fit.condition,
    },
  };
}

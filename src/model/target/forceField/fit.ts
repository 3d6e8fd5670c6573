import { type Descriptor, descriptor } from "../../../descriptor/descriptor.js";
import { selectEnvironments } from "../../../descriptor/sparsify.js";
import { DataError, OptionError, rejectUnknownOptions } from "../../../errors.js";
import type { RunOptions } from "../../../progress.js";
import type { Frame } from "../../../structure/frame.js";
import { featureBasis, meanEnvironments } from "../../basis/basis.js";
import { type ForceFieldKernel, kernelBasis, kernelReferences } from "../../basis/kernelBasis.js";
import { posteriorOf } from "../../train/posterior.js";
import { trainLinear } from "../../train/primal.js";
import {
  FORCE_FIELD_DESCRIPTOR,
  type ForceFieldForm,
  type ForceFieldModel,
  type ForceFieldOptions,
  type ForceFieldWeights,
} from "./model.js";
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
 * and Kresse, J. Chem. Phys. 161, 084703 (2024), sec. II.C), or in powers of their kernel with reference environments
 * (`form`; Jinnouchi, Karsai and Kresse, Phys. Rev. B 100, 014105 (2019)). Memory does not grow with the number of frames.
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
  const { ridge, validation, solver, onProgress, signal } = options;
  const run = { ...(onProgress && { onProgress }), ...(signal && { signal }) };
  const kernel = await kernelOf(d, used, form, run);
  const basis = kernel ? kernelBasis(d, kernel) : featureBasis(d);
  const projection =
    form.kind === "reference" && !kernel ? await referenceProjection(d, used, form.environments, run) : undefined;
  const fit = await trainLinear(
    {
      columns: columnCount(basis),
      frames: used.length,
      rowsOf: (f, add) => forceFieldRows(basis, base, used[f]!, weights, add),
    },
    {
      ...(ridge !== undefined && { ridge }),
      ...(validation && { validation }),
      ...(solver && { solver }),
      ...(projection && { projection }),
      ...run,
    },
  );
  const posterior = posteriorOf(fit, projection, () =>
    meanEnvironments(
      basis,
      used.map((f) => f.structure),
    ),
  );
  return {
    kind: "forceField",
    descriptor: d,
    weights: basis.modelWeights(fit.weights.slice(0, basis.size)),
    ...(kernel && { kernel }),
    energies: base.map((e, k) => e + fit.weights[basis.size + k]!),
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

/** References of a non-linear kernel, where the form asks for one. */
async function kernelOf(
  d: Descriptor,
  frames: readonly Frame[],
  form: ForceFieldForm,
  run: RunOptions,
): Promise<ForceFieldKernel | undefined> {
  if (form.kind === "primal" || (form.zeta ?? 1) === 1) return undefined;
  const structures = frames.map((f) => f.structure);
  const chosen = await selectEnvironments(d, structures, { count: form.environments, ...run });
  return kernelReferences(d, structures, chosen, form.zeta!);
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
  const where = "fitForceField form";
  if (form.kind === "primal") {
    rejectUnknownOptions(form, ["kind"], where);
    return form;
  }
  if (form.kind !== "reference")
    throw new OptionError({
      where,
      problem: `unknown kind "${(form as { kind: string }).kind}"`,
      advice: "known kinds: primal, reference",
    });
  rejectUnknownOptions(form, ["kind", "environments", "zeta"], where);
  const { environments, zeta = 1 } = form;
  if (!(Number.isInteger(environments) && environments >= 1))
    throw new OptionError({ where, problem: `environments is ${environments}, expected a whole number ≥ 1` });
  if (!(Number.isInteger(zeta) && zeta >= 1 && zeta <= 10))
    throw new OptionError({ where, problem: `zeta is ${zeta}, expected a whole number from 1 (linear) to 10` });
  return form;
}

/** The polarizability in linear response by atoms, species or molecules, and by normal modes. */
import { DataError, ShapeError } from "../errors.js";
import type { LinearResponse } from "../model/linearResponse/linearResponse.js";
import { predictLinearResponse } from "../model/linearResponse/predictSeries.js";
import { readOptions } from "../options/record.js";
import { RUN_OPTIONS } from "../options/values.js";
import type { RunOptions } from "../progress.js";
import type { TensorSeries } from "../series/tensorSeries.js";
import { ATOM_GROUPING, type AtomGrouping, atomGroups } from "../structure/groups.js";
import type { Trajectory } from "../structure/trajectory.js";
import { MODE_GROUPING, type ModeGrouping, modeGroups } from "./modeProjection.js";
import type { NormalModes } from "./phonons.js";

/**
 * α_a(t) = Σ_{i∈a} (∂α/∂x_i) Δx_i of every group of atoms; with the part "reference", the tensor at rest (turning with a molecule), they
 * add up to {@link predictLinearResponse}.
 * @param model linear in Cartesian displacements (frame periodic or eckart)
 * @throws DataError for a model in internal coordinates, which are not of single atoms
 */
export async function polarizabilityParts(
  model: LinearResponse,
  trajectory: Trajectory,
  grouping: AtomGrouping = { kind: "species" },
  options: RunOptions = {},
): Promise<Readonly<Record<string, TensorSeries>>> {
  const run = readOptions(RUN_OPTIONS, options, "polarizabilityParts");
  readOptions(ATOM_GROUPING, grouping, "polarizabilityParts");
  const size = model.value.length;
  const groups = atomGroups(model.reference, grouping);
  return parts(
    model,
    trajectory,
    groups.map(({ name, atoms }) => {
      const derivatives = new Float64Array(model.derivatives.length);
      for (const i of atoms)
        derivatives.set(model.derivatives.subarray(3 * size * i, 3 * size * (i + 1)), 3 * size * i);
      return { name, derivatives };
    }),
    run,
  );
}

/**
 * α_k(t) = (∂α/∂Q_k) Q_k(t) of every normal mode or group of modes, Q_k = Σ_i √m_i e_{k,i}·Δx_i; with the part "reference" they add up to
 * {@link predictLinearResponse}.
 * @param modes of the model's reference
 * @throws DataError for a model in internal coordinates; ShapeError if the atoms differ
 */
export async function modePolarizabilities(
  model: LinearResponse,
  modes: NormalModes,
  trajectory: Trajectory,
  grouping: ModeGrouping = { kind: "modes" },
  options: RunOptions = {},
): Promise<Readonly<Record<string, TensorSeries>>> {
  const run = readOptions(RUN_OPTIONS, options, "modePolarizabilities");
  readOptions(MODE_GROUPING, grouping, "modePolarizabilities");
  const size = model.value.length;
  const { values: e, columns } = modes.eigenvectors;
  if (columns !== model.derivatives.length / size)
    throw new ShapeError({
      where: "modePolarizabilities",
      problem: `modes of ${columns / 3} atoms, a model of ${model.derivatives.length / size / 3}`,
    });
  const roots = Float64Array.from({ length: columns }, (_, c) => Math.sqrt(modes.masses[Math.floor(c / 3)]!));
  return parts(
    model,
    trajectory,
    modeGroups(modes, grouping).map(({ name, modes: list }) => {
      const derivatives = new Float64Array(model.derivatives.length);
      for (const k of list) {
        const along = new Float64Array(size);
        for (let c = 0; c < columns; c++)
          for (let p = 0; p < size; p++)
            along[p]! += (model.derivatives[c * size + p]! * e[k * columns + c]!) / roots[c]!;
        for (let c = 0; c < columns; c++)
          for (let p = 0; p < size; p++) derivatives[c * size + p]! += along[p]! * e[k * columns + c]! * roots[c]!;
      }
      return { name, derivatives };
    }),
    run,
  );
}

/** The model with the derivatives of one part after the other, and no tensor at rest. */
async function parts(
  model: LinearResponse,
  trajectory: Trajectory,
  list: readonly { readonly name: string; readonly derivatives: Float64Array }[],
  run: RunOptions,
): Promise<Readonly<Record<string, TensorSeries>>> {
  if (model.frame.kind === "internal")
    throw new DataError({
      where: "parts of a polarizability",
      problem: "the linear response is in internal coordinates, which belong to several atoms",
      advice: 'fit it with frame: { kind: "eckart" }',
    });
  const none = new Float64Array(model.derivatives.length);
  const at = async (name: string, value: Float64Array, derivatives: Float64Array): Promise<[string, TensorSeries]> => [
    name,
    { ...(await predictLinearResponse({ ...model, value, derivatives }, trajectory, run)), origin: name },
  ];
  const entries = [await at("reference", model.value, none)];
  for (const { name, derivatives } of list)
    entries.push(await at(name, new Float64Array(model.value.length), derivatives));
  return Object.fromEntries(entries);
}

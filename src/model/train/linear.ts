/** Fits of models that are linear in the functions of a basis, the same for every target. */
import type { Descriptor } from "../../descriptor/descriptor.js";
import { selectEnvironments } from "../../descriptor/sparsify.js";
import { DataError, OptionError } from "../../errors.js";
import { withThreads } from "../../math/linalgTeam.js";
import { type Matrix, matrix } from "../../math/matrix.js";
import { readOptions } from "../../options/record.js";
import { type RunOptions, runOf } from "../../progress.js";
import { fieldsPresent } from "../../structure/fieldsPresent.js";
import { type Frame, speciesOf } from "../../structure/frame.js";
import type { Structure } from "../../structure/structure.js";
import type { TensorOrder } from "../../tensor/cartesian.js";
import { meanEnvironments } from "../basis/basis.js";
import { type BasisData, basisOf } from "../basis/basisOf.js";
import { kernelReferences } from "../basis/kernelBasis.js";
import { firstReferences, orthonormalReferences, referenceFeatures } from "../basis/referenceFeatures.js";
import { committeeWarning } from "./committee.js";
import { fitDescriptor } from "./fitDescriptor.js";
import { completeForm, formBasis } from "./formBasis.js";
import {
  columnCount,
  type LinearCommittee,
  type LinearModel,
  type LinearOptions,
  type LinearTarget,
  linearSchema,
  type RowSpace,
} from "./linearTarget.js";
import { edgeWarning, type Form } from "./options.js";
import { posteriorOf } from "./posterior.js";
import { type TrainingRows, trainPrimal } from "./primal.js";
import { primalCommittee, type WeightCommittee } from "./primalCommittee.js";
import { sharedFrames } from "./sharedFrames.js";

/**
 * Fits a target. Memory does not grow with the number of frames.
 * @param where name of the function, for messages
 * @throws DataError if no frame has what the target learns from
 * @throws OptionError | ConvergenceError | AbortedError
 */
export async function fitLinear<D extends string, O extends LinearOptions<D>>(
  target: LinearTarget<D, O>,
  frames: readonly Frame[],
  options: O,
  where: string,
): Promise<LinearModel<D>> {
  readOptions(linearSchema(target), options as never, where);
  return withThreads(options.workers, () => fitChecked(target, frames, options, where));
}

async function fitChecked<D extends string, O extends LinearOptions<D>>(
  target: LinearTarget<D, O>,
  frames: readonly Frame[],
  options: O,
  where: string,
): Promise<LinearModel<D>> {
  const { form = { kind: "full" }, ridge, solver, validation = target.validation } = options;
  const { uncertainty = target.uncertainty } = options;
  checkForm(form, target.order, where);
  const run = runOf(options);
  const weights = dataWeights(target, frames, options.weights ?? ({} as Partial<Record<D, number>>), where);
  const names = Object.keys(target.data) as D[];
  const hasData = (f: Frame): boolean => names.some((name) => weights[name] > 0 && target.data[name].given(f));
  const used = frames.filter(hasData);
  const held = validation.kind === "frames" ? validation.frames.filter(hasData) : [];
  const structures = used.map((f) => f.structure);
  const d = await fitDescriptor(
    { ...target.descriptor, species: speciesOf([...used, ...held]), ...options.descriptor },
    structures,
    options.compress,
    run,
  );
  const constants = target.constants(d, used, options);
  const data = await basisData(d, target.order, structures, form, run);
  const space = { basis: basisOf(d, target.order, data), constants };
  const rowsOf = target.rows(space, used, weights, options);
  const all = [...used, ...held];
  const ownNames = Object.keys(target.options).filter((name) => name in options);
  const own = Object.fromEntries(ownNames.map((name) => [name, (options as Record<string, unknown>)[name]]));
  const { workerModule } = target;
  const source: TrainingRows = {
    columns: columnCount(space),
    frames: used.length,
    heldOut: held.length,
    rowCount: (f) => 3 * all[f]!.structure.species.length,
    ...(target.targets !== undefined && { targets: target.targets }),
    rowsOf: (f, add) => rowsOf(all[f]!, add),
    ...(workerModule && {
      threads: {
        workerModule,
        shared: () => ({
          ...{ descriptor: d.options, basis: data, constants, weights, options: own },
          ...{ all: sharedFrames(all), used: used.length },
        }),
        ...(options.workers !== undefined && { workers: options.workers }),
      },
    }),
  };
  const counts = form.kind === "sparse" && data.kind === "features" ? [form.references].flat() : [];
  const projection = await projections(space, structures, counts, run);
  const fit = await trainPrimal(source, {
    ...(ridge && { ridge }),
    validation,
    ...(solver && { solver }),
    ...(projection.length > 0 && { projection }),
    ...run,
  });
  const part = split(space, fit.weights);
  const chosen = counts[projection.indexOf(fit.projection!)];
  const committee = uncertainty.kind === "committee" ? await primalCommittee(source, fit, uncertainty, run) : undefined;
  const mean = (): Float64Array =>
    target.order === 0 ? meanEnvironments(space.basis, structures) : new Float64Array(space.basis.kinds.length);
  const posterior = uncertainty.kind === "variance" ? posteriorOf(fit, constants.directions, mean) : undefined;
  const edges = edgeWarning("ridge", fit.ridge, unique(fit.trials.map((t) => t.ridge)));
  return {
    kind: target.kind,
    descriptor: d,
    order: target.order,
    basis: data,
    ...part,
    training: {
      frames: used.length,
      validationFrames: held.length,
      counts: byName(names, (n) => (weights[n] > 0 ? used.filter(target.data[n].given).length : 0)),
      weights,
      form: chosen === undefined ? completeForm(form) : { kind: "sparse", references: chosen },
      ridge: fit.ridge,
      trials: fit.trials,
      condition: fit.condition,
      options: own,
      warnings: [
        ...edges,
        ...(uncertainty.kind === "committee" ? committeeWarning(uncertainty) : []),
        ...(chosen === undefined ? [] : edgeWarning("number of references", chosen, counts)),
        ...(target.warnings?.(fit, part.constants, d, used) ?? []),
      ],
    },
    ...(posterior && { posterior }),
    ...(committee && { committee: splitCommittee(space, committee) }),
  };
}

function dataWeights<D extends string>(
  target: Pick<LinearTarget<D, never>, "data">,
  frames: readonly Frame[],
  given: Readonly<Partial<Record<D, number>>>,
  where: string,
): Readonly<Record<D, number>> {
  const names = Object.keys(target.data) as D[];
  const weights = byName(names, (name) => {
    const available = frames.some(target.data[name].given);
    const w = given[name] ?? (available ? target.data[name].weight : 0);
    if (w > 0 && !available)
      throw new DataError({
        where,
        problem: `no frame has ${target.data[name].name}`,
        advice: `map it by the name it has in the file, with \`keys\`, or set its weight to 0; ${fieldsPresent(frames)}`,
      });
    return w;
  });
  if (names.some((name) => weights[name] > 0)) return weights;
  throw new DataError({
    where,
    problem: `no frame has ${names.map((n) => target.data[n].name).join(" or ")} to learn from`,
    advice: `map what is needed by the name it has in the file, with \`keys\`; ${fieldsPresent(frames)}`,
  });
}

function checkForm(form: Form, order: TensorOrder, where: string): void {
  const zeta = form.kind === "products" ? 1 : (form.zeta ?? 1);
  if (zeta === 1) return;
  const problem = `zeta ${zeta}`;
  if (order > 0 || form.kind === "full")
    throw new OptionError({
      where: `${where}.form`,
      problem: `${problem} with ${order > 0 ? "a quantity that is no scalar" : "every environment as a reference"}`,
      advice: order > 0 ? 'use form: { kind: "products" }' : 'give { kind: "sparse", references: … }',
    });
  if (!(Number.isInteger(zeta) && zeta <= 10 && form.kind === "sparse" && typeof form.references === "number"))
    throw new OptionError({
      where: `${where}.form`,
      problem,
      advice: "give a whole number from 1 (linear) to 10, and one number of references",
    });
}

async function basisData(
  d: Descriptor,
  order: TensorOrder,
  structures: readonly Structure[],
  form: Form,
  run: RunOptions,
): Promise<BasisData> {
  if (form.kind !== "sparse" || (form.zeta ?? 1) === 1 || typeof form.references !== "number")
    return formBasis(d, order, structures, form, run);
  const chosen = await selectEnvironments(d, structures, { count: form.references, ...run });
  return { kind: "kernel", ...kernelReferences(d, structures, chosen, form.zeta!) };
}

/** Φ for each number of references, with a unit row for each direction of the constants, which are not restricted. */
async function projections(
  { basis, constants }: RowSpace,
  structures: readonly Structure[],
  counts: readonly number[],
  run: RunOptions,
): Promise<Matrix[]> {
  if (counts.length === 0) return [];
  const found = await referenceFeatures(basis.descriptor, basis.order, structures, Math.max(...counts), run);
  const all = orthonormalReferences(found);
  return counts.map((count) => {
    const { rows, columns, values } = firstReferences(all, count);
    const extra = constants.directions.length;
    const phi = matrix(rows + extra, columns + extra);
    for (let r = 0; r < rows; r++) phi.values.set(values.subarray(r * columns, (r + 1) * columns), r * phi.columns);
    for (let q = 0; q < extra; q++) phi.values[(rows + q) * phi.columns + columns + q] = 1;
    return phi;
  });
}

/** The weights of the basis and the constants, from those of the columns. */
function split({ basis, constants }: RowSpace, columns: Float64Array) {
  const size = basis.kinds.length;
  const own = constants.fixed.slice();
  constants.directions.forEach((u, q) => {
    for (let k = 0; k < own.length; k++) own[k]! += columns[size + q]! * u[k]!;
  });
  return { weights: basis.modelWeights(columns.slice(0, size)), constants: own };
}

function splitCommittee(space: RowSpace, { calibration, members }: WeightCommittee): LinearCommittee {
  return { calibration, members: members.map((m) => split(space, m)) };
}

function byName<D extends string, T>(names: readonly D[], value: (name: D) => T): Readonly<Record<D, T>> {
  return Object.fromEntries(names.map((name) => [name, value(name)])) as Record<D, T>;
}

function unique(values: readonly number[]): number[] {
  return [...new Set(values)];
}

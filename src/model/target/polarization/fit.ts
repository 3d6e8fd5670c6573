import { type Descriptor, descriptor, featureCount } from "../../../descriptor/descriptor.js";
import { DataError, OptionError, rejectUnknownOptions } from "../../../errors.js";
import { type Matrix, matrix } from "../../../math/matrix.js";
import type { RunOptions } from "../../../progress.js";
import type { Frame } from "../../../structure/frame.js";
import { type ProductBasis, productBasis, productCounts, productTerms } from "../../basis/products.js";
import { firstReferences, orthonormalReferences, referenceFeatures } from "../../basis/referenceFeatures.js";
import { type LinearFit, type TrainingRows, trainLinear } from "../../train/primal.js";
import {
  POLARIZATION_DESCRIPTOR,
  type PolarizationForm,
  type PolarizationModel,
  type PolarizationOptions,
  type PolarizationTraining,
  type TargetWeights,
} from "./model.js";
import { bornChargeRows, columnCount, polarizationRows, type RowSpace } from "./rows.js";
import { type ChargePlan, planCharges } from "./speciesCharges.js";

const OPTION_NAMES: readonly (keyof PolarizationOptions)[] = [
  "descriptor",
  "charges",
  "weights",
  "polarization",
  "form",
  "ridge",
  "validation",
  "solver",
  "onProgress",
  "signal",
];

/**
 * Fits the polarization as the antiderivative of Born effective charges, from values of either or both (derivative learning:
 * Schmiedmayer and Kresse, J. Chem. Phys. 161, 084703 (2024), eqs. 6–11).
 * @param frames with Z*, with P (`polarization`), or with both; at least one of all needed
 * @returns a model whose Z* is exactly the derivative of its P, and whose P turns as a vector
 * @throws DataError if no frame has what the weights ask for
 * @throws OptionError | ConvergenceError | AbortedError
 */
export async function fitPolarization(
  frames: readonly Frame[],
  options: PolarizationOptions = {},
): Promise<PolarizationModel> {
  rejectUnknownOptions(options, OPTION_NAMES, "fitPolarization");
  checkChoice("polarization", options.polarization, ["absolute", "differences"]);
  checkChoice("solver", options.solver, ["cholesky", "qr"]);
  const weights = targetWeights(frames, options.weights);
  const used = frames.filter(
    (f) => (weights.bornCharges > 0 && f.bornCharges) || (weights.polarization > 0 && f.polarization),
  );
  const d = descriptor({
    ...POLARIZATION_DESCRIPTOR,
    species: [...new Set(used.flatMap((f) => f.structure.species))].sort(),
    ...options.descriptor,
  });
  const charges = options.charges ?? { kind: "fit" };
  const form = options.form ?? { kind: "primal" };
  const plan = planCharges(charges, d.options.species, used);
  const { ridge, solver, onProgress, signal, validation = { folds: Math.min(5, Math.max(2, used.length)) } } = options;
  const run = { ...(onProgress && { onProgress }), ...(signal && { signal }) };
  const products = await productsOf(d, used, form, run);
  const space = { descriptor: d, plan, ...(products && { products }) };
  const source = trainingRows(space, used, weights, polarizationOrigin(used, options.polarization));
  const counts = referenceCounts(form);
  const projection = counts && (await projections(d, used, counts, plan, run));
  const fit = await trainLinear(source, {
    ...(ridge !== undefined && { ridge }),
    validation,
    ...(solver && { solver }),
    ...(projection && { projection }),
    ...run,
  });
  const model = assemble(space, fit);
  const excessCharge = used.reduce((most, { structure }) => {
    const charge = structure.species.reduce((sum, x) => sum + model.charges[d.options.species.indexOf(x)]!, 0);
    return Math.max(most, Math.abs(charge));
  }, 0);
  const training = {
    frames: used.length,
    bornChargeFrames: weights.bornCharges > 0 ? used.filter((f) => f.bornCharges).length : 0,
    polarizationFrames: weights.polarization > 0 ? used.filter((f) => f.polarization).length : 0,
    weights,
    charges,
    form: chosenForm(form, counts?.[projection!.indexOf(fit.projection!)]),
    ridge: fit.ridge,
    trials: fit.trials,
    condition: fit.condition,
    excessCharge,
    warnings: [...transpositionWarning(fit), ...neutralityWarning(excessCharge)],
  };
  return { ...model, training };
}

function checkChoice(name: string, given: string | undefined, known: readonly string[]): void {
  if (given !== undefined && !known.includes(given))
    throw new OptionError({
      where: "fitPolarization",
      problem: `${name} is "${given}"`,
      advice: `give one of ${known.join(", ")}`,
    });
}

function targetWeights(frames: readonly Frame[], given: Partial<TargetWeights> = {}): TargetWeights {
  rejectUnknownOptions(given, ["bornCharges", "polarization"], "fitPolarization weights");
  const available = {
    bornCharges: frames.some((f) => f.bornCharges),
    polarization: frames.some((f) => f.polarization),
  };
  const weight = (name: keyof TargetWeights, standard: number): number => {
    const w = given[name] ?? (available[name] ? standard : 0);
    if (!(w >= 0 && Number.isFinite(w)))
      throw new OptionError({
        where: "fitPolarization",
        problem: `weight of ${name} is ${w}`,
        advice: "give a number ≥ 0",
      });
    if (w > 0 && !available[name])
      throw new DataError({
        where: "fitPolarization",
        problem: `no frame has ${name === "bornCharges" ? "Born charges" : "a dipole or polarization"}`,
        advice: "map the name it has in the file when reading, or set its weight to 0",
      });
    return w;
  };
  const weights = { bornCharges: weight("bornCharges", 1), polarization: weight("polarization", 10) };
  if (weights.bornCharges === 0 && weights.polarization === 0)
    throw new DataError({
      where: "fitPolarization",
      problem: "no frame has Born charges or a polarization to learn from",
      advice: "map the names they have in the file when reading it",
    });
  return weights;
}

/** The frame whose P is the zero of all others, or none where P is absolute. */
function polarizationOrigin(frames: readonly Frame[], kind: PolarizationOptions["polarization"]): Frame | undefined {
  const first = frames.find((f) => f.polarization);
  const differences = kind ? kind === "differences" : first?.structure.cell !== undefined;
  return differences ? first : undefined;
}

function trainingRows(
  space: RowSpace,
  frames: readonly Frame[],
  weights: TargetWeights,
  origin: Frame | undefined,
): TrainingRows {
  const zero = origin && weights.polarization > 0 ? polarizationRows(space, origin) : undefined;
  return {
    columns: columnCount(space),
    frames: frames.length,
    targets: 2,
    rowsOf: (index, add) => {
      const frame = frames[index]!;
      if (frame.bornCharges && weights.bornCharges > 0) bornChargeRows(space, frame, weights.bornCharges, add);
      if (!frame.polarization || weights.polarization === 0 || frame === origin) return;
      const { rows, targets } = polarizationRows(space, frame);
      const scaled = (x: Float64Array, x0: Float64Array | undefined): Float64Array =>
        x.map((v, i) => weights.polarization * (v - (x0 ? x0[i]! : 0)));
      const y = scaled(targets, zero?.targets);
      add(
        scaled(rows, zero?.rows),
        Float64Array.from({ length: 6 }, (_, k) => y[k >> 1]!),
      );
    },
  };
}

/** The factors of the products, where there are any. @throws OptionError for an unknown kind */
async function productsOf(
  d: Descriptor,
  frames: readonly Frame[],
  form: PolarizationForm,
  run: RunOptions,
): Promise<ProductBasis | undefined> {
  if (!["primal", "reference", "products"].includes(form.kind))
    throw new OptionError({
      where: "fitPolarization form",
      problem: `unknown kind "${form.kind}"`,
      advice: "known kinds: primal, reference, products",
    });
  if (form.kind !== "products") return undefined;
  const structures = frames.map((f) => f.structure);
  return productBasis(d, structures, productCounts(form), run);
}

/** Numbers of environments to try. */
function referenceCounts(form: PolarizationForm): readonly number[] | undefined {
  if (form.kind !== "reference") return undefined;
  return typeof form.environments === "number" ? [form.environments] : form.environments;
}

/** The form with all that was left open filled in. */
function chosenForm(form: PolarizationForm, environments: number | undefined): PolarizationTraining["form"] {
  if (form.kind === "reference") return { kind: "reference", environments: environments! };
  if (form.kind === "products") return { kind: "products", ...productCounts(form) };
  return form;
}

/** Φ for each number of environments, with a unit row for each free charge, which is not restricted. */
async function projections(
  d: Descriptor,
  frames: readonly Frame[],
  counts: readonly number[],
  plan: ChargePlan,
  run: RunOptions,
): Promise<Matrix[]> {
  const structures = frames.map((f) => f.structure);
  const all = orthonormalReferences(await referenceFeatures(d, structures, Math.max(...counts), run));
  return counts.map((count) => {
    const { rows, columns, values } = firstReferences(all, count);
    const extra = plan.directions.length;
    const phi = matrix(rows + extra, columns + extra);
    for (let r = 0; r < rows; r++) phi.values.set(values.subarray(r * columns, (r + 1) * columns), r * phi.columns);
    for (let q = 0; q < extra; q++) phi.values[(rows + q) * phi.columns + columns + q] = 1;
    return phi;
  });
}

function assemble({ descriptor: d, plan, products }: RowSpace, fit: LinearFit): Omit<PolarizationModel, "training"> {
  const features = d.options.species.length * featureCount(d, 1);
  const charges = plan.fixed.slice();
  plan.directions.forEach((u, q) => {
    for (let k = 0; k < charges.length; k++) charges[k]! += fit.weights[features + q]! * u[k]!;
  });
  const model = { kind: "polarization", descriptor: d, weights: fit.weights.slice(0, features), charges } as const;
  if (!products) return model;
  return { ...model, products: productTerms(products, fit.weights.subarray(features + plan.directions.length)) };
}

/** A transposed Z* is no derivative of any P: where the transposed data fit clearly better, their order is most likely the other one. */
function transpositionWarning({ trainingErrors: [given, transposed] }: LinearFit): string[] {
  if (!(transposed! < 0.8 * given!)) return [];
  return [
    `the transposed Born charges fit better (weighted error ${transposed!.toExponential(2)} against ${given!.toExponential(2)}): ` +
      'the file most likely has rows = displacement; read it with becOrder "displacement-field" (--bec-order displacement-field), ' +
      "or without that option if it was given",
  ];
}

/** Without neutrality P depends on the origin, and Σ_i Z*_i is not 0. */
function neutralityWarning(excessCharge: number): string[] {
  if (excessCharge < 0.01) return [];
  return [
    `the species charges are not neutral: they sum to ${excessCharge.toFixed(3)} e over a frame, by which P depends on the origin; ` +
      'use charges { kind: "fit" } or neutral formal charges',
  ];
}

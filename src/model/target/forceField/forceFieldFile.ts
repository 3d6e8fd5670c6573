/** Saving and loading of force fields. */
import { z } from "zod";
import { descriptor, featureCount } from "../../../descriptor/descriptor.js";
import type { DescriptorOptions } from "../../../descriptor/options.js";
import { FormatError, OptionError } from "../../../errors.js";
import { type Matrix, matrix } from "../../../math/matrix.js";
import type { EnergyBasis } from "../../basis/basis.js";
import { type ForceFieldKernel, firsts } from "../../basis/kernelBasis.js";
import { arrayOf, checkSettings, loadModel, type ModelArrays, type ModelDocument, saveModel } from "../../modelFile.js";
import { basisOf } from "./basisOf.js";
import type { ForceFieldModel, Posterior } from "./model.js";
import { columnCount } from "./rows.js";

const finite = z.number().refine(Number.isFinite);
const settingsSchema = z.strictObject({
  descriptor: z.record(z.string(), z.unknown()),
  training: z.strictObject({
    frames: z.number().int().nonnegative(),
    weights: z.strictObject({ energy: finite, forces: finite, stress: finite }),
    form: z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("primal") }),
      z.strictObject({
        kind: z.literal("reference"),
        environments: z.number().int().positive(),
        zeta: z.number().int().min(1).max(10).exactOptional(),
      }),
    ]),
    ridge: finite,
    trials: z.array(z.strictObject({ ridge: finite, validationError: finite, trainingError: finite })),
    condition: finite,
  }),
  noise: finite.positive().optional(),
  /** Environments per central species, of a model with a kernel. */
  references: z.array(z.number().int().nonnegative()).optional(),
});

export interface SaveForceFieldOptions {
  /** Whether the file holds what the error estimates need: about 4n² bytes for n weights, 11 MB with the default settings and two species. Default `drop`. */
  readonly posterior?: "keep" | "drop";
}

/** Writes a model file whole or not at all; gzipped when the name ends in .gz. */
export async function saveForceField(
  path: string,
  model: ForceFieldModel,
  options: SaveForceFieldOptions = {},
): Promise<void> {
  await saveModel(path, forceFieldDocument(model, options));
}

/** Reads a model file written by {@link saveForceField}. @throws FormatError if it is damaged or of another kind */
export async function loadForceField(path: string): Promise<ForceFieldModel> {
  return readForceField(await loadModel(path), path);
}

/** The model as a document of kind "forceField". */
export function forceFieldDocument(model: ForceFieldModel, options: SaveForceFieldOptions = {}): ModelDocument {
  const posterior = options.posterior === "keep" ? model.posterior : undefined;
  const { kernel, weights } = model;
  const kinds = model.energies.length;
  const arrays: Record<string, ModelArrays[string]> = {
    weights: { shape: kernel ? [weights.length] : [kinds, weights.length / kinds], values: weights },
    energies: { shape: [kinds], values: model.energies },
  };
  const references = kernel?.references.map((r) => r.rows);
  if (kernel) {
    const all = kernel.references.flatMap(({ values }) => [...values]);
    arrays.references = { shape: [weights.length, all.length / weights.length], values: Float64Array.from(all) };
  }
  if (posterior) {
    const { lower, projection, mean } = posterior;
    arrays.posterior = { shape: [(lower.rows * (lower.rows + 1)) / 2], values: packed(lower) };
    arrays.mean = { shape: [mean.length], values: mean };
    if (projection) arrays.projection = { shape: [projection.rows, projection.columns], values: projection.values };
  }
  const { descriptor: d, training } = model;
  const settings = {
    descriptor: d.options,
    training,
    ...(posterior && { noise: posterior.noise }),
    ...(references && { references }),
  };
  return { kind: "forceField", settings: JSON.parse(JSON.stringify(settings)), arrays };
}

/** The model of a document. @throws FormatError naming the entry that is wrong */
export function readForceField(document: ModelDocument, file: string): ForceFieldModel {
  if (document.kind !== "forceField")
    throw new FormatError({ file, problem: `a model of kind "${document.kind}", expected "forceField"` });
  const s = checkSettings(settingsSchema, document.settings, file);
  const d = readDescriptor(s.descriptor, file);
  const kinds = d.options.species.length;
  const kernel = readKernel(document, s, d, file);
  const shape = kernel ? [kernel.references.reduce((n, r) => n + r.rows, 0)] : [kinds, featureCount(d, 0)];
  const model: ForceFieldModel = {
    kind: "forceField",
    descriptor: d,
    weights: arrayOf(document, "weights", shape, file),
    ...(kernel && { kernel }),
    energies: arrayOf(document, "energies", [kinds], file),
    training: s.training,
  };
  if (s.noise === undefined) return model;
  return { ...model, posterior: readPosterior(document, basisOf(model), s.noise, file) };
}

/** The kernel of a model fitted with zeta above 1. */
function readKernel(
  document: ModelDocument,
  { training: { form }, references: counts }: z.infer<typeof settingsSchema>,
  d: ForceFieldModel["descriptor"],
  file: string,
): ForceFieldKernel | undefined {
  const zeta = form.kind === "reference" ? (form.zeta ?? 1) : 1;
  if (zeta === 1) return undefined;
  const kinds = d.options.species.length;
  if (counts?.length !== kinds)
    throw new FormatError({ file, where: "references", problem: `expected ${kinds} numbers, one per species` });
  const features = featureCount(d, 0);
  const all = arrayOf(document, "references", [counts.reduce((n, c) => n + c, 0), features], file);
  const starts = firsts(counts);
  const part = (n: number, k: number): Matrix =>
    matrix(n, features, all.slice(starts[k]! * features, (starts[k]! + n) * features));
  return { zeta, references: counts.map(part) };
}

function readDescriptor(options: Record<string, unknown>, file: string): ForceFieldModel["descriptor"] {
  try {
    return descriptor(options as unknown as DescriptorOptions);
  } catch (cause) {
    if (!(cause instanceof OptionError)) throw cause;
    throw new FormatError({ file, where: "descriptor", problem: cause.message, cause });
  }
}

function readPosterior(document: ModelDocument, basis: EnergyBasis, noise: number, file: string): Posterior {
  const columns = columnCount(basis);
  const rows = document.arrays.projection?.shape[0];
  const n = rows ?? columns;
  const lower = unpacked(arrayOf(document, "posterior", [(n * (n + 1)) / 2], file), n);
  const mean = arrayOf(document, "mean", [basis.size], file);
  if (rows === undefined) return { lower, mean, noise };
  return { lower, mean, noise, projection: matrix(n, columns, arrayOf(document, "projection", [n, columns], file)) };
}

/** The lower triangle, row by row. */
function packed({ rows, values }: Matrix): Float64Array {
  const triangle = new Float64Array((rows * (rows + 1)) / 2);
  for (let i = 0, p = 0; i < rows; p += ++i) triangle.set(values.subarray(i * rows, i * rows + i + 1), p);
  return triangle;
}

function unpacked(triangle: Float64Array, n: number): Matrix {
  const lower = matrix(n, n);
  for (let i = 0, p = 0; i < n; p += ++i) lower.values.set(triangle.subarray(p, p + i + 1), i * n);
  return lower;
}

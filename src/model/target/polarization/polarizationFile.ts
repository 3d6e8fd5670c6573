/** Saving and loading of polarization models. */
import { z } from "zod";
import { type Descriptor, descriptor, featureCount } from "../../../descriptor/descriptor.js";
import type { DescriptorOptions } from "../../../descriptor/options.js";
import { FormatError, OptionError } from "../../../errors.js";
import { arrayOf, checkSettings, loadModel, type ModelDocument, saveModel } from "../../modelFile.js";
import type { PolarizationModel } from "./model.js";

const finite = z.number().refine(Number.isFinite);
const count = z.number().int().nonnegative();
const trainingSchema = z.strictObject({
  frames: count,
  bornChargeFrames: count,
  polarizationFrames: count,
  weights: z.strictObject({ bornCharges: finite, polarization: finite }),
  charges: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("fit") }),
    z.strictObject({ kind: z.literal("meanDiagonal") }),
    z.strictObject({ kind: z.literal("formal"), values: z.record(z.string(), finite) }),
  ]),
  form: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("primal") }),
    z.strictObject({ kind: z.literal("reference"), environments: z.number().int().positive() }),
    z.strictObject({
      kind: z.literal("products"),
      vectors: z.number().int().positive(),
      scalars: z.number().int().positive(),
    }),
  ]),
  ridge: finite.nonnegative(),
  trials: z.array(
    z.strictObject({
      ridge: finite,
      validationError: finite,
      trainingError: finite,
      projection: count.optional(),
    }),
  ),
  condition: finite,
  excessCharge: finite.nonnegative(),
  warnings: z.array(z.string()),
});
const settingsSchema = z.strictObject({ descriptor: z.record(z.string(), z.unknown()), training: trainingSchema });

/** Writes a model file whole or not at all; gzipped when the name ends in .gz. */
export async function savePolarization(path: string, model: PolarizationModel): Promise<void> {
  await saveModel(path, polarizationDocument(model));
}

/** Reads a model file written by {@link savePolarization}. @throws FormatError if it is damaged or of another kind */
export async function loadPolarization(path: string): Promise<PolarizationModel> {
  return readPolarization(await loadModel(path), path);
}

/** The model as a document of kind "polarization". */
export function polarizationDocument(model: PolarizationModel): ModelDocument {
  const { descriptor: d, weights, charges, training, products } = model;
  const kinds = charges.length;
  return {
    kind: "polarization",
    settings: JSON.parse(JSON.stringify({ descriptor: d.options, training })),
    arrays: {
      weights: { shape: [kinds, weights.length / kinds], values: weights },
      charges: { shape: [kinds], values: charges },
      ...(products && {
        productScalars: { shape: [products.count, kinds, featureCount(d, 0)], values: products.scalars },
        productOffsets: { shape: [products.count, kinds], values: products.offsets },
        productVectors: { shape: [products.count, kinds, featureCount(d, 1)], values: products.vectors },
      }),
    },
  };
}

/** The model of a document. @throws FormatError naming the entry that is wrong */
export function readPolarization(document: ModelDocument, file: string): PolarizationModel {
  if (document.kind !== "polarization")
    throw new FormatError({ file, problem: `a model of kind "${document.kind}", expected "polarization"` });
  const settings = checkSettings(settingsSchema, document.settings, file);
  const d = readDescriptor(settings.descriptor, file);
  const kinds = d.options.species.length;
  const { trials, ...training } = settings.training;
  const { form } = training;
  return {
    kind: "polarization",
    descriptor: d,
    weights: arrayOf(document, "weights", [kinds, featureCount(d, 1)], file),
    ...(form.kind === "products" && {
      products: {
        count: form.scalars,
        scalars: arrayOf(document, "productScalars", [form.scalars, kinds, featureCount(d, 0)], file),
        offsets: arrayOf(document, "productOffsets", [form.scalars, kinds], file),
        vectors: arrayOf(document, "productVectors", [form.scalars, kinds, featureCount(d, 1)], file),
      },
    }),
    charges: arrayOf(document, "charges", [kinds], file),
    training: {
      ...training,
      trials: trials.map(({ projection, ...t }) => (projection === undefined ? t : { ...t, projection })),
    },
  };
}

function readDescriptor(options: Record<string, unknown>, file: string): Descriptor {
  try {
    return descriptor(options as unknown as DescriptorOptions);
  } catch (cause) {
    if (!(cause instanceof OptionError)) throw cause;
    throw new FormatError({ file, where: "descriptor", problem: cause.message, cause });
  }
}

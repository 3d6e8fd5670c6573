/** Saving and loading of models of every kind. */
import { FormatError } from "../../errors.js";
import { readOptions } from "../../options/record.js";
import type { LinearResponse } from "../linearResponse/linearResponse.js";
import type { SecondOrderResponse } from "../secondOrder/secondOrder.js";
import { FORCE_FIELD, type ForceFieldModel } from "../target/forceField/forceField.js";
import type { PolarizabilityModel } from "../target/polarizability/polarizability.js";
import { POLARIZATION, type PolarizationModel } from "../target/polarization/polarization.js";
import { linearDocument, readLinear, SAVE_OPTIONS, type SaveOptions } from "./linearDocument.js";
import { linearResponseDocument, readLinearResponse } from "./linearResponseDocument.js";
import { type ModelDocument, readModelDocument, writeModelDocument } from "./modelFile.js";
import { polarizabilityDocument, readPolarizability } from "./polarizabilityDocument.js";
import { readSecondOrder, secondOrderDocument } from "./secondOrderDocument.js";

/** Models by their kind. */
export interface Models {
  readonly polarizability: PolarizabilityModel;
  readonly polarization: PolarizationModel;
  readonly forceField: ForceFieldModel;
  readonly linearResponse: LinearResponse;
  readonly secondOrder: SecondOrderResponse;
}
export type ModelKind = keyof Models;
/** A model of any kind. */
export type Model = Models[ModelKind];

/** How each kind is read. */
const READ: { readonly [K in ModelKind]: (document: ModelDocument, file: string) => Models[K] } = {
  polarizability: readPolarizability,
  polarization: (document, file) => readLinear(document, POLARIZATION as never, file) as PolarizationModel,
  forceField: (document, file) => readLinear(document, FORCE_FIELD as never, file) as ForceFieldModel,
  linearResponse: readLinearResponse,
  secondOrder: readSecondOrder,
};

/**
 * Writes a model file whole or not at all; gzipped when the name ends in .gz. A file is readable JSON whose large arrays are base64 blocks.
 * @throws DataError if the first step of a polarizability model is a function of the user's own
 */
export async function saveModel(path: string, model: Model, options: SaveOptions = {}): Promise<void> {
  const read = readOptions(SAVE_OPTIONS, options, "saveModel");
  await writeModelDocument(path, modelDocument(model, read));
}

/** The model as a document. */
export function modelDocument(model: Model, options: SaveOptions = {}): ModelDocument {
  if (model.kind === "polarizability") return polarizabilityDocument(model);
  if (model.kind === "linearResponse") return linearResponseDocument(model);
  if (model.kind === "secondOrder") return secondOrderDocument(model);
  return linearDocument(model, options);
}

/**
 * Reads a model file written by {@link saveModel}.
 * @param kinds the kinds that will do; default any
 * @throws FormatError if it is damaged, of another kind, or of an older version, with the command that fits it again
 * @example
 * const { reference, displaced } = await loadDataset("h2o");
 * await saveModel("water.json", await linearResponse(reference!, displaced));
 * (await loadModel("water.json", "linearResponse")).quantity // "polarizability"
 */
export async function loadModel<K extends ModelKind = ModelKind>(
  path: string,
  ...kinds: readonly K[]
): Promise<Models[K]> {
  return readModel(await readModelDocument(path), path, ...kinds);
}

/** The model of a document. @throws FormatError */
export function readModel<K extends ModelKind = ModelKind>(
  document: ModelDocument,
  file: string,
  ...kinds: readonly K[]
): Models[K] {
  const expected = kinds.length > 0 ? kinds : (Object.keys(READ) as K[]);
  const kind = expected.find((k) => k === document.kind);
  if (!kind)
    throw new FormatError({
      file,
      problem: `a model of kind "${document.kind}"`,
      advice: `expected ${expected.join(" or ")}`,
    });
  return READ[kind](document, file);
}

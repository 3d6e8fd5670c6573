/** A linear-response model as a model document. */
import { z } from "zod";
import { readWholeDocument } from "../../options/record.js";
import { checkStructure, type Periodicity, type Structure } from "../../structure/structure.js";
import { internalDerivatives } from "../linearResponse/internal.js";
import type { LinearResponse } from "../linearResponse/linearResponse.js";
import { arrayOf, type ModelArrays, type ModelDocument } from "./modelFile.js";

const settingsSchema = z.strictObject({
  quantity: z.enum(["polarizability", "dielectric", "polarization"]),
  unit: z.string(),
  shape: z.array(z.literal(3)).min(1).max(2),
  species: z.array(z.string().min(1).max(8)).min(1),
  periodic: z.tuple([z.boolean(), z.boolean(), z.boolean()]),
  frame: z.enum(["periodic", "eckart", "internal"]),
  symmetry: z.strictObject({ symbol: z.string(), operations: z.number().int().positive(), tolerance: z.number() }),
  quality: z.strictObject({
    pairs: z.number(),
    oneSided: z.number(),
    evenPart: z.number(),
    symmetryResidual: z.number(),
    translationalResidual: z.number(),
    rotationalResidual: z.number().optional(),
  }),
  warnings: z.array(z.string()),
});

/** The model as a document of kind "linearResponse". */
export function linearResponseDocument(model: LinearResponse): ModelDocument {
  const { quantity, unit, shape, reference, frame, symmetry, quality, warnings } = model;
  const n = reference.species.length;
  const arrays: ModelArrays = {
    positions: { shape: [n, 3], values: reference.positions },
    value: { shape, values: model.value },
    derivatives: { shape: [n, 3, ...shape], values: model.derivatives },
    ...(reference.cell && { cell: { shape: [3, 3], values: reference.cell } }),
  };
  const { species, periodic } = reference;
  return {
    kind: "linearResponse",
    settings: { quantity, unit, shape, species, periodic, frame: frame.kind, symmetry, quality, warnings },
    arrays,
  };
}

/** The model of a document. @throws FormatError if an entry is missing or of the wrong shape */
export function readLinearResponse(document: ModelDocument, file: string): LinearResponse {
  const s = readWholeDocument(settingsSchema, document.settings, file);
  const n = s.species.length;
  const reference: Structure = {
    species: s.species,
    positions: arrayOf(document, "positions", [n, 3], file),
    ...(document.arrays.cell && { cell: arrayOf(document, "cell", [3, 3], file) }),
    periodic: s.periodic as Periodicity,
  };
  checkStructure(reference, `${file}: reference`);
  const derivatives = arrayOf(document, "derivatives", [n, 3, ...s.shape], file);
  const { rotationalResidual, ...quality } = s.quality;
  return {
    kind: "linearResponse",
    quantity: s.quantity,
    unit: s.unit,
    shape: s.shape,
    reference,
    value: arrayOf(document, "value", s.shape, file),
    derivatives,
    frame: { kind: s.frame },
    ...(s.frame === "internal" && { internal: internalDerivatives(reference, derivatives) }),
    symmetry: s.symmetry,
    quality: { ...quality, ...(rotationalResidual !== undefined && { rotationalResidual }) },
    warnings: s.warnings,
  };
}

/** A response of second order as a model document. */
import { z } from "zod";
import { FormatError } from "../../errors.js";
import { readWholeDocument } from "../../options/record.js";
import type { SecondOrderResponse } from "../secondOrder/secondOrder.js";
import { linearResponseDocument, readLinearResponse } from "./linearResponseDocument.js";
import { arrayOf, type ModelArrays, type ModelDocument } from "./modelFile.js";

const settingsSchema = z.strictObject({
  first: z.record(z.string(), z.unknown()),
  terms: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("atoms") }),
    z.strictObject({ kind: z.literal("pairs"), cutoff: z.number().positive() }),
  ]),
  quality: z.strictObject({
    unknowns: z.number().int().positive(),
    determined: z.number().int().nonnegative(),
    ridge: z.number().positive(),
    leaveOneOut: z.number().optional(),
  }),
  warnings: z.array(z.string()),
});

/** The model as a document of kind "secondOrder". */
export function secondOrderDocument(model: SecondOrderResponse): ModelDocument {
  const first = linearResponseDocument(model.first);
  const { terms, quality, warnings, from, to, shifts, tensors } = model;
  const n = from.length;
  const arrays: ModelArrays = {
    ...first.arrays,
    terms: { shape: [n, 5], values: Float64Array.from({ length: 5 * n }, (_, p) => place(from, to, shifts, p)) },
    tensors: { shape: [n, 9, 9], values: tensors },
  };
  return { kind: "secondOrder", settings: { first: first.settings, terms, quality, warnings }, arrays };
}

function place(from: Int32Array, to: Int32Array, shifts: Int32Array, p: number): number {
  const [t, c] = [Math.floor(p / 5), p % 5];
  if (c === 0) return from[t]!;
  return c === 1 ? to[t]! : shifts[3 * t + c - 2]!;
}

/** The model of a document. @throws FormatError if an entry is missing or of the wrong shape */
export function readSecondOrder(document: ModelDocument, file: string): SecondOrderResponse {
  const { first: settings, terms, quality, warnings } = readWholeDocument(settingsSchema, document.settings, file);
  const first = readLinearResponse({ kind: "linearResponse", settings, arrays: document.arrays }, file);
  const places = arrayOf(document, "terms", [undefined, 5], file);
  const n = places.length / 5;
  const atoms = first.reference.species.length;
  places.forEach((x, p) => {
    if (!Number.isInteger(x) || Math.abs(x) > 1e6 || (p % 5 < 2 && !(x >= 0 && x < atoms)))
      throw new FormatError({ file, where: "terms", problem: `${x} in row ${Math.floor(p / 5)} is no atom or shift` });
  });
  const column = (c: number): Int32Array => Int32Array.from({ length: n }, (_, t) => places[5 * t + c]!);
  const { leaveOneOut, ...known } = quality;
  return {
    kind: "secondOrder",
    first,
    terms,
    from: column(0),
    to: column(1),
    shifts: Int32Array.from({ length: 3 * n }, (_, p) => places[5 * Math.floor(p / 3) + 2 + (p % 3)]!),
    tensors: arrayOf(document, "tensors", [n, 9, 9], file),
    quality: { ...known, ...(leaveOneOut !== undefined && { leaveOneOut }) },
    warnings,
  };
}

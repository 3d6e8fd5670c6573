/** First steps of Δ-ML inside a model document. */
import { z } from "zod";
import { DataError } from "../../errors.js";
import { record } from "../../options/record.js";
import { oneOf, text } from "../../options/values.js";
import {
  constantStep,
  type FirstStep,
  isConstantStep,
  isLinearResponseStep,
  isSecondOrderStep,
  linearResponseStep,
  secondOrderStep,
} from "../target/polarizability/firstStep.js";
import type { DraftArrays } from "./basisDocument.js";
import { linearResponseDocument, readLinearResponse } from "./linearResponseDocument.js";
import { arrayOf, type ModelArrays, type ModelDocument } from "./modelFile.js";
import { readSecondOrder, secondOrderDocument } from "./secondOrderDocument.js";

const PREFIX = "firstStep.";

export const FIRST_STEP = record({
  kind: oneOf(["constant", "linearResponse", "secondOrder"]),
  name: text(),
  settings: z.record(text(), z.unknown()),
});
type FirstStepSettings = z.output<typeof FIRST_STEP>;

/** Settings of a first step; its arrays are added to those of the model. @throws DataError for a function of the user's own */
export function writeFirstStep(step: FirstStep, arrays: DraftArrays): FirstStepSettings {
  const { name } = step;
  if (isConstantStep(step)) {
    arrays[`${PREFIX}tensor`] = { shape: [3, 3], values: step.tensor };
    return { kind: "constant", name, settings: {} };
  }
  const document = isLinearResponseStep(step)
    ? linearResponseDocument(step.model)
    : isSecondOrderStep(step) && secondOrderDocument(step.model);
  if (!document)
    throw new DataError({
      where: `first step "${name}"`,
      problem: "a function cannot be written to a model file",
      advice: "save a model whose first step is a response of first or second order or a constant",
    });
  for (const [key, array] of Object.entries(document.arrays)) arrays[PREFIX + key] = array;
  return { kind: isSecondOrderStep(step) ? "secondOrder" : "linearResponse", name, settings: document.settings };
}

/** The first step of a document. @throws FormatError */
export function readFirstStep(s: FirstStepSettings, document: ModelDocument, file: string): FirstStep {
  if (s.kind === "constant") return constantStep(arrayOf(document, `${PREFIX}tensor`, [3, 3], file), s.name);
  const own = Object.entries(document.arrays).filter(([key]) => key.startsWith(PREFIX));
  const arrays: ModelArrays = Object.fromEntries(own.map(([key, a]) => [key.slice(PREFIX.length), a]));
  const part = { kind: s.kind, settings: s.settings, arrays };
  return s.kind === "secondOrder"
    ? secondOrderStep(readSecondOrder(part, file), s.name)
    : linearResponseStep(readLinearResponse(part, file), s.name);
}

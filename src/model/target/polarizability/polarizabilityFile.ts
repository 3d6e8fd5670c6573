/** Saving and loading of polarizability models. */
import { z } from "zod";
import { type Descriptor, descriptor, featureCount } from "../../../descriptor/descriptor.js";
import type { DescriptorOptions } from "../../../descriptor/options.js";
import { DataError, FormatError, SpectensorError } from "../../../errors.js";
import type { Predictor } from "../../basis/predictor.js";
import { linearResponseDocument, readLinearResponse } from "../../linearResponse/document.js";
import { arrayOf, checkSettings, loadModel, type ModelArrays, type ModelDocument, saveModel } from "../../modelFile.js";
import type { Committee, CommitteePart } from "../../train/committee.js";
import type { TensorPart } from "../../train/kernelFit.js";
import type { KernelVariance, VariancePart } from "../../train/variance.js";
import { constantStep, type FirstStep, isConstantStep, isLinearResponseStep, linearResponseStep } from "./firstStep.js";
import { type DeltaOptions, type ResolvedPolarizabilityOptions, resolvePolarizabilityOptions } from "./options.js";
import type { PolarizabilityModel, SelectionRecord } from "./polarizabilityModel.js";

const PARTS = ["scalar", "traceless"] as const;
type PartName = (typeof PARTS)[number];

const finite = z.number().refine(Number.isFinite);
const memberSchema = z.strictObject({ intercept: finite, firstStepFactor: finite });
const partSchema = z.strictObject({
  intercept: finite,
  firstStepFactor: finite,
  ridge: finite.positive(),
  curve: z.array(z.strictObject({ ridge: finite, error: finite })),
  leaveOneOut: finite,
  predictor: z.enum(["linear", "references"]),
  committee: z.strictObject({ calibration: finite, members: z.array(memberSchema).min(2).max(1000) }).optional(),
  variance: z.strictObject({ deviation: finite, scale: finite }).optional(),
});
const settingsSchema = z.strictObject({
  quantity: z.enum(["polarizability", "dielectric"]),
  descriptor: z.record(z.string(), z.unknown()),
  options: z.record(z.string(), z.unknown()),
  trainingFrames: z.number().int().min(2),
  validationFrames: z.number().int().nonnegative(),
  firstStep: z
    .strictObject({
      kind: z.enum(["constant", "linearResponse"]),
      name: z.string(),
      settings: z.record(z.string(), z.unknown()),
    })
    .optional(),
  selection: z
    .array(
      z.strictObject({ features: z.record(z.string(), z.unknown()), zeta: finite, error: finite, chosen: z.boolean() }),
    )
    .optional(),
  scalar: partSchema,
  traceless: partSchema,
});

/** Writes a model file whole or not at all. @throws DataError if the first step is a function of the user's own */
export async function savePolarizability(path: string, model: PolarizabilityModel): Promise<void> {
  await saveModel(path, polarizabilityDocument(model));
}

/** Reads a model file written by {@link savePolarizability}. @throws FormatError if it is damaged or of another kind */
export async function loadPolarizability(path: string): Promise<PolarizabilityModel> {
  return readPolarizability(await loadModel(path), path);
}

/** The model as a document of kind "polarizability". @throws DataError if the first step is a function of the user's own */
export function polarizabilityDocument(model: PolarizabilityModel): ModelDocument {
  const arrays: Record<string, ModelArrays[string]> = {};
  const parts = Object.fromEntries(PARTS.map((name) => [name, writePart(model, name, arrays)]));
  const { quantity, options, trainingFrames, validationFrames, selection } = model;
  const first = model.firstStep && writeFirstStep(model.firstStep, arrays);
  const settings = {
    quantity,
    descriptor: model.descriptor.options,
    options,
    trainingFrames,
    validationFrames,
    ...(first && { firstStep: first }),
    ...(selection && { selection }),
    ...parts,
  };
  return { kind: "polarizability", settings: JSON.parse(JSON.stringify(settings)), arrays };
}

/** The model of a document. @throws FormatError naming the entry that is wrong */
export function readPolarizability(document: ModelDocument, file: string): PolarizabilityModel {
  if (document.kind !== "polarizability")
    throw new FormatError({ file, problem: `a model of kind "${document.kind}", expected "polarizability"` });
  const s = checkSettings(settingsSchema, document.settings, file);
  const d = asFormatError(file, "descriptor", () => descriptor(s.descriptor as unknown as DescriptorOptions));
  const options = asFormatError(
    file,
    "options",
    (): ResolvedPolarizabilityOptions => resolvePolarizabilityOptions(s.options as DeltaOptions, "fitDelta"),
  );
  const read = (name: PartName): TensorPart => readPart(document, name, s[name], d, file);
  const firstStep = s.firstStep && readFirstStep(s.firstStep, document, file);
  const committee = readCommittee(document, s, d, file);
  const variance = readVariance(document, s, d, file);
  return {
    kind: "polarizability",
    quantity: s.quantity,
    descriptor: d,
    ...(firstStep && { firstStep }),
    options,
    trainingFrames: s.trainingFrames,
    validationFrames: s.validationFrames,
    scalar: read("scalar"),
    traceless: read("traceless"),
    ...(committee && { committee }),
    ...(variance && { variance }),
    ...(s.selection && { selection: s.selection as unknown as SelectionRecord[] }),
  };
}

type PartSettings = z.infer<typeof partSchema>;
type Settings = z.infer<typeof settingsSchema>;

const orderOf = (name: PartName): 0 | 2 => (name === "scalar" ? 0 : 2);

function writePart(
  model: PolarizabilityModel,
  name: PartName,
  arrays: Record<string, ModelArrays[string]>,
): PartSettings {
  const { predictor, order: _, ...rest } = model[name];
  const species = model.descriptor.options.species.length;
  const shape = [species, featureCount(model.descriptor, orderOf(name))];
  if (predictor.kind === "linear") arrays[`${name}.weights`] = { shape, values: predictor.weights };
  else
    predictor.species.forEach(({ scalar, vectors }, i) => {
      arrays[`${name}.references.${i}`] = { shape: [scalar.rows, scalar.columns], values: scalar.values };
      arrays[`${name}.vectors.${i}`] = { shape: [vectors.rows, vectors.columns], values: vectors.values };
    });
  const committee = model.committee?.[name];
  committee?.members.forEach(({ weights }, i) => {
    arrays[`${name}.member.${i}`] = { shape, values: weights };
  });
  const variance = model.variance?.[name];
  if (variance) {
    const { explained, mean, scales } = variance;
    arrays[`${name}.variance.explained`] = { shape: [explained.rows, explained.columns], values: explained.values };
    arrays[`${name}.variance.mean`] = { shape: [mean.length], values: mean };
    arrays[`${name}.variance.scales`] = { shape: [species], values: scales };
  }
  return {
    ...rest,
    curve: [...rest.curve],
    predictor: predictor.kind,
    ...(committee && {
      committee: {
        calibration: committee.calibration,
        members: committee.members.map(({ intercept, firstStepFactor }) => ({ intercept, firstStepFactor })),
      },
    }),
    ...(variance && { variance: { deviation: variance.deviation, scale: variance.scale } }),
  };
}

function readPart(document: ModelDocument, name: PartName, s: PartSettings, d: Descriptor, file: string): TensorPart {
  const { predictor: kind, committee: _, variance: __, ...rest } = s;
  return { order: orderOf(name), ...rest, predictor: readPredictor(document, name, kind, d, file) };
}

function readPredictor(document: ModelDocument, name: PartName, kind: string, d: Descriptor, file: string): Predictor {
  const species = d.options.species.length;
  const [k0, k] = [featureCount(d, 0), featureCount(d, orderOf(name))];
  if (kind === "linear") return { kind: "linear", weights: arrayOf(document, `${name}.weights`, [species, k], file) };
  const { zeta } = document.settings.options as { zeta: number };
  return {
    kind: "references",
    zeta,
    species: Array.from({ length: species }, (_, i) => {
      const scalar = arrayOf(document, `${name}.references.${i}`, [undefined, k0], file);
      const rows = scalar.length / k0;
      const vectors = arrayOf(document, `${name}.vectors.${i}`, [rows, k], file);
      return { scalar: { rows, columns: k0, values: scalar }, vectors: { rows, columns: k, values: vectors } };
    }),
  };
}

function readCommittee(document: ModelDocument, s: Settings, d: Descriptor, file: string): Committee | undefined {
  const read = (name: PartName): CommitteePart | undefined => {
    const { committee } = s[name];
    const shape = [d.options.species.length, featureCount(d, orderOf(name))];
    return (
      committee && {
        calibration: committee.calibration,
        members: committee.members.map((m, i) => ({
          ...m,
          weights: arrayOf(document, `${name}.member.${i}`, shape, file),
        })),
      }
    );
  };
  const [scalar, traceless] = [read("scalar"), read("traceless")];
  return scalar && traceless && { scalar, traceless };
}

function readVariance(document: ModelDocument, s: Settings, d: Descriptor, file: string): KernelVariance | undefined {
  const read = (name: PartName): VariancePart | undefined => {
    const { variance } = s[name];
    if (!variance) return undefined;
    const species = d.options.species.length;
    const columns = species * featureCount(d, orderOf(name)) + 1;
    const rows = s.trainingFrames * (2 * orderOf(name) + 1);
    return {
      ...variance,
      scales: arrayOf(document, `${name}.variance.scales`, [species], file),
      mean: arrayOf(document, `${name}.variance.mean`, [columns], file),
      explained: { rows, columns, values: arrayOf(document, `${name}.variance.explained`, [rows, columns], file) },
    };
  };
  const [scalar, traceless] = [read("scalar"), read("traceless")];
  return scalar && traceless && { scalar, traceless };
}

function writeFirstStep(
  step: FirstStep,
  arrays: Record<string, ModelArrays[string]>,
): NonNullable<Settings["firstStep"]> {
  const { name } = step;
  if (isConstantStep(step)) {
    arrays["firstStep.tensor"] = { shape: [3, 3], values: step.tensor };
    return { kind: "constant", name, settings: {} };
  }
  if (isLinearResponseStep(step)) {
    const document = linearResponseDocument(step.model);
    for (const [key, array] of Object.entries(document.arrays)) arrays[`firstStep.${key}`] = array;
    return { kind: "linearResponse", name, settings: document.settings };
  }
  throw new DataError({
    where: `first step "${name}"`,
    problem: "a function cannot be written to a model file",
    advice: "save a model whose first step is a linear-response model or a constant",
  });
}

function readFirstStep(s: NonNullable<Settings["firstStep"]>, document: ModelDocument, file: string): FirstStep {
  if (s.kind === "constant") return constantStep(arrayOf(document, "firstStep.tensor", [3, 3], file), s.name);
  const arrays = Object.fromEntries(
    Object.entries(document.arrays).flatMap(([key, a]) =>
      key.startsWith("firstStep.") ? [[key.slice("firstStep.".length), a]] : [],
    ),
  );
  return linearResponseStep(readLinearResponse({ kind: s.kind, settings: s.settings, arrays }, file), s.name);
}

/** Errors about options inside a file are errors of the file. */
function asFormatError<T>(file: string, where: string, make: () => T): T {
  try {
    return make();
  } catch (cause) {
    if (!(cause instanceof SpectensorError)) throw cause;
    throw new FormatError({ file, where, problem: cause.message, cause });
  }
}

/** Polarizability models as model documents. */
import { z } from "zod";
import { type Descriptor, featureCount } from "../../descriptor/descriptor.js";
import { FormatError } from "../../errors.js";
import { readDocument, readWholeDocument, record, requireEntries } from "../../options/record.js";
import { flag, integer, list, number, oneOf, text } from "../../options/values.js";
import type { TensorOrder } from "../../tensor/cartesian.js";
import type { Predictor } from "../basis/predictor.js";
import { type DeltaOptions, POLARIZABILITY_OPTIONS, polarizabilitySettings } from "../target/polarizability/options.js";
import type { PolarizabilityModel, PolarizabilityPart } from "../target/polarizability/polarizability.js";
import type { CommitteePart } from "../train/committee.js";
import { FORM } from "../train/options.js";
import type { VariancePart } from "../train/variance.js";
import {
  BASIS,
  DESCRIPTOR,
  type DraftArrays,
  functionCount,
  readBasis,
  readDescriptor,
  writeBasis,
} from "./basisDocument.js";
import { FIRST_STEP, readFirstStep, writeFirstStep } from "./firstStepDocument.js";
import { arrayOf, asFormatError, type ModelDocument } from "./modelFile.js";

const ORDERS = [0, 2] as const;
const count = integer({ atLeast: 0 });
const plain = z.record(text(), z.unknown());

const PART = record({
  basis: BASIS,
  intercept: number(),
  firstStepFactor: number(),
  ridge: number({ above: 0 }),
  curve: list(record({ ridge: number(), error: number() })),
  leaveOneOut: number(),
  predictor: oneOf(["linear", "references"]),
  committee: record({
    calibration: number({ atLeast: 0 }),
    members: list(record({ intercept: number(), firstStepFactor: number() })),
  }).optional(),
  variance: record({
    deviation: number(),
    noise: number(),
    scale: number(),
    degreesOfFreedom: number({ atLeast: 1 }).optional(),
  }).optional(),
});
type PartSettings = z.output<typeof PART>;

const SETTINGS = record({
  quantity: oneOf(["polarizability", "dielectric"]),
  descriptor: DESCRIPTOR,
  training: record({
    frames: integer({ atLeast: 2 }),
    validationFrames: count,
    options: plain,
    warnings: list(text()),
    selection: list(
      record({
        descriptor: plain.optional(),
        form: FORM.optional(),
        error: number(),
        chosen: flag(),
      }),
    ).optional(),
  }),
  firstStep: FIRST_STEP.optional(),
  parts: list(PART),
});
type Settings = z.output<typeof SETTINGS>;

/** The model as a document of kind "polarizability". @throws DataError if the first step is a function of the user's own */
export function polarizabilityDocument(model: PolarizabilityModel): ModelDocument {
  const arrays: DraftArrays = {};
  const { quantity, descriptor: d, training } = model;
  const firstStep = model.firstStep && writeFirstStep(model.firstStep, arrays);
  const parts = model.parts.map((part) => writePart(part, d, arrays));
  const settings = { quantity, descriptor: d.options, training, ...(firstStep && { firstStep }), parts };
  return { kind: "polarizability", settings: JSON.parse(JSON.stringify(settings)), arrays };
}

/** The model of a document. @throws FormatError naming the entry that is wrong */
export function readPolarizability(document: ModelDocument, file: string): PolarizabilityModel {
  if (document.kind !== "polarizability")
    throw new FormatError({ file, problem: `a model of kind "${document.kind}", expected "polarizability"` });
  const s = readWholeDocument(SETTINGS, document.settings, file);
  if (s.parts.length !== ORDERS.length)
    throw new FormatError({ file, where: "parts", problem: `${s.parts.length} of them, expected ${ORDERS.length}` });
  const d = readDescriptor(s.descriptor, file);
  const options = asFormatError(file, "training.options", () =>
    polarizabilitySettings(readDocument(POLARIZABILITY_OPTIONS, s.training.options, file) as DeltaOptions, "fitDelta"),
  );
  requireEntries(s.training.options, { form: options.form }, file, "training.options");
  const firstStep = s.firstStep && readFirstStep(s.firstStep, document, file);
  const read = (k: 0 | 1): PolarizabilityPart => readPart(document, s, ORDERS[k], s.parts[k]!, d, file);
  return {
    kind: "polarizability",
    quantity: s.quantity,
    descriptor: d,
    ...(firstStep && { firstStep }),
    parts: [read(0), read(1)],
    training: { ...s.training, options } as PolarizabilityModel["training"],
  };
}

function writePart(part: PolarizabilityPart, d: Descriptor, arrays: DraftArrays): PartSettings {
  const { order, predictor, committee, variance, basis, intercept, firstStepFactor, ridge, curve, leaveOneOut } = part;
  const name = `order${order}`;
  const size = functionCount(basis, d, order);
  if (predictor.kind === "linear") arrays[`${name}.weights`] = { shape: [size], values: predictor.weights };
  else
    predictor.species.forEach(({ scalar, vectors }, i) => {
      arrays[`${name}.references.${i}`] = { shape: [scalar.rows, scalar.columns], values: scalar.values };
      arrays[`${name}.vectors.${i}`] = { shape: [vectors.rows, vectors.columns], values: vectors.values };
    });
  committee?.members.forEach(({ weights }, i) => {
    arrays[`${name}.member.${i}`] = { shape: [size], values: weights };
  });
  if (variance) {
    const { explained, mean, factors } = variance;
    arrays[`${name}.variance.explained`] = { shape: [explained.rows, explained.columns], values: explained.values };
    arrays[`${name}.variance.mean`] = { shape: [mean.length], values: mean };
    arrays[`${name}.variance.factors`] = { shape: [size], values: factors };
  }
  return {
    basis: writeBasis(basis, `${name}.`, arrays),
    intercept,
    firstStepFactor,
    ridge,
    curve,
    leaveOneOut,
    predictor: predictor.kind,
    ...(committee && {
      committee: {
        calibration: committee.calibration,
        members: committee.members.map(({ weights: _, ...m }) => m),
      },
    }),
    ...(variance && { variance: varianceSettings(variance) }),
  };
}

/** Degrees of freedom without end are left out, since JSON has no infinity. */
function varianceSettings({ deviation, noise, scale, degreesOfFreedom: nu }: VariancePart) {
  return { deviation, noise, scale, ...(Number.isFinite(nu) && { degreesOfFreedom: nu }) };
}

function readPart(
  document: ModelDocument,
  model: Settings,
  order: 0 | 2,
  s: PartSettings,
  d: Descriptor,
  file: string,
): PolarizabilityPart {
  const name = `order${order}`;
  const basis = readBasis(s.basis, document, `${name}.`, d, order, file);
  const size = functionCount(basis, d, order);
  const committee = s.committee && readCommittee(document, name, s.committee, size, file);
  const rows = model.training.frames * (2 * order + 1);
  const variance = s.variance && readVariance(document, name, s.variance, size, rows, file);
  const { intercept, firstStepFactor, ridge, curve, leaveOneOut } = s;
  const zeta = Number((model.training.options.form as { zeta?: unknown } | undefined)?.zeta ?? 1);
  return {
    order,
    basis,
    intercept,
    firstStepFactor,
    ridge,
    curve,
    leaveOneOut,
    predictor: readPredictor(document, order, s.predictor, zeta, d, size, file),
    ...(committee && { committee }),
    ...(variance && { variance }),
  };
}

function readPredictor(
  document: ModelDocument,
  order: TensorOrder,
  kind: Predictor["kind"],
  zeta: number,
  d: Descriptor,
  size: number,
  file: string,
): Predictor {
  const name = `order${order}`;
  if (kind === "linear") return { kind, weights: arrayOf(document, `${name}.weights`, [size], file) };
  const [k0, k] = [featureCount(d, 0), featureCount(d, order)];
  return {
    kind,
    zeta,
    species: d.options.species.map((_, i) => {
      const scalar = arrayOf(document, `${name}.references.${i}`, [undefined, k0], file);
      const rows = scalar.length / k0;
      const vectors = arrayOf(document, `${name}.vectors.${i}`, [rows, k], file);
      return { scalar: { rows, columns: k0, values: scalar }, vectors: { rows, columns: k, values: vectors } };
    }),
  };
}

function readCommittee(
  document: ModelDocument,
  name: string,
  { calibration, members }: NonNullable<PartSettings["committee"]>,
  size: number,
  file: string,
): CommitteePart {
  return {
    calibration,
    members: members.map((m, i) => ({ ...m, weights: arrayOf(document, `${name}.member.${i}`, [size], file) })),
  };
}

function readVariance(
  document: ModelDocument,
  name: string,
  s: NonNullable<PartSettings["variance"]>,
  size: number,
  rows: number,
  file: string,
): VariancePart {
  const values = arrayOf(document, `${name}.variance.explained`, [rows, size + 1], file);
  return {
    ...s,
    degreesOfFreedom: s.degreesOfFreedom ?? Number.POSITIVE_INFINITY,
    factors: arrayOf(document, `${name}.variance.factors`, [size], file),
    mean: arrayOf(document, `${name}.variance.mean`, [size + 1], file),
    explained: { rows, columns: size + 1, values },
  };
}

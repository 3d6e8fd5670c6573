/** Linear models of any target as model documents. */
import type { z } from "zod";
import { FormatError } from "../../errors.js";
import { type Matrix, matrix } from "../../math/matrix.js";
import { type Fields, readWholeDocument, record } from "../../options/record.js";
import { integer, list, number, oneOf, text } from "../../options/values.js";
import type { LinearCommittee, LinearModel, LinearTarget } from "../train/linearTarget.js";
import { FORM } from "../train/options.js";
import type { Posterior } from "../train/posterior.js";
import {
  BASIS,
  DESCRIPTOR,
  type DraftArrays,
  functionCount,
  readBasis,
  readDescriptor,
  writeBasis,
} from "./basisDocument.js";
import { arrayOf, type ModelDocument } from "./modelFile.js";

export interface SaveOptions {
  /** Whether the file holds what error estimates of kind "variance" need: about 4n² bytes for n weights, 11 MB for a force field with the default settings and two species. Default `drop`. */
  readonly posterior?: "keep" | "drop";
}

export const SAVE_OPTIONS = record({
  posterior: oneOf(["keep", "drop"]).default("drop"),
} satisfies Fields<SaveOptions>);

const count = integer({ atLeast: 0 });

/** What the target says of itself for its files. */
type Known = Pick<LinearTarget<string, never>, "kind" | "order" | "data" | "options">;

function settingsOf({ data, options }: Known) {
  const names = Object.keys(data);
  const each = (value: z.ZodType) => record(Object.fromEntries(names.map((name) => [name, value])));
  return record({
    descriptor: DESCRIPTOR,
    basis: BASIS,
    training: record({
      frames: count,
      validationFrames: count,
      counts: each(count),
      weights: each(number({ atLeast: 0 })),
      form: FORM,
      ridge: number({ atLeast: 0 }),
      trials: list(
        record({
          ridge: number(),
          validationError: number(),
          trainingError: number(),
          projection: count.optional(),
        }),
      ),
      condition: number(),
      options: record(options),
      warnings: list(text()),
    }),
    noise: number({ atLeast: 0 }).optional(),
    committee: record({
      calibration: number({ atLeast: 0 }),
      members: integer({ atLeast: 2, atMost: 1000 }),
    }).optional(),
  });
}

/** The model as a document of its own kind. */
export function linearDocument(model: LinearModel, options: SaveOptions = {}): ModelDocument {
  const { kind, descriptor: d, weights, constants, training, committee } = model;
  const arrays: DraftArrays = {
    weights: { shape: [weights.length], values: weights },
    constants: { shape: [constants.length], values: constants },
  };
  const basis = writeBasis(model.basis, "", arrays);
  committee?.members.forEach((m, i) => {
    arrays[`member.${i}.weights`] = { shape: [m.weights.length], values: m.weights };
    arrays[`member.${i}.constants`] = { shape: [m.constants.length], values: m.constants };
  });
  const posterior = options.posterior === "keep" ? model.posterior : undefined;
  if (posterior) {
    const { lower, projection, mean, directions } = posterior;
    arrays.posterior = { shape: [(lower.rows * (lower.rows + 1)) / 2], values: packed(lower) };
    arrays.mean = { shape: [mean.length], values: mean };
    arrays.directions = {
      shape: [directions.length, constants.length],
      values: Float64Array.from(directions.flatMap((u) => [...u])),
    };
    if (projection) arrays.projection = { shape: [projection.rows, projection.columns], values: projection.values };
  }
  const settings = {
    descriptor: d.options,
    basis,
    training,
    ...(posterior && { noise: posterior.noise }),
    ...(committee && { committee: { calibration: committee.calibration, members: committee.members.length } }),
  };
  return { kind, settings: JSON.parse(JSON.stringify(settings)), arrays };
}

/** The model of a document. @throws FormatError naming the entry that is wrong */
export function readLinear(document: ModelDocument, target: Known, file: string): LinearModel {
  if (document.kind !== target.kind)
    throw new FormatError({ file, problem: `a model of kind "${document.kind}", expected "${target.kind}"` });
  const s = readWholeDocument(settingsOf(target), document.settings, file);
  const d = readDescriptor(s.descriptor, file);
  const basis = readBasis(s.basis, document, "", d, target.order, file);
  const size = functionCount(basis, d, target.order);
  const species = d.options.species.length;
  const committee = s.committee && readCommittee(document, s.committee, size, species, file);
  const posterior = s.noise !== undefined && readPosterior(document, s.noise, size, species, file);
  return {
    kind: target.kind,
    descriptor: d,
    order: target.order,
    basis,
    weights: arrayOf(document, "weights", [size], file),
    constants: arrayOf(document, "constants", [species], file),
    training: s.training as LinearModel["training"],
    ...(posterior && { posterior }),
    ...(committee && { committee }),
  };
}

function readCommittee(
  document: ModelDocument,
  s: { readonly calibration: number; readonly members: number },
  size: number,
  species: number,
  file: string,
): LinearCommittee {
  return {
    calibration: s.calibration,
    members: Array.from({ length: s.members }, (_, i) => ({
      weights: arrayOf(document, `member.${i}.weights`, [size], file),
      constants: arrayOf(document, `member.${i}.constants`, [species], file),
    })),
  };
}

function readPosterior(document: ModelDocument, noise: number, size: number, species: number, file: string): Posterior {
  const free = document.arrays.directions?.shape[0] ?? 0;
  const columns = size + free;
  const u = arrayOf(document, "directions", [free, species], file);
  const directions = Array.from({ length: free }, (_, q) => u.slice(q * species, (q + 1) * species));
  const rows = document.arrays.projection?.shape[0];
  const n = rows ?? columns;
  const lower = unpacked(arrayOf(document, "posterior", [(n * (n + 1)) / 2], file), n);
  const mean = arrayOf(document, "mean", [size], file);
  const projection = rows !== undefined && matrix(n, columns, arrayOf(document, "projection", [n, columns], file));
  return { lower, mean, directions, noise, ...(projection && { projection }) };
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

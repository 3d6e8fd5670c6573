import { ShapeError, UnitError } from "../errors.js";
import { readOptions, record } from "../options/record.js";
import { integer } from "../options/values.js";

/** Quantities that a series can hold, one tensor per frame. */
export type TensorQuantity =
  /** α, [3, 3] */
  | "polarizability"
  /** ε∞, [3, 3] */
  | "dielectric"
  /** μ of a molecule or P of a cell (extensive), [3] */
  | "polarization"
  /** Ṗ, [3] */
  | "current"
  /** Z*, [n, 3 (field), 3 (displacement)] */
  | "bornCharges";

/** One tensor per evenly spaced frame: what a model predicts or a file holds. */
export interface TensorSeries {
  readonly quantity: TensorQuantity;
  /** Unit of the values: "Å³", "1", "e·Å", "e·Å/fs", "e"; other units only after an explicit conversion. */
  readonly unit: string;
  /** Shape of one frame, e.g. [3, 3], [3], [n, 3, 3]. */
  readonly shape: readonly number[];
  /** Row-major values, shape [frames, ...shape]. */
  readonly values: Float64Array;
  /** Time between frames, fs. */
  readonly timestep: number;
  /** Cell volume, Å³, where there is a cell (mean for a variable one). */
  readonly volume?: number;
  /** Where the values come from, for legends and provenance, e.g. "DFPT", "LRM", a file name. */
  readonly origin: string;
}

/** The unit this package computes in, per quantity. */
export const UNIT_OF: Readonly<Record<TensorQuantity, string>> = {
  polarizability: "Å³",
  dielectric: "1",
  polarization: "e·Å",
  current: "e·Å/fs",
  bornCharges: "e",
};

/**
 * Builds and checks a series.
 * @throws ShapeError if the values do not fill whole frames or one is not finite
 * @throws UnitError if the time step is not a positive number
 */
export function createSeries(input: Omit<TensorSeries, "unit"> & { readonly unit?: string }): TensorSeries {
  const size = input.shape.reduce((a, b) => a * b, 1);
  if (size === 0 || input.values.length % size !== 0)
    throw new ShapeError({
      where: `${input.quantity} series (${input.origin})`,
      problem: `${input.values.length} values do not fill whole frames of shape [${input.shape.join(", ")}]`,
    });
  if (!(input.timestep > 0 && Number.isFinite(input.timestep)))
    throw new UnitError({
      where: `${input.quantity} series (${input.origin})`,
      problem: `time step is ${input.timestep} fs`,
      advice: "give the time between frames in fs, a positive number",
    });
  for (let i = 0; i < input.values.length; i++)
    if (!Number.isFinite(input.values[i]))
      throw new ShapeError({
        where: `${input.quantity} series (${input.origin}), frame ${Math.floor(i / size)}`,
        problem: `component ${i % size} is ${input.values[i]}`,
      });
  return { ...input, unit: input.unit ?? UNIT_OF[input.quantity] };
}

/** Whether a value is a series. */
export function isTensorSeries(value: object): value is TensorSeries {
  return "quantity" in value && "shape" in value && "timestep" in value && "values" in value;
}

/** Number of frames. */
export function seriesLength(s: TensorSeries): number {
  return s.values.length / s.shape.reduce((a, b) => a * b, 1);
}

const RANGE = record({
  first: integer({ atLeast: 0 }).default(0),
  last: integer({ atLeast: 0 }).optional(),
  stride: integer({ atLeast: 1 }).default(1),
});

/**
 * Frames first, first + stride, … below `last` as a new series; its time step is multiplied by `stride`.
 * @param range.first default 0
 * @param range.last exclusive, default all
 * @param range.stride default 1
 */
export function sliceSeries(
  s: TensorSeries,
  range: { readonly first?: number; readonly last?: number; readonly stride?: number },
): TensorSeries {
  const { first, stride, ...read } = readOptions(RANGE, range, "sliceSeries");
  const size = s.shape.reduce((a, b) => a * b, 1);
  const last = Math.min(read.last ?? seriesLength(s), seriesLength(s));
  const count = Math.max(0, Math.ceil((last - first) / stride));
  const values = new Float64Array(count * size);
  for (let k = 0; k < count; k++) {
    const f = first + k * stride;
    values.set(s.values.subarray(f * size, (f + 1) * size), k * size);
  }
  return { ...s, values, timestep: s.timestep * stride };
}

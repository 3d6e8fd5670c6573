/** Named components of a tensor series. */
import { didYouMean, OptionError, ShapeError } from "../errors.js";
import { createSeries, seriesLength, type TensorSeries } from "./tensorSeries.js";

/** Components of a vector, in storage order. */
export const VECTOR_COMPONENTS = ["x", "y", "z"] as const;
/** The six components of a symmetric tensor in the order of this package. */
export const SYMMETRIC_COMPONENTS = ["xx", "yy", "zz", "xy", "yz", "zx"] as const;

export type VectorComponent = (typeof VECTOR_COMPONENTS)[number];
export type SymmetricComponent = (typeof SYMMETRIC_COMPONENTS)[number];

/** The component names of a series: x, y, z for a vector; xx, yy, zz, xy, yz, zx for a [3, 3] tensor. */
export function componentNames(series: TensorSeries): readonly (VectorComponent | SymmetricComponent)[] {
  return isVector(series) ? VECTOR_COMPONENTS : isTensor(series) ? SYMMETRIC_COMPONENTS : [];
}

/**
 * One component over time, a copy of length frames, in the unit of the series.
 * Off-diagonal components of a [3, 3] tensor are symmetrised: xy is (xy + yx)/2.
 * @throws OptionError for a name that the series does not have
 */
export function component(series: TensorSeries, name: VectorComponent | SymmetricComponent): Float64Array {
  const names: readonly string[] = componentNames(series);
  if (!names.includes(name)) {
    const guess = didYouMean(name, names);
    throw new OptionError({
      where: `${series.quantity} series (${series.origin})`,
      problem: `no component "${name}"`,
      advice: guess ? `did you mean "${guess}"?` : `it has ${names.join(", ") || "one tensor per atom"}`,
    });
  }
  const i = "xyz".indexOf(name[0]!);
  const size = series.shape.reduce((a, b) => a * b, 1);
  const result = new Float64Array(seriesLength(series));
  const [first, second] = isVector(series)
    ? [i, i]
    : [3 * i + "xyz".indexOf(name[1]!), 3 * "xyz".indexOf(name[1]!) + i];
  for (let f = 0; f < result.length; f++)
    result[f] = (series.values[f * size + first]! + series.values[f * size + second]!) / 2;
  return result;
}

/** All components over time by name: x, y, z of a vector; xx, yy, zz, xy, yz, zx of a [3, 3] tensor. */
export function components(series: TensorSeries): Readonly<Record<string, Float64Array>> {
  return Object.fromEntries(componentNames(series).map((name) => [name, component(series, name)]));
}

/**
 * A series of symmetric tensors from its six components.
 * @param input.components each of length frames; the tensors become [3, 3]
 * @throws ShapeError if the lengths differ
 */
export function seriesOfComponents(
  input: Omit<TensorSeries, "shape" | "values" | "unit"> & {
    readonly unit?: string;
    readonly components: Readonly<Record<SymmetricComponent, ArrayLike<number>>>;
  },
): TensorSeries {
  const { components: six, ...rest } = input;
  const frames = six.xx.length;
  const values = new Float64Array(9 * frames);
  for (const name of SYMMETRIC_COMPONENTS) {
    if (six[name].length !== frames)
      throw new ShapeError(`component ${name} has ${six[name].length} frames, component xx has ${frames}`);
    const [i, j] = ["xyz".indexOf(name[0]!), "xyz".indexOf(name[1]!)];
    for (let f = 0; f < frames; f++) values[9 * f + 3 * i + j] = values[9 * f + 3 * j + i] = six[name][f]!;
  }
  return createSeries({ ...rest, shape: [3, 3], values });
}

/** @throws ShapeError unless every frame is a [3, 3] tensor */
export function requireTensor(series: TensorSeries, doing: string): void {
  if (!isTensor(series)) throw wrongShape(series, doing, "one [3, 3] tensor");
}

/** @throws ShapeError unless every frame is a vector */
export function requireVector(series: TensorSeries, doing: string): void {
  if (!isVector(series)) throw wrongShape(series, doing, "one vector [3]");
}

function wrongShape(series: TensorSeries, doing: string, expected: string): ShapeError {
  return new ShapeError({
    where: `${series.quantity} series (${series.origin})`,
    problem: `${doing} needs ${expected} per frame, found shape [${series.shape.join(", ")}]`,
  });
}

function isVector(series: TensorSeries): boolean {
  return series.shape.length === 1 && series.shape[0] === 3;
}

function isTensor(series: TensorSeries): boolean {
  return series.shape.length === 2 && series.shape[0] === 3 && series.shape[1] === 3;
}

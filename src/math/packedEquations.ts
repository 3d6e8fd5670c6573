/**
 * Normal equations as threads hand them on: the lower triangle of the Gram matrix of columns and targets, row by row, and the number of
 * rows at the end.
 */
import { matrix } from "./matrix.js";
import type { NormalEquations } from "./normalEquations.js";

/** Numbers of packed equations. */
export function packedLength(columns: number, targets: number): number {
  const width = columns + targets;
  return (width * (width + 1)) / 2 + 1;
}

/** Adds sums to packed ones. @param sum [width, width], of which the lower triangle is read */
export function addPacked(packed: Float64Array, sum: Float64Array, width: number, rows: number): void {
  let at = 0;
  for (let i = 0; i < width; i++) for (let j = 0; j <= i; j++) packed[at++]! += sum[i * width + j]!;
  packed[at]! += rows;
}

/** The equations that packed sums mean. */
export function unpackEquations(packed: Float64Array, columns: number, targets: number): NormalEquations {
  const gram = matrix(columns, columns);
  const moments = matrix(columns, targets);
  let at = 0;
  for (let i = 0; i < columns; i++)
    for (let j = 0; j <= i; j++) gram.values[i * columns + j] = gram.values[j * columns + i] = packed[at++]!;
  const squares = new Float64Array(targets);
  for (let t = 0; t < targets; t++) {
    for (let j = 0; j < columns; j++) moments.values[j * targets + t] = packed[at++]!;
    squares[t] = packed[at + t]!;
    at += t + 1;
  }
  return { gram, moments, squares, rows: packed[at]! };
}

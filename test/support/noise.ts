/** Seeded test data. */
import { type Matrix, matrix } from "../../src/math/matrix.js";
import { random } from "../../src/math/random.js";

/** `n` standard normal numbers. */
export function noise(n: number, seed: number): Float64Array {
  const r = random(seed);
  return Float64Array.from({ length: n }, () => r.normal());
}

/** A matrix of standard normal numbers. */
export function noiseMatrix(rows: number, columns: number, seed: number): Matrix {
  return matrix(rows, columns, noise(rows * columns, seed));
}

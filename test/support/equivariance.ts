/** Random rotations, and structures turned by them. */
import { seriesLength, type TensorSeries } from "../../src/series/tensorSeries.js";
import type { Structure } from "../../src/structure/structure.js";
import { uniform } from "./uniform.js";

/**
 * `count` rotation matrices, uniform on SO(3) (Shoemake's quaternions), every second one multiplied by −1 (improper).
 * @returns each row-major [3, 3]
 */
export function randomOrthogonal(count: number, seed: number): Float64Array[] {
  const next = uniform(seed);
  return Array.from({ length: count }, (_, i) => {
    const [u, v, w] = [next(), 2 * Math.PI * next(), 2 * Math.PI * next()];
    const [a, b] = [Math.sqrt(1 - u), Math.sqrt(u)];
    const [x, y, z, q] = [a * Math.sin(v), a * Math.cos(v), b * Math.sin(w), b * Math.cos(w)];
    const s = i % 2 === 0 ? 1 : -1;
    // biome-ignore format: a matrix
    return Float64Array.of(
      s * (1 - 2 * (y * y + z * z)), s * 2 * (x * y - z * q), s * 2 * (x * z + y * q),
      s * 2 * (x * y + z * q), s * (1 - 2 * (x * x + z * z)), s * 2 * (y * z - x * q),
      s * 2 * (x * z - y * q), s * 2 * (y * z + x * q), s * (1 - 2 * (x * x + y * y)),
    );
  });
}

/** R·v for every row v of `vectors`, [n, 3]. */
export function rotateRows(rotation: ArrayLike<number>, vectors: ArrayLike<number>): Float64Array {
  const out = new Float64Array(vectors.length);
  for (let i = 0; i < vectors.length; i += 3)
    for (let a = 0; a < 3; a++) for (let b = 0; b < 3; b++) out[i + a]! += rotation[3 * a + b]! * vectors[i + b]!;
  return out;
}

/** The structure with positions and cell turned by R. */
export function rotateStructure(s: Structure, rotation: ArrayLike<number>): Structure {
  return {
    ...s,
    positions: rotateRows(rotation, s.positions),
    ...(s.cell && { cell: rotateRows(rotation, s.cell) }),
  };
}

/** Matrix (row-major [n, n]) times vector. */
export function apply(matrix: ArrayLike<number>, v: ArrayLike<number>): Float64Array {
  const n = v.length;
  return Float64Array.from({ length: n }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += matrix[i * n + j]! * v[j]!;
    return sum;
  });
}

/** R T Rᵀ for every tensor of a series. */
export function rotateTensors(s: TensorSeries, rotation: ArrayLike<number>): TensorSeries {
  const values = new Float64Array(s.values.length);
  for (let f = 0; f < seriesLength(s); f++)
    for (let i = 0; i < 3; i++)
      for (let j = 0; j < 3; j++)
        for (let k = 0; k < 3; k++)
          for (let l = 0; l < 3; l++)
            values[9 * f + 3 * i + j]! += rotation[3 * i + k]! * rotation[3 * j + l]! * s.values[9 * f + 3 * k + l]!;
  return { ...s, values };
}

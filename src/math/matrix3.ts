import { DataError } from "../errors.js";

type Nine = [number, number, number, number, number, number, number, number, number];

/** The elements of a 3×3 matrix, row-major, one by one. */
export function nine(m: Float64Array): Nine {
  return m as unknown as Nine;
}

/** Determinant of a 3×3 matrix, row-major. */
export function determinant3(m: Float64Array): number {
  const [a, b, c, d, e, f, g, h, i] = nine(m);
  return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
}

/** Inverse of a 3×3 matrix, row-major. @throws DataError if it is singular */
export function inverse3(m: Float64Array): Float64Array {
  const [a, b, c, d, e, f, g, h, i] = nine(m);
  const determinant = determinant3(m);
  if (!(Math.abs(determinant) > 0 && Number.isFinite(1 / determinant)))
    throw new DataError({
      problem: `matrix with determinant ${determinant} has no inverse`,
      advice: "give linearly independent cell vectors",
    });
  return Float64Array.of(
    (e * i - f * h) / determinant,
    (c * h - b * i) / determinant,
    (b * f - c * e) / determinant,
    (f * g - d * i) / determinant,
    (a * i - c * g) / determinant,
    (c * d - a * f) / determinant,
    (d * h - e * g) / determinant,
    (b * g - a * h) / determinant,
    (a * e - b * d) / determinant,
  );
}

/** Rows of `vectors` [n, 3] times a 3×3 matrix. */
export function timesMatrix(vectors: Float64Array, matrix: Float64Array): Float64Array {
  const out = new Float64Array(vectors.length);
  for (let i = 0; i + 2 < vectors.length; i += 3)
    for (let d = 0; d < 3; d++)
      out[i + d] = vectors[i]! * matrix[d]! + vectors[i + 1]! * matrix[3 + d]! + vectors[i + 2]! * matrix[6 + d]!;
  return out;
}

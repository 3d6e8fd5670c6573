import { inverse3 } from "../math/matrix3.js";

/** The orthogonal matrix closest to `m` (polar decomposition by Newton's iteration; Higham, SIAM J. Sci. Stat. Comput. 7, 1160 (1986)). */
export function nearestOrthogonal(m: Float64Array): Float64Array {
  let r = m;
  for (let k = 0; k < 50; k++) {
    const inverse = inverse3(r);
    const next = r.map((x, p) => 0.5 * (x + inverse[3 * (p % 3) + Math.floor(p / 3)]!));
    const change = next.reduce((most, x, p) => Math.max(most, Math.abs(x - r[p]!)), 0);
    r = next;
    if (change < 1e-15) break;
  }
  return r;
}

/** Determinant of a 3×3 matrix: +1 for rotations, −1 for reflections, inversion and rotoinversions. */
export function determinant3(m: Float64Array): number {
  return (
    m[0]! * (m[4]! * m[8]! - m[5]! * m[7]!) -
    m[1]! * (m[3]! * m[8]! - m[5]! * m[6]!) +
    m[2]! * (m[3]! * m[7]! - m[4]! * m[6]!)
  );
}

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

import { OptionError } from "../errors.js";

/** Points and weights of a quadrature rule: ∫ f ≈ Σ weights[i] f(points[i]). */
export interface Quadrature {
  readonly points: Float64Array;
  readonly weights: Float64Array;
}

/**
 * Gauss–Legendre rule with `n` points on [from, to], exact for polynomials up to degree 2n − 1. The points, ascending,
 * are the zeros of the Legendre polynomial P_n by Newton's method (DLMF 3.5.19).
 * @param n number of points, at least 1
 * @throws OptionError for another n or limits that are not finite
 */
export function gaussLegendre(n: number, from = -1, to = 1): Quadrature {
  if (!Number.isInteger(n) || n < 1 || !Number.isFinite(from) || !Number.isFinite(to)) {
    throw new OptionError({
      where: "gaussLegendre",
      problem: `expected n ≥ 1 points and finite limits, found n = ${n} on [${from}, ${to}]`,
    });
  }
  const points = new Float64Array(n);
  const weights = new Float64Array(n);
  const centre = 0.5 * (from + to);
  const half = 0.5 * (to - from);
  for (let i = 0; i < Math.ceil(n / 2); i++) {
    let x = Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    let slope = 1;
    for (let step = 0; step < 100; step++) {
      let p = 1;
      let previous = 0;
      for (let k = 1; k <= n; k++) {
        const next = ((2 * k - 1) * x * p - (k - 1) * previous) / k;
        previous = p;
        p = next;
      }
      slope = (n * (x * p - previous)) / (x * x - 1);
      const change = p / slope;
      x -= change;
      if (Math.abs(change) < 1e-15) break;
    }
    if (2 * i + 1 === n) x = 0;
    const weight = (2 * half) / ((1 - x * x) * slope * slope);
    points[i] = centre - half * x;
    points[n - 1 - i] = centre + half * x;
    weights[i] = weight;
    weights[n - 1 - i] = weight;
  }
  return { points, weights };
}

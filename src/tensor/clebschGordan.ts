import { OptionError } from "../errors.js";

/** One non-zero coefficient of a coupling. */
export interface Coupling {
  /** Components, −l … l. */
  readonly m1: number;
  readonly m2: number;
  readonly m3: number;
  readonly value: number;
}

/**
 * Clebsch–Gordan coefficients in the basis of real spherical harmonics, C[m1][m2][m3] row-major with each m from −l to l:
 * t_{m3} = Σ C·u_{m1}·v_{m2} turns like an l3 tensor when u and v turn like l1 and l2 tensors.
 * They are orthonormal: Σ_{m1 m2} C[m1][m2][m3]·C[m1][m2][m3′] = δ. For l1+l2+l3 even they are real and proportional to the integral
 * of three harmonics, with the sign of ⟨l1 0 l2 0|l3 0⟩; for odd sums (pseudo-tensors) the unitary change of basis makes them
 * purely imaginary and the imaginary part is returned.
 * Racah's formula with integer binomials, hence exact up to rounding (Varshalovich, Quantum Theory of Angular Momentum, 8.2.1).
 * @returns shape [2 l1+1, 2 l2+1, 2 l3+1]; all zero unless |l1−l2| ≤ l3 ≤ l1+l2
 * @throws OptionError if a degree is not a natural number
 */
export function clebschGordan(l1: number, l2: number, l3: number): Float64Array {
  for (const l of [l1, l2, l3])
    if (!(Number.isInteger(l) && l >= 0))
      throw new OptionError({ where: "clebschGordan", problem: `degree ${l}`, advice: "give integers ≥ 0" });
  const [n2, n3] = [2 * l2 + 1, 2 * l3 + 1];
  const result = new Float64Array((2 * l1 + 1) * n2 * n3);
  if (l3 < Math.abs(l1 - l2) || l3 > l1 + l2) return result;
  const odd = (l1 + l2 + l3) % 2 === 1;
  for (let m1 = -l1; m1 <= l1; m1++) {
    for (let m2 = -l2; m2 <= l2; m2++) {
      for (let m3 = -l3; m3 <= l3; m3++) {
        let sum = 0;
        for (const a of complexParts(m1)) {
          for (const b of complexParts(m2)) {
            for (const c of complexParts(m3)) {
              if (a.m + b.m !== c.m) continue;
              // conj(a)·conj(b)·c, each purely real or purely imaginary
              const [re, im] = times(times([a.re, -a.im], [b.re, -b.im]), [c.re, c.im]);
              sum += (odd ? im : re) * complexCoefficient(l1, a.m, l2, b.m, l3, c.m);
            }
          }
        }
        result[((m1 + l1) * n2 + m2 + l2) * n3 + m3 + l3] = Math.abs(sum) < 1e-15 ? 0 : sum;
      }
    }
  }
  return result;
}

/** The non-zero coefficients of {@link clebschGordan}, ordered by m3, m1, m2. */
export function couplings(l1: number, l2: number, l3: number): readonly Coupling[] {
  const c = clebschGordan(l1, l2, l3);
  const list: Coupling[] = [];
  for (let m3 = -l3; m3 <= l3; m3++)
    for (let m1 = -l1; m1 <= l1; m1++)
      for (let m2 = -l2; m2 <= l2; m2++) {
        const value = c[((m1 + l1) * (2 * l2 + 1) + m2 + l2) * (2 * l3 + 1) + m3 + l3]!;
        if (value !== 0) list.push({ m1, m2, m3, value });
      }
  return list;
}

interface ComplexPart {
  readonly m: number;
  readonly re: number;
  readonly im: number;
}

/** Real harmonic m as a combination of complex ones (which carry the Condon–Shortley phase). */
function complexParts(m: number): readonly ComplexPart[] {
  if (m === 0) return [{ m: 0, re: 1, im: 0 }];
  const k = Math.abs(m);
  const phase = k % 2 === 0 ? Math.SQRT1_2 : -Math.SQRT1_2;
  if (m > 0)
    return [
      { m: k, re: phase, im: 0 },
      { m: -k, re: Math.SQRT1_2, im: 0 },
    ];
  return [
    { m: k, re: 0, im: -phase },
    { m: -k, re: 0, im: Math.SQRT1_2 },
  ];
}

function times(a: readonly [number, number], b: readonly [number, number]): [number, number] {
  return [a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]];
}

/** ⟨l1 m1 l2 m2|l3 m3⟩ with m3 = m1 + m2. */
function complexCoefficient(l1: number, m1: number, l2: number, m2: number, l3: number, m3: number): number {
  const [p, q, s] = [l1 + l2 - l3, l3 + l1 - l2, l3 - l1 + l2];
  let sum = 0n;
  for (let k = Math.max(0, -q + l1 - m1, -s + l2 + m2); k <= Math.min(p, l1 - m1, l2 + m2); k++) {
    const term = binomial(p, k) * binomial(q, l1 - m1 - k) * binomial(s, l2 + m2 - k);
    sum += k % 2 === 0 ? term : -term;
  }
  const numerator =
    BigInt(2 * l3 + 1) * [l3 + m3, l3 - m3, l1 + m1, l1 - m1, l2 + m2, l2 - m2].map(factorial).reduce((a, b) => a * b);
  const denominator = [l1 + l2 + l3 + 1, p, q, s].map(factorial).reduce((a, b) => a * b);
  return Number(sum) * Math.sqrt(Number(numerator) / Number(denominator));
}

const factorials: bigint[] = [1n];

function factorial(n: number): bigint {
  for (let i = factorials.length; i <= n; i++) factorials.push(factorials[i - 1]! * BigInt(i));
  return factorials[n]!;
}

function binomial(n: number, k: number): bigint {
  return factorial(n) / (factorial(k) * factorial(n - k));
}

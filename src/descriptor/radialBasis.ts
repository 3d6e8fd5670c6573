import { ConvergenceError } from "../errors.js";
import { gaussLegendre } from "../math/quadrature.js";
import { scaledModifiedSphericalBesselUpTo, sphericalBesselUpTo, sphericalBesselZeros } from "../math/special.js";
import { type Alternatives, kinds } from "../options/record.js";
import { inverseSquareRoot } from "./orthonormal.js";

/** Functions R_nl(r), orthonormal with weight r², onto which the smeared neighbors are projected. */
export type RadialBasis =
  /** R_nl ∝ j_l(q_nl r/r_c) with j_l(q_nl) = 0, orthonormal on [0, r_c] (theory of VASP's force fields; Schmiedmayer and Kresse 2024). */
  | { readonly kind: "bessel" }
  /**
   * Gaussian-type orbitals r^l·exp(−α_nl r²), Löwdin-orthonormalized on [0, ∞); α chosen such that function n has decayed to 1e-3 at
   * radius 1 Å … r_c, evenly spaced (Himanen et al., Comput. Phys. Commun. 247, 106949 (2020)).
   */
  | { readonly kind: "gto" }
  /** (r_c − r)^(n+2), n = 1 …, normalized and Löwdin-orthonormalized on [0, r_c] (Bartók, Kondor and Csányi, Phys. Rev. B 87, 184115 (2013)). */
  | { readonly kind: "polynomial" };

export const basisOption = kinds({ bessel: {}, gto: {}, polynomial: {} } satisfies Alternatives<RadialBasis>);

/** What the projection of one smeared neighbor depends on besides its distance. */
export interface RadialSettings {
  readonly basis: RadialBasis;
  /** Å */
  readonly cutoff: number;
  readonly nMax: number;
  readonly lMax: number;
  /** Standard deviation σ of the (unnormalized) Gaussian exp(−|r − r_k|²/2σ²) that stands for a neighbor, Å. */
  readonly smearing: number;
}

/** Writes h_nl(r) and dh_nl/dr at index l·nMax + n. */
export type RadialFunction = (r: number, values: Float64Array, slopes: Float64Array) => void;

/**
 * The projection of a neighbor at distance r, without cutoff function:
 * h_nl(r) = 4π ∫ R_nl(r′) i_l(r r′/σ²) exp(−(r² + r′²)/2σ²) r′² dr′.
 * In closed form for GTO, by Gauss–Legendre quadrature otherwise.
 * @throws ConvergenceError if so many radial functions are linearly dependent
 */
export function radialFunction(settings: RadialSettings): RadialFunction {
  return settings.basis.kind === "gto" ? gaussianTypeProjection(settings) : quadratureProjection(settings);
}

/** Exponents α_nl of the GTO basis, shape [lMax+1, nMax], 1/Å². */
export function gaussianTypeExponents(cutoff: number, nMax: number, lMax: number): Float64Array {
  const alpha = new Float64Array((lMax + 1) * nMax);
  for (let l = 0; l <= lMax; l++)
    for (let n = 0; n < nMax; n++) {
      const a = nMax === 1 ? 1 : 1 + (n * (cutoff - 1)) / (nMax - 1);
      alpha[l * nMax + n] = -Math.log(1e-3 / a ** l) / (a * a);
    }
  return alpha;
}

/** Löwdin coefficients β_l[n][n′] of the GTO basis: R_nl = Σ β_l[n][n′] r^l exp(−α_n′l r²); shape [lMax+1, nMax, nMax]. */
export function gaussianTypeCoefficients(alpha: Float64Array, nMax: number, lMax: number): Float64Array {
  const beta = new Float64Array((lMax + 1) * nMax * nMax);
  for (let l = 0; l <= lMax; l++) {
    // ∫ r^(2l+2) exp(−a r²) dr = Γ(l + 3/2) / (2 a^(l+3/2))
    let gamma = Math.sqrt(Math.PI) / 2;
    for (let k = 1; k <= l; k++) gamma *= k + 0.5;
    const overlap = new Float64Array(nMax * nMax);
    for (let i = 0; i < nMax; i++)
      for (let j = 0; j < nMax; j++)
        overlap[i * nMax + j] = (0.5 * gamma) / (alpha[l * nMax + i]! + alpha[l * nMax + j]!) ** (l + 1.5);
    beta.set(orthonormalizer(overlap, nMax, `${nMax} Gaussian-type orbitals with l = ${l}`), l * nMax * nMax);
  }
  return beta;
}

function gaussianTypeProjection({ cutoff, nMax, lMax, smearing }: RadialSettings): RadialFunction {
  const alpha = gaussianTypeExponents(cutoff, nMax, lMax);
  const beta = gaussianTypeCoefficients(alpha, nMax, lMax);
  const a = 1 / (2 * smearing * smearing);
  return (r, values, slopes) => {
    for (let l = 0; l <= lMax; l++) {
      const row = l * nMax;
      values.fill(0, row, row + nMax);
      slopes.fill(0, row, row + nMax);
      const power = r ** l;
      const powerSlope = l === 0 ? 0 : l * r ** (l - 1);
      for (let k = 0; k < nMax; k++) {
        const sum = alpha[row + k]! + a;
        const decay = (alpha[row + k]! * a) / sum;
        const g = (Math.PI / sum) ** 1.5 * (a / sum) ** l * Math.exp(-decay * r * r);
        for (let n = 0; n < nMax; n++) {
          const b = beta[(row + n) * nMax + k]!;
          values[row + n]! += b * g * power;
          slopes[row + n]! += b * g * (powerSlope - 2 * decay * r * power);
        }
      }
    }
  };
}

function quadratureProjection(settings: RadialSettings): RadialFunction {
  const { cutoff, nMax, lMax, smearing } = settings;
  // Points per smearing width and per node of the highest function; test: twice as many change nothing beyond rounding.
  const { points, weights } = gaussLegendre(Math.ceil(24 + 8 * (cutoff / smearing) + 2 * nMax), 0, cutoff);
  const table = settings.basis.kind === "bessel" ? besselBasis(settings, points) : polynomialBasis(settings, points);
  const inverse = 1 / (smearing * smearing);
  const width = nMax * (lMax + 1);
  return (r, values, slopes) => {
    values.fill(0);
    slopes.fill(0);
    for (let p = 0; p < points.length; p++) {
      const s = points[p]!;
      const gap = (r - s) ** 2 * 0.5 * inverse;
      if (gap > 45) continue; // exp(−45) ≈ 3e-20
      const weight = 4 * Math.PI * weights[p]! * s * s * Math.exp(-gap);
      const i = scaledModifiedSphericalBesselUpTo(lMax + 1, r * s * inverse);
      for (let l = 0; l <= lMax; l++) {
        // i_l′ = (l·i_{l−1} + (l+1)·i_{l+1})/(2l+1)
        const rise = ((l > 0 ? l * i[l - 1]! : 0) + (l + 1) * i[l + 1]!) / (2 * l + 1);
        const value = weight * i[l]!;
        const slope = weight * inverse * (s * rise - r * i[l]!);
        for (let k = l * nMax, t = p * width + k; k < (l + 1) * nMax; k++, t++) {
          values[k]! += table[t]! * value;
          slopes[k]! += table[t]! * slope;
        }
      }
    }
  };
}

/** R_nl at the points, shape [points, lMax+1, nMax]. */
function besselBasis({ cutoff, nMax, lMax }: RadialSettings, points: Float64Array): Float64Array {
  const width = nMax * (lMax + 1);
  const table = new Float64Array(points.length * width);
  for (let l = 0; l <= lMax; l++) {
    sphericalBesselZeros(l, nMax).forEach((q, n) => {
      // ∫₀^rc j_l(q r/rc)² r² dr = rc³/2 · j_{l+1}(q)²
      const norm = 1 / Math.abs(Math.sqrt(cutoff ** 3 / 2) * sphericalBesselUpTo(l + 1, q)[l + 1]!);
      for (let p = 0; p < points.length; p++)
        table[p * width + l * nMax + n] = norm * sphericalBesselUpTo(l, (q * points[p]!) / cutoff)[l]!;
    });
  }
  return table;
}

function polynomialBasis({ cutoff, nMax, lMax }: RadialSettings, points: Float64Array): Float64Array {
  // In x = r/r_c: ∫ (1−x)^k x² dx = 2/((k+1)(k+2)(k+3)), and functions a, b = 0 … nMax−1 multiply to k = a+b+6.
  const moment = (k: number): number => 2 / ((k + 1) * (k + 2) * (k + 3));
  const norm = Float64Array.from({ length: nMax }, (_, n) => 1 / Math.sqrt(moment(2 * n + 6)));
  const overlap = new Float64Array(nMax * nMax);
  for (let i = 0; i < nMax; i++)
    for (let j = 0; j < nMax; j++) overlap[i * nMax + j] = norm[i]! * norm[j]! * moment(i + j + 6);
  const mix = orthonormalizer(overlap, nMax, `${nMax} polynomials`);
  const width = nMax * (lMax + 1);
  const table = new Float64Array(points.length * width);
  for (let p = 0; p < points.length; p++) {
    const x = 1 - points[p]! / cutoff;
    for (let n = 0; n < nMax; n++) {
      let value = 0;
      for (let k = 0; k < nMax; k++) value += mix[n * nMax + k]! * norm[k]! * x ** (k + 3);
      for (let l = 0; l <= lMax; l++) table[p * width + l * nMax + n] = value / cutoff ** 1.5;
    }
  }
  return table;
}

function orthonormalizer(overlap: Float64Array, n: number, what: string): Float64Array {
  const { matrix, condition } = inverseSquareRoot(overlap, n);
  if (!(condition < 1e14))
    throw new ConvergenceError({
      where: "basis",
      problem: `${what} are linearly dependent (condition ${condition.toExponential(1)})`,
      advice: "reduce nMax or use the bessel basis, which is orthogonal for any nMax",
    });
  return matrix;
}

import { DataError, OptionError } from "../errors.js";

/** Values of all Y_lm up to one degree with their gradients. */
export interface HarmonicsWithGradient {
  /** Y_lm at index l(l+1)+m, length (lMax+1)². */
  readonly values: Float64Array;
  /** ∂Y_lm(r̂)/∂(x, y, z), shape [(lMax+1)², 3], in units of 1/(unit of the vector). */
  readonly gradients: Float64Array;
}

/**
 * Real orthonormal spherical harmonics of the direction of (x, y, z), index l(l+1)+m; m > 0 carries cos mφ, m < 0 carries
 * sin |m|φ, without Condon–Shortley phase, so that l = 1 reads √(3/4π)·(y, z, x)/r.
 * They are evaluated as polynomials in the unit vector: no angle, no singular pole.
 * @param lMax highest degree, ≥ 0
 * @throws OptionError if lMax is not a natural number
 * @throws DataError for the zero vector, which has no direction
 */
export function sphericalHarmonics(lMax: number, x: number, y: number, z: number): Float64Array {
  return evaluate(lMax, x, y, z, undefined);
}

/** As {@link sphericalHarmonics}, with the gradient of each with respect to the (not normalized) vector. */
export function sphericalHarmonicsGradient(lMax: number, x: number, y: number, z: number): HarmonicsWithGradient {
  const gradients = new Float64Array(3 * (lMax + 1) ** 2);
  return { values: evaluate(lMax, x, y, z, gradients), gradients };
}

/** Coefficients of the normalized recurrences; element l(l+1)/2+m of each belongs to 0 ≤ m ≤ l ≤ lMax. */
export interface HarmonicsRecurrence {
  /** Q_lm = rise·z·Q_{l−1,m} − fall·Q_{l−2,m} for m < l. */
  readonly rise: Float64Array;
  readonly fall: Float64Array;
  /** Q_mm at index m. */
  readonly start: Float64Array;
  /** dQ_lm/dz = slope·Q_{l,m+1}. */
  readonly slope: Float64Array;
}

/**
 * Recurrence for Q_lm(z), where Y_lm = Q_lm(z)·Re (x+iy)^m for m ≥ 0 and Q_l|m|(z)·Im (x+iy)^|m| for m < 0 on the unit
 * sphere. Up to normalization Q_lm is the m-th derivative of the Legendre polynomial P_l (DLMF 14.7.10, 14.10.3).
 */
export function harmonicsRecurrence(lMax: number): HarmonicsRecurrence {
  const size = ((lMax + 1) * (lMax + 2)) / 2;
  const [rise, fall, slope] = [new Float64Array(size), new Float64Array(size), new Float64Array(size)];
  const start = new Float64Array(lMax + 1);
  start[0] = Math.sqrt(1 / (4 * Math.PI));
  for (let m = 1; m <= lMax; m++)
    start[m] = start[m - 1]! * Math.sqrt((2 * m + 1) / (2 * m)) * (m === 1 ? Math.SQRT2 : 1);
  for (let l = 0; l <= lMax; l++) {
    for (let m = 0; m <= l; m++) {
      const i = (l * (l + 1)) / 2 + m;
      slope[i] = Math.sqrt((l - m) * (l + m + 1)) * (m === 0 ? Math.SQRT1_2 : 1);
      if (m === l) continue;
      rise[i] = Math.sqrt((4 * l * l - 1) / (l * l - m * m));
      fall[i] = l - m < 2 ? 0 : Math.sqrt((((l - 1) ** 2 - m * m) * (2 * l + 1)) / ((2 * l - 3) * (l * l - m * m)));
    }
  }
  return { rise, fall, start, slope };
}

const recurrences: HarmonicsRecurrence[] = [];

function recurrence(lMax: number): HarmonicsRecurrence {
  recurrences[lMax] ??= harmonicsRecurrence(lMax);
  return recurrences[lMax];
}

function evaluate(lMax: number, vx: number, vy: number, vz: number, gradients: Float64Array | undefined): Float64Array {
  if (!(Number.isInteger(lMax) && lMax >= 0))
    throw new OptionError({ where: "sphericalHarmonics", problem: `lMax is ${lMax}`, advice: "give an integer ≥ 0" });
  const r = Math.hypot(vx, vy, vz);
  if (!(r > 0 && r < Number.POSITIVE_INFINITY))
    throw new DataError({ where: "sphericalHarmonics", problem: `the vector (${vx}, ${vy}, ${vz}) has no direction` });
  const { rise, fall, start, slope } = recurrence(lMax);
  const [x, y, z] = [vx / r, vy / r, vz / r];
  const values = new Float64Array((lMax + 1) ** 2);
  const q = new Float64Array(rise.length + 1);
  let [re, im, reBefore, imBefore] = [1, 0, 0, 0];
  for (let m = 0; m <= lMax; m++) {
    for (let l = m; l <= lMax; l++) {
      const i = (l * (l + 1)) / 2 + m;
      q[i] = l === m ? start[m]! : rise[i]! * z * q[i - l]! - (l - m < 2 ? 0 : fall[i]! * q[i - 2 * l + 1]!);
      values[l * l + l + m] = q[i]! * re;
      if (m > 0) values[l * l + l - m] = q[i]! * im;
    }
    [reBefore, imBefore] = [re, im];
    [re, im] = [re * x - im * y, im * x + re * y];
  }
  if (!gradients) return values;
  [re, im, reBefore, imBefore] = [1, 0, 0, 0];
  for (let m = 0; m <= lMax; m++) {
    for (let l = m; l <= lMax; l++) {
      const i = (l * (l + 1)) / 2 + m;
      const dz = m < l ? slope[i]! * q[i + 1]! : 0;
      const f = m * q[i]!;
      tangential(gradients, l * l + l + m, f * reBefore, -f * imBefore, dz * re);
      if (m > 0) tangential(gradients, l * l + l - m, f * imBefore, f * reBefore, dz * im);
    }
    [reBefore, imBefore] = [re, im];
    [re, im] = [re * x - im * y, im * x + re * y];
  }
  return values;

  /** The part of a polynomial's gradient that is orthogonal to the unit vector, over r. */
  function tangential(out: Float64Array, lm: number, gx: number, gy: number, gz: number): void {
    const radial = gx * x + gy * y + gz * z;
    out[3 * lm] = (gx - radial * x) / r;
    out[3 * lm + 1] = (gy - radial * y) / r;
    out[3 * lm + 2] = (gz - radial * z) / r;
  }
}

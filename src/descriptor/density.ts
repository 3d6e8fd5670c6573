import { evaluateHermite } from "../math/spline.js";
import { sphericalHarmonics, sphericalHarmonicsGradient } from "../tensor/sphericalHarmonics.js";
import type { Environments } from "./environments.js";
import type { Expansion } from "./expansion.js";

/**
 * Density coefficients of one atom, c[l(l+1)+m][channel]. Written for clarity; the kernels are compared to it.
 * @returns shape [(lMax+1)², channels]
 */
export function expandDensity(x: Expansion, e: Environments, atom: number): Float64Array {
  const { lMax, width, channels } = x;
  const kinds = x.species.length;
  const c = new Float64Array((lMax + 1) ** 2 * channels);
  const h = new Float64Array(width * (lMax + 1));
  const slopes = new Float64Array(h.length);
  const own = x.species[e.species[atom]!]!;
  own.centre?.forEach((value, i) => {
    c[own.offset + i]! += value;
  });
  x.species.forEach(({ offset, table }, s) => {
    const group = atom * kinds + s;
    for (let p = e.first[group]!; p < e.first[group + 1]!; p++) {
      const [vx, vy, vz] = e.vectors.subarray(3 * p, 3 * p + 3) as unknown as [number, number, number];
      const y = sphericalHarmonics(lMax, vx, vy, vz);
      evaluateHermite(table, Math.hypot(vx, vy, vz), h, slopes);
      for (let lm = 0; lm < y.length; lm++) {
        const l = Math.floor(Math.sqrt(lm));
        for (let i = 0; i < width; i++) c[lm * channels + offset + i]! += y[lm]! * h[l * width + i]!;
      }
    }
  });
  return c;
}

/**
 * Derivatives of one neighbor's contribution with respect to the vector from the centre to it.
 * @param kind species of the neighbor
 * @returns shape [3, (lMax+1)², width]; the channels start at the species' offset
 */
export function densityDerivative(x: Expansion, kind: number, vector: ArrayLike<number>): Float64Array {
  const { lMax, width } = x;
  const [vx, vy, vz] = [vector[0]!, vector[1]!, vector[2]!];
  const r = Math.hypot(vx, vy, vz);
  const h = new Float64Array(width * (lMax + 1));
  const slopes = new Float64Array(h.length);
  evaluateHermite(x.species[kind]!.table, r, h, slopes);
  const { values, gradients } = sphericalHarmonicsGradient(lMax, vx, vy, vz);
  const out = new Float64Array(3 * values.length * width);
  for (let axis = 0; axis < 3; axis++)
    for (let lm = 0; lm < values.length; lm++) {
      const l = Math.floor(Math.sqrt(lm));
      const along = (values[lm]! * vector[axis]!) / r;
      const across = gradients[3 * lm + axis]!;
      for (let i = 0; i < width; i++)
        out[(axis * values.length + lm) * width + i] = along * slopes[l * width + i]! + across * h[l * width + i]!;
    }
  return out;
}

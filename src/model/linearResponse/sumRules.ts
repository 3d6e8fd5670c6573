import { weightedCenter } from "../../structure/alignment.js";
import { atomicMasses } from "../../structure/elements.js";
import type { Structure } from "../../structure/structure.js";

/** Largest component of Σ_i ∂T/∂x_i, which a rigid shift makes zero. @param derivatives [n, 3, ...shape] */
export function translationalResidual(derivatives: Float64Array, atoms: number): number {
  return atomSum(derivatives, atoms).reduce((most, x) => Math.max(most, Math.abs(x)), 0);
}

/** Subtracts the mean over atoms in place, so that Σ_i ∂T/∂x_i = 0; keeps the symmetry. */
export function imposeTranslation(derivatives: Float64Array, atoms: number): void {
  const sum = atomSum(derivatives, atoms);
  for (let p = 0; p < derivatives.length; p++) derivatives[p]! -= sum[p % sum.length]! / atoms;
}

function atomSum(derivatives: Float64Array, atoms: number): Float64Array {
  const sum = new Float64Array(derivatives.length / atoms);
  derivatives.forEach((x, p) => {
    sum[p % sum.length]! += x;
  });
  return sum;
}

/**
 * Largest deviation from Σ_i (∂T/∂x_i)·(ω × r_i) = rotation of T by ω, over unit ω along x, y, z and all components: for the
 * dipole ω × μ, for the polarizability Ωα − αΩ. In the unit of T per rad.
 */
export function rotationalResidual(s: Structure, value: Float64Array, derivatives: Float64Array): number {
  const center = weightedCenter(s.positions, atomicMasses(s.species));
  const size = value.length;
  let most = 0;
  for (let axis = 0; axis < 3; axis++) {
    const [b, c] = [(axis + 1) % 3, (axis + 2) % 3];
    const change = turned(value, b, c);
    for (let i = 0; i < s.species.length; i++) {
      const r = (d: number) => s.positions[3 * i + d]! - center[d]!;
      // ω × r for ω along `axis`: component b is −r_c, component c is r_b.
      for (let p = 0; p < size; p++)
        change[p]! -= -r(c) * derivatives[(3 * i + b) * size + p]! + r(b) * derivatives[(3 * i + c) * size + p]!;
    }
    most = change.reduce((m, x) => Math.max(m, Math.abs(x)), most);
  }
  return most;
}

/** dT under a unit infinitesimal rotation that takes axis b towards c. */
function turned(value: Float64Array, b: number, c: number): Float64Array {
  const omega = new Float64Array(9);
  omega[3 * b + c] = -1;
  omega[3 * c + b] = 1;
  return Float64Array.from(value, (_, p) => {
    if (value.length === 3) return [0, 1, 2].reduce((sum, k) => sum + omega[3 * p + k]! * value[k]!, 0);
    const [i, j] = [Math.floor(p / 3), p % 3];
    return [0, 1, 2].reduce(
      (sum, k) => sum + omega[3 * i + k]! * value[3 * k + j]! + omega[3 * j + k]! * value[3 * i + k]!,
      0,
    );
  });
}

// Two-body features of order 0 with weights: a function of the distance for each pair of species.

import { at, int } from "./product";
import { first, intervals, kinds, neighbors, pairs, step, vectors } from "./settings";

/**
 * Adds Σ_j f_s(r_j) over the neighbors of a centre to `value`, and its derivatives to positions [atoms][3] and strain [3][3].
 * `tables` has f and f'·step at the knots for each species of the neighbor, [kinds][intervals + 1][2].
 */
export function pairTerm(centre: i32, tables: usize, value: usize, positions: usize, strain: usize): void {
  const inverseStep = 1 / step;
  let sum: f64 = 0;
  let cx: f64 = 0, cy: f64 = 0, cz: f64 = 0;
  let xx: f64 = 0, xy: f64 = 0, xz: f64 = 0, yy: f64 = 0, yz: f64 = 0, zz: f64 = 0;
  for (let s = 0; s < kinds; s++) {
    const table = at(tables, 2 * s * (intervals + 1));
    const end = int(first, centre * kinds + s + 1);
    for (let p = int(first, centre * kinds + s); p < end; p++) {
      const neighbor = int(neighbors, p);
      if (neighbor < 0) continue;
      const x = load<f64>(at(vectors, p)), y = load<f64>(at(vectors, pairs + p)), z = load<f64>(at(vectors, 2 * pairs + p));
      const r = sqrt(x * x + y * y + z * z);
      const place = r * inverseStep;
      const knot = min(<i32>place, intervals - 1);
      const t = place - <f64>knot, u = 1 - t;
      const row = at(table, 2 * knot);
      const f0 = load<f64>(row), d0 = load<f64>(row, 8), d1 = load<f64>(row, 24);
      const rise = load<f64>(row, 16) - f0;
      sum += f0 + t * t * (3 - 2 * t) * rise + t * u * (u * d0 - t * d1);
      const slope = (6 * t * u * rise + u * (1 - 3 * t) * d0 + t * (3 * t - 2) * d1) * inverseStep;
      const f = slope / r;
      const fx = f * x, fy = f * y, fz = f * z;
      const to = at(positions, 3 * neighbor);
      store<f64>(to, load<f64>(to) + fx);
      store<f64>(to, load<f64>(to, 8) + fy, 8);
      store<f64>(to, load<f64>(to, 16) + fz, 16);
      cx += fx;
      cy += fy;
      cz += fz;
      xx += fx * x;
      xy += fx * y;
      xz += fx * z;
      yy += fy * y;
      yz += fy * z;
      zz += fz * z;
    }
  }
  store<f64>(value, load<f64>(value) + sum);
  const own = at(positions, 3 * centre);
  store<f64>(own, load<f64>(own) - cx);
  store<f64>(own, load<f64>(own, 8) - cy, 8);
  store<f64>(own, load<f64>(own, 16) - cz, 16);
  add(strain, 0, xx);
  add(strain, 1, xy);
  add(strain, 2, xz);
  add(strain, 3, xy);
  add(strain, 4, yy);
  add(strain, 5, yz);
  add(strain, 6, xz);
  add(strain, 7, yz);
  add(strain, 8, zz);
}

@inline
function add(p: usize, k: i32, value: f64): void {
  store<f64>(at(p, k), load<f64>(at(p, k)) + value);
}

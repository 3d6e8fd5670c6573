import { DataError } from "../errors.js";
import { inverse3 } from "../math/matrix3.js";
import { faceDistances } from "./cell.js";
import type { Structure } from "./structure.js";

/** Atoms in bins of a parallelepiped grid; non-periodic directions use unit vectors normal to the periodic ones. */
export interface Grid {
  /** Rows: the cell vector of a periodic direction, a unit vector otherwise. */
  readonly basis: Float64Array;
  readonly bins: readonly [number, number, number];
  /** How many bins to look at on either side. */
  readonly reach: readonly [number, number, number];
  readonly periodic: readonly [boolean, boolean, boolean];
  /** Bin coordinates of each atom, [n, 3]. */
  readonly bin: Int32Array;
  /** Cell in which each atom lies, [n, 3]; 0 along non-periodic directions. */
  readonly wrap: Int32Array;
  /** Positions brought into the cell, [n, 3], Å. */
  readonly wrapped: Float64Array;
  /** Atoms of bin b: members[start[b]] … members[start[b + 1] − 1], ascending. */
  readonly start: Int32Array;
  readonly members: Int32Array;
  /** Wrapped positions in the order of `members`. */
  readonly sorted: Float64Array;
}

/** Sorts the atoms into bins that suit the cutoff. @throws DataError for an atom more than 1e9 cells away */
export function binAtoms(s: Structure, cutoff: number): Grid {
  const n = s.species.length;
  const { periodic } = s;
  const basis = gridBasis(s);
  const inverse = inverse3(basis);
  const heights = faceDistances(basis);
  const fractional = new Float64Array(3 * n);
  const wrap = new Int32Array(3 * n);
  const low = [0, 0, 0];
  const extent = [0, 0, 0];
  for (let d = 0; d < 3; d++) {
    let min = Number.POSITIVE_INFINITY;
    let max = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < n; i++) {
      const [x, y, z] = [s.positions[3 * i]!, s.positions[3 * i + 1]!, s.positions[3 * i + 2]!];
      let f = x * inverse[d]! + y * inverse[3 + d]! + z * inverse[6 + d]!;
      if (periodic[d]) {
        const w = Math.floor(f);
        if (!(Math.abs(w) < 1e9))
          throw new DataError({
            where: `atom ${i}`,
            problem: `lies ${w} cells away from the cell`,
            advice: "wrap the positions first",
          });
        wrap[3 * i + d] = w;
        f -= w;
      }
      fractional[3 * i + d] = f;
      if (f < min) min = f;
      if (f > max) max = f;
    }
    low[d] = periodic[d] ? 0 : min;
    extent[d] = periodic[d] ? heights[d]! : n > 0 ? max - min : 0;
  }
  const bins = binCounts(extent, n, cutoff);
  const reach = [0, 1, 2].map((d) => {
    const width = extent[d]! / bins[d]!;
    const steps = width > 0 ? Math.ceil((cutoff / width) * (1 + 1e-9)) : 0;
    return periodic[d] ? steps : Math.min(steps, bins[d]! - 1);
  }) as unknown as readonly [number, number, number];
  const bin = new Int32Array(3 * n);
  const wrapped = Float64Array.from(s.positions);
  const count = bins[0] * bins[1] * bins[2];
  const start = new Int32Array(count + 1);
  const home = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    for (let d = 0; d < 3; d++) {
      const scale = periodic[d] ? bins[d]! : extent[d]! > 0 ? bins[d]! / extent[d]! : 0;
      bin[3 * i + d] = Math.min(bins[d]! - 1, Math.floor((fractional[3 * i + d]! - low[d]!) * scale));
      const w = wrap[3 * i + d]!;
      if (w !== 0) for (let c = 0; c < 3; c++) wrapped[3 * i + c]! -= w * basis[3 * d + c]!;
    }
    home[i] = (bin[3 * i]! * bins[1] + bin[3 * i + 1]!) * bins[2] + bin[3 * i + 2]!;
    start[home[i]! + 1]!++;
  }
  for (let b = 0; b < count; b++) start[b + 1]! += start[b]!;
  const cursor = start.slice();
  const members = new Int32Array(n);
  const sorted = new Float64Array(3 * n);
  for (let i = 0; i < n; i++) {
    const m = cursor[home[i]!]!++;
    members[m] = i;
    sorted.set(wrapped.subarray(3 * i, 3 * i + 3), 3 * m);
  }
  return { basis, bins, reach, periodic, bin, wrap, wrapped, start, members, sorted };
}

/** About half a cutoff per bin, and never many more bins than atoms. */
function binCounts(extent: readonly number[], atoms: number, cutoff: number): readonly [number, number, number] {
  const bins = extent.map((e) => Math.max(1, Math.min(1e6, Math.floor((2 * e) / cutoff))));
  while (bins[0]! * bins[1]! * bins[2]! > 2 * atoms + 8) {
    const d = bins.indexOf(Math.max(...bins));
    bins[d] = Math.ceil(bins[d]! / 2);
  }
  return bins as unknown as readonly [number, number, number];
}

/** Cell vectors along periodic directions, unit vectors orthogonal to all of them along the others. */
function gridBasis(s: Structure): Float64Array {
  const basis = new Float64Array(9);
  const done: number[][] = [];
  for (let d = 0; d < 3; d++) {
    if (!s.periodic[d]) continue;
    if (!s.cell) throw new DataError({ where: "neighborList", problem: "periodic directions but no cell" });
    basis.set(s.cell.subarray(3 * d, 3 * d + 3), 3 * d);
    done.push(orthogonalised([...s.cell.subarray(3 * d, 3 * d + 3)], done));
  }
  for (let d = 0; d < 3; d++) {
    if (s.periodic[d]) continue;
    // The Cartesian axis that sticks out most from what is there already.
    const candidates = [0, 1, 2].map((c) => [0, 1, 2].map((e) => (e === (c + d) % 3 ? 1 : 0)));
    const rests = candidates.map((c) => Math.hypot(...remainder(c, done)));
    const unit = orthogonalised(candidates[rests.indexOf(Math.max(...rests))]!, done);
    basis.set(unit, 3 * d);
    done.push(unit);
  }
  return basis;
}

function remainder(v: readonly number[], unit: readonly (readonly number[])[]): number[] {
  return unit.reduce<number[]>(
    (rest, u) => {
      const along = rest[0]! * u[0]! + rest[1]! * u[1]! + rest[2]! * u[2]!;
      return rest.map((x, c) => x - along * u[c]!);
    },
    [...v],
  );
}

function orthogonalised(v: readonly number[], unit: readonly (readonly number[])[]): number[] {
  const rest = remainder(remainder(v, unit), unit);
  const norm = Math.hypot(...rest);
  return rest.map((x) => x / norm);
}

import { DataError, OptionError } from "../errors.js";
import { binAtoms, type Grid } from "./neighborGrid.js";
import type { Structure } from "./structure.js";

/** Neighbours of every atom, grouped by centre. Pair p belongs to centre j when first[j] ≤ p < first[j + 1]. */
export interface NeighborList {
  /** Offsets of the centres, length n + 1. */
  readonly first: Int32Array;
  /** Neighbour atom of each pair. */
  readonly index: Int32Array;
  /** Cell shift of the neighbour, shape [pairs, 3]: vector = x_neighbour + shift·cell − x_centre with the positions as given. */
  readonly shifts: Int32Array;
  /** From centre to neighbour, shape [pairs, 3], Å. */
  readonly vectors: Float64Array;
  /** Length of each vector, Å. */
  readonly distances: Float64Array;
}

/** Atoms nearer than this are one atom written twice, Å. */
const COINCIDENT = 1e-6;

/**
 * Every neighbour, periodic images included, with 0 < r < cutoff; sorted by centre, then atom, then shift.
 * An atom is not its own neighbour, its images are. Cells may be far smaller than the cutoff and atoms may lie outside the cell.
 * Each pair is listed from both ends with exactly opposite vectors. The time is proportional to the number of pairs.
 * @param cutoff Å
 * @throws OptionError if the cutoff is not a positive number
 * @throws DataError if two atoms coincide
 */
export function neighborList(s: Structure, cutoff: number): NeighborList {
  if (!(cutoff > 0 && Number.isFinite(cutoff)))
    throw new OptionError({
      where: "neighborList",
      problem: `cutoff is ${cutoff} Å`,
      advice: "give a positive length",
    });
  const grid = binAtoms(s, cutoff);
  const found = searchBins(s, grid, cutoff);
  return transpose(found, s.species.length);
}

/** Pairs by centre in the order found, the atoms of one pair of atoms with descending shifts. */
interface Pairs {
  count: number;
  readonly first: Int32Array;
  index: Int32Array;
  shifts: Int32Array;
  vectors: Float64Array;
}

function searchBins(s: Structure, grid: Grid, cutoff: number): Pairs {
  const n = s.species.length;
  const { basis, bins, reach, periodic, bin, wrap, wrapped, start, members } = grid;
  const pairs: Pairs = reserve(
    {
      count: 0,
      first: new Int32Array(n + 1),
      index: new Int32Array(),
      shifts: new Int32Array(),
      vectors: new Float64Array(),
    },
    64 * n,
  );
  const limit = cutoff * cutoff;
  for (let i = 0; i < n; i++) {
    const [x, y, z] = [wrapped[3 * i]!, wrapped[3 * i + 1]!, wrapped[3 * i + 2]!];
    for (let ka = reach[0]; ka >= -reach[0]; ka--) {
      const [ba, sa] = place(bin[3 * i]! + ka, bins[0], periodic[0]);
      if (ba < 0) continue;
      for (let kb = reach[1]; kb >= -reach[1]; kb--) {
        const [bb, sb] = place(bin[3 * i + 1]! + kb, bins[1], periodic[1]);
        if (bb < 0) continue;
        for (let kc = reach[2]; kc >= -reach[2]; kc--) {
          const [bc, sc] = place(bin[3 * i + 2]! + kc, bins[2], periodic[2]);
          if (bc < 0) continue;
          const b = (ba * bins[1] + bb) * bins[2] + bc;
          if (start[b] === start[b + 1]) continue;
          const tx = sa * basis[0]! + sb * basis[3]! + sc * basis[6]!;
          const ty = sa * basis[1]! + sb * basis[4]! + sc * basis[7]!;
          const tz = sa * basis[2]! + sb * basis[5]! + sc * basis[8]!;
          for (let m = start[b]!; m < start[b + 1]!; m++) {
            const j = members[m]!;
            // Differences first: the vector seen from j is then the exact negative.
            const dx = wrapped[3 * j]! - x + tx;
            const dy = wrapped[3 * j + 1]! - y + ty;
            const dz = wrapped[3 * j + 2]! - z + tz;
            const r2 = dx * dx + dy * dy + dz * dz;
            if (r2 >= limit) continue;
            if (j === i && sa === 0 && sb === 0 && sc === 0) continue;
            if (r2 < COINCIDENT * COINCIDENT) throw coincident(s, i, j);
            if (pairs.count === pairs.index.length) reserve(pairs, 2 * pairs.count + 64);
            const p = pairs.count++;
            pairs.index[p] = j;
            pairs.shifts[3 * p] = sa - wrap[3 * j]! + wrap[3 * i]!;
            pairs.shifts[3 * p + 1] = sb - wrap[3 * j + 1]! + wrap[3 * i + 1]!;
            pairs.shifts[3 * p + 2] = sc - wrap[3 * j + 2]! + wrap[3 * i + 2]!;
            pairs.vectors[3 * p] = dx;
            pairs.vectors[3 * p + 1] = dy;
            pairs.vectors[3 * p + 2] = dz;
          }
        }
      }
    }
    pairs.first[i + 1] = pairs.count;
  }
  return pairs;
}

/** Bin and cell shift of the unfolded bin coordinate `k`; bin −1 outside a non-periodic grid. */
function place(k: number, bins: number, periodic: boolean): readonly [number, number] {
  if (!periodic) return [k >= 0 && k < bins ? k : -1, 0];
  const shift = Math.floor(k / bins);
  return [k - shift * bins, shift];
}

/**
 * Lists each pair from its other end. The centres were visited in ascending order and each pair's shifts in descending
 * order, so that this one counting sort leaves neighbours sorted by atom and shift.
 */
function transpose(found: Pairs, n: number): NeighborList {
  const { count } = found;
  const first = new Int32Array(n + 1);
  for (let p = 0; p < count; p++) first[found.index[p]! + 1]!++;
  for (let j = 0; j < n; j++) first[j + 1]! += first[j]!;
  const cursor = first.slice();
  const index = new Int32Array(count);
  const shifts = new Int32Array(3 * count);
  const vectors = new Float64Array(3 * count);
  const distances = new Float64Array(count);
  for (let i = 0; i < n; i++) {
    for (let p = found.first[i]!; p < found.first[i + 1]!; p++) {
      const q = cursor[found.index[p]!]!++;
      index[q] = i;
      let r2 = 0;
      for (let c = 0; c < 3; c++) {
        const v = found.vectors[3 * p + c]!;
        vectors[3 * q + c] = 0 - v;
        shifts[3 * q + c] = -found.shifts[3 * p + c]!;
        r2 += v * v;
      }
      distances[q] = Math.sqrt(r2);
    }
  }
  return { first, index, shifts, vectors, distances };
}

function reserve(pairs: Pairs, capacity: number): Pairs {
  const [index, shifts, vectors] = [
    new Int32Array(capacity),
    new Int32Array(3 * capacity),
    new Float64Array(3 * capacity),
  ];
  index.set(pairs.index);
  shifts.set(pairs.shifts);
  vectors.set(pairs.vectors);
  return Object.assign(pairs, { index, shifts, vectors });
}

function coincident(s: Structure, i: number, j: number): DataError {
  const [a, b] = [Math.min(i, j), Math.max(i, j)];
  const problem =
    a === b
      ? `atom ${a} (${s.species[a]}) coincides with its own periodic image`
      : `atoms ${a} (${s.species[a]}) and ${b} (${s.species[b]}) coincide`;
  return new DataError({ where: "neighborList", problem, advice: "check the cell and remove the duplicate" });
}

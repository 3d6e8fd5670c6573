import { DataError, OptionError } from "../errors.js";
import { binAtoms, type Grid } from "./neighborGrid.js";
import { cellVolume, type Structure } from "./structure.js";

/** Neighbors of every atom, grouped by centre. Pair p belongs to centre j when first[j] ≤ p < first[j + 1]. */
export interface NeighborList {
  /** Offsets of the centres, length n + 1. */
  readonly first: Int32Array;
  /** Neighbor atom of each pair. */
  readonly index: Int32Array;
  /** Cell shift of the neighbor, shape [pairs, 3]: vector = (x_neighbor − x_centre) + shift·cell with the positions as given. */
  readonly shifts: Int32Array;
  /** From centre to neighbor, shape [pairs, 3], Å. */
  readonly vectors: Float64Array;
  /** Length of each vector, Å. */
  readonly distances: Float64Array;
}

/** Atoms nearer than this are one atom written twice, Å. */
const COINCIDENT = 1e-6;

/** Relative margin of the search, where rounding differs from that of the vectors. */
const MARGIN = 1e-9;

/**
 * Every neighbor, periodic images included, with 0 < r < cutoff; sorted by centre, then atom, then shift.
 * An atom is not its own neighbor, its images are. Cells may be far smaller than the cutoff and atoms may lie outside the cell.
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
  return bothEnds(found, s.species.length);
}

/** Pairs with neighbor ≥ centre, by centre in the order found; those of the same two atoms with descending shifts. */
interface Pairs {
  count: number;
  readonly first: Int32Array;
  index: Int32Array;
  shifts: Int32Array;
  vectors: Float64Array;
}

function searchBins(s: Structure, grid: Grid, cutoff: number): Pairs {
  const n = s.species.length;
  const { basis, bins, reach, bin, start } = grid;
  const empty = { index: new Int32Array(), shifts: new Int32Array(), vectors: new Float64Array() };
  const pairs: Pairs = reserve({ count: 0, first: new Int32Array(n + 1), ...empty }, expectedPairs(s, cutoff));
  const [tableA, tableB] = [foldTable(grid, 0), foldTable(grid, 1)];
  const shift = new Int32Array(3);
  const translation = new Float64Array(3);
  for (let i = 0; i < n; i++) {
    const [a, b, c] = [bin[3 * i]!, bin[3 * i + 1]!, bin[3 * i + 2]!];
    for (let ka = a + 2 * reach[0]; ka >= a; ka--) {
      if (tableA.bin[ka]! < 0) continue;
      for (let kb = b + 2 * reach[1]; kb >= b; kb--) {
        if (tableB.bin[kb]! < 0) continue;
        const row = (tableA.bin[ka]! * bins[1] + tableB.bin[kb]!) * bins[2];
        // Bins along c are contiguous: one stretch of atoms per cell.
        const [low, high] = [c - reach[2], c + reach[2]];
        const cells = grid.periodic[2] ? Math.floor(high / bins[2]) : 0;
        for (let sc = cells; sc * bins[2] + bins[2] > low && (sc === 0 || grid.periodic[2]); sc--) {
          const from = start[row + Math.max(0, low - sc * bins[2])]!;
          const to = start[row + Math.min(bins[2] - 1, high - sc * bins[2]) + 1]!;
          if (from === to) continue;
          shift[0] = tableA.shift[ka]!;
          shift[1] = tableB.shift[kb]!;
          shift[2] = sc;
          for (let d = 0; d < 3; d++)
            translation[d] = shift[0]! * basis[d]! + shift[1]! * basis[3 + d]! + sc * basis[6 + d]!;
          scan(s, grid, pairs, cutoff * cutoff, i, from, to, shift, translation);
        }
      }
    }
    pairs.first[i + 1] = pairs.count;
  }
  return pairs;
}

/** Appends the neighbors of atom `i` among members[from … to), translated. */
function scan(
  s: Structure,
  grid: Grid,
  pairs: Pairs,
  limit: number,
  i: number,
  from: number,
  to: number,
  shift: Int32Array,
  translation: Float64Array,
): void {
  const { members, wrapped, sorted, wrap, basis } = grid;
  const x0 = s.positions;
  const [x, y, z] = [wrapped[3 * i]!, wrapped[3 * i + 1]!, wrapped[3 * i + 2]!];
  const [tx, ty, tz] = [translation[0]!, translation[1]!, translation[2]!];
  for (let m = from; m < to; m++) {
    const j = members[m]!;
    if (j < i) continue;
    const near =
      (sorted[3 * m]! - x + tx) ** 2 + (sorted[3 * m + 1]! - y + ty) ** 2 + (sorted[3 * m + 2]! - z + tz) ** 2;
    if (near >= limit * (1 + MARGIN)) continue;
    // From positions and shift alone, so that whatever finds the pair finds the same bits.
    const sa = shift[0]! - wrap[3 * j]! + wrap[3 * i]!;
    const sb = shift[1]! - wrap[3 * j + 1]! + wrap[3 * i + 1]!;
    const sc = shift[2]! - wrap[3 * j + 2]! + wrap[3 * i + 2]!;
    const dx = x0[3 * j]! - x0[3 * i]! + (sa * basis[0]! + sb * basis[3]! + sc * basis[6]!);
    const dy = x0[3 * j + 1]! - x0[3 * i + 1]! + (sa * basis[1]! + sb * basis[4]! + sc * basis[7]!);
    const dz = x0[3 * j + 2]! - x0[3 * i + 2]! + (sa * basis[2]! + sb * basis[5]! + sc * basis[8]!);
    const r2 = dx * dx + dy * dy + dz * dz;
    if (r2 >= limit) continue;
    if (r2 < COINCIDENT * COINCIDENT) {
      if (j === i && shift[0] === 0 && shift[1] === 0 && shift[2] === 0) continue;
      throw coincident(s, i, j);
    }
    if (pairs.count === pairs.index.length) reserve(pairs, 2 * pairs.count + 64);
    const p = pairs.count++;
    pairs.index[p] = j;
    pairs.vectors[3 * p] = dx;
    pairs.vectors[3 * p + 1] = dy;
    pairs.vectors[3 * p + 2] = dz;
    pairs.shifts[3 * p] = sa;
    pairs.shifts[3 * p + 1] = sb;
    pairs.shifts[3 * p + 2] = sc;
  }
}

/** Bin and cell shift of the unfolded bin coordinate k − reach along `direction`; bin −1 outside a non-periodic grid. */
function foldTable(grid: Grid, direction: 0 | 1): { readonly bin: Int32Array; readonly shift: Int32Array } {
  const [bins, reach] = [grid.bins[direction], grid.reach[direction]];
  const unfolded = Int32Array.from({ length: bins + 2 * reach }, (_, k) => k - reach);
  if (!grid.periodic[direction])
    return { bin: unfolded.map((k) => (k < 0 || k >= bins ? -1 : k)), shift: new Int32Array(unfolded.length) };
  const shift = unfolded.map((k) => Math.floor(k / bins));
  return { bin: unfolded.map((k, p) => k - shift[p]! * bins), shift };
}

/**
 * Lists each pair from both ends, without a sort: going through the centres upwards leaves at each atom its lower neighbors in order;
 * going through these lists upwards leaves at each atom its higher neighbors in order.
 */
function bothEnds(found: Pairs, n: number): NeighborList {
  const first = new Int32Array(n + 1);
  for (let i = 0; i < n; i++)
    for (let p = found.first[i]!; p < found.first[i + 1]!; p++) {
      first[found.index[p]! + 1]!++;
      if (found.index[p] !== i) first[i + 1]!++;
    }
  for (let j = 0; j < n; j++) first[j + 1]! += first[j]!;
  const count = first[n]!;
  const cursor = first.slice();
  const index = new Int32Array(count);
  const shifts = new Int32Array(3 * count);
  const vectors = new Float64Array(3 * count);
  const distances = new Float64Array(count);
  for (let i = 0; i < n; i++)
    for (let p = found.first[i]!; p < found.first[i + 1]!; p++) {
      const q = cursor[found.index[p]!]!++;
      index[q] = i;
      const [x, y, z] = [found.vectors[3 * p]!, found.vectors[3 * p + 1]!, found.vectors[3 * p + 2]!];
      vectors[3 * q] = 0 - x;
      vectors[3 * q + 1] = 0 - y;
      vectors[3 * q + 2] = 0 - z;
      for (let c = 0; c < 3; c++) shifts[3 * q + c] = -found.shifts[3 * p + c]!;
      distances[q] = Math.sqrt(x * x + y * y + z * z);
    }
  const lower = cursor.slice();
  for (let j = 0; j < n; j++)
    // Backwards, because seen from the lower atom the shifts have the other sign.
    for (let q = lower[j]! - 1; q >= first[j]!; q--) {
      const i = index[q]!;
      if (i === j) continue;
      const r = cursor[i]!++;
      index[r] = j;
      for (let c = 0; c < 3; c++) {
        vectors[3 * r + c] = 0 - vectors[3 * q + c]!;
        shifts[3 * r + c] = -shifts[3 * q + c]!;
      }
      distances[r] = distances[q]!;
    }
  return { first, index, shifts, vectors, distances };
}

/** Pairs to make room for at first: those of an even density where there is one. */
function expectedPairs(s: Structure, cutoff: number): number {
  const n = s.species.length;
  if (!s.cell || !s.periodic.every(Boolean)) return 32 * n;
  return Math.ceil((1.15 * 2 * Math.PI * cutoff ** 3 * n * n) / (3 * cellVolume(s.cell))) + n;
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

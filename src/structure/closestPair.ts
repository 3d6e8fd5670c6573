/** The two nearest atoms of a structure, for looking at every frame of a trajectory. */
import { DataError } from "../errors.js";
import { inverse3 } from "../math/matrix3.js";
import { faceDistances } from "./cell.js";
import { imageReducer } from "./minimumImage.js";
import { neighborList } from "./neighbors.js";
import type { Structure } from "./structure.js";

/** Two atoms, or an atom and an image of the other. */
export interface ClosePair {
  readonly i: number;
  readonly j: number;
  /** Å; 0 if they coincide. */
  readonly distance: number;
}

/** One of two directions along which atoms are sorted into columns. */
interface Slices {
  count: number;
  from: number;
  /** Slices per unit of the fraction. */
  scale: number;
}

const identity = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
/** Columns next to one, each pair of columns once: [along the first, along the second direction]. */
const alongFirst = Int32Array.of(1, -1, 0, 1);
const alongSecond = Int32Array.of(0, 1, 1, 1);

/**
 * Finds the nearest of the pairs that are closer than `reach`, periodic images included. Atoms are sorted into columns along the
 * third direction, and those of a column compared with each other and with the next: a tenth of the time of a neighbor list.
 * Buffers are kept from call to call.
 * @param reach Å
 */
export function closestPairFinder(reach: number): (s: Structure) => ClosePair | undefined {
  let fractions = new Float64Array(0);
  let columnOf = new Int32Array(0);
  let members = new Int32Array(0);
  let starts = new Int32Array(0);
  let basis: { cell: Float64Array | undefined; inverse: Float64Array; heights: readonly number[] } | undefined;
  const [first, second]: [Slices, Slices] = [
    { count: 1, from: 0, scale: 1 },
    { count: 1, from: 0, scale: 1 },
  ];

  /** Slices as wide as the reach, at most about two columns per atom; fewer than three would be each other's neighbors twice. */
  const divide = (slices: Slices, periodic: boolean, k: 0 | 1, n: number, height: number): void => {
    let [low, high] = [0, 1];
    if (!periodic) {
      [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
      for (let o = k; o < 3 * n; o += 3) {
        low = Math.min(low, fractions[o]!);
        high = Math.max(high, fractions[o]!);
      }
    }
    const count = Math.min(Math.floor(((high - low) * height) / reach), Math.ceil(Math.sqrt(2 * n)));
    slices.count = count < 3 ? 1 : count;
    slices.from = low;
    slices.scale = high > low ? slices.count / (high - low) : 0;
  };

  return (s) => {
    const n = s.species.length;
    const { positions: x, cell, periodic } = s;
    if (!basis || basis.cell !== cell) {
      basis = { cell, inverse: cell ? inverse3(cell) : identity, heights: faceDistances(cell ?? identity) };
    }
    const { inverse: g, heights } = basis;
    // Only in larger cells is the nearest image the one that is nearest along each direction.
    if (heights.some((h, k) => periodic[k] && h < 3 * reach)) return fromList(s, reach);
    if (members.length < n) {
      fractions = new Float64Array(3 * n);
      [columnOf, members] = [new Int32Array(n), new Int32Array(n)];
    }
    const [p0, p1, p2] = periodic;
    for (let o = 0; o < 3 * n; o += 3) {
      const [a, b, c] = [x[o]!, x[o + 1]!, x[o + 2]!];
      const f0 = a * g[0]! + b * g[3]! + c * g[6]!;
      const f1 = a * g[1]! + b * g[4]! + c * g[7]!;
      const f2 = a * g[2]! + b * g[5]! + c * g[8]!;
      fractions[o] = p0 ? f0 - Math.floor(f0) : f0;
      fractions[o + 1] = p1 ? f1 - Math.floor(f1) : f1;
      fractions[o + 2] = p2 ? f2 - Math.floor(f2) : f2;
    }
    divide(first, p0, 0, n, heights[0]!);
    divide(second, p1, 1, n, heights[1]!);
    const columns = first.count * second.count;
    if (starts.length <= columns) starts = new Int32Array(columns + 1);
    starts.fill(0, 0, columns + 1);
    for (let i = 0; i < n; i++) {
      const a = Math.min(first.count - 1, ((fractions[3 * i]! - first.from) * first.scale) | 0);
      const b = Math.min(second.count - 1, ((fractions[3 * i + 1]! - second.from) * second.scale) | 0);
      const column = b * first.count + a;
      columnOf[i] = column;
      starts[column]!++;
    }
    for (let k = 1; k < columns; k++) starts[k]! += starts[k - 1]!;
    starts[columns] = n;
    // Counted down from their ends they become the beginnings.
    for (let i = n - 1; i >= 0; i--) members[--starts[columnOf[i]!]!] = i;

    const [r0, r1, r2] = [reach / heights[0]!, reach / heights[1]!, reach / heights[2]!];
    const lattice = cell ?? identity;
    let least = reach * reach;
    let found = -1;
    let other = -1;
    const [na, nb] = [first.count, second.count];
    for (let m = 0; m < n; m++) {
      const i = members[m]!;
      const x0 = fractions[3 * i]!;
      const x1 = fractions[3 * i + 1]!;
      const x2 = fractions[3 * i + 2]!;
      const column = columnOf[i]!;
      const b = Math.floor(column / na);
      const a = column - b * na;
      for (let k = -1; k < 4; k++) {
        let from = m + 1;
        let to = starts[column + 1]!;
        if (k >= 0) {
          const da = alongFirst[k]!;
          const db = alongSecond[k]!;
          if ((da !== 0 && na === 1) || (db !== 0 && nb === 1)) continue;
          const a2 = shifted(a + da, na, p0);
          const b2 = shifted(b + db, nb, p1);
          if (a2 < 0 || b2 < 0) continue;
          from = starts[b2 * na + a2]!;
          to = starts[b2 * na + a2 + 1]!;
        }
        for (let q = from; q < to; q++) {
          const j = members[q]!;
          let d2 = fractions[3 * j + 2]! - x2;
          if (p2) d2 = d2 > 0.5 ? d2 - 1 : d2 < -0.5 ? d2 + 1 : d2;
          if (d2 > r2 || d2 < -r2) continue;
          let d1 = fractions[3 * j + 1]! - x1;
          if (p1) d1 = d1 > 0.5 ? d1 - 1 : d1 < -0.5 ? d1 + 1 : d1;
          if (d1 > r1 || d1 < -r1) continue;
          let d0 = fractions[3 * j]! - x0;
          if (p0) d0 = d0 > 0.5 ? d0 - 1 : d0 < -0.5 ? d0 + 1 : d0;
          if (d0 > r0 || d0 < -r0) continue;
          const dx = d0 * lattice[0]! + d1 * lattice[3]! + d2 * lattice[6]!;
          const dy = d0 * lattice[1]! + d1 * lattice[4]! + d2 * lattice[7]!;
          const dz = d0 * lattice[2]! + d1 * lattice[5]! + d2 * lattice[8]!;
          const square = dx * dx + dy * dy + dz * dz;
          if (square >= least) continue;
          least = square;
          found = Math.min(i, j);
          other = Math.max(i, j);
        }
      }
    }
    return found < 0 ? undefined : { i: found, j: other, distance: Math.sqrt(least) };
  };
}

/** The slice over the border, or −1. */
function shifted(k: number, count: number, periodic: boolean): number {
  if (k >= 0 && k < count) return k;
  return periodic ? (k < 0 ? k + count : k - count) : -1;
}

/** For cells of a few Å. */
function fromList(s: Structure, reach: number): ClosePair | undefined {
  let list: ReturnType<typeof neighborList>;
  try {
    list = neighborList(s, reach);
  } catch (cause) {
    if (!(cause instanceof DataError)) throw cause;
    return coincidentPair(s);
  }
  let [nearest, at, i] = [reach, -1, 0];
  for (let p = 0; p < list.distances.length; p++)
    if (list.distances[p]! < nearest) {
      nearest = list.distances[p]!;
      at = p;
    }
  if (at < 0) return undefined;
  while (list.first[i + 1]! <= at) i++;
  return { i, j: list.index[at]!, distance: nearest };
}

function coincidentPair(s: Structure): ClosePair {
  const reduce = imageReducer(s.cell, s.periodic);
  const step = new Float64Array(3);
  let nearest: ClosePair = { i: 0, j: 0, distance: Number.POSITIVE_INFINITY };
  for (let j = 1; j < s.species.length; j++)
    for (let i = 0; i < j; i++) {
      for (let c = 0; c < 3; c++) step[c] = s.positions[3 * j + c]! - s.positions[3 * i + c]!;
      reduce(step, 0);
      const distance = Math.hypot(step[0]!, step[1]!, step[2]!);
      if (distance < nearest.distance) nearest = { i, j, distance };
    }
  return nearest;
}

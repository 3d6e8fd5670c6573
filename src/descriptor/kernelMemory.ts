import { harmonicsRecurrence } from "../tensor/sphericalHarmonics.js";
import type { Arena, KernelInstance } from "../wasm/load.js";
import type { Environments } from "./environments.js";
import type { Expansion } from "./expansion.js";
import type { FeaturePart } from "./features.js";

/** What src/wasm/assembly/descriptor.ts exports, where each function is described. */
export interface DescriptorExports {
  configureExpansion(
    lMax: number,
    width: number,
    channels: number,
    kinds: number,
    tables: number,
    offsets: number,
    centres: number,
    hasCentre: number,
    step: number,
    intervals: number,
    rise: number,
    fall: number,
    slope: number,
    start: number,
  ): void;
  configureFeatures(order: number, features: number, blockCount: number, blocks: number): void;
  configureStructure(
    atoms: number,
    pairs: number,
    first: number,
    vectors: number,
    neighbors: number,
    species: number,
  ): void;
  workspaceBytes(most: number): number;
  workspace(most: number, pointer: number): void;
  expand(centre: number, wanted: number): void;
  twoBodyFeatures(out: number, offset: number): void;
  threeBodyFeatures(out: number): void;
  threeBodyValue(weights: number, value: number): void;
  threeBodyAdjoint(weights: number, value: number, adjoints: number): void;
  twoBodyAdjoint(weights: number, value: number, adjoints: number): void;
  reverse(centre: number, adjoints: number, positions: number, strain: number): void;
  pairTerm(centre: number, tables: number, value: number, positions: number, strain: number): void;
  couplePartners(target: number): void;
  approach(atom: number): void;
  threeBodyRows(atom: number, partners: number, rows: number, out: number): void;
  twoBodyRows(atom: number, offset: number, out: number): void;
  threeBodyJacobian(atom: number, partners: number, rows: number, slots: number, out: number): void;
  twoBodyJacobian(atom: number, offset: number, slots: number, out: number): void;
  threeBodyStrain(centre: number, shift: number, partners: number, out: number): void;
  twoBodyStrain(centre: number, shift: number, offset: number, out: number): void;
}

export type DescriptorKernels = KernelInstance<DescriptorExports>;

/** Padding of channels and of groups of neighbors, doubles. */
export const PAD = 4;

export function padded(n: number): number {
  return Math.ceil(n / PAD) * PAD;
}

/** Copies the tables of an expansion into the kernel's memory. @returns a function that makes it the current one */
export function placeExpansion({ arena, exports }: DescriptorKernels, x: Expansion): () => void {
  const { lMax, width, channels, species } = x;
  const stride = padded(width);
  const row = stride * (lMax + 1);
  const tables = new Map<unknown, number>();
  for (const { table } of species) {
    if (tables.has(table)) continue;
    // Two knots of zeros, for padding.
    const size = 2 * row * (table.intervals + 3);
    const pointer = arena.reserveDoubles(size);
    const target = arena.doubles(pointer, size).fill(0);
    for (let knot = 0; knot <= table.intervals; knot++)
      for (let l = 0; l <= lMax; l++)
        for (let i = 0; i < width; i++) {
          const from = knot * table.channels + l * width + i;
          target[2 * knot * row + l * stride + i] = table.values[from]!;
          target[(2 * knot + 1) * row + l * stride + i] = table.slopes[from]! * table.step;
        }
    tables.set(table, pointer);
  }
  const pointers = placeIntegers(
    arena,
    species.map(({ table }) => tables.get(table)!),
  );
  const offsets = placeIntegers(
    arena,
    species.map(({ offset }) => offset),
  );
  const hasCentre = species.some(({ centre }) => centre);
  const centres = placeDoubles(
    arena,
    species.flatMap(({ centre }) => [...(centre ?? new Float64Array(width))]),
  );
  const { rise, fall, slope, start } = harmonicsRecurrence(lMax);
  const recurrence = [rise, fall, slope, start].map((a) => placeDoubles(arena, a)) as [number, number, number, number];
  const { step, intervals } = species[0]!.table;
  return () =>
    exports.configureExpansion(
      lMax,
      width,
      channels,
      species.length,
      pointers,
      offsets,
      centres,
      Number(hasCentre),
      step,
      intervals,
      ...recurrence,
    );
}

/** A part's tables in the kernel's memory. */
export interface PlacedPart {
  /** Makes it the current one. @param features features per atom in all */
  readonly use: (features: number) => void;
  /** Rows of coupling partners per atom. */
  readonly partnerRows: number;
}

/** Copies the block records and couplings of a part; the factor √2 of unique pairs goes into the coefficients. */
export function placePart({ arena, exports }: DescriptorKernels, part: FeaturePart): PlacedPart {
  const components = 2 * part.order + 1;
  let partnerRows = 0;
  const records = part.blocks.flatMap(({ l1, l2, offset, couplings }) => {
    const pointer = arena.reserve(16 * couplings.length);
    const indices = arena.integers(pointer, 4 * couplings.length);
    const values = arena.doubles(pointer, 2 * couplings.length);
    const starts = Array.from({ length: 6 }, (_, m) => couplings.filter(({ m3 }) => m3 + part.order < m).length);
    couplings.forEach(({ m1, m2, value }, i) => {
      indices[4 * i] = m1 + l1;
      indices[4 * i + 1] = m2 + l2;
      values[2 * i + 1] = Math.SQRT2 * value;
    });
    const first = partnerRows;
    const second = first + components * (2 * l1 + 1);
    partnerRows = l1 < l2 ? second + components * (2 * l2 + 1) : second;
    return [l1, l2, offset, pointer, ...starts, first, second];
  });
  const blocks = placeIntegers(arena, records);
  return {
    use: (features) => exports.configureFeatures(part.order, features, part.blocks.length, blocks),
    partnerRows,
  };
}

/** Species whose neighbors add to the same channels: all that there are, or one. */
export function speciesPerGroup({ width, channels, species }: Expansion): number {
  return width === channels ? species.length : 1;
}

/**
 * Copies the pairs of a structure.
 * @param perGroup consecutive species between whose neighbors nothing is padded: 1 for rows by species, at most {@link speciesPerGroup}
 * @returns a function that makes it the current one, with the workspace it needs
 */
export function placeEnvironments(
  { arena, exports }: DescriptorKernels,
  e: Environments,
  perGroup: number,
): () => void {
  const groups = e.first.length - 1;
  const kinds = e.count === 0 ? 0 : groups / e.count;
  const first = new Int32Array(groups + 1);
  let most = 0;
  for (let g = 0, start = 0; g < groups; g++) {
    first[g + 1] = first[g]! + e.first[g + 1]! - e.first[g]!;
    if ((g + 1) % perGroup > 0) continue;
    first[g + 1] = start += padded(first[g + 1]! - start);
    if ((g + 1) % kinds === 0) most = Math.max(most, start - first[g + 1 - kinds]!);
  }
  const pairs = first[groups]!;
  const firstPointer = placeIntegers(arena, first);
  const speciesPointer = placeIntegers(arena, e.species);
  const neighborPointer = arena.reserve(4 * pairs);
  const vectorPointer = arena.reserveDoubles(3 * pairs);
  const workspace = arena.reserve(exports.workspaceBytes(most));
  const neighbors = arena.integers(neighborPointer, pairs).fill(-1);
  const vectors = arena.doubles(vectorPointer, 3 * pairs).fill(1);
  const { first: from, neighbor, vectors: given } = e;
  for (let g = 0; g < groups; g++)
    for (let p = from[g]!, end = from[g + 1]!, q = first[g]!; p < end; p++, q++) {
      neighbors[q] = neighbor[p]!;
      vectors[q] = given[3 * p]!;
      vectors[pairs + q] = given[3 * p + 1]!;
      vectors[2 * pairs + q] = given[3 * p + 2]!;
    }
  return () => {
    exports.configureStructure(e.count, pairs, firstPointer, vectorPointer, neighborPointer, speciesPointer);
    exports.workspace(most, workspace);
  };
}

/**
 * Copies the weights of one central species: for two bodies as they are, for three bodies per block as matrix W[a][b],
 * followed on request by its transpose for l1 < l2. A symmetric block is filled from both sides, such that Σ_ab W_ab X_ab = Σ_{a≤b} w_ab·(scale)·X_ab
 * for symmetric X, with the √2 that the couplings carry divided out.
 * @returns pointer
 */
export function placeWeights(arena: Arena, part: FeaturePart, weights: Float64Array, withTransposes: boolean): number {
  const { channels } = part.expansion;
  const stride = padded(channels);
  if (part.kind === "twoBody") {
    const pointer = arena.reserveDoubles(stride);
    const target = arena.doubles(pointer, stride).fill(0);
    target.set(weights.subarray(part.offset, part.offset + channels));
    return pointer;
  }
  const one = stride * channels;
  const size = part.blocks.reduce((sum, { l1, l2 }) => sum + (withTransposes && l1 < l2 ? 2 * one : one), 0);
  const pointer = arena.reserveDoubles(size);
  const target = arena.doubles(pointer, size).fill(0);
  let start = 0;
  for (const { l1, l2, offset } of part.blocks) {
    let k = offset;
    if (l1 < l2) {
      const matrix = start;
      for (let a = 0; a < channels; a++)
        for (let b = 0; b < channels; b++) target[matrix + a * stride + b] = weights[k++]!;
      start += one;
      if (!withTransposes) continue;
      for (let a = 0; a < channels; a++)
        for (let b = 0; b < channels; b++) target[start + b * stride + a] = target[matrix + a * stride + b]!;
      start += one;
    } else {
      for (let a = 0; a < channels; a++)
        for (let b = a; b < channels; b++, k++) {
          const w = weights[k]! * (a === b ? Math.SQRT1_2 : 0.5);
          target[start + a * stride + b] = w;
          target[start + b * stride + a] = w;
        }
      start += one;
    }
  }
  return pointer;
}

function placeIntegers(arena: Arena, values: ArrayLike<number>): number {
  const pointer = arena.reserve(4 * values.length);
  arena.integers(pointer, values.length).set(values);
  return pointer;
}

function placeDoubles(arena: Arena, values: ArrayLike<number>): number {
  const pointer = arena.reserveDoubles(values.length);
  arena.doubles(pointer, values.length).set(values);
  return pointer;
}

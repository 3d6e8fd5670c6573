/** Frames turned into what fitting by kernels needs: features and target components, computed once and used for many fits. */
import type { Descriptor } from "../../descriptor/descriptor.js";
import { type Matrix, matrix } from "../../math/matrix.js";
import { parallelMap } from "../../parallel/parallelMap.js";
import type { ThreadOptions } from "../../progress.js";
import type { Structure } from "../../structure/structure.js";
import type { TensorOrder } from "../../tensor/cartesian.js";
import { type BasisData, basisOf } from "../basis/basisOf.js";
import type { ByOrder, EnvironmentFeatures } from "../basis/environmentFeatures.js";
import { orderedBases, type PreparedStructure, prepare } from "./preparedStructure.js";
import { sharedStructures } from "./sharedFrames.js";

/** Irreducible components of a list of tensors: per order λ, [n, 2λ+1]. */
export type Components = ByOrder<Float64Array>;

/** Features of a list of structures. */
export interface PreparedStructures {
  readonly count: number;
  /** Atoms of each structure. */
  readonly atoms: Float64Array;
  /** Means of the basis over the atoms of each structure, per order, [structures · (2λ+1), functions], unscaled. */
  readonly means: ByOrder<Matrix>;
  /** Species of each function, per order. */
  readonly kinds: ByOrder<Int32Array>;
  /** Σ_μ Σ_k D² of the features summed over the atoms of each structure and species, per order, [structures, species]. */
  readonly squares: ByOrder<Matrix>;
  /** Atoms of each species, [structures, species]. */
  readonly counts: Matrix;
  /** Features atom by atom, kept only where asked for. */
  readonly environments?: readonly EnvironmentFeatures[];
  /** The first step's components, per atom. */
  readonly first?: Components;
}

/** Features and targets of a list of frames. */
export interface PreparedFrames extends PreparedStructures {
  /** Target components per atom; the first step is not subtracted. */
  readonly targets: Components;
}

/** What to prepare. */
export interface PrepareOptions extends ThreadOptions {
  readonly descriptor: Descriptor;
  /** The functions of each order. */
  readonly bases: ByOrder<BasisData>;
  /** The first step's components of a structure, per atom. */
  readonly first?: (s: Structure) => Components;
  /** Keep the features of every atom, which non-linear kernels and reference environments need; default false. */
  readonly keepEnvironments?: boolean;
}

/** Computes features and, of each frame, the components that `target` gives per atom. */
export async function prepareFrames<F extends { readonly structure: Structure }>(
  frames: readonly F[],
  target: (frame: F) => Components,
  options: PrepareOptions,
): Promise<PreparedFrames> {
  const structures = frames.map((f) => f.structure);
  const prepared = await prepareStructures(structures, options);
  return { ...prepared, targets: listComponents(frames.map(target)) };
}

/**
 * Computes features only, on all processors; the same bits for any number of workers.
 * @throws DataError naming the frame with a species that the descriptor does not list; AbortedError
 */
export async function prepareStructures(
  structures: readonly Structure[],
  options: PrepareOptions,
): Promise<PreparedStructures> {
  const { descriptor: d, bases, first, keepEnvironments = false, ...run } = options;
  const found = await parallelMap({
    workerModule: new URL("./preparedStructure.js", import.meta.url),
    prepare,
    shared: { descriptor: d.options, bases, structures: sharedStructures(structures), keepEnvironments },
    items: [...structures.keys()],
    label: "features",
    itemName: "",
    ...run,
  });
  const species = d.options.species.length;
  const parts = orderedBases(bases).map(([order, data], k) => {
    const { kinds } = basisOf(d, order, data);
    const rows = (values: (of: PreparedStructure["parts"][number]) => Float64Array, columns: number): Matrix =>
      stack(
        found.map((f) => values(f.parts[k]!)),
        columns,
      );
    return { order, kinds, means: rows((p) => p.mean, kinds.length), squares: rows((p) => p.squares, species) };
  });
  const byOrder = <T>(value: (part: (typeof parts)[number]) => T): ByOrder<T> =>
    Object.fromEntries(parts.map((p) => [p.order, value(p)]));
  return {
    count: structures.length,
    atoms: Float64Array.from(structures, (s) => s.species.length),
    means: byOrder((p) => p.means),
    kinds: byOrder((p) => p.kinds),
    squares: byOrder((p) => p.squares),
    counts: stack(
      found.map((f) => f.counts),
      species,
    ),
    ...(keepEnvironments && { environments: found.map((f) => f.environments!) }),
    ...(first && { first: listComponents(structures.map(first)) }),
  };
}

/** The structures `indices` of a prepared list, in that order. */
export function selectPrepared<T extends PreparedStructures>(p: T, indices: readonly number[]): T {
  const components = (t: Components): Components =>
    mapOrders(t, (values, order) => rowsOf(matrix(p.count, 2 * order + 1, values), indices, 1).values);
  const { targets, first } = p as PreparedStructures & Partial<PreparedFrames>;
  return {
    ...p,
    count: indices.length,
    atoms: Float64Array.from(indices, (i) => p.atoms[i]!),
    means: mapOrders(p.means, (m, order) => rowsOf(m, indices, 2 * order + 1)),
    squares: mapOrders(p.squares, (m) => rowsOf(m, indices, 1)),
    counts: rowsOf(p.counts, indices, 1),
    ...(p.environments && { environments: indices.map((i) => p.environments![i]!) }),
    ...(first && { first: components(first) }),
    ...(targets && { targets: components(targets) }),
  };
}

/** Components of what consists of one part for each order. */
export function componentsOfParts<P extends { readonly order: TensorOrder }>(
  parts: readonly P[],
  value: (part: P, index: number) => Float64Array,
): Components {
  return Object.fromEntries(parts.map((part, k) => [part.order, value(part, k)]));
}

/** One list per order of the components of each tensor. */
export function listComponents(each: readonly Components[]): Components {
  return mapOrders(each[0] ?? {}, (_, order) => Float64Array.from(each.flatMap((t) => [...t[order]!])));
}

/** The same for every order. */
export function mapOrders<T, U>(by: ByOrder<T>, value: (of: T, order: TensorOrder) => U): ByOrder<U> {
  return Object.fromEntries(
    Object.entries(by).map(([order, of]) => [order, value(of as T, Number(order) as TensorOrder)]),
  );
}

/** Blocks of `block` rows. */
function rowsOf(m: Matrix, indices: readonly number[], block: number): Matrix {
  const width = block * m.columns;
  const out = matrix(indices.length * block, m.columns);
  indices.forEach((i, row) => {
    out.values.set(m.values.subarray(i * width, (i + 1) * width), row * width);
  });
  return out;
}

/** Blocks of rows below each other. */
function stack(blocks: readonly Float64Array[], columns: number): Matrix {
  const length = blocks.reduce((sum, values) => sum + values.length, 0);
  const out = matrix(columns === 0 ? 0 : length / columns, columns);
  let at = 0;
  for (const values of blocks) {
    out.values.set(values, at);
    at += values.length;
  }
  return out;
}

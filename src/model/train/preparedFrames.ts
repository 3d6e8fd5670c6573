/** Frames turned into what fitting by kernels needs: features and target components, computed once and used for many fits. */
import { inFrame } from "../../errors.js";
import { type Matrix, matrix } from "../../math/matrix.js";
import { breathe, type RunOptions, throwIfAborted } from "../../progress.js";
import type { Structure } from "../../structure/structure.js";
import type { TensorOrder } from "../../tensor/cartesian.js";
import type { Basis } from "../basis/basis.js";
import {
  type ByOrder,
  type EnvironmentFeatures,
  environmentFeatures,
  featuresOfOrder,
  structureFeatures,
} from "../basis/environmentFeatures.js";

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
export interface PrepareOptions extends RunOptions {
  /** The basis of each order, of one descriptor. */
  readonly bases: readonly Basis[];
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

/** Computes features only. @throws DataError for a species that the descriptor does not list; AbortedError */
export async function prepareStructures(
  structures: readonly Structure[],
  options: PrepareOptions,
): Promise<PreparedStructures> {
  const { bases, first, keepEnvironments = false, onProgress, signal } = options;
  const d = bases[0]!.descriptor;
  const species = d.options.species.length;
  const n = structures.length;
  const counts = matrix(n, species);
  const parts = bases.map((basis) => ({ basis, rows: [] as Matrix[], squares: matrix(n, species) }));
  const environments: EnvironmentFeatures[] = [];
  for (const [i, s] of structures.entries()) {
    const f = inFrame(i, () =>
      environmentFeatures(
        d,
        s,
        bases.map((b) => b.order),
      ),
    );
    f.species.forEach((kind) => {
      counts.values[i * species + kind]!++;
    });
    for (const { basis, rows, squares } of parts) {
      rows.push(meanRow(basis, f, s, species));
      addSquares(f, basis.order, squares.values.subarray(i * species, (i + 1) * species));
    }
    if (keepEnvironments) environments.push(f);
    if (i % 16 === 15 || i === n - 1) {
      onProgress?.({ label: "features", done: i + 1, total: n, unit: "frames" });
      throwIfAborted(signal, "computing features");
      await breathe();
    }
  }
  const byOrder = <T>(value: (part: (typeof parts)[number]) => T): ByOrder<T> =>
    Object.fromEntries(parts.map((p) => [p.basis.order, value(p)]));
  return {
    count: n,
    atoms: Float64Array.from(structures, (s) => s.species.length),
    means: byOrder((p) => stack(p.rows)),
    kinds: byOrder((p) => p.basis.kinds),
    squares: byOrder((p) => p.squares),
    counts,
    ...(keepEnvironments && { environments }),
    ...(first && { first: listComponents(structures.map(first)) }),
  };
}

/** Mean of the basis over the atoms; of plain features from those that are known. */
function meanRow(basis: Basis, f: EnvironmentFeatures, s: Structure, species: number): Matrix {
  const plain = featuresOfOrder(f, basis.order).length / (f.species.length * (2 * basis.order + 1));
  if (basis.kinds.length === plain * species) return structureFeatures([f], basis.order, species);
  const sums = basis.sums(s);
  const mean = sums.map((v) => v / s.species.length);
  return matrix(2 * basis.order + 1, basis.kinds.length, mean);
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

function mapOrders<T, U>(by: ByOrder<T>, value: (of: T, order: TensorOrder) => U): ByOrder<U> {
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

function stack(parts: readonly Matrix[]): Matrix {
  const columns = parts[0]?.columns ?? 0;
  const out = matrix(
    parts.reduce((s, p) => s + p.rows, 0),
    columns,
  );
  let row = 0;
  for (const p of parts) {
    out.values.set(p.values, row * columns);
    row += p.rows;
  }
  return out;
}

function addSquares(f: EnvironmentFeatures, order: TensorOrder, into: Float64Array): void {
  const values = featuresOfOrder(f, order);
  const width = values.length / f.species.length;
  f.species.forEach((kind, j) => {
    for (let k = j * width; k < (j + 1) * width; k++) into[kind]! += values[k]! ** 2;
  });
}

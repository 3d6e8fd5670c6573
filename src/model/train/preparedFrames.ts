/** Frames turned into what fitting needs: features and target tensors, computed once and used for many fits. */

import type { Descriptor } from "../../descriptor/descriptor.js";
import { inFrame } from "../../errors.js";
import { type Matrix, matrix } from "../../math/matrix.js";
import { breathe, type RunOptions, throwIfAborted } from "../../progress.js";
import type { Frame } from "../../structure/frame.js";
import type { Structure } from "../../structure/structure.js";
import {
  type EnvironmentFeatures,
  environmentFeatures,
  featuresOfOrder,
  ORDERS,
  type SymmetricTensorOrder,
  structureFeatures,
} from "../basis/environmentFeatures.js";
import type { FirstStep } from "../target/polarizability/firstStep.js";
import {
  type IrreducibleTensors,
  type PolarizabilityQuantity,
  toIrreducible,
  toPolarizability,
} from "../target/polarizability/tensorData.js";

/** Features of a list of structures. */
export interface PreparedStructures {
  readonly count: number;
  /** Atoms of each structure. */
  readonly atoms: Float64Array;
  /** Rows of structureFeatures, per order, unscaled. */
  readonly means: Readonly<Record<SymmetricTensorOrder, Matrix>>;
  /** Σ_μ Σ_k D² summed over the atoms of each structure and species, per order, [structures, species]. */
  readonly squares: Readonly<Record<SymmetricTensorOrder, Matrix>>;
  /** Atoms of each species, [structures, species]. */
  readonly counts: Matrix;
  /** Features atom by atom, kept only where asked for. */
  readonly environments?: readonly EnvironmentFeatures[];
  /** The first step's tensors, Å³ per atom. */
  readonly first?: IrreducibleTensors;
}

/** Features and targets of a list of frames. */
export interface PreparedFrames extends PreparedStructures {
  /** Target tensors, Å³ per atom; the first step is not subtracted. */
  readonly targets: IrreducibleTensors;
}

/** What to prepare. */
export interface PrepareOptions extends RunOptions {
  readonly quantity: PolarizabilityQuantity;
  readonly firstStep?: FirstStep;
  /** Keep the features of every atom, which non-linear kernels and reference environments need; default false. */
  readonly keepEnvironments?: boolean;
}

/** Computes features and targets. @throws DataError naming the frame whose species or tensor does not fit */
export async function prepareFrames(
  frames: readonly Frame[],
  descriptor: Descriptor,
  options: PrepareOptions,
): Promise<PreparedFrames> {
  const { quantity } = options;
  const structures = frames.map((f) => f.structure);
  const prepared = await prepareStructures(structures, descriptor, options);
  const targets = frames.map((f) => perAtom(toPolarizability(f[quantity]!, quantity, f.structure), f.structure));
  return { ...prepared, targets: toIrreducible(targets) };
}

/** Computes features only. */
export async function prepareStructures(
  structures: readonly Structure[],
  descriptor: Descriptor,
  options: PrepareOptions,
): Promise<PreparedStructures> {
  const { firstStep, quantity, keepEnvironments = false, onProgress, signal } = options;
  const species = descriptor.options.species.length;
  const n = structures.length;
  const counts = matrix(n, species);
  const squares = { 0: matrix(n, species), 2: matrix(n, species) };
  const rows: Record<SymmetricTensorOrder, Matrix[]> = { 0: [], 2: [] };
  const environments: EnvironmentFeatures[] = [];
  for (const [i, s] of structures.entries()) {
    const f = inFrame(i, () => environmentFeatures(descriptor, s));
    f.species.forEach((kind) => {
      counts.values[i * species + kind]!++;
    });
    for (const order of ORDERS) {
      rows[order].push(structureFeatures([f], order, species));
      addSquares(f, order, squares[order].values.subarray(i * species, (i + 1) * species));
    }
    if (keepEnvironments) environments.push(f);
    if (i % 16 === 15 || i === n - 1) {
      onProgress?.({ label: "features", done: i + 1, total: n, unit: "frames" });
      throwIfAborted(signal, "computing features");
      await breathe();
    }
  }
  const first =
    firstStep && toIrreducible(structures.map((s) => perAtom(toPolarizability(firstStep.predict(s), quantity, s), s)));
  return {
    count: n,
    atoms: Float64Array.from(structures, (s) => s.species.length),
    means: { 0: stack(rows[0]), 2: stack(rows[2]) },
    squares,
    counts,
    ...(keepEnvironments && { environments }),
    ...(first && { first }),
  };
}

/** The structures `indices` of a prepared list, in that order. */
export function selectPrepared<T extends PreparedStructures>(p: T, indices: readonly number[]): T {
  const tensors = (t: IrreducibleTensors): IrreducibleTensors => ({
    scalar: Float64Array.from(indices, (i) => t.scalar[i]!),
    traceless: rowsOf({ rows: p.count, columns: 5, values: t.traceless }, indices, 1).values,
  });
  const { targets, first } = p as PreparedStructures & Partial<PreparedFrames>;
  return {
    ...p,
    count: indices.length,
    atoms: Float64Array.from(indices, (i) => p.atoms[i]!),
    means: { 0: rowsOf(p.means[0], indices, 1), 2: rowsOf(p.means[2], indices, 5) },
    squares: { 0: rowsOf(p.squares[0], indices, 1), 2: rowsOf(p.squares[2], indices, 1) },
    counts: rowsOf(p.counts, indices, 1),
    ...(p.environments && { environments: indices.map((i) => p.environments![i]!) }),
    ...(first && { first: tensors(first) }),
    ...(targets && { targets: tensors(targets) }),
  };
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

function addSquares(f: EnvironmentFeatures, order: SymmetricTensorOrder, into: Float64Array): void {
  const values = featuresOfOrder(f, order);
  const width = values.length / f.species.length;
  f.species.forEach((kind, j) => {
    for (let k = j * width; k < (j + 1) * width; k++) into[kind]! += values[k]! ** 2;
  });
}

function perAtom(t: Float64Array, s: Structure): Float64Array {
  return t.map((x) => x / s.species.length);
}

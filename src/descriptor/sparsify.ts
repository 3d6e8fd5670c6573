import { inFrame, OptionError, ShapeError } from "../errors.js";
import { gemm, type Matrix, matrix } from "../math/matrix.js";
import { type Fields, kinds, readOptions, record } from "../options/record.js";
import { integer, RUN_FIELDS } from "../options/values.js";
import { breathe, type RunOptions, throwIfAborted } from "../progress.js";
import type { Structure } from "../structure/structure.js";
import type { Descriptor } from "./descriptor.js";
import { featuresOf, normalize } from "./evaluate.js";

/** Rows chosen from a set, in the order of choice. */
export interface Selection {
  readonly indices: Int32Array;
  /** Per choice, how much it added: the distance to those before (farthest points) or the leverage score (CUR). */
  readonly scores: Float64Array;
}

/**
 * Farthest-point sampling: each choice is the row with the largest distance to those chosen before (Ceriotti, Tribello and
 * Parrinello, J. Chem. Theory Comput. 9, 1521 (2013)). Ends early when nothing new is left.
 * @param rows one row per point; rows of rotation-invariant features make a rotation-invariant choice
 * @param count number of rows to choose
 * @param first row to begin with. Default: the one farthest from the mean
 * @throws OptionError unless 1 ≤ count ≤ rows; AbortedError when interrupted
 */
export async function farthestPoints(
  rows: Matrix,
  count: number,
  options: RunOptions & { readonly first?: number } = {},
): Promise<Selection> {
  return stepwise(farthestPointSteps(rows, count, options.first), count, options);
}

/** Yields the number chosen so far after each choice. */
function* farthestPointSteps(rows: Matrix, count: number, first?: number): Generator<number, Selection> {
  checkCount(count, rows.rows, "farthestPoints");
  const start = first ?? farthestFromMean(rows);
  if (!(Number.isInteger(start) && start >= 0 && start < rows.rows))
    throw new OptionError({
      where: "farthestPoints",
      problem: `first is ${start}, the rows are 0 to ${rows.rows - 1}`,
    });
  const indices = [start];
  const scores = [Number.POSITIVE_INFINITY];
  const distance = new Float64Array(rows.rows).fill(Number.POSITIVE_INFINITY);
  let scale = 0;
  for (let latest = start; ; ) {
    let next = -1;
    let most = 0;
    for (let i = 0; i < rows.rows; i++) {
      distance[i] = Math.min(distance[i]!, squaredDistance(rows, i, latest));
      if (distance[i]! > most) [next, most] = [i, distance[i]!];
    }
    scale = Math.max(scale, most);
    // Below this two rows differ by rounding only.
    if (indices.length === count || next < 0 || most < 1e-24 * scale) break;
    indices.push(next);
    scores.push(Math.sqrt(most));
    latest = next;
    yield indices.length;
  }
  return { indices: Int32Array.from(indices), scores: Float64Array.from(scores) };
}

/**
 * CUR selection from a kernel (Gram) matrix: each choice has the largest component in the leading eigenvector, after which
 * the rest is orthogonalised against it (Imbalzano et al., J. Chem. Phys. 148, 241730 (2018), with k = 1). Ends early when nothing is left.
 * @param gram symmetric, positive semi-definite
 * @throws ShapeError unless it is square; OptionError unless 1 ≤ count ≤ rows
 */
export function curPivots(gram: Matrix, count: number): Selection {
  const steps = curSteps(gram, count);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** Yields the number chosen so far after each choice. */
function* curSteps(gram: Matrix, count: number): Generator<number, Selection> {
  const n = gram.rows;
  if (gram.columns !== n)
    throw new ShapeError({ where: "curPivots", problem: `expected a square matrix, found ${n} × ${gram.columns}` });
  checkCount(count, n, "curPivots");
  const g = gram.values.slice();
  const indices: number[] = [];
  const scores: number[] = [];
  let vector: Float64Array = new Float64Array(n);
  let trace = 0;
  for (let i = 0; i < n; i++) trace += g[i * n + i]!;
  while (indices.length < count) {
    vector = leadingEigenvector(g, n, vector);
    let best = -1;
    for (let i = 0; i < n; i++)
      if (g[i * n + i]! > 1e-13 * trace && (best < 0 || Math.abs(vector[i]!) > Math.abs(vector[best]!))) best = i;
    if (best < 0) break;
    indices.push(best);
    scores.push(vector[best]! ** 2);
    removeDirection(g, n, best);
    yield indices.length;
  }
  return { indices: Int32Array.from(indices), scores: Float64Array.from(scores) };
}

/** One atom of a list of structures. */
export interface EnvironmentIndex {
  readonly structure: number;
  readonly atom: number;
}

export interface SelectEnvironmentsOptions extends RunOptions {
  /** Environments to choose per central species (fewer where there are fewer distinct ones). */
  readonly count: number;
  /** Default `{ kind: "farthestPoints" }`; CUR takes memory that grows with the square of the number of environments. */
  readonly method?: { readonly kind: "farthestPoints" } | { readonly kind: "cur" };
}

const OPTIONS = record({
  count: integer({ atLeast: 1 }),
  method: kinds({ farthestPoints: {}, cur: {} }).default({ kind: "farthestPoints" }),
  ...RUN_FIELDS,
} satisfies Fields<SelectEnvironmentsOptions>);

/**
 * Chooses representative environments for each central species by the rotation-invariant kernel: the scalar products of
 * λ = 0 features, each divided by its length.
 * @returns per species of the descriptor, in the order of choice
 * @throws OptionError for a wrong count or method; AbortedError when interrupted
 */
export async function selectEnvironments(
  d: Descriptor,
  structures: readonly Structure[],
  options: SelectEnvironmentsOptions,
): Promise<readonly (readonly EnvironmentIndex[])[]> {
  const { count, method, onProgress, signal } = readOptions(OPTIONS, options, "selectEnvironments");
  const found = d.options.species.map(() => ({ where: [] as EnvironmentIndex[], rows: [] as Float64Array[] }));
  for (const [structure, s] of structures.entries()) {
    const features = inFrame(structure, () => featuresOf(d, s, 0));
    normalize(features);
    s.species.forEach((symbol, atom) => {
      const kind = found[d.options.species.indexOf(symbol)]!;
      kind.where.push({ structure, atom });
      kind.rows.push(features.values.subarray(atom * features.count, (atom + 1) * features.count));
    });
    onProgress?.({ label: "features", done: structure + 1, total: structures.length, unit: "frames" });
    await breathe();
    throwIfAborted(signal, "computing features");
  }
  const chosen: EnvironmentIndex[][] = [];
  for (const { where, rows } of found) {
    const all = matrix(rows.length, rows[0]?.length ?? 0);
    rows.forEach((row, i) => {
      all.values.set(row, i * all.columns);
    });
    const most = Math.min(count, rows.length);
    const steps = method.kind === "cur" ? curSteps(gemm(all, all, "b"), most) : farthestPointSteps(all, most);
    const indices = rows.length > 0 ? (await stepwise(steps, most, options)).indices : [];
    chosen.push(Array.from(indices, (i) => where[i]!));
  }
  return chosen;
}

/** Lets timers, signals and displays run between the steps of a selection. */
async function stepwise(
  steps: Generator<number, Selection>,
  total: number,
  { onProgress, signal }: RunOptions,
): Promise<Selection> {
  for (let paused = performance.now(); ; ) {
    const { done, value } = steps.next();
    onProgress?.({ label: "choosing environments", done: done ? total : value, total, unit: "environments" });
    if (done) return value;
    if (performance.now() - paused < 50) continue;
    await breathe();
    throwIfAborted(signal, "choosing environments");
    paused = performance.now();
  }
}

function checkCount(count: number, rows: number, where: string): void {
  if (!(Number.isInteger(count) && count >= 1 && count <= rows))
    throw new OptionError({ where, problem: `count is ${count}, expected an integer from 1 to ${rows}` });
}

function squaredDistance({ columns, values }: Matrix, i: number, j: number): number {
  let sum = 0;
  for (let k = 0, a = i * columns, b = j * columns; k < columns; k++, a++, b++) {
    const difference = values[a]! - values[b]!;
    sum += difference * difference;
  }
  return sum;
}

function farthestFromMean({ rows, columns, values }: Matrix): number {
  const mean = new Float64Array(columns);
  for (let i = 0; i < values.length; i++) mean[i % columns]! += values[i]! / rows;
  const withMean = matrix(rows + 1, columns);
  withMean.values.set(values);
  withMean.values.set(mean, values.length);
  let best = 0;
  for (let i = 1; i < rows; i++)
    if (squaredDistance(withMean, i, rows) > squaredDistance(withMean, best, rows)) best = i;
  return best;
}

/** Power iteration from the last vector and the diagonal; a choice does not need more than a few digits of it. */
function leadingEigenvector(g: Float64Array, n: number, last: Float64Array): Float64Array {
  let v = last.map((x, i) => Math.abs(x) + Math.sqrt(Math.max(0, g[i * n + i]!)));
  for (let iteration = 0; iteration < 200; iteration++) {
    const w = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let j = 0; j < n; j++) sum += g[i * n + j]! * v[j]!;
      w[i] = sum;
    }
    const norm = Math.hypot(...w);
    if (norm === 0) return v;
    let change = 0;
    for (let i = 0; i < n; i++) {
      w[i]! /= norm;
      change = Math.max(change, Math.abs(w[i]! - v[i]!));
    }
    v = w;
    if (change < 1e-9) break;
  }
  return v;
}

/** Projects row and column `pivot` out of a Gram matrix (Schur complement). */
function removeDirection(g: Float64Array, n: number, pivot: number): void {
  const column = Float64Array.from({ length: n }, (_, i) => g[i * n + pivot]!);
  const diagonal = column[pivot]!;
  for (let i = 0; i < n; i++) {
    const factor = column[i]! / diagonal;
    for (let j = 0; j < n; j++) g[i * n + j]! -= factor * column[j]!;
  }
  for (let i = 0; i < n; i++) {
    g[pivot * n + i] = 0;
    g[i * n + pivot] = 0;
  }
}

/**
 * Factors of products of equivariant features with scalar features of the same atom, D^λ(X)·s(X): equivariants of higher body order,
 * whose weights are still linear. The second power of a kernel (equivariant times scalar: Grisafi et al., Phys. Rev. Lett. 120, 036002
 * (2018)) has such features; here only the leading principal components of each enter.
 */
import { type Descriptor, featureCount } from "../../descriptor/descriptor.js";
import { featuresOf } from "../../descriptor/evaluate.js";
import { inFrame } from "../../errors.js";
import { gramAccumulator } from "../../math/gramAccumulator.js";
import { gemm, type Matrix, matrix } from "../../math/matrix.js";
import { leadingEigenvectors } from "../../math/subspace.js";
import { breathe, type RunOptions, throwIfAborted } from "../../progress.js";
import type { Structure } from "../../structure/structure.js";
import type { TensorOrder } from "../../tensor/cartesian.js";

/** How many principal components of each kind of features, per central species. */
export interface ProductCounts {
  readonly equivariants: number;
  readonly scalars: number;
}

/** Principal components of one central species; rows of zeros where the structures have fewer. */
export interface SpeciesFactors {
  /** [equivariants, features of order λ] */
  readonly equivariants: Matrix;
  /** [scalars, features of order 0] */
  readonly scalars: Matrix;
  /** What the scalars are of the mean environment, and is taken off. */
  readonly offsets: Float64Array;
}

/** The factors of the products, per central species. */
export interface ProductFactors extends ProductCounts {
  readonly species: readonly SpeciesFactors[];
}

/**
 * Principal components of the features of all atoms of a species: of equivariants about zero, summed over their components, so that
 * orientation does not matter; of scalars about their mean, in units of the spread of the first.
 * @throws AbortedError
 */
export async function productFactors(
  d: Descriptor,
  order: TensorOrder,
  structures: readonly Structure[],
  counts: ProductCounts,
  run: RunOptions = {},
): Promise<ProductFactors> {
  const accumulators = (of: TensorOrder) =>
    d.options.species.map(() => gramAccumulator({ columns: featureCount(d, of) }));
  const sums = [
    { of: 0 as TensorOrder, accumulators: accumulators(0) },
    { of: order, accumulators: accumulators(order) },
  ] as const;
  for (const [at, s] of structures.entries()) {
    for (const { of, accumulators } of sums) {
      const { values, count, components } = inFrame(at, () => featuresOf(d, s, of));
      const size = components * count;
      s.species.forEach((symbol, atom) => {
        // The target 1 makes the moments of scalars their sums.
        const ones = new Float64Array(components).fill(1);
        accumulators[d.options.species.indexOf(symbol)]!.add(values.subarray(atom * size, (atom + 1) * size), ones);
      });
    }
    run.onProgress?.({ label: "principal components", done: at + 1, total: structures.length, unit: "frames" });
    await breathe();
    throwIfAborted(run.signal, "computing principal components");
  }
  const [scalars, equivariants] = sums;
  const species = d.options.species.map((_, kind) => ({
    equivariants: padded(
      leadingEigenvectors(equivariants.accumulators[kind]!.normalEquations().gram, counts.equivariants).vectors,
      counts.equivariants,
    ),
    ...scalarFactors(scalars.accumulators[kind]!.normalEquations(), counts.scalars),
  }));
  return { equivariants: counts.equivariants, scalars: counts.scalars, species };
}

function scalarFactors(
  { gram, moments, rows }: { readonly gram: Matrix; readonly moments: Matrix; readonly rows: number },
  count: number,
): Pick<SpeciesFactors, "scalars" | "offsets"> {
  const n = gram.rows;
  const mean = moments.values.map((v) => v / Math.max(1, rows));
  const covariance = matrix(
    n,
    n,
    gram.values.map((v, p) => v / Math.max(1, rows) - mean[Math.floor(p / n)]! * mean[p % n]!),
  );
  const { values, vectors } = leadingEigenvectors(covariance, count);
  const scale = values.length > 0 ? 1 / Math.sqrt(values[0]!) : 0;
  const inUnits = matrix(
    vectors.rows,
    n,
    vectors.values.map((v) => scale * v),
  );
  const scalars = padded(inUnits, count);
  return { scalars, offsets: gemm(scalars, matrix(n, 1, mean)).values };
}

function padded(rows: Matrix, count: number): Matrix {
  const all = matrix(count, rows.columns);
  all.values.set(rows.values);
  return all;
}

/** Both factors for every atom of a structure. */
export interface AtomFactors {
  /** [atoms, scalars] */
  readonly scalars: Float64Array;
  /** [atoms, 2λ+1, equivariants] */
  readonly equivariants: Float64Array;
}

/** The factors of a structure's atoms. */
export function atomFactors(d: Descriptor, order: TensorOrder, factors: ProductFactors, s: Structure): AtomFactors {
  const [zero, own] = [featuresOf(d, s, 0), featuresOf(d, s, order)];
  const m = own.components;
  const scalars = new Float64Array(s.species.length * factors.scalars);
  const equivariants = new Float64Array(s.species.length * m * factors.equivariants);
  s.species.forEach((symbol, atom) => {
    const basis = factors.species[d.options.species.indexOf(symbol)]!;
    const part = (values: Float64Array, rows: number, columns: number): Matrix =>
      matrix(rows, columns, values.subarray(atom * rows * columns, (atom + 1) * rows * columns));
    const s0 = gemm(part(zero.values, 1, zero.count), basis.scalars, "b").values;
    scalars.set(
      s0.map((v, q) => v - basis.offsets[q]!),
      atom * factors.scalars,
    );
    equivariants.set(
      gemm(part(own.values, m, own.count), basis.equivariants, "b").values,
      atom * m * factors.equivariants,
    );
  });
  return { scalars, equivariants };
}

/**
 * Products of vector features with scalar features of the same atom, D^α(X)·s(X): vectors of higher body order, whose weights are still
 * linear. The second power of a kernel (equivariant times scalar: Grisafi et al., Phys. Rev. Lett. 120, 036002 (2018)) has such
 * features; here only the leading principal components of each enter.
 */
import { type Descriptor, featureCount } from "../../descriptor/descriptor.js";
import { featuresOf } from "../../descriptor/evaluate.js";
import { featureJacobian } from "../../descriptor/jacobian.js";
import { inFrame, OptionError, rejectUnknownOptions } from "../../errors.js";
import { gramAccumulator } from "../../math/gramAccumulator.js";
import { gemm, type Matrix, matrix } from "../../math/matrix.js";
import { leadingEigenvectors } from "../../math/subspace.js";
import { breathe, type RunOptions, throwIfAborted } from "../../progress.js";
import type { Structure } from "../../structure/structure.js";
import type { ProductTerms } from "../target/polarization/model.js";

/** How many principal components of each kind of features, per central species. */
export interface ProductCounts {
  readonly vectors: number;
  readonly scalars: number;
}

/** Principal components of one central species; rows of zeros where the structures have fewer. */
interface SpeciesBasis {
  /** [vectors, features of order 1] */
  readonly vectors: Matrix;
  /** [scalars, features of order 0] */
  readonly scalars: Matrix;
  /** What the scalars are of the mean environment, and is taken off. */
  readonly offsets: Float64Array;
}

/** The factors of the products. */
export interface ProductBasis extends ProductCounts {
  /** Per central species. */
  readonly species: readonly SpeciesBasis[];
}

/** Fills in defaults: 60 vectors, 10 scalars. @throws OptionError */
export function productCounts(given: Partial<ProductCounts> & { readonly kind?: "products" }): ProductCounts {
  const where = "fitPolarization form";
  rejectUnknownOptions(given, ["kind", "vectors", "scalars"], where);
  const { vectors = 60, scalars = 10 } = given;
  for (const [name, count] of Object.entries({ vectors, scalars }))
    if (!(Number.isInteger(count) && count >= 1))
      throw new OptionError({ where, problem: `${name} is ${count}`, advice: "give a positive integer" });
  return { vectors, scalars };
}

/**
 * Principal components of the features of all atoms of a species: of vectors about zero, summed over their components, so that
 * orientation does not matter; of scalars about their mean, in units of the spread of the first.
 */
export async function productBasis(
  d: Descriptor,
  structures: readonly Structure[],
  counts: ProductCounts,
  run: RunOptions = {},
): Promise<ProductBasis> {
  const [n0, n1] = [featureCount(d, 0), featureCount(d, 1)];
  const sums = d.options.species.map(
    () => [gramAccumulator({ columns: n0 }), gramAccumulator({ columns: n1 })] as const,
  );
  for (const [at, s] of structures.entries()) {
    for (const order of [0, 1] as const) {
      const { values, count, components } = inFrame(at, () => featuresOf(d, s, order));
      const size = components * count;
      s.species.forEach((symbol, atom) => {
        // The target 1 makes the moments of scalars their sums.
        const ones = new Float64Array(components).fill(1);
        sums[d.options.species.indexOf(symbol)]![order].add(values.subarray(atom * size, (atom + 1) * size), ones);
      });
    }
    run.onProgress?.({ label: "principal components", done: at + 1, total: structures.length, unit: "frames" });
    await breathe();
    throwIfAborted(run.signal, "computing principal components");
  }
  const species = sums.map(([scalars, vectors]) => ({
    vectors: padded(leadingEigenvectors(vectors.normalEquations().gram, counts.vectors).vectors, counts.vectors),
    ...scalarBasis(scalars.normalEquations(), counts.scalars),
  }));
  return { ...counts, species };
}

function scalarBasis(
  { gram, moments, rows }: { readonly gram: Matrix; readonly moments: Matrix; readonly rows: number },
  count: number,
): Pick<SpeciesBasis, "scalars" | "offsets"> {
  const n = gram.rows;
  const mean = moments.values.map((v) => v / Math.max(1, rows));
  const covariance = matrix(
    n,
    n,
    gram.values.map((v, p) => v / Math.max(1, rows) - mean[Math.floor(p / n)]! * mean[p % n]!),
  );
  const { values, vectors } = leadingEigenvectors(covariance, count);
  const scale = values.length > 0 ? 1 / Math.sqrt(values[0]!) : 0;
  const scalars = padded(
    matrix(
      vectors.rows,
      n,
      vectors.values.map((v) => scale * v),
    ),
    count,
  );
  return { scalars, offsets: gemm(scalars, matrix(n, 1, mean)).values };
}

function padded(rows: Matrix, count: number): Matrix {
  const all = matrix(count, rows.columns);
  all.values.set(rows.values);
  return all;
}

/** Columns of the products: species × scalars × vectors. */
export function productColumns({ species, scalars, vectors }: ProductBasis): number {
  return species.length * scalars * vectors;
}

/** The products with fitted weights, [species, scalars, vectors]: of the vectors only their sums with the weights remain. */
export function productTerms({ species, scalars, vectors }: ProductBasis, weights: Float64Array): ProductTerms {
  const [n0, n1] = [species[0]!.scalars.columns, species[0]!.vectors.columns];
  const kinds = species.length;
  const terms = {
    count: scalars,
    scalars: new Float64Array(scalars * kinds * n0),
    offsets: new Float64Array(scalars * kinds),
    vectors: new Float64Array(scalars * kinds * n1),
  };
  species.forEach((basis, kind) => {
    const own = matrix(scalars, vectors, weights.slice(kind * scalars * vectors, (kind + 1) * scalars * vectors));
    const sums = gemm(own, basis.vectors).values;
    for (let q = 0; q < scalars; q++) {
      const at = q * kinds + kind;
      terms.scalars.set(basis.scalars.values.subarray(q * n0, (q + 1) * n0), at * n0);
      terms.offsets[at] = basis.offsets[q]!;
      terms.vectors.set(sums.subarray(q * n1, (q + 1) * n1), at * n1);
    }
  });
  return terms;
}

/** Both factors for every atom of a structure. */
interface Factors {
  /** [atoms, scalars] */
  readonly scalars: Float64Array;
  /** [atoms, 3 (m), vectors] */
  readonly vectors: Float64Array;
}

function factorsOf(d: Descriptor, basis: ProductBasis, s: Structure): Factors {
  const [zero, one] = [featuresOf(d, s, 0), featuresOf(d, s, 1)];
  const scalars = new Float64Array(s.species.length * basis.scalars);
  const vectors = new Float64Array(s.species.length * 3 * basis.vectors);
  s.species.forEach((symbol, atom) => {
    const own = basis.species[d.options.species.indexOf(symbol)]!;
    const part = (values: Float64Array, rows: number, columns: number): Matrix =>
      matrix(rows, columns, values.subarray(atom * rows * columns, (atom + 1) * rows * columns));
    const s0 = gemm(part(zero.values, 1, zero.count), own.scalars, "b").values;
    scalars.set(
      s0.map((v, q) => v - own.offsets[q]!),
      atom * basis.scalars,
    );
    vectors.set(gemm(part(one.values, 3, one.count), own.vectors, "b").values, atom * 3 * basis.vectors);
  });
  return { scalars, vectors };
}

/** Σ over the atoms of each species of all products, [3 (m), productColumns]. */
export function productSums(d: Descriptor, basis: ProductBasis, s: Structure): Float64Array {
  const columns = productColumns(basis);
  const factors = factorsOf(d, basis, s);
  const sums = new Float64Array(3 * columns);
  s.species.forEach((symbol, atom) => {
    for (let m = 0; m < 3; m++) {
      const to = m * columns + d.options.species.indexOf(symbol) * basis.scalars * basis.vectors;
      for (let q = 0; q < basis.scalars; q++)
        addMultiple(
          factors.scalars[atom * basis.scalars + q]!,
          factors.vectors,
          (3 * atom + m) * basis.vectors,
          sums,
          to + q * basis.vectors,
          basis.vectors,
        );
    }
  });
  return sums;
}

/** Derivatives of {@link productSums} with respect to every position by the product rule, [atoms, 3 (m), 3 (β), productColumns]. */
export function productDerivatives(d: Descriptor, basis: ProductBasis, s: Structure): Float64Array {
  const { scalars, vectors } = basis;
  const columns = productColumns(basis);
  const factors = factorsOf(d, basis, s);
  const kinds = s.species.map((x) => d.options.species.indexOf(x));
  const rows = new Float64Array(s.species.length * 9 * columns);
  eachDerivative(
    d,
    s,
    0,
    (kind) => basis.species[kind]!.scalars,
    (atom, centre, derivative) => {
      for (let b = 0; b < 3; b++)
        for (let m = 0; m < 3; m++) {
          const to = (9 * atom + 3 * m + b) * columns + kinds[centre]! * scalars * vectors;
          for (let q = 0; q < scalars; q++)
            addMultiple(
              derivative[b * scalars + q]!,
              factors.vectors,
              (3 * centre + m) * vectors,
              rows,
              to + q * vectors,
              vectors,
            );
        }
    },
  );
  eachDerivative(
    d,
    s,
    1,
    (kind) => basis.species[kind]!.vectors,
    (atom, centre, derivative) => {
      for (let r = 0; r < 9; r++) {
        const to = (9 * atom + r) * columns + kinds[centre]! * scalars * vectors;
        for (let q = 0; q < scalars; q++)
          addMultiple(factors.scalars[centre * scalars + q]!, derivative, r * vectors, rows, to + q * vectors, vectors);
      }
    },
  );
  return rows;
}

/** Derivatives of every centre's projected features with respect to every atom they depend on, [(2λ+1)·3, components]. */
function eachDerivative(
  d: Descriptor,
  s: Structure,
  order: 0 | 1,
  projection: (kind: number) => Matrix,
  use: (atom: number, centre: number, derivative: Float64Array) => void,
): void {
  const size = 3 * (2 * order + 1);
  featureJacobian(d, s, order, ({ firstAtom, derivatives }) => {
    derivatives.forEach(({ centres, values }, k) => {
      const count = values.length / (centres.length * size);
      centres.forEach((centre, c) => {
        const own = matrix(size, count, values.subarray(c * size * count, (c + 1) * size * count));
        const kind = d.options.species.indexOf(s.species[centre]!);
        use(firstAtom + k, centre, gemm(own, projection(kind), "b").values);
      });
    });
  });
}

/** y[to …] += factor · x[from …] over `count` elements. */
function addMultiple(factor: number, x: Float64Array, from: number, y: Float64Array, to: number, count: number): void {
  if (factor !== 0) for (let k = 0; k < count; k++) y[to + k]! += factor * x[from + k]!;
}

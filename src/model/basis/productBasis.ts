/** The basis of features and of products of their factors, see productFactors. */
import { contract, contractAround, gradientAround } from "../../descriptor/contract.js";
import { type Descriptor, featureCount } from "../../descriptor/descriptor.js";
import { featureJacobian } from "../../descriptor/jacobian.js";
import { environmentsOf, type KnownEnvironments } from "../../descriptor/knownEnvironments.js";
import { strainJacobian } from "../../descriptor/strainJacobian.js";
import { gemm, type Matrix, matrix } from "../../math/matrix.js";
import type { Structure } from "../../structure/structure.js";
import type { TensorOrder } from "../../tensor/cartesian.js";
import { type Basis, type BasisResponse, featureBasis } from "./basis.js";
import { atomFactors, type ProductFactors } from "./productFactors.js";

/** Functions: the features [species, K], then the products [species, scalars, equivariants]. */
export function productBasis(d: Descriptor, order: TensorOrder, factors: ProductFactors): Basis {
  const features = featureBasis(d, order);
  const linear = features.kinds.length;
  const perSpecies = factors.scalars * factors.equivariants;
  const products = factors.species.length * perSpecies;
  const size = linear + products;
  const components = 2 * order + 1;
  const kindOf = (symbol: string): number => d.options.species.indexOf(symbol);

  /** Rows of both kinds side by side. */
  const beside = (a: Float64Array, b: Float64Array): Float64Array => {
    const rows = a.length / linear;
    const all = new Float64Array(rows * size);
    for (let r = 0; r < rows; r++) {
      all.set(a.subarray(r * linear, (r + 1) * linear), r * size);
      all.set(b.subarray(r * products, (r + 1) * products), r * size + linear);
    }
    return all;
  };
  /** Adds s·D of one atom to the row that begins at `to`, in the columns of its species. */
  const addProducts = (
    scalars: Float64Array,
    firstScalar: number,
    equivariants: Float64Array,
    first: number,
    kind: number,
    rows: Float64Array,
    to: number,
  ): void => {
    for (let q = 0, at = to + kind * perSpecies; q < factors.scalars; q++, at += factors.equivariants) {
      const s = scalars[firstScalar + q]!;
      if (s !== 0) for (let k = 0; k < factors.equivariants; k++) rows[at + k]! += s * equivariants[first + k]!;
    }
  };
  const productValues = (s: Structure, rowOf: (atom: number, m: number) => number, rows: number): Float64Array => {
    const out = new Float64Array(rows * products);
    const { scalars, equivariants } = atomFactors(d, order, factors, s);
    s.species.forEach((symbol, atom) => {
      for (let m = 0; m < components; m++) {
        const first = (atom * components + m) * factors.equivariants;
        const to = rowOf(atom, m) * products;
        addProducts(scalars, atom * factors.scalars, equivariants, first, kindOf(symbol), out, to);
      }
    });
    return out;
  };
  /** ∂(Σ_j s D)/∂x by the product rule, [atoms, 2λ+1, 3, products]. */
  const productDerivatives = (s: Structure): Float64Array => {
    const own = atomFactors(d, order, factors, s);
    const kinds = s.species.map(kindOf);
    const rows = new Float64Array(s.species.length * 3 * components * products);
    const scalarsOf = (kind: number): Matrix => factors.species[kind]!.scalars;
    eachDerivative(d, s, 0, scalarsOf, (atom, centre, derivative) => {
      for (let b = 0; b < 3; b++)
        for (let m = 0; m < components; m++) {
          const first = (centre * components + m) * factors.equivariants;
          const to = ((atom * components + m) * 3 + b) * products;
          addProducts(derivative, b * factors.scalars, own.equivariants, first, kinds[centre]!, rows, to);
        }
    });
    const equivariantsOf = (kind: number): Matrix => factors.species[kind]!.equivariants;
    eachDerivative(d, s, order, equivariantsOf, (atom, centre, derivative) => {
      for (let r = 0; r < 3 * components; r++) {
        const to = (3 * components * atom + r) * products;
        const scalar = centre * factors.scalars;
        addProducts(own.scalars, scalar, derivative, r * factors.equivariants, kinds[centre]!, rows, to);
      }
    });
    return rows;
  };
  /** ∂(Σ_j s D)/∂ε by the product rule where both factors are scalars, [3, 3, products]. */
  const productStrains = (s: Structure, around: KnownEnvironments): Float64Array => {
    const own = atomFactors(d, 0, factors, s);
    const rows = new Float64Array(9 * products);
    const add = (centre: number, derivative: Float64Array): void => {
      const kind = kindOf(s.species[centre]!);
      const all = matrix(9, derivative.length / 9, derivative);
      const { scalars, equivariants } = factors.species[kind]!;
      const [ds, de] = [gemm(all, scalars, "b").values, gemm(all, equivariants, "b").values];
      for (let p = 0; p < 9; p++) {
        const to = p * products;
        addProducts(ds, p * factors.scalars, own.equivariants, centre * factors.equivariants, kind, rows, to);
        addProducts(own.scalars, centre * factors.scalars, de, p * factors.equivariants, kind, rows, to);
      }
    };
    strainJacobian(d, s, 0, add, around);
    return rows;
  };

  return {
    descriptor: d,
    order,
    kinds: Int32Array.from({ length: size }, (_, c) =>
      c < linear ? features.kinds[c]! : Math.floor((c - linear) / perSpecies),
    ),
    values: (s) => {
      const rows = s.species.length * components;
      return beside(
        features.values(s),
        productValues(s, (atom, m) => atom * components + m, rows),
      );
    },
    sums: (s) =>
      beside(
        features.sums(s),
        productValues(s, (_, m) => m, components),
      ),
    derivatives: (s, consume) => {
      const all = productDerivatives(s);
      features.derivatives(s, (rows, firstAtom) => {
        const start = firstAtom * 3 * components * products;
        consume(beside(rows, all.subarray(start, start + (rows.length / linear) * products)), firstAtom);
      });
    },
    ...(order === 0 && {
      strains: (s: Structure, around = environmentsOf(d, s)) =>
        beside(features.strains!(s, around), productStrains(s, around)),
    }),
    modelWeights: (w) => w,
    value: (weights, s) => {
      const value = contract(d, s, { order, values: weights.subarray(0, linear) }).value.slice();
      for (const f of termsOf(d, order, termWeights(d, order, factors, weights.subarray(linear)), s))
        f.value.forEach((v, m) => {
          value[m]! += v;
        });
      return value;
    },
    response: (weights, s, around = environmentsOf(d, s)) =>
      productResponse(
        d,
        order,
        weights.subarray(0, linear),
        termWeights(d, order, factors, weights.subarray(linear)),
        s,
        around,
      ),
  };
}

/** Σ_q (D⁰(X)·a_q − o_q) (D^λ(X)·b_q), what is left of the products when their weights are known. */
interface ProductTerms {
  readonly count: number;
  /** a, [count, species, scalar features] */
  readonly scalars: Float64Array;
  /** o, [count, species] */
  readonly offsets: Float64Array;
  /** b, [count, species, features of order λ] */
  readonly equivariants: Float64Array;
}

/** The equivariants enter only summed with the weights, [species, scalars, equivariants]. */
function termWeights(d: Descriptor, order: TensorOrder, factors: ProductFactors, weights: Float64Array): ProductTerms {
  const [n0, n1] = [featureCount(d, 0), featureCount(d, order)];
  const { scalars: count, equivariants } = factors;
  const kinds = factors.species.length;
  const terms = {
    count,
    scalars: new Float64Array(count * kinds * n0),
    offsets: new Float64Array(count * kinds),
    equivariants: new Float64Array(count * kinds * n1),
  };
  factors.species.forEach((own, kind) => {
    const block = weights.slice(kind * count * equivariants, (kind + 1) * count * equivariants);
    const sums = gemm(matrix(count, equivariants, block), own.equivariants).values;
    for (let q = 0; q < count; q++) {
      const at = q * kinds + kind;
      terms.scalars.set(own.scalars.values.subarray(q * n0, (q + 1) * n0), at * n0);
      terms.offsets[at] = own.offsets[q]!;
      terms.equivariants.set(sums.subarray(q * n1, (q + 1) * n1), at * n1);
    }
  });
  return terms;
}

/** Both factors of one term for every atom, and Σ_i s(i) y(i). */
interface Term {
  /** [atoms] */
  readonly scalars: Float64Array;
  /** [atoms, 2λ+1] */
  readonly equivariants: Float64Array;
  /** [2λ+1] */
  readonly value: Float64Array;
}

function termsOf(
  d: Descriptor,
  order: TensorOrder,
  terms: ProductTerms,
  s: Structure,
  around = environmentsOf(d, s),
): Term[] {
  const { count } = terms;
  const part = (all: Float64Array, q: number): Float64Array =>
    all.subarray((q * all.length) / count, ((q + 1) * all.length) / count);
  const indices = [...Array(count).keys()];
  const weights = [
    ...indices.map((q) => ({ order: 0, values: part(terms.scalars, q) }) as const),
    ...indices.map((q) => ({ order, values: part(terms.equivariants, q) })),
  ];
  const found = contractAround(d, s, weights, around);
  const components = 2 * order + 1;
  return indices.map((q) => {
    const offsets = part(terms.offsets, q);
    const scalars = found[q]!.atoms.map((v, atom) => v - offsets[d.options.species.indexOf(s.species[atom]!)]!);
    const equivariants = found[count + q]!.atoms;
    const value = new Float64Array(components);
    equivariants.forEach((y, p) => {
      value[p % components]! += scalars[Math.floor(p / components)]! * y;
    });
    return { scalars, equivariants, value };
  });
}

/** d(s y) = s dy + y ds: features of order λ with weights w + Σ_q s_q b_q of each atom, scalar ones with Σ_q y_q a_q for each component. */
function productResponse(
  d: Descriptor,
  order: TensorOrder,
  linear: Float64Array,
  terms: ProductTerms,
  s: Structure,
  around: KnownEnvironments,
): BasisResponse {
  const [n, kinds, components] = [s.species.length, d.options.species.length, 2 * order + 1];
  const [n1, n0] = [featureCount(d, order), featureCount(d, 0)];
  const own = new Float64Array(n * n1);
  const scalar = Array.from({ length: components }, () => new Float64Array(n * n0));
  const found = termsOf(d, order, terms, s, around);
  s.species.forEach((symbol, atom) => {
    const kind = d.options.species.indexOf(symbol);
    const weights = own.subarray(atom * n1, (atom + 1) * n1);
    weights.set(linear.subarray(kind * n1, (kind + 1) * n1));
    found.forEach(({ scalars, equivariants }, q) => {
      const [a, b] = [(q * kinds + kind) * n0, (q * kinds + kind) * n1];
      for (let k = 0; k < n1; k++) weights[k]! += scalars[atom]! * terms.equivariants[b + k]!;
      scalar.forEach((list, m) => {
        const y = equivariants[components * atom + m]!;
        for (let k = 0; k < n0; k++) list[atom * n0 + k]! += y * terms.scalars[a + k]!;
      });
    });
  });
  const [main, ...rest] = gradientAround(
    d,
    s,
    [{ order, values: own, per: "atom" }, ...scalar.map((values) => ({ order: 0, values, per: "atom" }) as const)],
    around,
  );
  const [positions, strain] = [main!.positions.slice(), main!.strain.slice()];
  rest.forEach((r, m) => {
    for (let c = 0; c < 3 * n; c++) positions[3 * n * m + c]! += r.positions[c]!;
    for (let c = 0; c < 9; c++) strain[9 * m + c]! += r.strain[c]!;
  });
  return { value: main!.value, positions, strain };
}

/** Derivatives of every centre's projected features with respect to every atom they depend on, [(2λ+1)·3, components]. */
function eachDerivative(
  d: Descriptor,
  s: Structure,
  order: TensorOrder,
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

/** Predictions of non-linear kernels for many structures at once: two matrix products and one contraction per atom. */
import { contractAround } from "../../descriptor/contract.js";
import { type Descriptor, featureCount } from "../../descriptor/descriptor.js";
import { featuresAround, normalize } from "../../descriptor/evaluate.js";
import { followingEnvironments } from "../../descriptor/knownEnvironments.js";
import { gemm, type Matrix, matrix, rowOf } from "../../math/matrix.js";
import type { Structure } from "../../structure/structure.js";
import { powersOf, type ReferencePredictor, type ReferenceSpecies, scalarWeights } from "./predictor.js";

/** Sums over the atoms of one structure of what both kernels predict: λ = 0 [1] and λ = 2 [5]. */
export type ReferenceSums = readonly [Float64Array, Float64Array];

/** Both orders for atoms of one species. @param unit scalar features of unit length, [atoms, K₀] */
type SpeciesContraction = (unit: Matrix) => {
  /** λ = 0 values divided by the length of the scalar features, [atoms]. */
  readonly values: Float64Array;
  /** Weights of the λ = 2 features of atom i: K₂ of them from `offset + i·stride` on. */
  readonly weights: Float64Array;
  readonly offset: number;
  readonly stride: number;
};

/**
 * A function that predicts both orders, prepared once for all structures. Gives what `predictReferences` gives times the number of
 * atoms, but never stores λ = 2 features: with weights Σ_k (k⁰)^(ζ−1) v_k for every atom they are contracted like a linear model's.
 */
export function referenceContraction(
  d: Descriptor,
  scalar: ReferencePredictor,
  traceless: ReferencePredictor,
): (structures: readonly Structure[]) => ReferenceSums[] {
  const [k0, k2] = [featureCount(d, 0), featureCount(d, 2)];
  const kinds = d.options.species.map((symbol, s) => ({
    symbol,
    plan: planSpecies(scalar.species[s]!, traceless.species[s]!, scalar.zeta),
    buffer: reusable(),
  }));
  const weightBuffer = reusable();
  const follow = followingEnvironments(d);
  return (structures) => {
    const around = structures.map((s) => follow(s));
    const atoms = structures.flatMap((s, i) => s.species.map((symbol, j) => ({ symbol, structure: i, j })));
    const rows = kinds.map(({ symbol, buffer }) => {
      const own = [...atoms.keys()].filter((a) => atoms[a]!.symbol === symbol);
      return { own, unit: matrix(own.length, k0, buffer(own.length * k0)) };
    });
    const place = new Map(rows.flatMap(({ own, unit }) => own.map((a, row) => [a, unit.values.subarray(row * k0)])));
    const lengths = new Float64Array(atoms.length);
    let first = 0;
    structures.forEach((s, i) => {
      const count = s.species.length;
      const { values } = featuresAround(d, s, 0, around[i]!);
      lengths.set(normalize({ order: 0, atoms: count, components: 1, count: k0, values }), first);
      for (let j = 0; j < count; j++) place.get(first + j)!.set(values.subarray(j * k0, (j + 1) * k0));
      first += count;
    });
    const sums = new Float64Array(structures.length);
    const weights = weightBuffer(atoms.length * k2).fill(0);
    rows.forEach(({ own, unit }, kind) => {
      const found = own.length > 0 ? kinds[kind]!.plan?.(unit) : undefined;
      if (!found) return;
      own.forEach((a, row) => {
        sums[atoms[a]!.structure]! += lengths[a]! * found.values[row]!;
        const from = found.offset + row * found.stride;
        weights.set(found.weights.subarray(from, from + k2), a * k2);
      });
    });
    first = 0;
    return structures.map((s, i) => {
      const from = first * k2;
      first += s.species.length;
      const list = { order: 2, values: weights.subarray(from, first * k2), per: "atom" } as const;
      return [sums.slice(i, i + 1), contractAround(d, s, [list], around[i]!)[0]!.value] as const;
    });
  };
}

/** Memory that is used again and again: fresh arrays of this size for every block would keep the garbage collector busy. */
function reusable(): (length: number) => Float64Array {
  let buffer = new Float64Array(0);
  return (length) => {
    if (buffer.length < length) buffer = new Float64Array(length);
    return buffer.subarray(0, length);
  };
}

/** `undefined` for a species without references. */
function planSpecies(
  scalar: ReferenceSpecies,
  traceless: ReferenceSpecies,
  zeta: number,
): SpeciesContraction | undefined {
  if (scalar.scalar.rows === 0) return undefined;
  const k0 = scalar.scalar.columns;
  // For ζ = 2 the weights are linear in the scalar features, so that beyond K₀ references their number does not matter.
  if (zeta === 2 && scalar.scalar.rows > k0) {
    const stride = k0 + traceless.vectors.columns;
    const both = sideBySide(gemm(scalar.scalar, scalar.vectors, "a"), gemm(traceless.scalar, traceless.vectors, "a"));
    return (unit) => {
      const rows = gemm(unit, both).values;
      const values = Float64Array.from({ length: unit.rows }, (_, i) => {
        let sum = 0;
        for (let c = 0; c < k0; c++) sum += unit.values[i * k0 + c]! * rows[i * stride + c]!;
        return sum;
      });
      return { values, weights: rows, offset: k0, stride };
    };
  }
  const own = scalarWeights(scalar);
  const shared = sameValues(scalar.scalar, traceless.scalar);
  return (unit) => {
    const similarity = gemm(unit, scalar.scalar, "b");
    const powers = powersOf(similarity, zeta);
    const values = new Float64Array(unit.rows);
    for (let i = 0, p = 0; i < unit.rows; i++)
      for (let k = 0; k < own.length; k++, p++) values[i]! += own[k]! * similarity.values[p]! * powers.values[p]!;
    const others = shared ? powers : powersOf(gemm(unit, traceless.scalar, "b"), zeta);
    return { values, weights: gemm(others, traceless.vectors).values, offset: 0, stride: traceless.vectors.columns };
  };
}

function sameValues(a: Matrix, b: Matrix): boolean {
  return a.values.length === b.values.length && a.values.every((x, i) => x === b.values[i]);
}

function sideBySide(a: Matrix, b: Matrix): Matrix {
  const out = matrix(a.rows, a.columns + b.columns);
  for (let i = 0; i < a.rows; i++) {
    out.values.set(rowOf(a, i), i * out.columns);
    out.values.set(rowOf(b, i), i * out.columns + a.columns);
  }
  return out;
}

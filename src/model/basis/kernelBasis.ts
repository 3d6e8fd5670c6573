/**
 * A non-linear kernel of scalar features: the value of an atom (its energy) is Σ_B ω_B k(X, X_B)^ζ over reference environments B of its species,
 * k = x̂·x̂_B with x̂ = x/|x| the features divided by their length (Bartók, Kondor and Csányi, Phys. Rev. B 87, 184115 (2013), eq. 36;
 * Jinnouchi, Karsai and Kresse, Phys. Rev. B 100, 014105 (2019)). It is linear in ω, and its derivatives are
 * ∂k^ζ = ζ k^(ζ−1) (x̂_B − k x̂)·∂x/|x|.
 */
import { gradientAround } from "../../descriptor/contract.js";
import { type Descriptor, featureCount, layoutOf } from "../../descriptor/descriptor.js";
import { centresOf } from "../../descriptor/environments.js";
import { featuresAround, normalize } from "../../descriptor/evaluate.js";
import { type CentreDerivatives, featureJacobian } from "../../descriptor/jacobian.js";
import { environmentsOf, type KnownEnvironments } from "../../descriptor/knownEnvironments.js";
import type { EnvironmentIndex } from "../../descriptor/sparsify.js";
import { strainJacobian } from "../../descriptor/strainJacobian.js";
import { gemm, type Matrix, matrix, rowOf } from "../../math/matrix.js";
import type { Structure } from "../../structure/structure.js";
import type { Basis, BasisResponse } from "./basis.js";

/** References of each central species of the descriptor. */
export interface KernelReferences {
  /** The power ζ of the kernel, 2 or more. */
  readonly zeta: number;
  /** x̂_B, [environments, features], one matrix per central species. */
  readonly references: readonly Matrix[];
}

/** The environments' features divided by their length. @param chosen per central species, as selectEnvironments gives them */
export function kernelReferences(
  d: Descriptor,
  structures: readonly Structure[],
  chosen: readonly (readonly EnvironmentIndex[])[],
  zeta: number,
): KernelReferences {
  const known = new Map<number, Float64Array>();
  const featuresOf = (index: number): Float64Array => {
    const found = known.get(index) ?? unitFeatures(d, structures[index]!).values;
    known.set(index, found);
    return found;
  };
  const count = featureCount(d, 0);
  const references = chosen.map((list) => {
    const all = matrix(list.length, count);
    list.forEach(({ structure, atom }, r) => {
      all.values.set(featuresOf(structure).subarray(atom * count, (atom + 1) * count), r * count);
    });
    return independent(all, zeta);
  });
  return { zeta, references };
}

/** A square residual below this is rounding: the environment adds nothing to those before. */
const NOTHING_NEW = 1e-10;

/** Rows of W = L⁻¹ with K = L Lᵀ the kernel between the references; references that add no more than `least` are left out. */
function whitening(references: Matrix, zeta: number, least: number) {
  const kernel = gemm(references, references, "b");
  const n = kernel.rows;
  const kept: number[] = [];
  const rows: Float64Array[] = [];
  for (let r = 0; r < n; r++) {
    const k = Float64Array.from(kept, (c) => kernel.values[r * n + c]! ** zeta);
    let rest = kernel.values[r * (n + 1)]! ** zeta;
    const row = new Float64Array(kept.length + 1);
    for (const w of rows) {
      let v = 0;
      for (let c = 0; c < w.length; c++) v += w[c]! * k[c]!;
      rest -= v * v;
      for (let c = 0; c < w.length; c++) row[c]! -= v * w[c]!;
    }
    if (!(rest > least)) continue;
    row[kept.length] = 1;
    kept.push(r);
    rows.push(row.map((v) => v / Math.sqrt(rest)));
  }
  return { kept, rows };
}

function independent(references: Matrix, zeta: number): Matrix {
  const { kept } = whitening(references, zeta, NOTHING_NEW);
  const { columns, values } = references;
  const found = matrix(kept.length, columns);
  kept.forEach((from, r) => {
    found.values.set(values.subarray(from * columns, (from + 1) * columns), r * columns);
  });
  return found;
}

/**
 * The basis φ(X) = L⁻¹ k(X, B)^ζ, orthonormal in the sense of the kernel: a ridge on its weights w is the one of kernel regression,
 * ωᵀKω. A model keeps ω = Wᵀw with W = L⁻¹, one weight per reference in the order of the species.
 */
export function kernelBasis(d: Descriptor, kernel: KernelReferences): Basis {
  const { zeta, references } = kernel;
  const start = firsts(references.map((r) => r.rows));
  const size = start.at(-1)!;
  const whiten = references.map((refs) => {
    const { kept, rows } = whitening(refs, zeta, 0);
    const w = matrix(refs.rows, refs.rows);
    rows.forEach((row, r) => {
      row.forEach((v, c) => {
        w.values[kept[r]! * refs.rows + kept[c]!] = v;
      });
    });
    return w;
  });
  /** Rows of one species, whitened, into the rows `to` of `out`. */
  const place = (rows: Matrix, kind: number, to: ArrayLike<number>, out: Float64Array): void => {
    const white = gemm(rows, whiten[kind]!, "b");
    for (let r = 0; r < rows.rows; r++) out.set(rowOf(white, r), to[r]! * size + start[kind]!);
  };
  const values = (s: Structure, around?: KnownEnvironments): Float64Array => {
    const out = new Float64Array(s.species.length * size);
    for (const { kind, atoms, kernel: k } of similarities(d, s, references, around)) {
      const powers = k.values.map((v) => v ** zeta);
      place(matrix(k.rows, k.columns, powers), kind, atoms, out);
    }
    return out;
  };
  return {
    descriptor: d,
    order: 0,
    kinds: Int32Array.from(references.flatMap((r, kind) => new Array<number>(r.rows).fill(kind))),
    values,
    sums: (s, around) => {
      const sums = new Float64Array(size);
      values(s, around).forEach((v, k) => {
        sums[k % size]! += v;
      });
      return sums;
    },
    derivatives: (s, consume, around) => {
      const kinds = similarities(d, s, references, around);
      featureJacobian(d, s, 0, ({ firstAtom, derivatives }) => {
        const rows = new Float64Array(3 * derivatives.length * size);
        const lines = Array.from({ length: 3 * derivatives.length }, (_, r) => r);
        for (const similarity of kinds) {
          const change = kernelDerivatives(similarity, references[similarity.kind]!, zeta, derivatives);
          place(change, similarity.kind, lines, rows);
        }
        consume(rows, firstAtom);
      });
    },
    strains: (s, around) => {
      const kinds = similarities(d, s, references, around);
      const changes = references.map((refs) => matrix(9, refs.rows));
      const count = featureCount(d, 0);
      const add = (centre: number, values: Float64Array): void => {
        const kind = d.options.species.indexOf(s.species[centre]!);
        const moves = [0, 1, 2].map((a) => ({
          centres: Int32Array.of(centre),
          values: values.subarray(3 * a * count, 3 * (a + 1) * count),
        }));
        const change = kernelDerivatives(kinds[kind]!, references[kind]!, zeta, moves);
        for (let k = 0; k < change.values.length; k++) changes[kind]!.values[k]! += change.values[k]!;
      };
      strainJacobian(d, s, 0, add, around);
      const rows = new Float64Array(9 * size);
      changes.forEach((change, kind) => {
        place(change, kind, [0, 1, 2, 3, 4, 5, 6, 7, 8], rows);
      });
      return rows;
    },
    modelWeights: (w) => {
      const weights = new Float64Array(size);
      whiten.forEach((matrix, kind) => {
        for (let r = 0; r < matrix.rows; r++)
          for (let c = 0; c <= r; c++)
            weights[start[kind]! + c]! += matrix.values[r * matrix.rows + c]! * w[start[kind]! + r]!;
      });
      return weights;
    },
    value: (weights, s) => {
      let value = 0;
      for (const { kind, kernel: k } of similarities(d, s, references))
        k.values.forEach((v, i) => {
          value += weights[start[kind]! + (i % k.columns)]! * v ** zeta;
        });
      return Float64Array.of(value);
    },
    response: (weights, s, around = environmentsOf(d, s)) => kernelGradient(d, kernel, weights, s, around),
  };
}

/** Where each species begins in a list of so many entries per species, then its length. */
export function firsts(counts: readonly number[]): number[] {
  return [0, ...counts].map((_, k) => counts.slice(0, k).reduce((n, c) => n + c, 0));
}

/** Σ_j Σ_B ω_B k^ζ by one reverse pass, in which every atom has the weights ζ Σ_B ω_B k^(ζ−1) (x̂_B − k x̂)/|x|. */
function kernelGradient(
  d: Descriptor,
  { zeta, references }: KernelReferences,
  omega: Float64Array,
  s: Structure,
  around: KnownEnvironments,
): BasisResponse {
  const count = featureCount(d, 0);
  const weights = new Float64Array(s.species.length * count);
  let energy = 0;
  const starts = firsts(references.map((r) => r.rows));
  for (const { kind, atoms, kernel, unit, lengths } of similarities(d, s, references, around)) {
    const slope = matrix(kernel.rows, kernel.columns);
    kernel.values.forEach((k, i) => {
      const w = omega[starts[kind]! + (i % kernel.columns)]! * k ** (zeta - 1);
      energy += w * k;
      slope.values[i] = zeta * w;
    });
    const direction = gemm(slope, references[kind]!).values;
    for (let a = 0; a < atoms.length; a++) {
      const from = a * count;
      let along = 0;
      for (let f = from; f < from + count; f++) along += direction[f]! * unit.values[f]!;
      if (lengths[a]! === 0) continue;
      for (let f = 0; f < count; f++)
        weights[atoms[a]! * count + f] = (direction[from + f]! - along * unit.values[from + f]!) / lengths[a]!;
    }
  }
  const { positions, strain } = gradientAround(d, s, [{ order: 0, values: weights, per: "atom" }], around)[0]!;
  return { value: Float64Array.of(energy), positions, strain };
}

/** The centres of one species and their kernel with its references. */
interface Similarity {
  readonly kind: number;
  readonly atoms: Int32Array;
  /** x̂, [atoms, features] */
  readonly unit: Matrix;
  /** |x| */
  readonly lengths: Float64Array;
  /** k, [atoms, references] */
  readonly kernel: Matrix;
}

function similarities(
  d: Descriptor,
  s: Structure,
  references: readonly Matrix[],
  around: KnownEnvironments = environmentsOf(d, s),
): Similarity[] {
  const { values, lengths } = unitFeatures(d, s, around);
  const count = featureCount(d, 0);
  const { from, to } = centresOf(around(layoutOf(d, 0).parts[0]!.expansion));
  return references.map((refs, kind) => {
    const symbol = d.options.species[kind];
    const atoms = Int32Array.from([...s.species.keys()].filter((i) => i >= from && i < to && s.species[i] === symbol));
    const unit = matrix(atoms.length, count);
    atoms.forEach((atom, a) => {
      unit.values.set(values.subarray(atom * count, (atom + 1) * count), a * count);
    });
    return { kind, atoms, unit, lengths: Float64Array.from(atoms, (i) => lengths[i]!), kernel: gemm(unit, refs, "b") };
  });
}

function unitFeatures(
  d: Descriptor,
  s: Structure,
  around: KnownEnvironments = environmentsOf(d, s),
): { readonly values: Float64Array; readonly lengths: Float64Array } {
  const features = featuresAround(d, s, 0, around);
  const lengths = normalize(features);
  return { values: features.values, lengths };
}

/** ∂(Σ_j k(X_j, X_B)^ζ)/∂x over the atoms j of one species, [moved atoms × 3, references]. */
function kernelDerivatives(
  { atoms, unit, lengths, kernel }: Similarity,
  references: Matrix,
  zeta: number,
  derivatives: readonly CentreDerivatives[],
): Matrix {
  const count = references.columns;
  const place = new Map(Array.from(atoms, (atom, a) => [atom, a]));
  const parts = derivatives.flatMap(({ centres, values }, moved) =>
    [...centres].flatMap((centre, k) => {
      const a = place.get(centre);
      return a === undefined || lengths[a] === 0
        ? []
        : [{ moved, a, rows: values.subarray(3 * k * count, 3 * (k + 1) * count) }];
    }),
  );
  const stacked = matrix(3 * parts.length, count);
  parts.forEach(({ rows }, p) => {
    stacked.values.set(rows, 3 * p * count);
  });
  const onto = gemm(stacked, references, "b");
  const change = matrix(3 * derivatives.length, references.rows);
  parts.forEach(({ moved, a, rows }, p) => {
    for (let axis = 0; axis < 3; axis++) {
      let along = 0;
      for (let f = 0; f < count; f++) along += rows[axis * count + f]! * unit.values[a * count + f]!;
      for (let b = 0; b < references.rows; b++) {
        const k = kernel.values[a * kernel.columns + b]!;
        change.values[(3 * moved + axis) * references.rows + b]! +=
          (zeta * k ** (zeta - 1) * (onto.values[(3 * p + axis) * onto.columns + b]! - k * along)) / lengths[a]!;
      }
    }
  });
  return change;
}

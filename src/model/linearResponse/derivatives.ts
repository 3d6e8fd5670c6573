import { DataError } from "../../errors.js";
import { symmetricEigen } from "../../math/eigen.js";
import { norm3 as norm } from "../../math/vector3.js";
import { breathe, type RunOptions, throwIfAborted } from "../../progress.js";
import { rotateTensor } from "../../structure/rotateTensor.js";
import type { Structure } from "../../structure/structure.js";
import type { Symmetry } from "../../structure/symmetry.js";
import type { SingleDisplacement } from "./displacements.js";

/** How well the displacements determine the derivatives. */
export interface DisplacementQuality {
  /** Pairs of opposite displacements, symmetry images included. */
  readonly pairs: number;
  /** Displacements without an opposite one, images included. */
  readonly oneSided: number;
  /** Largest |T(+δ) + T(−δ) − 2T(0)|/2δ: the error that one-sided differences would have. */
  readonly evenPart: number;
  /**
   * Largest disagreement per Å between calculations that symmetry says are equal, or between the derivatives and a difference:
   * numerical noise and broken symmetry. Zero where nothing can be compared.
   */
  readonly symmetryResidual: number;
}

/** Derivatives of every atom and what is known about them. */
export interface SolvedDerivatives {
  /** [n, 3 (displacement), ...shape] */
  readonly derivatives: Float64Array;
  readonly quality: DisplacementQuality;
  readonly warnings: readonly string[];
}

interface Difference {
  readonly vector: Float64Array;
  /** T(+u) − T(−u) over 2, or T(+u) − T(0). */
  readonly odd: Float64Array;
  /** (T(+u) + T(−u))/2 − T(0), where both are there. */
  readonly even?: Float64Array;
}

/** What second order does to one displaced atom. */
export interface EvenPart {
  readonly atom: number;
  /** [3], Å */
  readonly vector: Float64Array;
  /** (T(+u) + T(−u))/2 − T(0) */
  readonly even: Float64Array;
}

/**
 * ∂T/∂x of every atom, [n, 3, ...shape], from single displacements. Per orbit one atom collects the images of all displacements of
 * the orbit; its derivative is the least-squares solution among the tensors that the site group leaves as they are.
 * @param value tensor of the reference
 * @throws DataError naming an atom and the directions in which its displacement is missing
 */
export async function solveDerivatives(
  s: Structure,
  value: Float64Array,
  measured: readonly SingleDisplacement[],
  group: Symmetry,
  { onProgress, signal }: RunOptions = {},
): Promise<SolvedDerivatives> {
  const size = 3 * value.length;
  const derivatives = new Float64Array(s.species.length * size);
  const quality = { pairs: 0, oneSided: 0, evenPart: 0, symmetryResidual: 0 };
  const warnings: string[] = [];
  const orbits = [...new Set(group.equivalent)];
  for (const [k, atom] of orbits.entries()) {
    throwIfAborted(signal, "computing the linear response");
    const { differences, evenPart, oneSided, spread } = centralDifferences(images(atom, measured, group), value);
    quality.pairs += differences.length - oneSided;
    quality.oneSided += oneSided;
    quality.evenPart = Math.max(quality.evenPart, evenPart);
    const allowed = invariantTensors(atom, group, value.length);
    if (oneSided > 0 && allowed.length > 0)
      warnings.push(
        `atom ${atom} (${s.species[atom]}): ${oneSided} displacements have no opposite one, so that second-order terms enter the derivative`,
      );
    const solved = leastSquares(differences, allowed, size);
    if (!solved) throw missing(s, atom, differences, group);
    quality.symmetryResidual = Math.max(quality.symmetryResidual, spread, residual(solved, differences));
    for (const { rotation, permutation } of group.operations)
      derivatives.set(rotateTensor(rotation, solved), permutation[atom]! * size);
    onProgress?.({ label: "linear response", done: k + 1, total: orbits.length, unit: "distinct atoms" });
    await breathe();
  }
  return { derivatives, quality, warnings };
}

/** Even parts of all displacements that have an opposite one, computed or provided by symmetry; of the first atom of every orbit. */
export function evenParts(value: Float64Array, measured: readonly SingleDisplacement[], group: Symmetry): EvenPart[] {
  return [...new Set(group.equivalent)].flatMap((atom) =>
    centralDifferences(images(atom, measured, group), value).differences.flatMap(({ vector, even }) =>
      even ? [{ atom, vector, even }] : [],
    ),
  );
}

/** All displacements of the orbit, carried to `atom` by every operation that leads there. */
function images(atom: number, measured: readonly SingleDisplacement[], group: Symmetry): SingleDisplacement[] {
  return measured.flatMap((m) =>
    group.operations
      .filter((o) => o.permutation[m.atom] === atom)
      .map(({ rotation }) => ({
        atom,
        vector: rotateTensor(rotation, m.vector),
        value: rotateTensor(rotation, m.value),
      })),
  );
}

interface Differences {
  readonly differences: readonly Difference[];
  readonly evenPart: number;
  readonly oneSided: number;
  readonly spread: number;
}

/** Pairs each displacement, averaged over its repeats, with its opposite. */
function centralDifferences(measured: readonly SingleDisplacement[], value: Float64Array): Differences {
  const distinct: SingleDisplacement[][] = [];
  for (const m of measured) {
    const same = distinct.find((d) => apart(d[0]!.vector, m.vector, 1) < 1e-3 * norm(m.vector));
    if (same) same.push(m);
    else distinct.push([m]);
  }
  let spread = 0;
  const means = distinct.map((repeats) => {
    const { vector } = repeats[0]!;
    const mean = value.map((_, p) => repeats.reduce((sum, r) => sum + r.value[p]!, 0) / repeats.length);
    for (const r of repeats)
      mean.forEach((x, p) => {
        spread = Math.max(spread, Math.abs(r.value[p]! - x) / norm(vector));
      });
    return { vector, value: mean };
  });
  let evenPart = 0;
  let oneSided = 0;
  const differences = means.flatMap((plus, i): Difference[] => {
    const j = means.findIndex((m) => apart(m.vector, plus.vector, -1) < 1e-3 * norm(plus.vector));
    const minus = means[j];
    if (!minus) {
      oneSided++;
      return [{ vector: plus.vector, odd: plus.value.map((x, p) => x - value[p]!) }];
    }
    if (j < i) return [];
    plus.value.forEach((x, p) => {
      evenPart = Math.max(evenPart, Math.abs(x + minus.value[p]! - 2 * value[p]!) / (2 * norm(plus.vector)));
    });
    const vector = plus.vector.map((x, c) => 0.5 * (x - minus.vector[c]!));
    return [
      {
        vector,
        odd: plus.value.map((x, p) => 0.5 * (x - minus.value[p]!)),
        even: plus.value.map((x, p) => 0.5 * (x + minus.value[p]!) - value[p]!),
      },
    ];
  });
  return { differences, evenPart, oneSided, spread };
}

/** Orthonormal basis of the derivative tensors [3, ...shape] that the site group of `atom` leaves invariant. */
function invariantTensors(atom: number, group: Symmetry, size: number): readonly Float64Array[] {
  const dimension = 3 * size;
  const site = group.operations.filter((o) => o.permutation[atom] === atom);
  const projector = new Float64Array(dimension * dimension);
  const unit = new Float64Array(dimension);
  for (let q = 0; q < dimension; q++) {
    // Symmetric in the tensor's own indices.
    const [c, a, b] = [Math.floor(q / size), Math.floor((q % size) / 3), q % 3];
    unit.fill(0);
    unit[q]! += 0.5;
    unit[size === 9 ? c * size + 3 * b + a : q]! += 0.5;
    for (const { rotation } of site)
      rotateTensor(rotation, unit).forEach((x, p) => {
        projector[p * dimension + q]! += x / site.length;
      });
  }
  const { values, vectors } = symmetricEigen({ rows: dimension, columns: dimension, values: projector });
  return [...values.keys()]
    .filter((k) => values[k]! > 0.5)
    .map((k) => Float64Array.from({ length: dimension }, (_, p) => vectors.values[p * dimension + k]!));
}

/** Derivative in the span of `allowed` closest to the differences; `undefined` if they leave a part of it undetermined. */
function leastSquares(
  differences: readonly Difference[],
  allowed: readonly Float64Array[],
  size: number,
): Float64Array | undefined {
  const solution = new Float64Array(size);
  const d = allowed.length;
  if (d === 0) return solution;
  const gram = new Float64Array(d * d);
  const right = new Float64Array(d);
  for (const { vector, odd } of differences) {
    // Unit displacements, so that the threshold below is a pure number.
    const scale = norm(vector);
    const rows = allowed.map((t) => along(t, vector).map((x) => x / scale));
    for (let a = 0; a < d; a++) {
      rows[a]!.forEach((x, p) => {
        right[a]! += (x * odd[p]!) / scale;
      });
      for (let b = 0; b < d; b++) gram[a * d + b]! += rows[a]!.reduce((sum, x, p) => sum + x * rows[b]![p]!, 0);
    }
  }
  const { values, vectors } = symmetricEigen({ rows: d, columns: d, values: gram });
  if (!(values[0]! > 1e-6 * Math.max(1, values[d - 1]!))) return undefined;
  for (let k = 0; k < d; k++) {
    const v = (a: number) => vectors.values[a * d + k]!;
    let c = 0;
    for (let a = 0; a < d; a++) c += (v(a) * right[a]!) / values[k]!;
    for (let a = 0; a < d; a++) for (let p = 0; p < size; p++) solution[p]! += c * v(a) * allowed[a]![p]!;
  }
  return solution;
}

function residual(derivative: Float64Array, differences: readonly Difference[]): number {
  return differences.reduce((most, { vector, odd }) => {
    const predicted = along(derivative, vector);
    return odd.reduce((m, x, p) => Math.max(m, Math.abs(x - predicted[p]!) / norm(vector)), most);
  }, 0);
}

/** Σ_c u_c D_{c…}. */
function along(derivative: Float64Array, u: Float64Array): Float64Array {
  const size = derivative.length / 3;
  return Float64Array.from(
    { length: size },
    (_, p) => u[0]! * derivative[p]! + u[1]! * derivative[size + p]! + u[2]! * derivative[2 * size + p]!,
  );
}

function missing(s: Structure, atom: number, differences: readonly Difference[], group: Symmetry): DataError {
  const gram = new Float64Array(9);
  for (const { vector } of differences)
    for (let p = 0; p < 9; p++) gram[p]! += (vector[Math.floor(p / 3)]! * vector[p % 3]!) / norm(vector) ** 2;
  const { values, vectors } = symmetricEigen({ rows: 3, columns: 3, values: gram });
  const absent = [0, 1, 2].filter((k) => values[k]! < 1e-6 * Math.max(1, values[2]!));
  const axes = [0, 1, 2]
    .filter((c) => absent.some((k) => Math.abs(vectors.values[3 * c + k]!) > 0.3))
    .map((c) => "xyz"[c]);
  const equivalent = [...group.equivalent.keys()].filter((i) => group.equivalent[i] === atom && i !== atom);
  const orbit =
    equivalent.length > 0
      ? ` (or an equivalent atom: ${equivalent.slice(0, 8).join(", ")}${equivalent.length > 8 ? ", …" : ""})`
      : "";
  return new DataError({
    where: "linearResponse",
    problem: `no displacement of atom ${atom} (${s.species[atom]})${orbit} along ${axes.join(", ")}`,
    advice: "add frames with this atom displaced by + and − about 0.01 Å along it",
  });
}

const apart = (v: Float64Array, w: Float64Array, sign: number): number =>
  Math.hypot(v[0]! - sign * w[0]!, v[1]! - sign * w[1]!, v[2]! - sign * w[2]!);

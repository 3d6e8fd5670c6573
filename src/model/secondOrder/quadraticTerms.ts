/** The quadratic terms of an expansion in the displacements of a crystal's atoms, reduced by its symmetry. */
import { symmetricEigen } from "../../math/eigen.js";
import { matrix } from "../../math/matrix.js";
import { neighborList } from "../../structure/neighbors.js";
import { rotateTensor } from "../../structure/rotateTensor.js";
import type { Structure } from "../../structure/structure.js";
import type { Symmetry } from "../../structure/symmetry.js";

/** Which displacements enter by their squares. */
export type SecondOrderTerms =
  /** Each atom's own, u_i u_i. */
  | { readonly kind: "atoms" }
  /** Differences u_j − u_i of atoms nearer than `cutoff` (Å) in the reference, so that shifting all of them changes nothing. */
  | { readonly kind: "pairs"; readonly cutoff: number };

/** A displacement u_to − u_from, or u_to where both are one atom. `to` lies `shift` cells on from the atom in the reference. */
export interface QuadraticTerm {
  readonly from: number;
  readonly to: number;
  readonly shift: readonly [number, number, number];
}

/** One number to be found: it multiplies a tensor on every term of an orbit. */
export interface QuadraticUnknown {
  readonly terms: readonly number[];
  /** Per term, [3, 3 (of the quantity), 3, 3 (displacements)], symmetric in each pair. */
  readonly tensors: readonly Float64Array[];
}

export interface QuadraticTerms {
  readonly terms: readonly QuadraticTerm[];
  readonly unknowns: readonly QuadraticUnknown[];
}

/** Images of a position under the symmetry agree within this, Å; that the group's own tolerance holds was checked when it was found. */
const SAME = 0.05;

interface Site extends QuadraticTerm {
  /** From the one atom to the other, Å; zero for an atom by itself. */
  readonly vector: Float64Array;
}

/**
 * Terms of a reference structure, and for each orbit of them the tensors that symmetry allows. A pair of an atom with an image of its own does
 * not move in the cell of the reference and is left out.
 */
export function quadraticTerms(s: Structure, asked: SecondOrderTerms, group: Symmetry): QuadraticTerms {
  const sites = asked.kind === "atoms" ? atomSites(s) : pairSites(s, asked.cutoff);
  const terms: Site[] = [];
  const unknowns: QuadraticUnknown[] = [];
  const done = new Set<Site>();
  const of = new Map<number, Site[]>();
  for (const site of sites) of.set(site.from, [...(of.get(site.from) ?? []), site]);
  for (const site of sites) {
    if (done.has(site)) continue;
    const images = new Map<Site, Float64Array>();
    const own: Float64Array[] = [];
    let whole = true;
    for (const { rotation, permutation } of group.operations) {
      const vector = rotateTensor(rotation, site.vector);
      const image = find(of, permutation[site.from]!, permutation[site.to]!, vector);
      if (!image) {
        whole = false;
        continue;
      }
      if (image === site) own.push(rotation);
      if (!images.has(image)) images.set(image, rotation);
    }
    for (const image of images.keys()) done.add(image);
    // An orbit of which symmetry leads out of the cutoff lies on its edge.
    if (!whole) continue;
    const first = terms.length;
    terms.push(...images.keys());
    const places = Array.from(images, (_, k) => first + k);
    for (const form of invariantForms(own))
      unknowns.push({
        terms: places,
        tensors: Array.from(images.values(), (rotation) => rotateTensor(rotation, form)),
      });
  }
  return { terms: terms.map(({ from, to, shift }) => ({ from, to, shift })), unknowns };
}

/** Adds ½ d·T·d to `out` for a displacement d given by its components. @param tensor [3, 3, 3, 3] at `offset` */
export function addForm(
  out: Float64Array,
  tensor: Float64Array,
  offset: number,
  d: readonly [number, number, number],
): void {
  for (let p = 0; p < 9; p++) {
    const o = offset + 9 * p;
    let sum = 0;
    for (let a = 0; a < 3; a++)
      sum += d[a]! * (tensor[o + 3 * a]! * d[0] + tensor[o + 3 * a + 1]! * d[1] + tensor[o + 3 * a + 2]! * d[2]);
    out[p]! += 0.5 * sum;
  }
}

/** The displacement of a term. @param u [n, 3], Å */
export function termDisplacement(
  { from, to }: Pick<QuadraticTerm, "from" | "to">,
  u: Float64Array,
): [number, number, number] {
  const at = (c: number): number => (from === to ? u[3 * to + c]! : u[3 * to + c]! - u[3 * from + c]!);
  return [at(0), at(1), at(2)];
}

function atomSites(s: Structure): Site[] {
  return s.species.map((_, i) => ({ from: i, to: i, shift: [0, 0, 0], vector: new Float64Array(3) }));
}

/** Each pair once, from the atom with the smaller number. */
function pairSites(s: Structure, cutoff: number): Site[] {
  const { first, index, shifts, vectors } = neighborList(s, cutoff);
  return s.species.flatMap((_, from) =>
    Array.from(index.subarray(first[from]!, first[from + 1]!).keys(), (k) => first[from]! + k)
      .filter((p) => index[p]! > from)
      .map((p) => ({
        from,
        to: index[p]!,
        shift: [shifts[3 * p]!, shifts[3 * p + 1]!, shifts[3 * p + 2]!] as const,
        vector: vectors.slice(3 * p, 3 * p + 3),
      })),
  );
}

/** The term between two atoms along a vector, in either direction: squares do not know which way a pair is read. */
function find(
  of: ReadonlyMap<number, readonly Site[]>,
  from: number,
  to: number,
  vector: Float64Array,
): Site | undefined {
  const [a, b, sign] = from <= to ? [from, to, 1] : [to, from, -1];
  return of.get(a)?.find((t) => t.to === b && Math.hypot(...t.vector.map((x, c) => x - sign * vector[c]!)) < SAME);
}

const PAIRS = [
  [0, 0],
  [1, 1],
  [2, 2],
  [0, 1],
  [1, 2],
  [2, 0],
] as const;

/** Orthonormal basis of the tensors [3, 3, 3, 3], symmetric in the first and in the last two indices, that all rotations leave as they are. */
function invariantForms(rotations: readonly Float64Array[]): Float64Array[] {
  const units = PAIRS.map(([a, b]) => unitTensor(a, b));
  const [m, n] = [units.length, units.length ** 2];
  const projector = matrix(n, n);
  for (const rotation of rotations) {
    // On symmetric tensors of rank 2 a rotation is a matrix of 6 × 6; on a product of two of them it is the product with itself.
    const turned = units.map((unit) => rotateTensor(rotation, unit));
    const turn = units.map((unit) => turned.map((t) => unit.reduce((sum, x, k) => sum + x * t[k]!, 0)));
    for (let p = 0; p < n; p++)
      for (let q = 0; q < n; q++)
        projector.values[p * n + q]! +=
          (turn[Math.floor(p / m)]![Math.floor(q / m)]! * turn[p % m]![q % m]!) / rotations.length;
  }
  const { values, vectors } = symmetricEigen(projector);
  return [...values.keys()]
    .filter((k) => values[k]! > 0.5)
    .map((k) => {
      const form = new Float64Array(81);
      for (let p = 0; p < n; p++) {
        const [left, right] = [units[Math.floor(p / m)]!, units[p % m]!];
        for (let q = 0; q < 81; q++) form[q]! += vectors.values[p * n + k]! * left[Math.floor(q / 9)]! * right[q % 9]!;
      }
      return form;
    });
}

/** Symmetric unit tensor [3, 3] of length 1. */
function unitTensor(a: number, b: number): Float64Array {
  const unit = new Float64Array(9);
  unit[3 * a + b] = unit[3 * b + a] = a === b ? 1 : Math.SQRT1_2;
  return unit;
}

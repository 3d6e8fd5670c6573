import { type Alignment, align } from "./alignment.js";
import { bonds } from "./bonds.js";
import { requireSameAtoms } from "./displacement.js";
import { atomicMasses } from "./elements.js";
import type { Structure } from "./structure.js";

/** More labellings than this are not searched, nor more than a hundred partial ones for each. */
const MOST_LABELLINGS = 1000;
/** Two labellings nearer than this, Å times the root of the total mass, are one turned. */
const SAME = 1e-3;

/** Permutations of a molecule's identical nuclei, one for each of its equivalent minima. */
export interface Labellings {
  /** Each [n]: entry i is the atom called i. The first is the identity. */
  readonly permutations: readonly Int32Array[];
  /** Structures this near the reference, Å·√u, are nearest to it as they are labelled, by the triangle inequality. */
  readonly near: number;
  /** False if the search was given up, with the identity alone. */
  readonly complete: boolean;
}

/** A structure and how it lies on the reference, its like atoms called by the names that fit the reference best. */
export interface LabelledAlignment extends Alignment {
  /** Positions in the order of the reference, [n, 3], Å. */
  readonly positions: Float64Array;
}

/**
 * Ways to exchange like atoms of a molecule that keep its bonds and that no rotation of the reference undoes: the six of methanol are
 * the three wells of its methyl group and their mirror images (Longuet-Higgins, Mol. Phys. 6, 445 (1963)).
 */
export function labellings(reference: Structure, masses = atomicMasses(reference.species)): Labellings {
  const identity = Int32Array.from(reference.species, (_, i) => i);
  const all = automorphisms(reference);
  if (!all) return { permutations: [identity], near: Number.POSITIVE_INFINITY, complete: false };
  const same = SAME * Math.sqrt(masses.reduce((sum, m) => sum + m, 0));
  const distances = all.map((p) => distance(align(reference, relabel(reference, p), masses), masses));
  const rotations = all.filter((_, k) => distances[k]! < same);
  const permutations: Int32Array[] = [identity];
  const covered = new Set(rotations.map(String));
  let near = Number.POSITIVE_INFINITY;
  all.forEach((p, k) => {
    if (covered.has(String(p))) return;
    permutations.push(p);
    near = Math.min(near, distances[k]! / 2);
    for (const r of rotations) covered.add(String(p.map((_, i) => p[r[i]!]!)));
  });
  return { permutations, near, complete: true };
}

/**
 * Returns a function that superposes structures on the reference, see {@link align}, with like atoms exchanged where that brings
 * them nearer: nuclei of a kind cannot be told apart, and a molecule that has gone over to an equivalent minimum (a methyl group
 * turned by 120°, an inverted umbrella) is compared with that minimum. At the border of two wells the result jumps.
 * @param masses one per atom, default standard atomic weights, u
 * @throws ShapeError (the function returned) if the atoms differ
 */
export function labelledAligner(
  reference: Structure,
  masses = atomicMasses(reference.species),
): (s: Structure) => LabelledAlignment {
  const { permutations, near } = labellings(reference, masses);
  return (s) => {
    requireSameAtoms(reference, s, "align");
    let best: LabelledAlignment = { ...align(reference, s, masses), positions: s.positions };
    let least = distance(best, masses);
    if (least <= near) return best;
    for (const p of permutations.slice(1)) {
      const called = relabel(s, p);
      const lies = align(reference, called, masses);
      const apart = distance(lies, masses);
      if (apart < least) [best, least] = [{ ...lies, positions: called.positions }, apart];
    }
    return best;
  };
}

/** Atom i of the result is atom p[i] of the structure. */
function relabel(s: Structure, p: Int32Array): Structure {
  const positions = new Float64Array(s.positions.length);
  p.forEach((from, i) => {
    positions.set(s.positions.subarray(3 * from, 3 * from + 3), 3 * i);
  });
  return { ...s, positions };
}

/** Root of Σ m |displacement|², Å·√u: a metric of shapes, since rotations and permutations keep it. */
function distance({ displacements }: Alignment, masses: Float64Array): number {
  return Math.sqrt(displacements.reduce((sum, d, p) => sum + masses[Math.floor(p / 3)]! * d * d, 0));
}

/** Permutations that keep species and bonds, `undefined` if there are too many. */
function automorphisms(s: Structure): Int32Array[] | undefined {
  const n = s.species.length;
  const bonded = new Uint8Array(n * n);
  for (const [i, j] of bonds(s)) bonded[i * n + j] = bonded[j * n + i] = 1;
  const degree = s.species.map((_, i) => bonded.subarray(i * n, i * n + n).reduce((sum, b) => sum + b, 0));
  const found: Int32Array[] = [];
  const image = new Int32Array(n);
  const used = new Uint8Array(n);
  let tried = 0;
  const extend = (i: number): boolean => {
    if (++tried > 100 * MOST_LABELLINGS || found.length > MOST_LABELLINGS) return false;
    if (i === n) {
      found.push(image.slice());
      return true;
    }
    for (let j = 0; j < n; j++) {
      if (used[j] || s.species[j] !== s.species[i] || degree[j] !== degree[i]) continue;
      let fits = true;
      for (let k = 0; k < i && fits; k++) fits = bonded[i * n + k] === bonded[j * n + image[k]!];
      if (!fits) continue;
      image[i] = j;
      used[j] = 1;
      const within = extend(i + 1);
      used[j] = 0;
      if (!within) return false;
    }
    return true;
  };
  return extend(0) && found.length <= MOST_LABELLINGS ? found : undefined;
}

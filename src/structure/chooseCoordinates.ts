import { DataError } from "../errors.js";
import { bonds, pairs } from "./bonds.js";
import { atomicMasses } from "./elements.js";
import { type InternalCoordinate, wilsonInverse, wilsonMatrix } from "./internalCoordinates.js";
import type { Structure } from "./structure.js";

/** Angles straighter than 175° are left out: their derivative is undefined at π. */
const LEAST_SINE = Math.sin((5 * Math.PI) / 180);

/**
 * A complete, in general redundant, set of internal coordinates of a molecule: every bond, every angle between bonds, every
 * dihedral along bonds, the distances between atoms of separate fragments, and improper dihedrals where these leave an out-of-plane
 * motion undescribed. Equivalent atoms get equivalent coordinates.
 * @throws DataError if the coordinates cannot describe every vibration (linear molecules), or for fewer than two atoms
 */
export function internalCoordinates(s: Structure): readonly InternalCoordinate[] {
  const where = "internalCoordinates";
  const n = s.species.length;
  if (n < 2) throw new DataError({ where, problem: `${n} atoms have no internal coordinates` });
  const bonded = bonds(s);
  const partners = Array.from({ length: n }, (_, i) =>
    bonded.flatMap(([a, b]) => (a === i ? [b] : b === i ? [a] : [])),
  );
  const isBent = (i: number, j: number, k: number) => sine(s.positions, i, j, k) > LEAST_SINE;
  const fragment = fragments(n, bonded);
  const apart = pairs([...fragment.keys()]).filter(([i, j]) => fragment[i] !== fragment[j]);
  const set: InternalCoordinate[] = [...bonded, ...apart].map((atoms) => ({ kind: "bond", atoms }));
  partners.forEach((p, j) => {
    for (const [i, k] of pairs(p)) if (isBent(i, j, k)) set.push({ kind: "angle", atoms: [i, j, k] });
  });
  for (const [j, k] of bonded)
    for (const i of partners[j]!)
      for (const l of partners[k]!)
        if (i !== k && l !== j && i !== l && isBent(i, j, k) && isBent(j, k, l))
          set.push({ kind: "dihedral", atoms: [i, j, k, l] });
  const masses = atomicMasses(s.species);
  const needed = 3 * n - (isLinear(s) ? 5 : 6);
  const rank = () => wilsonInverse(wilsonMatrix(set, s.positions), masses).rank;
  if (rank() < needed) {
    partners.forEach((p, center) => {
      for (const [a, b] of pairs(p))
        for (const c of p)
          if (c !== a && c !== b && isBent(a, center, c) && isBent(center, c, b))
            set.push({ kind: "dihedral", atoms: [a, center, c, b] });
    });
    const reached = rank();
    if (reached < needed)
      throw new DataError({
        where,
        problem: `bonds, angles and dihedrals describe ${reached} of ${needed} vibrations`,
        advice: "use the Eckart frame for molecules with straight bonds",
      });
  }
  return set;
}

/** A number per atom, equal within a fragment. */
function fragments(n: number, list: readonly (readonly [number, number])[]): number[] {
  const label = Array.from({ length: n }, (_, i) => i);
  for (const [a, b] of list) {
    const [from, to] = [label[b]!, label[a]!];
    label.forEach((x, i) => {
      if (x === from) label[i] = to;
    });
  }
  return label;
}

/** Whether all atoms lie on one line, to 1e-4 rad. */
export function isLinear(s: Structure): boolean {
  const others = s.species.map((_, i) => i).slice(1);
  return others.every((j) => others.every((k) => j === k || sine(s.positions, j, 0, k) < 1e-4));
}

/** Sine of the angle i-j-k. */
function sine(x: Float64Array, i: number, j: number, k: number): number {
  const u = [0, 1, 2].map((c) => x[3 * i + c]! - x[3 * j + c]!) as [number, number, number];
  const v = [0, 1, 2].map((c) => x[3 * k + c]! - x[3 * j + c]!) as [number, number, number];
  const normal = Math.hypot(u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]);
  return normal / (Math.hypot(...u) * Math.hypot(...v));
}

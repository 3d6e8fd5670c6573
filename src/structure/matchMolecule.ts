import { DataError } from "../errors.js";
import { align } from "./alignment.js";
import { bondedPairs } from "./groups.js";
import type { Structure } from "./structure.js";

/** Whether two atoms of one species may stand for each other, e.g. because their masses are the same. */
type Alike = (reference: number, target: number) => boolean;

/** Ways of putting atoms on each other that are tried; methylammonium has 36, benzene 12. */
const MOST = 20_000;

/**
 * Which atom of a molecule is which of another: the bonds must agree, and of the ways that are left the one that lies best on the reference
 * after a proper rotation is taken.
 * @param target the same molecule, free and in one piece, its atoms in any order
 * @param alike whether an atom of the reference may lie on one of the target, beyond their species; default any
 * @returns for each atom of the reference the number of the target's
 * @throws DataError if the bonds do not agree, or there are more than 20,000 ways
 */
export function matchMolecule(reference: Structure, target: Structure, alike: Alike = () => true): number[] {
  const ways = isomorphisms(reference, target, alike);
  let best: { readonly way: number[]; readonly rest: number } | undefined;
  for (const way of ways) {
    const { displacements } = align(reference, reordered(target, way));
    const rest = displacements.reduce((sum, d) => sum + d * d, 0);
    if (!best || rest < best.rest) best = { way, rest };
  }
  if (best) return best.way;
  throw new DataError({
    where: "matchMolecule",
    problem: `atoms ${target.species.join(" ")} are not bonded as ${reference.species.join(" ")} of the reference`,
    advice: "give whole molecules of the reference's kind",
  });
}

/** The atoms of the given numbers, in their order. */
export function reordered(s: Structure, atoms: readonly number[]): Structure {
  return {
    ...s,
    species: atoms.map((i) => s.species[i]!),
    positions: Float64Array.from(atoms.flatMap((i) => [...s.positions.subarray(3 * i, 3 * i + 3)])),
  };
}

/** All ways of mapping the reference's atoms on the target's that keep species and bonds. */
function isomorphisms(reference: Structure, target: Structure, alike: Alike): number[][] {
  const n = reference.species.length;
  if (target.species.length !== n) return [];
  const [a, b] = [reference, target].map((s) => {
    const bonds = bondedPairs(s).map(([i, j]) => i * n + j);
    return new Set(bonds);
  }) as [Set<number>, Set<number>];
  if (a.size !== b.size) return [];
  const found: number[][] = [];
  const extend = (way: number[]): void => {
    const i = way.length;
    if (i === n) {
      found.push(way);
      if (found.length > MOST)
        throw new DataError({
          where: "matchMolecule",
          problem: `more than ${MOST} ways to put the atoms on each other`,
        });
      return;
    }
    for (let j = 0; j < n; j++) {
      if (way.includes(j) || target.species[j] !== reference.species[i] || !alike(i, j)) continue;
      if (way.every((other, k) => a.has(i * n + k) === b.has(j * n + other))) extend([...way, j]);
    }
  };
  extend([]);
  return found;
}

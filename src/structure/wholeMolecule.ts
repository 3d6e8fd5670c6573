/** A molecule of a periodic structure in one piece. */
import { DataError } from "../errors.js";
import { bondedPairs } from "./groups.js";
import { reordered } from "./matchMolecule.js";
import { imageReducer } from "./minimumImage.js";
import type { Structure } from "./structure.js";

/** Bonds of two routes to the same atom agree to this, Å; cell vectors are far longer. */
const SAME = 1e-6;

/**
 * The atoms of a molecule as its bonds join them: from the first on, breadth first, each at the image nearest to the atom it is bonded to. A
 * molecule longer than half the cell comes out whole, which images nearest to one atom would fold.
 * @param atoms their numbers, the first of which stays where it is
 * @returns a free molecule, its atoms in the order given
 * @throws DataError if bonds (1.3 times the sum of covalent radii) do not join all atoms, or join the molecule to its own image
 */
export function wholeMolecule(s: Structure, atoms: readonly number[], where = "wholeMolecule"): Structure {
  const part = reordered(s, atoms);
  const { species, positions } = part;
  const pairs = bondedPairs(part);
  const partners = atoms.map((): number[] => []);
  for (const [i, j] of pairs) partners[i]!.push(j);
  const reduce = imageReducer(s.cell, s.periodic);
  const bond = (i: number, j: number): Float64Array => {
    const d = Float64Array.from([0, 1, 2], (c) => positions[3 * j + c]! - positions[3 * i + c]!);
    reduce(d, 0);
    return d;
  };
  const reached = new Set([0]);
  for (const i of reached)
    for (const j of partners[i]!) {
      if (reached.has(j)) continue;
      bond(i, j).forEach((d, c) => {
        positions[3 * j + c] = positions[3 * i + c]! + d;
      });
      reached.add(j);
    }
  const apart = atoms.findIndex((_, k) => !reached.has(k));
  if (apart >= 0)
    throw new DataError({
      where,
      problem: `no chain of bonds joins atom ${atoms[apart]} (${species[apart]}) to atom ${atoms[0]} (${species[0]})`,
      advice: 'give the atoms of one whole molecule, see atomGroups with { kind: "molecules" }',
    });
  const known = new Set<number>();
  const again = (pair: number): boolean => known.size === known.add(pair).size;
  const endless = pairs.find(
    ([i, j]) =>
      i === j ||
      // Bonded to two images of the same atom.
      again(i * atoms.length + j) ||
      bond(i, j).some((d, c) => Math.abs(positions[3 * j + c]! - positions[3 * i + c]! - d) > SAME),
  );
  if (endless)
    throw new DataError({
      where,
      problem: `atoms ${atoms[endless[0]]} and ${atoms[endless[1]]} are bonded across the cell to the molecule's own image`,
      advice: "chains, layers and networks without end are no molecules: use normalModes and modeSpectrum",
    });
  return { species, positions, periodic: [false, false, false] };
}

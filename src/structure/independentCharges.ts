import { DataError } from "../errors.js";
import { readOptions, record } from "../options/record.js";
import { integer, list, positive } from "../options/values.js";
import { rotateTensor } from "./rotateTensor.js";
import type { Structure } from "./structure.js";
import { symmetry } from "./symmetry.js";

const OPTIONS = record({
  atoms: list(integer({ atLeast: 0 })).optional(),
  tolerance: positive("Å").optional(),
});

/**
 * Born charges of every atom from those of the symmetry-independent ones: Z*_{g(i)} = R Z*_i Rᵀ for an operation {R|t} that
 * takes atom i to g(i).
 * @param independent [k, 3, 3] in the order of the independent atoms in the structure, or of all n atoms (then returned)
 * @param options.atoms which atoms they belong to, from 0, in the structure or in a smaller cell that it is a supercell of (as
 * phonopy builds it, all images of an atom one after another); default the first of each kind of equivalent atoms
 * @param options.tolerance Å, within which positions are equivalent, default 1e-3
 * @returns [n, 3 (field), 3 (displacement)], e
 * @throws DataError if their number is neither that of the independent atoms nor that of all, or if `atoms` leaves some out
 */
export function bornChargesOfAtoms(
  s: Structure,
  independent: Float64Array,
  options: { readonly atoms?: readonly number[]; readonly tolerance?: number } = {},
): Float64Array {
  const read = readOptions(OPTIONS, options, "bornChargesOfAtoms");
  const n = s.species.length;
  if (independent.length === 9 * n) return independent.slice();
  const group = symmetry(s, read.tolerance);
  const orbits = [...new Set(group.equivalent)];
  const count = independent.length / 9;
  const where = "Born charges";
  const advice = "give the cell and the setting that the tensors were computed in, or tensors for every atom";
  const independents = `the structure has ${n} atoms, ${orbits.length} of them independent (${orbits.map((a) => `${s.species[a]} ${a + 1}`).join(", ")}; ${group.symbol})`;
  if (count !== orbits.length) throw new DataError({ where, problem: `${count} tensors; ${independents}`, advice });
  const atoms = read.atoms ? independentAtoms(read.atoms, group.equivalent, orbits.length) : orbits;
  if (!atoms)
    throw new DataError({
      where,
      problem: `they are said to be those of atoms ${read.atoms!.map((a) => a + 1).join(", ")}; ${independents}`,
      advice,
    });
  const all = new Float64Array(9 * n).fill(Number.NaN);
  atoms.forEach((atom, k) => {
    const z = independent.subarray(9 * k, 9 * k + 9);
    for (const { rotation, permutation } of group.operations) {
      const image = permutation[atom]!;
      if (Number.isNaN(all[9 * image])) all.set(rotateTensor(rotation, z), 9 * image);
    }
  });
  return all;
}

/**
 * The atoms of the structure that atoms of it, or of a smaller cell, are: one of each kind of equivalent atoms. With m cells in
 * the structure atom a of the cell is atom m·a.
 */
function independentAtoms(
  said: readonly number[],
  equivalent: Int32Array,
  kindsInAll: number,
): readonly number[] | undefined {
  const n = equivalent.length;
  const kinds = (m: number) => said.map((a) => equivalent[m * a]);
  const fits = (m: number) => {
    const found = kinds(m);
    return found.every((k) => k !== undefined) && said.length === kindsInAll && new Set(found).size === kindsInAll;
  };
  if (fits(1)) return said;
  const multiples = Array.from({ length: n }, (_, m) => m + 1).filter((m) => m > 1 && n % m === 0 && fits(m));
  const [m] = multiples;
  // Cells of different size must mean the same.
  if (m === undefined || multiples.some((other) => kinds(other).some((k, i) => k !== kinds(m)[i]))) return undefined;
  return said.map((a) => m * a);
}

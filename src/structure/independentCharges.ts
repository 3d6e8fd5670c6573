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
 * @param options.atoms which atoms they belong to, from 0; default the first of each kind of equivalent atoms
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
  const atoms = read.atoms?.every((a) => a < n) && read.atoms.length === count ? read.atoms : orbits;
  const where = "Born charges";
  if (count !== orbits.length || new Set(atoms.map((a) => group.equivalent[a])).size !== orbits.length)
    throw new DataError({
      where,
      problem: `${count} tensors; the structure has ${n} atoms, ${orbits.length} of them independent (${orbits.map((a) => `${s.species[a]} ${a + 1}`).join(", ")}; ${group.symbol})`,
      advice: "give the cell and the setting that the tensors were computed in, or tensors for every atom",
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

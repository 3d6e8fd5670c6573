/** Born charges and ε∞ from a file beside the reference, for the atoms of the reference. */
import { DataError } from "../errors.js";
import { loadBorn, startsLikeBorn } from "../io/born.js";
import { firstLines } from "../io/formats.js";
import type { ReadOptions } from "../io/source.js";
import type { Frame } from "../structure/frame.js";
import { bornChargesOfAtoms } from "../structure/independentCharges.js";
import type { Structure } from "../structure/structure.js";
import { translatedCharges } from "../structure/translatedCharges.js";

/**
 * Born charges for every atom of the reference, with ε∞ where the file has it: from phonopy's BORN, or from the first frame of any
 * other file, whose cell may be a smaller one of the same crystal.
 * @param first reads the first frame of a file
 * @throws DataError for a file without Born charges, or of another structure
 */
export async function bornOf(
  file: string,
  reference: Structure,
  first: (file: string) => Promise<Frame>,
  options: ReadOptions,
): Promise<Pick<Frame, "bornCharges" | "dielectric">> {
  if (startsLikeBorn(await firstLines(file))) {
    const { bornCharges, dielectric, atoms } = await loadBorn(file, options);
    return { bornCharges: bornChargesOfAtoms(reference, bornCharges, atoms ? { atoms } : {}), dielectric };
  }
  const { structure, bornCharges, dielectric } = await first(file);
  if (!bornCharges)
    throw new DataError({
      where: file,
      problem: `no Born charges in its first frame${dielectric ? ", only ε∞" : ""}`,
      advice: "give with --born a file that has them, e.g. BORN of phonopy or an OUTCAR with LEPSILON or LCALCEPS",
    });
  const own = translatedCharges(structure, bornCharges, reference);
  if (!own)
    throw new DataError({
      where: file,
      problem: `its ${atomsOf(structure)} are not those of the reference, ${atomsOf(reference)}: no translation brings one onto the other to within 0.3 Å, or the cells differ by more than 3 %`,
      advice: "give Born charges of the same structure in the same orientation",
    });
  return { bornCharges: own, ...(dielectric && { dielectric }) };
}

/** "2 atoms (Na Cl) in a cell of 4.000, 4.000, 4.000 Å" */
function atomsOf({ species, cell }: Structure): string {
  const shown = `${species.slice(0, 6).join(" ")}${species.length > 6 ? " …" : ""}`;
  const lengths = cell && [0, 3, 6].map((o) => Math.hypot(...cell.subarray(o, o + 3)).toFixed(3)).join(", ");
  return `${species.length} atoms (${shown})${lengths ? ` in a cell of ${lengths} Å` : ""}`;
}

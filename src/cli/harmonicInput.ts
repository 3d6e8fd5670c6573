/** The reference structure and forces that the modes of `harmonic` come from. */
import { DataError, OptionError } from "../errors.js";
import { loadBorn, startsLikeBorn } from "../io/born.js";
import { loadForces } from "../io/forceSets.js";
import { detectFormat, firstLines } from "../io/formats.js";
import { readFrames } from "../io/load.js";
import { linearResponse } from "../model/linearResponse/linearResponse.js";
import { type DisplacedForces, displacedForces, type SnapshotForces } from "../spectrum/displacedForces.js";
import { polarizabilityDerivatives } from "../spectrum/polarizabilityDerivatives.js";
import type { Frame } from "../structure/frame.js";
import { bornChargesOfAtoms } from "../structure/independentCharges.js";
import type { Structure } from "../structure/structure.js";
import { type FileFlags, loadOptions, readOptionsOf } from "./fileOptions.js";
import { interruptSignal } from "./output.js";
import { datasetOf } from "./series.js";

/** Files besides the reference. */
export interface HarmonicInputFlags extends FileFlags {
  readonly displaced?: string;
  readonly forceSets?: string;
  readonly born?: string;
}

/** What harmonic modes are made of. */
export interface HarmonicInput {
  readonly reference: Frame;
  readonly displaced: readonly Frame[];
  readonly forces: readonly (DisplacedForces | SnapshotForces)[];
}

export async function readHarmonicInput(source: string, flags: HarmonicInputFlags): Promise<HarmonicInput> {
  const signal = interruptSignal();
  const set = await datasetOf(source, flags, signal);
  if (set) {
    const { reference, displaced } = set;
    if (!reference) throw new DataError({ where: source, problem: "the data set has no reference structure" });
    return { reference, displaced, forces: displacedForces(reference, displaced) };
  }
  const read = async (file: string): Promise<Frame[]> => readFrames(file, { ...loadOptions(flags), signal });
  const first = async (file: string): Promise<Frame> => {
    const [frame] = await read(file);
    if (!frame) throw new DataError({ where: file, problem: "no frames" });
    return frame;
  };
  // Displacements of a phonopy run belong to its supercell.
  const supercell = flags.forceSets !== undefined && (await detectFormat(source)) === "phonopy";
  const plain = supercell ? (await readFrames(source, { phonopyCell: "super", signal }))[0]! : await first(source);
  const { bornCharges, dielectric } = flags.born ? await bornFrame(flags.born, plain.structure, first, flags) : plain;
  const reference = { ...plain, ...(bornCharges && { bornCharges }), ...(dielectric && { dielectric }) };
  if (flags.forceSets) {
    const forces = await loadForces(flags.forceSets, reference.structure.species.length, readOptionsOf(flags));
    return { reference, displaced: [], forces };
  }
  if (!flags.displaced)
    throw new OptionError("harmonic: give the displaced structures with --displaced, or --force-sets");
  const displaced = await read(flags.displaced);
  return { reference, displaced, forces: displacedForces(reference, displaced) };
}

/** Born charges and ε∞ for every atom: from phonopy's BORN, or from the first frame of any other file. */
async function bornFrame(
  file: string,
  structure: Structure,
  first: (file: string) => Promise<Frame>,
  flags: FileFlags,
): Promise<Pick<Frame, "bornCharges" | "dielectric">> {
  if (!startsLikeBorn(await firstLines(file))) return first(file);
  const { bornCharges, dielectric, atoms } = await loadBorn(file, readOptionsOf(flags));
  return { bornCharges: bornChargesOfAtoms(structure, bornCharges, atoms ? { atoms } : {}), dielectric };
}

/** ∂α/∂x, [n, 3, 3, 3], Å², where reference and displaced frames have polarizabilities or, of a crystal, dielectric tensors. */
export async function derivativesOf({ reference, displaced }: HarmonicInput): Promise<Float64Array | undefined> {
  const quantity = (["polarizability", "dielectric"] as const).find(
    (q) => reference[q] && displaced.length > 0 && displaced.every((f) => f[q]),
  );
  if (!quantity || (quantity === "dielectric" && !reference.structure.cell)) return undefined;
  return polarizabilityDerivatives(await linearResponse(reference, displaced, { quantity }));
}

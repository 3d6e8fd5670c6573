/** The reference structure and forces that the modes of `harmonic` come from. */
import { DataError, OptionError } from "../errors.js";
import { type FieldUnits, fieldScales } from "../io/fieldUnits.js";
import { loadForces } from "../io/forceSets.js";
import type { LoadOptions } from "../io/format.js";
import { detectFormat, takesOption } from "../io/formats.js";
import { readFrames } from "../io/load.js";
import { loadPhonopyForces } from "../io/phonopyForces.js";
import type { PhonopyUnits } from "../io/phonopyUnits.js";
import { linearResponse } from "../model/linearResponse/linearResponse.js";
import { type DisplacedForces, displacedForces, type SnapshotForces } from "../spectrum/displacedForces.js";
import { polarizabilityDerivatives } from "../spectrum/polarizabilityDerivatives.js";
import type { Frame } from "../structure/frame.js";
import { bornOf } from "./bornInput.js";
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
  const optionsOf = await optionsByFile(source, flags);
  const read = async (file: string): Promise<Frame[]> => readFrames(file, { ...optionsOf(file), signal });
  const first = async (file: string): Promise<Frame> => firstOf(await read(file), file);
  // Displacements of a phonopy run belong to its supercell.
  const ofPhonopy = !flags.displaced && (await detectFormat(source)) === "phonopy";
  const plain = ofPhonopy
    ? firstOf(await readFrames(source, { ...optionsOf(source), phonopyCell: "super", signal }), source)
    : await first(source);
  const { bornCharges, dielectric } = flags.born
    ? await bornOf(flags.born, plain.structure, first, readOptionsOf(flags))
    : plain;
  const reference = { ...plain, ...(bornCharges && { bornCharges }), ...(dielectric && { dielectric }) };
  const inFile = ofPhonopy ? await loadPhonopyForces(source, { ...readOptionsOf(flags), signal }) : undefined;
  if (flags.forceSets) {
    const scales = forceSetsScales(inFile?.units, loadOptions(flags).units, source);
    const atoms = reference.structure.species.length;
    const forces = await loadForces(flags.forceSets, atoms, { ...readOptionsOf(flags), ...scales });
    return { reference, displaced: [], forces };
  }
  if (inFile && inFile.forces.length > 0) return { reference, displaced: [], forces: inFile.forces };
  if (!flags.displaced)
    throw new OptionError(
      inFile
        ? `harmonic: ${source} has no forces; give its FORCE_SETS with --force-sets, or the file that phonopy writes with forces (phonopy_params.yaml)`
        : "harmonic: give the displaced structures with --displaced, or --force-sets",
    );
  const displaced = await read(flags.displaced);
  return { reference, displaced, forces: displacedForces(reference, displaced) };
}

/** The options for each of the files: of those that only some formats take, the ones that its format does, if any file's does. */
async function optionsByFile(source: string, flags: HarmonicInputFlags): Promise<(file: string) => LoadOptions> {
  const files = [source, flags.displaced, flags.born].flatMap((file) => file ?? []);
  const formats = new Map<string, string | undefined>();
  for (const file of files) formats.set(file, flags.format ?? (await detectFormat(file)));
  const options = loadOptions(flags);
  // FORCE_SETS does not say its units.
  const taken = (option: string): boolean =>
    (option === "units" && flags.forceSets !== undefined) ||
    [...formats.values()].some((format) => takesOption(format, option));
  return (file) =>
    Object.fromEntries(
      Object.entries(options).filter(([option]) => takesOption(formats.get(file), option) || !taken(option)),
    );
}

function firstOf([frame]: readonly Frame[], file: string): Frame {
  if (frame) return frame;
  throw new DataError({ where: file, problem: "no frames" });
}

/** What FORCE_SETS is in: as the file of phonopy beside it states, else as the options say, else Å and eV/Å as with VASP. */
function forceSetsScales(
  stated: PhonopyUnits | undefined,
  units: FieldUnits | undefined,
  source: string,
): { readonly lengthUnit: number; readonly forceUnit: number } {
  const said = fieldScales(units);
  // Printed with few digits, as 0.529.
  for (const field of ["length", "forces"] as const)
    if (stated?.[field] !== undefined && said[field] !== undefined && Math.abs(said[field] / stated[field] - 1) > 1e-3)
      throw new OptionError({
        where: field === "length" ? "--length-unit" : "--unit forces",
        problem: `says ${said[field]} ${field === "length" ? "Å" : "eV/Å"}, but by its calculator or physical_unit ${source} has ${stated[field]}`,
        advice: "leave the option out, or correct the file",
      });
  if (stated && (stated.forces ?? said.forces) === undefined)
    throw new OptionError({
      where: source,
      problem: `lengths are in units of ${stated.length} Å, and neither a calculator nor physical_unit says what forces are in`,
      advice:
        "say it, e.g. --unit forces=ry/bohr as with Quantum ESPRESSO, or --unit forces=eV/Å as with Abinit and SIESTA",
    });
  return {
    lengthUnit: stated?.length ?? said.length ?? 1,
    forceUnit: stated?.forces ?? said.forces ?? 1,
  };
}

/** ∂α/∂x, [n, 3, 3, 3], Å², where reference and displaced frames have polarizabilities or, of a crystal, dielectric tensors. */
export async function derivativesOf({ reference, displaced }: HarmonicInput): Promise<Float64Array | undefined> {
  const quantity = (["polarizability", "dielectric"] as const).find(
    (q) => reference[q] && displaced.length > 0 && displaced.every((f) => f[q]),
  );
  if (!quantity || (quantity === "dielectric" && !reference.structure.cell)) return undefined;
  return polarizabilityDerivatives(await linearResponse(reference, displaced, { quantity }));
}

import { Command } from "commander";
import { DataError, OptionError } from "../errors.js";
import { spectrumFigure } from "../figure/spectrum.js";
import { renderSvg } from "../figure/static.js";
import { loadBorn, startsLikeBorn } from "../io/born.js";
import { loadForces } from "../io/forceSets.js";
import { detectFormat, firstLines } from "../io/formats.js";
import { readFrames } from "../io/load.js";
import { linearResponse } from "../model/linearResponse/linearResponse.js";
import type { Broadening } from "../spectrum/broadening.js";
import { type DisplacedForces, displacedForces, type SnapshotForces } from "../spectrum/displacedForces.js";
import { forceConstants } from "../spectrum/forceConstants.js";
import { harmonicInfrared, harmonicRaman } from "../spectrum/harmonic.js";
import { infraredIntensities, kilometrePerMole, ramanActivities } from "../spectrum/modeActivities.js";
import { peaks } from "../spectrum/peaks.js";
import { type NormalModes, normalModes } from "../spectrum/phonons.js";
import type { Frame } from "../structure/frame.js";
import { bornChargesOfAtoms } from "../structure/independentCharges.js";
import type { Structure } from "../structure/structure.js";
import { interruptSignal, print, printJson, printTable } from "./output.js";
import { broadeningOption, keyOption, listOption, positiveOption } from "./parse.js";
import { datasetOf, type FileFlags, loadOptions } from "./series.js";
import { writeSpectrum } from "./spectrumOutput.js";

interface HarmonicFlags extends FileFlags {
  readonly displaced?: string;
  readonly forceSets?: string;
  readonly born?: string;
  readonly spectrum?: "infrared" | "raman";
  readonly direction?: readonly string[];
  readonly temperature?: number;
  readonly broadening?: Broadening;
  readonly out?: string;
  readonly json?: boolean;
}

/** `spectensor harmonic REFERENCE` */
export function harmonicCommand(): Command {
  return new Command("harmonic")
    .description("normal modes at Γ with infrared and Raman intensities, from the forces on displaced structures")
    .argument(
      "<reference>",
      "file whose first frame is the relaxed structure, or the id of a data set with displaced structures",
    )
    .option("--displaced <file>", "frames with one displaced atom each, and forces (and dipoles or polarizabilities)")
    .option("--force-sets <file>", "a FORCE_SETS file (type 1 or 2) for the reference's cell, in place of --displaced")
    .option(
      "--born <file>",
      "phonopy's BORN, or a file whose first frame has Born charges (and ε∞), if the reference has none",
    )
    .option("--spectrum <kind>", "infrared or raman: a broadened spectrum instead of the list of modes", spectrumOption)
    .option("--direction <x,y,z>", "of approach to Γ: adds the non-analytic term (LO modes)", listOption)
    .option(
      "--temperature <K>",
      "of the thermal factor of Raman intensities (default: 300)",
      positiveOption("temperature"),
    )
    .option("--broadening <shape>", "of the spectrum (default: lorentzian:10)", broadeningOption)
    .option("--key <quantity=name>", "name in the files, e.g. dipole=mu; may be repeated", keyOption)
    .option(
      "--bec-order <order>",
      "of the two indices in an extended XYZ file: field-displacement (default) or displacement-field",
    )
    .option(
      "--out <what>",
      "with --spectrum: csv, json or svg on standard output, or a file with one of these endings",
      "csv",
    )
    .option("--json", "print one JSON object")
    .addHelpText("after", EXAMPLES)
    .action(async (source: string, flags: HarmonicFlags) => {
      const { reference, displaced, forces } = await readInput(source, flags);
      const born = reference.bornCharges;
      const modes = normalModes(forceConstants(reference.structure, forces), {
        ...(flags.direction && { nonAnalytic: { ...nonAnalytic(reference), direction: direction(flags.direction) } }),
      });
      const derivatives = await polarizabilityDerivatives(reference, displaced);
      if (flags.spectrum) return writeLines(modes, born, derivatives, flags);
      const list = modeList(modes, born, derivatives);
      if (flags.json) printJson({ modes: list, atoms: reference.structure.species.length });
      else {
        const keys = Object.keys(list[0]!) as (keyof (typeof list)[0])[];
        printTable(
          keys,
          list.map((m) => keys.map((k) => (k === "mode" ? m[k]! : m[k]!.toFixed(3)))),
        );
        if (!born) print("no Born charges: no infrared intensities (give --born)");
      }
    });
}

/** One line per mode: cm⁻¹, |∂P/∂Q|² in km/mol, 45a′² + 7γ′² in Å⁴/u. */
function modeList(
  modes: NormalModes,
  born: Float64Array | undefined,
  derivatives: Float64Array | undefined,
): { mode: number; wavenumber: number; infrared?: number; raman?: number }[] {
  const intensities = born && infraredIntensities(modes, born);
  const activities = derivatives && ramanActivities(modes, derivatives).activities;
  return Array.from(modes.wavenumbers, (wavenumber, k) => ({
    mode: k + 1,
    wavenumber,
    ...(intensities && { infrared: intensities[k]! * kilometrePerMole }),
    ...(activities && { raman: activities[k]! }),
  }));
}

async function writeLines(
  modes: NormalModes,
  born: Float64Array | undefined,
  derivatives: Float64Array | undefined,
  flags: HarmonicFlags,
): Promise<void> {
  const { broadening, temperature } = flags;
  const options = { ...(broadening && { broadening }), ...(temperature !== undefined && { temperature }) };
  const [data, missing] =
    flags.spectrum === "raman"
      ? [derivatives, "the displaced frames have no polarizability or dielectric tensor"]
      : [born, "no Born charges: give --born"];
  if (!data) throw new DataError({ where: `harmonic ${flags.spectrum} spectrum`, problem: missing as string });
  const values = data as Float64Array;
  const spectrum =
    flags.spectrum === "raman" ? harmonicRaman(modes, values, options) : harmonicInfrared(modes, values, options);
  await writeSpectrum(spectrum, flags.json ? "json" : flags.out!, {
    extra: { modes: modeList(modes, born, derivatives) },
    peaks: peaks(spectrum),
    svg: () => renderSvg(spectrumFigure({ harmonic: spectrum })),
  });
}

interface HarmonicInput {
  readonly reference: Frame;
  readonly displaced: readonly Frame[];
  readonly forces: readonly (DisplacedForces | SnapshotForces)[];
}

async function readInput(source: string, flags: HarmonicFlags): Promise<HarmonicInput> {
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
  const { bornCharges, dielectric } = flags.born ? await bornFrame(flags.born, plain.structure, first) : plain;
  const reference = { ...plain, ...(bornCharges && { bornCharges }), ...(dielectric && { dielectric }) };
  if (flags.forceSets) {
    const forces = await loadForces(flags.forceSets, reference.structure.species.length);
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
): Promise<Pick<Frame, "bornCharges" | "dielectric">> {
  if (!startsLikeBorn(await firstLines(file))) return first(file);
  const { bornCharges, dielectric, atoms } = await loadBorn(file);
  return { bornCharges: bornChargesOfAtoms(structure, bornCharges, atoms ? { atoms } : {}), dielectric };
}

/** ∂α/∂x, [n, 3, 3, 3], Å², where the displaced frames have polarizabilities. */
async function polarizabilityDerivatives(
  reference: Frame,
  displaced: readonly Frame[],
): Promise<Float64Array | undefined> {
  if (displaced.length === 0 || !reference.polarizability || !displaced.every((f) => f.polarizability))
    return undefined;
  return (await linearResponse(reference, displaced, { quantity: "polarizability" })).derivatives;
}

function nonAnalytic(reference: Frame): { bornCharges: Float64Array; epsilonInfinity: Float64Array } {
  const { bornCharges, dielectric } = reference;
  if (!bornCharges || !dielectric)
    throw new DataError({
      where: "--direction",
      problem: `the non-analytic term needs Born charges and ε∞, found ${bornCharges ? "no ε∞" : "no Born charges"}`,
      advice: "give them with --born",
    });
  return { bornCharges, epsilonInfinity: dielectric };
}

function direction(parts: readonly string[]): Float64Array {
  const q = Float64Array.from(parts, Number);
  if (q.length !== 3 || !q.every(Number.isFinite))
    throw new OptionError(`--direction: expected three numbers, e.g. 0,0,1, found "${parts.join(",")}"`);
  return q;
}

function spectrumOption(text: string): "infrared" | "raman" {
  if (text === "infrared" || text === "raman") return text;
  throw new OptionError(`--spectrum: expected infrared or raman, found "${text}"`);
}

const EXAMPLES = `
Examples:
  $ spectensor harmonic h2o
  $ spectensor harmonic POSCAR --force-sets FORCE_SETS --born OUTCAR --spectrum infrared --out lines.svg
  $ spectensor harmonic reference.xyz --displaced displaced.xyz --direction 0,0,1 --json

Columns: wavenumber in cm-1 (negative: imaginary), infrared in km/mol, raman 45a'^2 + 7g'^2 in A^4/u.`;

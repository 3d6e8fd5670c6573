import { Command } from "commander";
import { DataError, OptionError } from "../errors.js";
import { spectrumFigure } from "../figure/spectrum.js";
import { stickFigure } from "../figure/sticks.js";
import { loadBorn, startsLikeBorn } from "../io/born.js";
import { loadForces } from "../io/forceSets.js";
import { detectFormat, firstLines } from "../io/formats.js";
import { readFrames } from "../io/load.js";
import { linearResponse } from "../model/linearResponse/linearResponse.js";
import type { Broadening } from "../spectrum/broadening.js";
import { type DisplacedForces, displacedForces, type SnapshotForces } from "../spectrum/displacedForces.js";
import { type ForceConstants, forceConstants } from "../spectrum/forceConstants.js";
import { harmonicInfrared, harmonicRaman } from "../spectrum/harmonic.js";
import { longitudinalLines, MODE_UNITS, type ModeRow, modeTable } from "../spectrum/modeTable.js";
import { findPeaks } from "../spectrum/peaks.js";
import { type NormalModes, normalModes } from "../spectrum/phonons.js";
import type { Frame } from "../structure/frame.js";
import { bornChargesOfAtoms } from "../structure/independentCharges.js";
import type { Structure } from "../structure/structure.js";
import { type FileFlags, fileOptions, loadOptions, readOptionsOf } from "./fileOptions.js";
import { interruptSignal, print, printJson } from "./output.js";
import { broadeningOption, choiceOption, listOption, positiveOption } from "./parse.js";
import { isStandardOutput, OUT_HELP, type PictureFlags, pictureOptions, writeOutput } from "./pictureOutput.js";
import { datasetOf } from "./series.js";
import { writeSpectrum } from "./spectrumOutput.js";
import { filledColumns, printRows, tableCsv } from "./tableOutput.js";

interface HarmonicFlags extends FileFlags, PictureFlags {
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
  const command = fileOptions(new Command("harmonic"))
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
    .option(
      "--spectrum <kind>",
      "infrared or raman: a broadened spectrum instead of the list of modes",
      choiceOption("spectrum", ["infrared", "raman"]),
    )
    .option("--direction <x,y,z>", "of approach to Γ: adds the non-analytic term (LO modes)", listOption)
    .option(
      "--temperature <K>",
      "of the thermal factor of Raman intensities (default: 300)",
      positiveOption("temperature", "K"),
    )
    .option("--broadening <shape>", "of the spectrum (default: lorentzian:10)", broadeningOption)
    .option("--out <what>", `${OUT_HELP}; pictures show sticks (default: a text table, with --spectrum csv)`);
  return pictureOptions(command)
    .option("--json", "print one JSON object")
    .addHelpText("after", EXAMPLES)
    .action(async (source: string, flags: HarmonicFlags) => {
      const { reference, displaced, forces } = await readInput(source, flags);
      const born = reference.bornCharges;
      const constants = forceConstants(reference.structure, forces);
      const modes = normalModes(constants, {
        ...(flags.direction && { nonAnalytic: { ...nonAnalytic(reference), direction: direction(flags.direction) } }),
      });
      const derivatives = await polarizabilityDerivatives(reference, displaced);
      if (flags.spectrum) return writeLines(modes, born, derivatives, flags);
      const list = modeList(modes, born, derivatives);
      const longitudinal = flags.direction ? [] : longitudinalOf(reference, constants);
      const columns = filledColumns(list, Object.keys(MODE_UNITS));
      if (flags.json || flags.out === "json")
        printJson({
          modes: list,
          ...(longitudinal.length > 0 && { longitudinal }),
          units: MODE_UNITS,
          atoms: reference.structure.species.length,
        });
      else if (flags.out !== undefined) await writeModes(list, columns, flags.out, flags);
      else {
        printRows(list, MODE_UNITS, columns);
        if (longitudinal.length > 0) {
          print("longitudinal lines:");
          printRows(
            longitudinal.map((l) => ({ ...l, direction: l.direction.join(",") })),
            { wavenumber: "cm⁻¹", transverseWavenumber: "cm⁻¹" },
            ["direction", "wavenumber", "transverse", "transverseWavenumber"],
          );
        }
        if (!born) print("no Born charges: no infrared intensities (give --born)");
      }
    });
}

function modeList(
  modes: NormalModes,
  born: Float64Array | undefined,
  derivatives: Float64Array | undefined,
): readonly ModeRow[] {
  return modeTable(modes, { ...(born && { bornCharges: born }), ...(derivatives && { derivatives }) });
}

/** Longitudinal lines of a polar crystal whose Born charges and ε∞ are known. */
function longitudinalOf({ structure, bornCharges, dielectric }: Frame, constants: ForceConstants) {
  if (!structure.cell || !bornCharges || !dielectric) return [];
  return longitudinalLines(constants, { bornCharges, epsilonInfinity: dielectric });
}

/** Modes as CSV or as a stick plot. */
async function writeModes(
  list: readonly ModeRow[],
  columns: readonly string[],
  out: string,
  picture: PictureFlags,
): Promise<void> {
  const vibrations = list.filter((m) => m.kind === "vibration");
  const sticks = (pick: (m: ModeRow) => number | undefined) =>
    vibrations.flatMap((m) => {
      const height = pick(m) ?? 0;
      return height > 0 ? [{ position: m.wavenumber, height, label: m.symmetry }] : [];
    });
  const [y, chosen] = vibrations.some((m) => m.infrared !== undefined)
    ? [{ quantity: "Infrared intensity", unit: MODE_UNITS.infrared }, sticks((m) => m.infrared)]
    : [{ quantity: "Raman activity", unit: MODE_UNITS.raman }, sticks((m) => m.raman)];
  await writeOutput(
    out,
    {
      csv: () => tableCsv(list, MODE_UNITS, columns),
      json: () => `${JSON.stringify({ modes: list, units: MODE_UNITS }, null, 1)}\n`,
      figure: () => stickFigure({ harmonic: chosen }, { x: { quantity: "Wavenumber", unit: "cm⁻¹" }, y }),
    },
    picture,
  );
  if (!isStandardOutput(out)) print(`wrote ${out}`);
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
  await writeSpectrum(spectrum, flags.json ? "json" : (flags.out ?? "csv"), {
    extra: { modes: modeList(modes, born, derivatives) },
    peaks: findPeaks(spectrum),
    figure: () => spectrumFigure({ harmonic: spectrum }),
    picture: flags,
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

const EXAMPLES = `
Examples:
  $ spectensor harmonic h2o
  $ spectensor harmonic POSCAR --force-sets FORCE_SETS --born OUTCAR --spectrum infrared --out lines.svg
  $ spectensor harmonic reference.xyz --displaced displaced.xyz --direction 0,0,1 --json

Columns: wavenumber in cm-1 (negative: imaginary), infrared in km/mol, raman 45a'^2 + 7g'^2 in A^4/u.`;

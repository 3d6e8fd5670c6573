import { Command } from "commander";
import { DataError, OptionError } from "../errors.js";
import { spectrumFigure } from "../figure/spectrum.js";
import type { Broadening } from "../spectrum/broadening.js";
import { type ForceConstants, forceConstants } from "../spectrum/forceConstants.js";
import { harmonicInfrared, harmonicRaman } from "../spectrum/harmonic.js";
import { longitudinalLines, type ModeRow, modeTable } from "../spectrum/modeTable.js";
import { findPeaks } from "../spectrum/peaks.js";
import { type NormalModes, normalModes } from "../spectrum/phonons.js";
import type { Frame } from "../structure/frame.js";
import { fileOptions } from "./fileOptions.js";
import { derivativesOf, type HarmonicInputFlags, readHarmonicInput } from "./harmonicInput.js";
import { printModes, writeModes } from "./modeOutput.js";
import { print } from "./output.js";
import { broadeningOption, choiceOption, listOption, numbersOption, positiveOption } from "./parse.js";
import { OUT_HELP, type PictureFlags, pictureOptions } from "./pictureOutput.js";
import { writeSpectrum } from "./spectrumOutput.js";

interface HarmonicFlags extends HarmonicInputFlags, PictureFlags {
  readonly spectrum?: "infrared" | "raman";
  readonly direction?: readonly string[];
  readonly temperature?: number;
  readonly broadening?: Broadening;
  readonly measured?: readonly number[];
  readonly out?: string;
  readonly json?: boolean;
}

/** `spectensor harmonic REFERENCE` */
export function harmonicCommand(): Command {
  const command = fileOptions(new Command("harmonic"))
    .description("normal modes at Γ with infrared and Raman intensities, from the forces on displaced structures")
    .argument(
      "<reference>",
      "file whose first frame is the relaxed structure, a phonopy_params.yaml with forces, or the id of a data set with displaced structures",
    )
    .option(
      "--displaced <file>",
      "frames with one displaced atom each, and forces (and dipoles, polarizabilities or dielectric tensors)",
    )
    .option(
      "--force-sets <file>",
      "a FORCE_SETS file (type 1 or 2) for the reference's cell, in place of --displaced; in the units of the calculator that a phonopy.yaml as reference names, else in Å and eV/Å or what --length-unit and --unit forces=… say",
    )
    .option(
      "--born <file>",
      "phonopy's BORN, or a file of the same crystal whose first frame has Born charges (and ε∞), if the reference has none",
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
    .option(
      "--measured <list>",
      "positions of measured lines in cm-1, to be set beside the modes nearest to them, e.g. 1595,3657,3756",
      numbersOption("measured"),
    )
    .option("--out <what>", `${OUT_HELP}; pictures show sticks (default: a text table, with --spectrum csv)`);
  return pictureOptions(command)
    .option("--json", "print one JSON object")
    .addHelpText("after", EXAMPLES)
    .action(async (source: string, flags: HarmonicFlags) => {
      const input = await readHarmonicInput(source, flags);
      const { reference } = input;
      const constants = forceConstants(reference.structure, input.forces);
      const modes = normalModes(constants, {
        ...(flags.direction && { nonAnalytic: { ...nonAnalytic(reference), direction: direction(flags.direction) } }),
      });
      const seen = { born: reference.bornCharges, derivatives: await derivativesOf(input) };
      if (flags.spectrum) return writeLines(modes, seen, flags);
      const longitudinal = flags.direction ? [] : longitudinalOf(reference, constants);
      const all = { list: modeList(modes, seen, flags.measured), longitudinal, modes, origin: source };
      const out = flags.json ? "json" : flags.out;
      if (out !== undefined) return writeModes(all, out, flags);
      printModes(all);
      if (!seen.born) print("no Born charges: no infrared intensities (give --born)");
      if (!seen.derivatives)
        print("no polarizabilities or dielectric tensors of displaced structures: no Raman activities");
    });
}

/** What light sees of the modes, where it is known. */
interface Seen {
  /** [n, 3 (field), 3 (displacement)], e */
  readonly born: Float64Array | undefined;
  /** ∂α/∂x, [n, 3, 3, 3], Å² */
  readonly derivatives: Float64Array | undefined;
}

function modeList(modes: NormalModes, { born, derivatives }: Seen, measured?: readonly number[]): readonly ModeRow[] {
  return modeTable(modes, {
    ...(born && { bornCharges: born }),
    ...(derivatives && { derivatives }),
    ...(measured && { measured }),
  });
}

/** Longitudinal lines of a polar crystal whose Born charges and ε∞ are known. */
function longitudinalOf({ structure, bornCharges, dielectric }: Frame, constants: ForceConstants) {
  if (!structure.cell || !bornCharges || !dielectric) return [];
  return longitudinalLines(constants, { bornCharges, epsilonInfinity: dielectric });
}

async function writeLines(modes: NormalModes, seen: Seen, flags: HarmonicFlags): Promise<void> {
  const { born, derivatives } = seen;
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
    extra: { modes: modeList(modes, seen, flags.measured) },
    peaks: findPeaks(spectrum),
    figure: () => spectrumFigure({ harmonic: spectrum }),
    picture: flags,
  });
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
  $ spectensor harmonic h2o --measured 1595,3657,3756
  $ spectensor harmonic POSCAR --force-sets FORCE_SETS --born OUTCAR --spectrum infrared --out lines.svg
  $ spectensor harmonic phonopy_disp.yaml --force-sets FORCE_SETS --born BORN
  $ spectensor harmonic reference.xyz --displaced displaced.xyz --direction 0,0,1 --json

Columns: wavenumber in cm-1 (negative: imaginary), infrared in km/mol, raman 45a'^2 + 7g'^2 in A^4/u (of crystals per cell).
Crystals with Born charges and a dielectric tensor have longitudinal lines, too, by direction of the wave vector.`;

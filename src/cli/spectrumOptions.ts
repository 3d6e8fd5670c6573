/** What `raman` and `infrared` have in common: the line shape, and where spectrum or peaks go. */
import type { Command } from "commander";
import { DataError, OptionError } from "../errors.js";
import { compareSpectra } from "../figure/compareSpectra.js";
import type { Figure } from "../figure/figure.js";
import type { SeriesEnsemble } from "../series/ensemble.js";
import type { TensorSeries } from "../series/tensorSeries.js";
import type { Broadening } from "../spectrum/broadening.js";
import { ABSCISSAE, type AbscissaUnit, readMeasured } from "../spectrum/measured.js";
import { findPeaks } from "../spectrum/peaks.js";
import { peakTable } from "../spectrum/peakTable.js";
import { type Spectrum, toUnit } from "../spectrum/spectrum.js";
import { assignment } from "./assignment.js";
import { printWarning } from "./fileOptions.js";
import { type KnownModes, modesOption } from "./modesFile.js";
import { interruptSignal } from "./output.js";
import { broadeningOption, choiceOption, integerOption, numbersOption, positiveOption } from "./parse.js";
import { OUT_HELP, type PictureFlags, pictureOptions } from "./pictureOutput.js";
import { lengthOf, type SeriesFlags } from "./series.js";
import { writeSpectrum } from "./spectrumOutput.js";
import { writePeaks } from "./tableOutput.js";

export interface SpectrumFlags extends SeriesFlags, PictureFlags {
  readonly broadening?: Broadening;
  readonly verlet?: number;
  readonly peaks?: boolean;
  readonly modes?: KnownModes;
  readonly measured?: readonly number[];
  readonly compare?: string;
  readonly abscissa?: AbscissaUnit;
  readonly block?: number;
  readonly out?: string;
  readonly json?: boolean;
}

/** Adds them to a command, after its own. */
export function spectrumOptions(command: Command): Command {
  command
    .option(
      "--broadening <shape>",
      "none, lorentzian:FWHM, gaussian:FWHM or voigt:LORENTZIAN:GAUSSIAN in cm-1 (default: lorentzian:10)",
      broadeningOption,
    )
    .option("--verlet <fs>", "correct the axis for a Verlet integration with this step", positiveOption("verlet", "fs"))
    .option("--peaks", "a table of the peaks (text; with --out csv, json or svg as sticks) in place of the spectrum")
    .option(
      "--modes <file>",
      "with --peaks: what harmonic --json wrote, to name the nearest mode and, by projecting the trajectory of the same file on the modes, the symmetry (data sets know their own)",
      modesOption,
    )
    .option(
      "--measured <list>",
      "positions of measured lines in cm-1, e.g. 128,206,464: beside the --peaks, or as sticks in a picture",
      numbersOption("measured"),
    )
    .option(
      "--compare <file>",
      "a measured spectrum (JCAMP-DX, CSV): pictures show it too, both scaled to their maximum; with --peaks its lines are the measured ones",
    )
    .option(
      "--abscissa <unit>",
      `of the file of --compare, where it does not say it: ${ABSCISSAE.join(", ")}`,
      choiceOption("abscissa", ABSCISSAE),
    )
    .option("--block <n>", "which of several spectra in the file of --compare, from 0", integerOption("block"))
    .option("--out <what>", `${OUT_HELP} (default: csv; with --peaks text)`);
  return pictureOptions(command).option("--json", "the same as --out json");
}

/** Options of a spectrum that both commands take. */
export function lineOptions({ broadening, verlet }: SpectrumFlags) {
  return { ...(broadening && { broadening }), ...(verlet !== undefined && { verlet }) };
}

/** A spectrum and what it is made of. */
export interface SpectrumResult {
  /** File or data set as it was given. */
  readonly source: string;
  readonly series: TensorSeries | SeriesEnsemble;
  /** What is written. */
  readonly spectrum: Spectrum;
  /** What peaks are looked for in. */
  readonly lines: Spectrum;
  /** Axes of a plot of its peaks. */
  readonly axes: { readonly x: string; readonly y: string };
  readonly figure: () => Figure;
}

/** Writes the spectrum, or with `--peaks` the table of its peaks. */
export async function writeResult(result: SpectrumResult, flags: SpectrumFlags): Promise<void> {
  const { source, series, spectrum, lines, axes, figure } = result;
  const out = flags.json ? "json" : flags.out;
  const measured = await measuredSpectrum(lines.quantity, flags);
  if (flags.peaks) {
    const table = peakTable(spectrum, {
      ...(await assignment(source, lines.quantity, flags, interruptSignal())),
      ...((flags.measured ?? measured) && { measured: flags.measured ?? measured! }),
    });
    return writePeaks(table, out, { ...axes, origin: series.origin }, flags);
  }
  const found = findPeaks(lines);
  await writeSpectrum(spectrum, out ?? "csv", {
    extra: { timestep: series.timestep, ...lengthOf(series), source: series.quantity, peaks: found },
    peaks: found,
    figure: measured
      ? () => besideMeasured(spectrum, series.origin, measured)
      : flags.measured
        ? () => withSticks(spectrum, series.origin, flags.measured!)
        : figure,
    picture: flags,
  });
}

/** The spectrum of `--compare`. @throws OptionError beside `--measured` */
async function measuredSpectrum(
  quantity: Spectrum["quantity"],
  { compare, measured, abscissa, block }: SpectrumFlags,
): Promise<Spectrum | undefined> {
  if (compare === undefined) {
    if (abscissa !== undefined || block !== undefined)
      throw new OptionError({
        where: abscissa !== undefined ? "--abscissa" : "--block",
        problem: "there is no measured spectrum",
        advice: "give its file with --compare",
      });
    return undefined;
  }
  if (measured)
    throw new OptionError({
      where: "--compare",
      problem: "its lines are the measured ones, and --measured gives others",
      advice: "leave out one of the two",
    });
  return readMeasured(compare, {
    quantity: quantity === "raman" ? "raman" : "infrared",
    signal: interruptSignal(),
    onWarning: printWarning,
    ...(abscissa !== undefined && { abscissa }),
    ...(block !== undefined && { block }),
  });
}

/** The curve with measured lines as sticks. */
function withSticks(spectrum: Spectrum, name: string, lines: readonly number[]): Figure {
  const sticks = { measured: lines.map((position) => ({ position })) };
  return compareSpectra({ [name]: spectrum }, { scaling: { kind: "none" }, sticks });
}

/** Both curves where both are known, each scaled to its maximum. */
function besideMeasured(spectrum: Spectrum, name: string, measured: Spectrum): Figure {
  const ends = [spectrum, measured].map((s) => toUnit(s, "cm-1").axis.values);
  const range: [number, number] = [
    Math.max(...ends.map((values) => values[0]!)),
    Math.min(...ends.map((values) => values.at(-1)!)),
  ];
  if (!(range[0] < range[1]))
    throw new DataError({
      where: "--compare",
      problem: "the measured spectrum and this one have no wavenumbers in common",
    });
  const origin = `measured, ${measured.origin}`;
  return compareSpectra({ [origin]: measured, [name]: spectrum }, { range, reference: origin });
}

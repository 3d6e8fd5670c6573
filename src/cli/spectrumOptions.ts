/** What `raman` and `infrared` have in common: the line shape, and where spectrum or peaks go. */
import type { Command } from "commander";
import type { Figure } from "../figure/figure.js";
import type { SeriesEnsemble } from "../series/ensemble.js";
import type { TensorSeries } from "../series/tensorSeries.js";
import type { Broadening } from "../spectrum/broadening.js";
import type { ModeRow } from "../spectrum/modeTable.js";
import { findPeaks, type Peak } from "../spectrum/peaks.js";
import { peakTable } from "../spectrum/peakTable.js";
import type { Spectrum } from "../spectrum/spectrum.js";
import { broadeningOption, numbersOption, positiveOption } from "./parse.js";
import { OUT_HELP, type PictureFlags, pictureOptions } from "./pictureOutput.js";
import { lengthOf, type SeriesFlags } from "./series.js";
import { writeSpectrum } from "./spectrumOutput.js";
import { modesOption, peakOptions, writePeaks } from "./tableOutput.js";

export interface SpectrumFlags extends SeriesFlags, PictureFlags {
  readonly broadening?: Broadening;
  readonly verlet?: number;
  readonly peaks?: boolean;
  readonly modes?: readonly ModeRow[];
  readonly measured?: readonly number[];
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
      "with --peaks: what harmonic --json wrote, to name the nearest mode and its symmetry",
      modesOption,
    )
    .option(
      "--measured <list>",
      "with --peaks: positions of measured lines in cm-1, e.g. 128,206,464",
      numbersOption("measured"),
    )
    .option("--out <what>", `${OUT_HELP} (default: csv; with --peaks text)`);
  return pictureOptions(command).option("--json", "the same as --out json");
}

/** Options of a spectrum that both commands take. */
export function lineOptions({ broadening, verlet }: SpectrumFlags) {
  return { ...(broadening && { broadening }), ...(verlet !== undefined && { verlet }) };
}

/** A spectrum and what it is made of. */
export interface SpectrumResult {
  readonly series: TensorSeries | SeriesEnsemble;
  /** What is written. */
  readonly spectrum: Spectrum;
  /** What peaks are looked for in. */
  readonly lines: Spectrum;
  /** Axes of a plot of its peaks. */
  readonly axes: { readonly x: string; readonly y: string };
  readonly figure: (found: readonly Peak[]) => Figure;
}

/** Writes the spectrum, or with `--peaks` the table of its peaks. */
export async function writeResult(result: SpectrumResult, flags: SpectrumFlags): Promise<void> {
  const { series, spectrum, lines, axes, figure } = result;
  const out = flags.json ? "json" : flags.out;
  if (flags.peaks) {
    const table = peakTable(spectrum, peakOptions(flags));
    return writePeaks(table, out, { ...axes, origin: series.origin }, flags);
  }
  const found = findPeaks(lines);
  await writeSpectrum(spectrum, out ?? "csv", {
    extra: { timestep: series.timestep, ...lengthOf(series), source: series.quantity, peaks: found },
    peaks: found,
    figure: () => figure(found),
    picture: flags,
  });
}

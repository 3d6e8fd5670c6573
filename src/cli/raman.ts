import { Command } from "commander";
import { spectrumFigure } from "../figure/spectrum.js";
import type { Broadening } from "../spectrum/broadening.js";
import type { RamanFactor } from "../spectrum/corrections.js";
import type { ModeRow } from "../spectrum/modeTable.js";
import { findPeaks, type Peak } from "../spectrum/peaks.js";
import { peakTable } from "../spectrum/peakTable.js";
import { type RamanOptions, raman } from "../spectrum/raman.js";
import type { Spectrum } from "../spectrum/spectrum.js";
import { interruptSignal } from "./output.js";
import { broadeningOption, listOption, numbersOption, positiveOption } from "./parse.js";
import { OUT_HELP, type PictureFlags, pictureOptions } from "./pictureOutput.js";
import { lengthOf, readSeries, type SeriesFlags, seriesOptions } from "./series.js";
import { writeSpectrum } from "./spectrumOutput.js";
import { modesOption, peakOptions, writePeaks } from "./tableOutput.js";

interface RamanFlags extends SeriesFlags, PictureFlags {
  readonly temperature?: number;
  readonly laser?: number;
  readonly broadening?: Broadening;
  readonly factors?: readonly string[];
  readonly verlet?: number;
  readonly peaks?: boolean;
  readonly modes?: readonly ModeRow[];
  readonly measured?: readonly number[];
  readonly out?: string;
  readonly json?: boolean;
}

/** `spectensor raman SERIES` */
export function ramanCommand(): Command {
  const command = seriesOptions(new Command("raman"))
    .description("Raman spectrum of a polarizability or dielectric series")
    .argument(
      "<series>",
      "file with one tensor per frame (columns, extended XYZ, OUTCAR, vasprun.xml, …), or the id of a data set",
    )
    .option("--temperature <K>", "of the thermal factor (default: 300)", positiveOption("temperature", "K"))
    .option("--laser <nm>", "wavelength of the incoming light (default: 532)", positiveOption("laser", "nm"))
    .option(
      "--broadening <shape>",
      "none, lorentzian:FWHM, gaussian:FWHM or voigt:LORENTZIAN:GAUSSIAN in cm-1 (default: lorentzian:10)",
      broadeningOption,
    )
    .option("--factors <list>", "of thermal, laser, inverseFrequency; none for none (default: all)", listOption)
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
  return pictureOptions(command)
    .option("--json", "the same as --out json")
    .addHelpText("after", EXAMPLES)
    .action(async (source: string, flags: RamanFlags) => {
      const series = await readSeries(source, ["polarizability", "dielectric"], flags, interruptSignal());
      const spectrum = raman(series, ramanOptions(flags));
      const out = flags.json ? "json" : flags.out;
      if (flags.peaks)
        return writePeaks(
          peakTable(spectrum, peakOptions(flags)),
          out,
          {
            x: "Raman shift",
            y: "Raman intensity",
            origin: series.origin,
          },
          flags,
        );
      const found = findPeaks(spectrum);
      await writeSpectrum(spectrum, out ?? "csv", {
        extra: { timestep: series.timestep, ...lengthOf(series), source: series.quantity, peaks: found },
        peaks: found,
        figure: () => spectrumFigure({ [series.origin]: spectrum }, { range: shownRange(spectrum, found) }),
        picture: flags,
      });
    });
}

/** From 0 to a little beyond the highest line. */
function shownRange(spectrum: Spectrum, found: readonly Peak[]): [number, number] {
  const end = spectrum.axis.values.at(-1)!;
  return [0, Math.min(end, 1.15 * (found.at(-1)?.position ?? end))];
}

function ramanOptions(flags: RamanFlags): RamanOptions {
  const { temperature, laser, broadening, factors, verlet } = flags;
  return {
    ...(temperature !== undefined && { temperature }),
    ...(laser !== undefined && { laser }),
    ...(broadening && { broadening }),
    ...(factors && { factors: factors as RamanFactor[] }),
    ...(verlet !== undefined && { verlet }),
  };
}

const EXAMPLES = `
Examples:
  $ spectensor raman h2o > h2o.csv
  $ spectensor raman h2o --peaks --measured 1595,3657,3756
  $ spectensor raman alpha.dat --timestep 10 --laser 514 --factors laser,inverseFrequency
  $ spectensor raman md.extxyz.gz --timestep 2 --key polarizability=alpha_pbe --out raman.svg

The CSV has one header row of names with units, wavenumber_cm-1 first. With a file, peaks and resolution are printed.`;

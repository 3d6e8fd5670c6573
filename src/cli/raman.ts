import { Command } from "commander";
import { spectrumFigure } from "../figure/spectrum.js";
import type { RamanFactor } from "../spectrum/corrections.js";
import { type RamanOptions, raman } from "../spectrum/raman.js";
import { interruptSignal } from "./output.js";
import { listOption, positiveOption } from "./parse.js";
import { readSeries, seriesOptions } from "./series.js";
import { lineOptions, type SpectrumFlags, spectrumOptions, writeResult } from "./spectrumOptions.js";

interface RamanFlags extends SpectrumFlags {
  readonly temperature?: number;
  readonly laser?: number;
  readonly factors?: readonly string[];
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
    .option("--factors <list>", "of thermal, laser, inverseFrequency; none for none (default: all)", listOption);
  return spectrumOptions(command)
    .addHelpText("after", EXAMPLES)
    .action(async (source: string, flags: RamanFlags) => {
      const series = await readSeries(source, ["polarizability", "dielectric"], flags, interruptSignal());
      const spectrum = raman(series, ramanOptions(flags));
      await writeResult(
        {
          source,
          series,
          spectrum,
          lines: spectrum,
          axes: { x: "Raman shift", y: "Raman intensity" },
          figure: () => spectrumFigure({ [series.origin]: spectrum }),
        },
        flags,
      );
    });
}

function ramanOptions(flags: RamanFlags): RamanOptions {
  const { temperature, laser, factors } = flags;
  return {
    ...(temperature !== undefined && { temperature }),
    ...(laser !== undefined && { laser }),
    ...(factors && { factors: factors as RamanFactor[] }),
    ...lineOptions(flags),
  };
}

const EXAMPLES = `
Examples:
  $ spectensor raman h2o > h2o.csv
  $ spectensor raman h2o --peaks --measured 1595,3657,3756
  $ spectensor raman alpha.dat --timestep 10 --laser 514 --factors laser,inverseFrequency
  $ spectensor raman alpha.dat --timestep 10 --compare measured.jdx --out both.pdf
  $ spectensor raman md.extxyz.gz --timestep 2 --key polarizability=alpha_pbe --out raman.svg

The CSV has one header row of names with units, wavenumber_cm-1 first. With a file, peaks and resolution are printed.`;

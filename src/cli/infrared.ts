import { Command, Option } from "commander";
import { OptionError, SpectensorError } from "../errors.js";
import { spectrumFigure } from "../figure/spectrum.js";
import { loadModel } from "../model/file/models.js";
import { predictPolarization } from "../model/target/polarization/predictSeries.js";
import { evenTimestep } from "../series/times.js";
import type { QuantumFactor } from "../spectrum/corrections.js";
import { dielectricFunction, type FieldDirection } from "../spectrum/dielectric.js";
import { type InfraredOptions, type InfraredSource, infrared } from "../spectrum/infrared.js";
import { unwrap } from "../structure/continuous.js";
import { interruptSignal, progressLine } from "./output.js";
import { numberOption, positiveOption } from "./parse.js";
import { readSeries, seriesOptions } from "./series.js";
import { readTrajectory } from "./source.js";
import { lineOptions, type SpectrumFlags, spectrumOptions, writeResult } from "./spectrumOptions.js";

interface InfraredFlags extends SpectrumFlags {
  readonly temperature: number;
  readonly volume?: number;
  readonly model?: string;
  readonly route: "polarization" | "current" | "both";
  readonly quantum?: QuantumFactor;
  readonly epsilonInfinity?: number | Float64Array;
  readonly direction?: FieldDirection;
}

/** `spectensor infrared SERIES|TRAJECTORY` */
export function infraredCommand(): Command {
  const command = seriesOptions(new Command("infrared"))
    .description("infrared absorption from a polarization, or from a trajectory and a polarization model")
    .argument(
      "<source>",
      "file with one polarization or dipole per frame, or a trajectory (with --model), or the id of a data set",
    )
    .requiredOption("--temperature <K>", "of the dynamics", positiveOption("temperature", "K"))
    .option(
      "--volume <A3>",
      "of the cell, where the file has none; without one the cross section is given",
      positiveOption("volume", "Å³"),
    )
    .option("--model <file>", "polarization model that is evaluated along the trajectory")
    .addOption(
      new Option("--route <what>", "with --model: spectrum of P, of the current Z*·v (needs velocities), or of both")
        .choices(["polarization", "current", "both"])
        .default("polarization"),
    )
    .addOption(
      new Option("--quantum <factor>", "quantum correction (default: harmonic)").choices([
        "harmonic",
        "standard",
        "schofield",
        "none",
      ]),
    )
    .option(
      "--epsilon-infinity <numbers>",
      "give the dielectric function, refractive index and reflectivity for this ε∞ (one number, or xx,yy,zz) instead of the absorption",
      epsilonOption,
    )
    .addOption(
      new Option(
        "--direction <field>",
        "with --epsilon-infinity: of the electric field; ordinary and extraordinary for an optic axis along z",
      )
        .choices(["isotropic", "x", "y", "z", "ordinary", "extraordinary"])
        .default("isotropic"),
    )
    .option("--no-unwrap", "leave jumps of the polarization by e·a, e·b, e·c as they are");
  return spectrumOptions(command)
    .addHelpText("after", EXAMPLES)
    .action(async (source: string, flags: InfraredFlags) => {
      const signal = interruptSignal();
      const input = flags.model
        ? await predicted(source, flags.model, flags, signal)
        : await readSeries(source, ["polarization"], flags, signal);
      const series = "quantity" in input ? input : input.current;
      const absorption = infrared(input, infraredOptions(flags));
      const { epsilonInfinity, direction } = flags;
      const spectrum =
        epsilonInfinity === undefined
          ? absorption
          : dielectricFunction(absorption, { epsilonInfinity, ...(direction && { direction }) });
      await writeResult(
        {
          source,
          series,
          spectrum,
          lines: absorption,
          axes: { x: "Wavenumber", y: "Absorption" },
          figure: () => spectrumFigure({ [series.origin]: spectrum }),
        },
        flags,
      );
    });
}

/** One ε∞, or its three diagonal elements as a tensor. */
function epsilonOption(text: string): number | Float64Array {
  const parse = numberOption("epsilon-infinity", 1);
  const [x, y, z, ...rest] = text.split(",").map(parse);
  if (y === undefined) return x!;
  if (z === undefined || rest.length > 0)
    throw new OptionError(`--epsilon-infinity: expected one number or three, xx,yy,zz, found "${text}"`);
  return Float64Array.of(x!, 0, 0, 0, y, 0, 0, 0, z);
}

/** P, Ṗ or both of a trajectory from a model. */
async function predicted(
  source: string,
  file: string,
  flags: InfraredFlags,
  signal: AbortSignal,
): Promise<InfraredSource> {
  if (flags.segments)
    throw new OptionError({
      where: "--segments",
      problem: "with --model the trajectory is taken as one run",
      advice:
        "write the polarization with spectensor predict, which keeps times and numbers of steps (leave out --timestep there), and give that file with --segments",
    });
  const model = await loadModel(file, "polarization");
  const trajectory = unwrap(await readTrajectory(source, flags, signal));
  if (trajectory.timestep === undefined) evenTimestep({ times: Array.from(trajectory.times ?? []) }, undefined, source); // says where the times are uneven
  const { polarization, current } = await predictPolarization(model, trajectory, {
    signal,
    onProgress: progressLine(flags.json === true),
  });
  if (flags.route === "polarization") return polarization;
  if (!current)
    throw new SpectensorError({
      where: source,
      problem: "the trajectory has no velocities for the current Z*·v",
      advice: "use --route polarization",
    });
  return flags.route === "current" ? current : { polarization, current };
}

function infraredOptions(flags: InfraredFlags): InfraredOptions {
  const { temperature, volume, quantum } = flags;
  return {
    temperature,
    ...(volume !== undefined && { volume }),
    ...(quantum && { quantum }),
    ...lineOptions(flags),
  };
}

const EXAMPLES = `
Examples:
  $ spectensor infrared h2o --temperature 300 > h2o.csv
  $ spectensor infrared dipole.dat --timestep 2 --temperature 300 --volume 1912 --out water.svg
  $ spectensor infrared XDATCAR --model model.json --timestep 1.5 --temperature 300 --out water.csv

Units of the CSV are in its second line: cm⁻¹ of α(ω)n(ω) with a volume, Å² without.`;

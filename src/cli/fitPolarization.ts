import { Command } from "commander";
import { OptionError } from "../errors.js";
import {
  excessCharge,
  fitPolarization,
  POLARIZATION,
  type PolarizationModel,
  type PolarizationOptions,
} from "../model/target/polarization/polarization.js";
import type { SpeciesCharges } from "../model/target/polarization/speciesCharges.js";
import { linearSchema } from "../model/train/linearTarget.js";
import type { Frame } from "../structure/frame.js";
import { type FitFlags, fitOptions, runFit, withFitFlags } from "./fit.js";
import { jsonKeys } from "./modelOptions.js";

/** Of the option that takes polarizations as they are. */
export const UNWRAP_HELP =
  "take polarizations as they are, and not less whole quanta e·a, e·b, e·c where a frame of a crystal is on another branch";

interface Flags extends FitFlags {
  readonly unwrap?: boolean;
  readonly charges?: SpeciesCharges;
}

const FIT_KEYS = jsonKeys(linearSchema(POLARIZATION));

/** `spectensor fit polarization` */
export function fitPolarizationCommand(): Command {
  const command = new Command("polarization")
    .description("fit the polarization to Born effective charges, polarizations, or both (derivative learning)")
    .option("--charges <kind>", "species charges: fit, mean or formal:Zr=4,O=-2 (default: fit)", chargesOption)
    .option("--no-unwrap", UNWRAP_HELP);
  return withFitFlags(command, FIT_KEYS)
    .addHelpText("after", EXAMPLES)
    .action(async (flags: Flags) => {
      const given = fitOptions(flags, FIT_KEYS) as PolarizationOptions;
      const options: PolarizationOptions = {
        ...given,
        ...(flags.charges && { charges: flags.charges }),
        ...(flags.unwrap === false && { branches: "keep" }),
      };
      let trained: readonly Frame[] = [];
      await runFit<PolarizationModel>({
        flags,
        defaultValidation: () => 0,
        fit: (train, validation, _, run) => {
          trained = train;
          return fitPolarization(train, { ...options, ...(validation && { validation }), ...run });
        },
        describe: (model) => describe(model, trained),
        options: optionsOf,
        compare: {
          ...(options.polarization && { polarization: options.polarization }),
          ...(options.branches && { branches: options.branches }),
        },
      });
    });
}

function describe({ descriptor, constants, training }: PolarizationModel, frames: readonly Frame[]): string[] {
  const { species } = descriptor.options;
  const charges = species.map((s, k) => `${s} ${constants[k]!.toFixed(4)}`).join(", ");
  const excess = excessCharge(constants, species, frames).toExponential(1);
  return [
    `species charges, e: ${charges}; Σ N Q of a training frame at most ${excess} e`,
    `ridge ${training.ridge.toExponential(1)}`,
  ];
}

function optionsOf({ descriptor, constants, training }: PolarizationModel): object {
  const { trials: _, options, ...record } = training;
  const charges = Object.fromEntries(descriptor.options.species.map((s, k) => [s, constants[k]!]));
  return { descriptor: descriptor.options, ...options, ...record, charges };
}

/** `fit`, `mean` or `formal:Zr=4,O=-2`. @throws OptionError */
export function chargesOption(text: string): SpeciesCharges {
  if (text === "fit") return { kind: "fit" };
  if (text === "mean" || text === "meanDiagonal") return { kind: "meanDiagonal" };
  const pairs = /^formal:(.+)$/
    .exec(text)?.[1]
    ?.split(",")
    .map((pair) => /^\s*([A-Z][a-z]?)=([^=]+)$/.exec(pair));
  const values = pairs?.map((m) => [m?.[1] ?? "", Number(m?.[2])] as const);
  if (!values?.every(([symbol, charge]) => symbol !== "" && Number.isFinite(charge)))
    throw new OptionError(
      `--charges: expected fit, mean or formal:SYMBOL=CHARGE,…, e.g. formal:Zr=4,O=-2, found "${text}"`,
    );
  return { kind: "formal", values: Object.fromEntries(values) };
}

const EXAMPLES = `
Examples:
  $ spectensor fit polarization --train h2o --frames 100 --out h2o.json
  $ spectensor fit polarization --train OUTCAR.1 OUTCAR.2 --charges formal:Zr=4,O=-2 --options '{"cutoff": 5.5, "nMax": 6, "lMax": 3}' --out model.json.gz
  $ spectensor fit polarization --train bec.xyz --bec-order displacement-field --out model.json --json
  $ spectensor fit polarization --train bec.xyz --options '{"form": {"kind": "products"}}' --out model.json  # higher body order`;

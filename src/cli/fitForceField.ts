import { Command } from "commander";
import {
  FORCE_FIELD,
  type ForceFieldModel,
  type ForceFieldOptions,
  fitForceField,
} from "../model/target/forceField/forceField.js";
import { linearSchema } from "../model/train/linearTarget.js";
import { type FitFlags, fitOptions, runFit, withFitFlags } from "./fit.js";
import { jsonKeys } from "./modelOptions.js";

interface Flags extends FitFlags {
  readonly posterior?: boolean;
}

const FIT_KEYS = jsonKeys(linearSchema(FORCE_FIELD));

/** `spectensor fit forcefield` */
export function fitForceFieldCommand(): Command {
  const command = new Command("forcefield")
    .description("fit a force field to energies, forces and stresses")
    .option("--posterior", "keep in the file what error estimates need (some 10 MB)");
  return withFitFlags(command, FIT_KEYS)
    .addHelpText("after", EXAMPLES)
    .action(async (flags: Flags) => {
      const options = fitOptions(flags, FIT_KEYS) as ForceFieldOptions;
      await runFit<ForceFieldModel>({
        flags,
        defaultValidation: () => 0,
        fit: (train, validation, _, run) =>
          fitForceField(train, { ...options, ...(validation && { validation }), ...run }),
        describe: ({ training }) => [`ridge ${training.ridge.toExponential(1)}`],
        options: ({ descriptor, training }) => {
          const { trials: _, options: __, ...record } = training;
          return { descriptor: descriptor.options, ...record };
        },
        posterior: flags.posterior ? "keep" : "drop",
      });
    });
}

const EXAMPLES = `
Examples:
  $ spectensor fit forcefield --train train.xyz.gz --test test.xyz.gz --out ff.json
  $ spectensor fit forcefield --train sio2 --frames 50 --options '{"cutoff": 4.5, "lMax": 3, "ridge": {"kind": "fixed", "value": 1e-9}}' --posterior --out ff.json.gz --json
  $ spectensor fit forcefield --train train.xyz.gz --options '{"form": {"kind": "sparse", "references": 200, "zeta": 2}}' --out ff.json`;

import { Command } from "commander";
import { OptionError } from "../errors.js";
import { readFrames } from "../io/load.js";
import { linearResponse } from "../model/linearResponse/linearResponse.js";
import { splitDisplaced } from "../model/linearResponse/splitDisplaced.js";
import { type FirstStep, linearResponseStep } from "../model/target/polarizability/firstStep.js";
import { type DeltaOptions, POLARIZABILITY_OPTIONS } from "../model/target/polarizability/options.js";
import {
  fitDelta,
  fitPolarizability,
  type PolarizabilityModel,
} from "../model/target/polarizability/polarizability.js";
import { searchPolarizability } from "../model/target/polarizability/selection.js";
import { quantityOf } from "../model/target/polarizability/tensorData.js";
import { validationSize } from "../model/train/split.js";
import type { RunOptions } from "../progress.js";
import type { Frame } from "../structure/frame.js";
import { loadOptions } from "./fileOptions.js";
import { type FitFlags, fitOptions, runFit, withFitFlags } from "./fit.js";
import { jsonKeys } from "./modelOptions.js";
import { choiceOption } from "./parse.js";

interface Flags extends FitFlags {
  readonly method?: "direct" | "delta";
  readonly displaced?: string;
}

const FIT_KEYS = jsonKeys(POLARIZABILITY_OPTIONS);

/** `spectensor fit polarizability` */
export function fitPolarizabilityCommand(): Command {
  const command = new Command("polarizability")
    .description("fit polarizabilities or dielectric tensors, directly or on top of the linear-response model (Δ-ML)")
    .option(
      "--method <method>",
      "direct, or delta (default where displaced structures are there)",
      choiceOption("method", ["direct", "delta"]),
    )
    .option("--displaced <file>", "for delta: reference and displaced structures (default: those of the data set)");
  return withFitFlags(command, FIT_KEYS)
    .addHelpText("after", EXAMPLE)
    .action(async (flags: Flags) => {
      const options = fitOptions(flags, FIT_KEYS) as DeltaOptions;
      await runFit<PolarizabilityModel>({
        flags,
        defaultValidation: validationSize,
        fit: async (train, validation, source, run) => {
          const displaced = flags.displaced
            ? await readFrames(flags.displaced, { ...loadOptions(flags), ...run })
            : source.displaced;
          const method = flags.method ?? (displaced.length > 0 ? "delta" : "direct");
          return fitMethod(method, train, displaced, { ...options, ...(validation && { validation }) }, run);
        },
        describe,
        options: optionsOf,
      });
    });
}

/** Without descriptor and form both are searched. */
async function fitMethod(
  method: "direct" | "delta",
  train: readonly Frame[],
  displaced: readonly Frame[],
  options: DeltaOptions,
  run: RunOptions,
): Promise<PolarizabilityModel> {
  const quantity = quantityOf(train, options.quantity);
  const common = { ...options, quantity, ...run };
  const firstStep = method === "delta" ? await firstStepOf(displaced, quantity, run) : undefined;
  if (!options.descriptor && !options.form)
    return searchPolarizability(train, { ...common, ...(firstStep && { firstStep }) });
  return firstStep ? fitDelta(firstStep, train, common) : fitPolarizability(train, common);
}

async function firstStepOf(
  displaced: readonly Frame[],
  quantity: PolarizabilityModel["quantity"],
  run: RunOptions,
): Promise<FirstStep> {
  if (displaced.length === 0)
    throw new OptionError({
      where: "--method delta",
      problem: "no displaced structures to build the linear-response model from",
      advice: "give --displaced FILE with the reference and displaced structures, or a data set that has them",
    });
  const { reference, moved } = splitDisplaced(displaced);
  return linearResponseStep(await linearResponse(reference, moved, { quantity, ...run }));
}

function describe({ quantity, firstStep, parts, training }: PolarizabilityModel): string[] {
  const { frames, validationFrames } = training;
  const [scalar, traceless] = parts.map((p) => (1 + p.firstStepFactor).toFixed(2));
  return [
    `${firstStep ? "Δ-ML" : "direct-ML"} of the ${quantity}, ${frames} training and ${validationFrames} validation frames`,
    ...(firstStep
      ? [`part of the linear response taken: ${scalar} of the trace, ${traceless} of the traceless part`]
      : []),
  ];
}

function optionsOf({ quantity, descriptor, firstStep, parts, training }: PolarizabilityModel): object {
  const { options, ...record } = training;
  return {
    quantity,
    method: firstStep ? "Δ-ML" : "direct-ML",
    ...options,
    descriptor: descriptor.options,
    ...record,
    ridges: parts.map((p) => p.ridge),
    ...(firstStep && {
      firstStep: { scalar: 1 + parts[0].firstStepFactor, traceless: 1 + parts[1].firstStepFactor },
    }),
  };
}

const EXAMPLE = `
Examples:
  $ spectensor fit polarizability --method delta --train sio2 --frames 20 --out sio2.json
  $ spectensor fit polarizability --method direct --train sio2 --frames 50 --options '{"cutoff": 5, "form": {"kind": "full", "zeta": 2}}' --out sio2.json`;

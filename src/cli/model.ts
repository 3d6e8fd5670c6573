/** Commands for fitted models of any kind: fit, predict, evaluate. */
import { Command } from "commander";
import { evaluateModel } from "../model/evaluate.js";
import { loadModel } from "../model/file/models.js";
import { predictInto } from "../model/stream/predictToFile.js";
import { FILE_FLAGS, type FileFlags, fileOptions, printWarning } from "./fileOptions.js";
import { fitForceFieldCommand } from "./fitForceField.js";
import { fitPolarizabilityCommand } from "./fitPolarizability.js";
import { fitPolarizationCommand, UNWRAP_HELP } from "./fitPolarization.js";
import { interruptSignal, print, printJson, progressLine, resources } from "./output.js";
import { type FrameRange, frameRangeOption, integerOption, positiveOption } from "./parse.js";
import { errorWarnings, printErrors } from "./report.js";
import type { SeriesFlags } from "./series.js";
import { readSources, sourceFrames } from "./source.js";
import { packageVersion } from "./version.js";

/** `spectensor fit …` */
export function fitCommand(): Command {
  return new Command("fit")
    .description("fit a model to first-principles data")
    .addCommand(fitPolarizabilityCommand())
    .addCommand(fitPolarizationCommand())
    .addCommand(fitForceFieldCommand());
}

/** Options of `spectensor predict`. */
export interface PredictFlags extends SeriesFlags {
  readonly out: string;
  readonly frames?: FrameRange;
  readonly workers?: number;
  readonly json?: boolean;
}

/** `spectensor predict MODEL SOURCE` */
export function predictCommand(): Command {
  return fileOptions(new Command("predict"))
    .description("predict what a model gives along a trajectory")
    .argument("<model>", "file written by spectensor fit")
    .argument("<source>", "structures in any format that is read, or the id of a data set")
    .requiredOption("--out <file>", "extended XYZ with structures and tensors, e.g. series.extxyz.gz")
    .option(
      "--timestep <fs>",
      "time between the frames of the file, where it has no times",
      positiveOption("timestep", "fs"),
    )
    .option("--stride <n>", "use every n-th frame", integerOption("stride", 1))
    .option(
      "--frames <a:b>",
      "only frames a to b − 1 of the file, counted from 0; either may be left out",
      frameRangeOption,
    )
    .option("--workers <n>", "threads (default: one per processor)", integerOption("workers"))
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      `
Memory does not grow with the trajectory. A run that was interrupted, however that came, goes on when the same command is given again.

Example:
  $ spectensor predict sio2.json XDATCAR.gz --timestep 1 --stride 10 --out sio2.extxyz.gz`,
    )
    .action(async (file: string, source: string, flags: PredictFlags) => {
      const start = performance.now();
      const signal = interruptSignal();
      const model = await loadModel(file);
      const { stride, timestep, frames: range, workers } = flags;
      const progress = progressLine(flags.json === true);
      const { frames, quantities, resumedFrames } = await predictInto(
        model,
        await sourceFrames(source, flags, signal),
        flags.out,
        {
          signal,
          name: source,
          identity: JSON.stringify([packageVersion(), Object.keys(FILE_FLAGS).map((name) => flags[name as "format"])]),
          onNote: (note) => process.stderr.write(`note: ${flags.out}: ${note}\n`),
          onProgress: progress,
          ...range,
          ...(stride !== undefined && { stride }),
          ...(timestep !== undefined && { timestep }),
          ...(workers !== undefined && { workers }),
        },
      );
      const used = resources(start);
      if (flags.json) printJson({ out: flags.out, frames, quantities, resumedFrames, ...used });
      else print(`${quantities.join(", ")} of ${frames} frames: ${flags.out} (${used.seconds} s)`);
    });
}

interface EvaluateFlags extends FileFlags {
  readonly unwrap?: boolean;
  readonly workers?: number;
  readonly journal?: string;
  readonly json?: boolean;
}

/** `spectensor evaluate MODEL SOURCE…` */
export function evaluateCommand(): Command {
  return fileOptions(new Command("evaluate"))
    .description("test a model on frames with first-principles results")
    .argument("<model>", "file written by spectensor fit")
    .argument("<sources...>", "frames with results: files, or ids of data sets")
    .option("--workers <n>", "threads (default: one per processor)", integerOption("workers"))
    .option("--no-unwrap", UNWRAP_HELP)
    .option(
      "--journal <file>",
      "keep what has been predicted in a file; the same command goes on from it after an interruption",
    )
    .option("--json", "print one JSON object")
    .addHelpText("after", "\nExample:\n  $ spectensor evaluate sio2.json test.extxyz.gz")
    .action(async (file: string, sources: readonly string[], flags: EvaluateFlags) => {
      const start = performance.now();
      const signal = interruptSignal();
      const model = await loadModel(file, "polarizability", "polarization", "forceField");
      const { frames } = await readSources(sources, flags, signal);
      const { workers, journal } = flags;
      const test = await evaluateModel(model, frames, {
        ...{ signal, onProgress: progressLine(flags.json === true) },
        ...(workers !== undefined && { workers }),
        ...(journal !== undefined && { journal }),
        ...(flags.unwrap === false && model.kind === "polarization" && { branches: "keep" as const }),
      });
      for (const warning of errorWarnings({ test })) printWarning(warning);
      const { descriptor, training } = model;
      if (flags.json) printJson({ test, options: { descriptor: descriptor.options, training }, ...resources(start) });
      else printErrors({ test });
    });
}

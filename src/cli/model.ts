/** Commands for fitted models of any kind: fit, predict, evaluate. */
import { Command } from "commander";
import { writeExtxyz } from "../io/extxyzWrite.js";
import { trajectoryFrames } from "../io/trajectoryFrames.js";
import { evaluateModel } from "../model/evaluate.js";
import { loadModel, type Model } from "../model/file/models.js";
import { predictLinearResponse } from "../model/linearResponse/predict.js";
import { predictForces } from "../model/target/forceField/predict.js";
import { predictPolarizability } from "../model/target/polarizability/predict.js";
import { predictPolarization } from "../model/target/polarization/predict.js";
import { breathe, type RunOptions, throwIfAborted } from "../progress.js";
import { unwrap } from "../structure/displacement.js";
import type { Frame } from "../structure/frame.js";
import { frameCount, frameStructure, type Trajectory } from "../structure/trajectory.js";
import { type FileFlags, fileOptions } from "./fileOptions.js";
import { fitForceFieldCommand } from "./fitForceField.js";
import { fitPolarizabilityCommand } from "./fitPolarizability.js";
import { fitPolarizationCommand } from "./fitPolarization.js";
import { interruptSignal, print, printJson, progressLine, resources } from "./output.js";
import { integerOption, positiveOption } from "./parse.js";
import { printErrors } from "./report.js";
import type { SeriesFlags } from "./series.js";
import { readSources, readTrajectory } from "./source.js";

/** `spectensor fit …` */
export function fitCommand(): Command {
  return new Command("fit")
    .description("fit a model to first-principles data")
    .addCommand(fitPolarizabilityCommand())
    .addCommand(fitPolarizationCommand())
    .addCommand(fitForceFieldCommand());
}

/** Frames with what a model predicts for them. */
interface Predicted {
  readonly quantities: readonly string[];
  readonly frames: Iterable<Frame>;
}

async function predicted(model: Model, t: Trajectory, run: RunOptions): Promise<Predicted> {
  if (model.kind === "forceField") {
    const frames = await forceFrames(model, t, run);
    return { quantities: frames[0]?.stress ? ["energy", "forces", "stress"] : ["energy", "forces"], frames };
  }
  const timed = { timestep: 1, ...t }; // frames without a time count as 1 fs apart, which no tensor depends on
  const series =
    model.kind === "polarizability"
      ? [await predictPolarizability(model, timed, run)]
      : model.kind === "linearResponse" || model.kind === "secondOrder"
        ? [await predictLinearResponse(model, timed, run)]
        : Object.values(await predictPolarization(model, unwrap(timed), run)).filter((s) => s.quantity !== "current");
  return { quantities: series.map((s) => s.quantity), frames: trajectoryFrames(t, series) };
}

async function forceFrames(
  model: Extract<Model, { kind: "forceField" }>,
  t: Trajectory,
  run: RunOptions,
): Promise<Frame[]> {
  const frames: Frame[] = [];
  const total = frameCount(t);
  for (let f = 0; f < total; f++) {
    throwIfAborted(run.signal, "predicting");
    const structure = frameStructure(t, f);
    const time = t.times ? { time: t.times[f]! } : t.timestep !== undefined && { time: f * t.timestep };
    frames.push({ structure, ...time, ...predictForces(model, structure) });
    run.onProgress?.({ label: "predicting", done: f + 1, total, unit: "frames" });
    await breathe();
  }
  return frames;
}

interface PredictFlags extends SeriesFlags {
  readonly out: string;
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
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      "\nExample:\n  $ spectensor predict sio2.json XDATCAR.gz --timestep 1 --stride 10 --out sio2.extxyz.gz",
    )
    .action(async (file: string, source: string, flags: PredictFlags) => {
      const start = performance.now();
      const signal = interruptSignal();
      const model = await loadModel(file);
      const trajectory = await readTrajectory(source, flags, signal);
      const { quantities, frames } = await predicted(model, trajectory, {
        signal,
        onProgress: progressLine(flags.json === true),
      });
      await writeExtxyz(flags.out, frames);
      const count = frameCount(trajectory);
      const used = resources(start);
      if (flags.json) printJson({ out: flags.out, frames: count, quantities, ...used });
      else print(`${quantities.join(", ")} of ${count} frames: ${flags.out} (${used.seconds} s)`);
    });
}

interface EvaluateFlags extends FileFlags {
  readonly json?: boolean;
}

/** `spectensor evaluate MODEL SOURCE…` */
export function evaluateCommand(): Command {
  return fileOptions(new Command("evaluate"))
    .description("test a model on frames with first-principles results")
    .argument("<model>", "file written by spectensor fit")
    .argument("<sources...>", "frames with results: files, or ids of data sets")
    .option("--json", "print one JSON object")
    .addHelpText("after", "\nExample:\n  $ spectensor evaluate sio2.json test.extxyz.gz")
    .action(async (file: string, sources: readonly string[], flags: EvaluateFlags) => {
      const start = performance.now();
      const signal = interruptSignal();
      const model = await loadModel(file, "polarizability", "polarization", "forceField");
      const { frames } = await readSources(sources, flags, signal);
      const run = { signal, onProgress: progressLine(flags.json === true) };
      const test = await evaluateModel(model, frames, run);
      const { descriptor, training } = model;
      if (flags.json) printJson({ test, options: { descriptor: descriptor.options, training }, ...resources(start) });
      else printErrors({ test });
    });
}

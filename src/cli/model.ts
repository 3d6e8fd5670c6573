/** Commands for fitted models of any kind: fit, predict, evaluate. */
import { Command } from "commander";
import { FormatError } from "../errors.js";
import { writeExtxyz } from "../io/extxyzWrite.js";
import { loadTrajectory, readFrames } from "../io/load.js";
import { trajectoryFrames } from "../io/trajectoryFrames.js";
import { loadModel, type ModelDocument } from "../model/modelFile.js";
import { evaluateForceField } from "../model/target/forceField/evaluate.js";
import { readForceField } from "../model/target/forceField/forceFieldFile.js";
import { evaluatePolarizability } from "../model/target/polarizability/experiment.js";
import { readPolarizability } from "../model/target/polarizability/polarizabilityFile.js";
import { predictPolarizability } from "../model/target/polarizability/predict.js";
import { evaluatePolarization } from "../model/target/polarization/evaluate.js";
import { readPolarization } from "../model/target/polarization/polarizationFile.js";
import { predictPolarization } from "../model/target/polarization/predict.js";
import type { RunOptions } from "../progress.js";
import type { TensorSeries } from "../series/tensorSeries.js";
import { unwrap } from "../structure/displacement.js";
import type { Frame } from "../structure/frame.js";
import type { Trajectory } from "../structure/trajectory.js";
import { errorsOf, fitForceFieldCommand, printErrors as printForceErrors } from "./fitForceField.js";
import { fitPolarizabilityCommand, printReport, printScores } from "./fitPolarizability.js";
import { fitPolarizationCommand, printErrors } from "./fitPolarization.js";
import { interruptSignal, print, printJson, progressLine } from "./output.js";
import { integerOption, keyOption, positiveOption } from "./parse.js";
import { type FileFlags, loadOptions } from "./series.js";

/** `spectensor fit …` */
export function fitCommand(): Command {
  return new Command("fit")
    .description("fit a model to first-principles data")
    .addCommand(fitPolarizabilityCommand())
    .addCommand(fitPolarizationCommand())
    .addCommand(fitForceFieldCommand());
}

/** What each kind of model predicts along a trajectory. */
const PREDICT: Readonly<
  Record<
    string,
    (document: ModelDocument, file: string, t: Trajectory, run: RunOptions) => Promise<readonly TensorSeries[]>
  >
> = {
  polarizability: async (document, file, t, run) => [
    await predictPolarizability(readPolarizability(document, file), t, run),
  ],
  polarization: async (document, file, t, run) => {
    const { polarization, bornCharges } = await predictPolarization(readPolarization(document, file), unwrap(t), run);
    return [polarization, bornCharges];
  },
};

/** How each kind of model is tested on frames and the result printed. */
const EVALUATE: Readonly<
  Record<
    string,
    (
      document: ModelDocument,
      file: string,
      frames: readonly Frame[],
      run: RunOptions,
      flags: EvaluateFlags,
    ) => Promise<void>
  >
> = {
  polarizability: async (document, file, frames, run, flags) => {
    const report = await evaluatePolarizability(readPolarizability(document, file), frames, run);
    if (flags.json) printReport(report);
    else printScores(report);
  },
  polarization: async (document, file, frames, run, flags) => {
    const report = await evaluatePolarization(readPolarization(document, file), frames, run);
    if (flags.json) printJson(report);
    else printErrors({ test: report });
  },
  forceField: async (document, file, frames, run, flags) => {
    const report = await evaluateForceField(readForceField(document, file), frames, run);
    if (flags.json) printJson(errorsOf(report));
    else printForceErrors({ test: report });
  },
};

interface PredictFlags {
  readonly out: string;
  readonly timestep?: number;
  readonly stride?: number;
  readonly json?: boolean;
}

/** `spectensor predict MODEL TRAJECTORY` */
export function predictCommand(): Command {
  return new Command("predict")
    .description("predict the model's tensors along a trajectory")
    .argument("<model>", "file written by spectensor fit")
    .argument("<trajectory>", "structures in any format that is read")
    .requiredOption("--out <file>", "extended XYZ with structures and tensors, e.g. series.extxyz.gz")
    .option("--timestep <fs>", "time between the frames of the file, where it has no times", positiveOption("timestep"))
    .option("--stride <n>", "use every n-th frame", integerOption("stride", 1))
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      "\nExample:\n  $ spectensor predict sio2.json XDATCAR.gz --timestep 1 --stride 10 --out sio2.extxyz.gz",
    )
    .action(async (model: string, path: string, flags: PredictFlags) => {
      const start = performance.now();
      const signal = interruptSignal();
      const document = await loadModel(model);
      const { timestep, stride } = flags;
      const trajectory = await loadTrajectory(path, {
        signal,
        ...(timestep !== undefined && { timestep }),
        ...(stride !== undefined && { stride }),
      });
      const timed = { timestep: 1, ...trajectory }; // frames without a time count as 1 fs apart, which no tensor depends on
      const run = { signal, onProgress: progressLine(flags.json === true) };
      const series = await kindOf(PREDICT, document, model)(document, model, timed, run);
      await writeExtxyz(flags.out, trajectoryFrames(trajectory, series));
      const frames = trajectory.positions.length / (3 * trajectory.species.length);
      const seconds = (performance.now() - start) / 1000;
      const quantities = series.map((s) => s.quantity);
      if (flags.json) printJson({ out: flags.out, frames, quantities, seconds });
      else print(`${quantities.join(", ")} of ${frames} frames: ${flags.out} (${seconds.toFixed(1)} s)`);
    });
}

interface EvaluateFlags extends FileFlags {
  readonly json?: boolean;
}

/** `spectensor evaluate MODEL FILE` */
export function evaluateCommand(): Command {
  return new Command("evaluate")
    .description("test a model on frames with first-principles tensors")
    .argument("<model>", "file written by spectensor fit")
    .argument("<file>", "frames with tensors")
    .option("--key <quantity=name>", "name of a tensor in the file; may be repeated", keyOption)
    .option("--components <order>", "order of six tensor components in the file")
    .option("--json", "print one JSON object")
    .addHelpText("after", "\nExample:\n  $ spectensor evaluate sio2.json test.extxyz.gz")
    .action(async (model: string, path: string, flags: EvaluateFlags) => {
      const signal = interruptSignal();
      const document = await loadModel(model);
      const evaluate = kindOf(EVALUATE, document, model);
      const frames = await readFrames(path, { ...loadOptions(flags), signal });
      await evaluate(document, model, frames, { signal, onProgress: progressLine(flags.json === true) }, flags);
    });
}

function kindOf<T>(table: Readonly<Record<string, T>>, document: ModelDocument, file: string): T {
  const found = table[document.kind];
  if (found) return found;
  throw new FormatError({
    file,
    problem: `a model of kind "${document.kind}"`,
    advice: `expected one of ${Object.keys(table).join(", ")}`,
  });
}

/** What the three `fit` commands share: which frames train, validate and test, and what is printed. */
import { existsSync } from "node:fs";
import type { Command } from "commander";
import { OptionError, printable } from "../errors.js";
import { evaluateModel, type ModelErrors } from "../model/evaluate.js";
import { saveModel } from "../model/file/models.js";
import type { ForceFieldModel } from "../model/target/forceField/forceField.js";
import type { PolarizabilityModel } from "../model/target/polarizability/polarizability.js";
import type { EvaluatePolarizationOptions } from "../model/target/polarization/evaluate.js";
import type { PolarizationModel } from "../model/target/polarization/polarization.js";
import { splitFrames } from "../model/train/split.js";
import type { RunOptions } from "../progress.js";
import type { Frame } from "../structure/frame.js";
import { WORKERS_VARIABLE } from "../system/threads.js";
import { warned } from "./explain.js";
import { type FileFlags, fileOptions, printWarning } from "./fileOptions.js";
import { DESCRIPTOR_KEYS, nestDescriptor } from "./modelOptions.js";
import { interruptSignal, print, printJson, progressLine, resources } from "./output.js";
import { integerOption, jsonOption, positiveOption } from "./parse.js";
import { errorWarnings, printErrors } from "./report.js";
import { readSources, type SourceFrames } from "./source.js";

/** Flags that mean the same in every fit. */
export interface FitFlags extends FileFlags {
  readonly train: readonly string[];
  readonly frames?: number;
  readonly validation?: number;
  readonly test?: readonly string[];
  readonly seed: number;
  readonly options?: Record<string, unknown>;
  readonly compress?: number;
  readonly workers?: number;
  readonly out: string;
  readonly json?: boolean;
}

/** Adds them to a command. @param keys names of the options of the fit, for the help */
export function withFitFlags(command: Command, keys: readonly string[]): Command {
  return fileOptions(command)
    .requiredOption("--train <sources...>", "frames to train on: files, or ids of data sets")
    .option("--frames <N>", "train on so many of them, drawn at random (default: all)", integerOption("frames", 1))
    .option(
      "--validation <N|fraction>",
      "frames drawn from the sources, or part of the training frames, that only help to choose settings",
      validationOption,
    )
    .option(
      "--test <sources...>",
      "files or ids to test on, or a number of frames drawn from the sources (default with --frames: 400, or what remains)",
    )
    .option("--seed <s>", "of the draw", integerOption("seed"), 0)
    .option("--options <json>", `inline or a file: ${[...keys, ...DESCRIPTOR_KEYS].join(", ")}`, jsonOption)
    .option(
      "--compress <share>",
      "as few density channels as lose at most this share of their variance, e.g. 1e-3: for materials of many species",
      positiveOption("compress"),
    )
    .option("--workers <n>", "threads (default: one per processor)", integerOption("workers"))
    .requiredOption("--out <file>", "model file to write; gzipped when it ends in .gz")
    .option("--json", "print one JSON object");
}

/** A whole number of frames, or a fraction below 1. */
function validationOption(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && (Number.isInteger(value) ? value >= 0 : value > 0 && value < 1)) return value;
  throw new OptionError(`--validation: expected a whole number of frames or a fraction below 1, found "${text}"`);
}

/** Options from JSON, in which the settings of the descriptor may stand at the top level, and from flags. @throws OptionError */
export function fitOptions({ options = {}, compress: lost }: FitFlags, keys: readonly string[]): object {
  const nested = nestDescriptor(options, "descriptor", keys);
  if (lost === undefined) return nested;
  if ("compress" in nested) throw new OptionError({ where: "--compress", problem: "--options has compress, too" });
  return { ...nested, compress: { lost } };
}

/** Frames by their use. */
interface Sets {
  readonly train: readonly Frame[];
  /** Held out to choose settings. */
  readonly validation: readonly Frame[];
  readonly test: readonly Frame[];
}

type FittedModel = PolarizabilityModel | PolarizationModel | ForceFieldModel;

/** What a command does with its frames. */
export interface FitTask<M extends FittedModel> {
  readonly flags: FitFlags;
  /** Validation frames unless `--validation` says so, for so many training frames drawn by `--frames`. */
  readonly defaultValidation: (frames: number) => number;
  readonly fit: (
    train: readonly Frame[],
    validation: { readonly kind: "frames"; readonly frames: readonly Frame[] } | undefined,
    source: SourceFrames,
    run: RunOptions,
  ) => Promise<M>;
  /** What a reader of the errors wants to know as well. */
  readonly describe: (model: M) => readonly string[];
  /** Options and findings as `--json` prints them. */
  readonly options: (model: M) => object;
  /** How its errors are taken. */
  readonly compare?: PolarizationModel extends M
    ? Pick<EvaluatePolarizationOptions, "polarization" | "branches">
    : never;
  readonly posterior?: "keep" | "drop";
}

/** Reads, draws, fits, tests, saves and prints. */
export async function runFit<M extends FittedModel>(task: FitTask<M>): Promise<void> {
  const { flags } = task;
  // Everything in this process that takes threads takes so many.
  if (flags.workers !== undefined) process.env[WORKERS_VARIABLE] = String(flags.workers);
  const start = performance.now();
  const signal = interruptSignal();
  const source = await readSources(flags.train, flags, signal);
  const sets = await draw(source.frames, flags, task.defaultValidation, signal);
  const run = { signal, onProgress: progressLine(flags.json === true) };
  const validation = sets.validation.length > 0 ? { kind: "frames" as const, frames: sets.validation } : undefined;
  const model = await task.fit(sets.train, validation, source, run);
  for (const warning of model.training.warnings)
    process.stderr.write(`${printable(`warning: ${warned({ problem: warning })}`)}\n`);
  const compare = { ...run, ...task.compare };
  const errors: Record<"train" | "test", ModelErrors | undefined> = {
    train: await evaluateModel(model, sets.train, compare),
    test: sets.test.length > 0 ? await evaluateModel(model, sets.test, compare) : undefined,
  };
  for (const warning of errorWarnings(errors)) printWarning(warning);
  await saveModel(flags.out, model, task.posterior ? { posterior: task.posterior } : {});
  const used = resources(start);
  if (flags.json) return printJson({ ...errors, options: task.options(model), ...used });
  printErrors(errors);
  for (const line of task.describe(model)) print(line);
  print(`${used.seconds} s, ${used.peakMemoryMB} MB; wrote ${flags.out}`);
}

async function draw(
  all: readonly Frame[],
  flags: FitFlags,
  defaultValidation: (frames: number) => number,
  signal: AbortSignal,
): Promise<Sets> {
  const { test, frames, seed } = flags;
  const count = test?.length === 1 && /^\d+$/.test(test[0]!) && !existsSync(test[0]!) ? Number(test[0]) : undefined;
  const tested = test && count === undefined ? (await readSources(test, flags, signal)).frames : [];
  const asked = flags.validation ?? (frames === undefined ? 0 : defaultValidation(frames));
  const validationOf = (train: number): number => (Number.isInteger(asked) ? asked : Math.round(asked * train));
  const drawnTest = count ?? (test || frames === undefined ? 0 : undefined);
  const train = frames ?? trainingFrames(all.length, drawnTest ?? 0, asked);
  const split = splitFrames(all.length, {
    train,
    validation: validationOf(train),
    ...(drawnTest !== undefined && { test: drawnTest }),
    seed,
  });
  const pick = (indices: readonly number[]): Frame[] => indices.map((i) => all[i]!);
  const whole = train === all.length;
  return {
    train: whole ? all : pick(split.train),
    validation: pick(split.validation),
    test: tested.length > 0 ? tested : pick(split.test),
  };
}

/** What is left for training of so many frames. @param validation a number, or a fraction of the training frames */
function trainingFrames(all: number, test: number, validation: number): number {
  if (Number.isInteger(validation)) return all - test - validation;
  const train = Math.floor((all - test) / (1 + validation));
  return train + Math.round(validation * train) + test > all ? train - 1 : train;
}

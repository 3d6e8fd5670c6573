/** Ensembles whose runs are too long for memory, or too precious to be lost. */
import { existsSync } from "node:fs";
import type { z } from "zod";
import { createDescriptor } from "../descriptor/descriptor.js";
import type { ResolvedDescriptor } from "../descriptor/options.js";
import { DataError } from "../errors.js";
import { streamFrames } from "../io/load.js";
import type { ForceFieldModel } from "../model/target/forceField/forceField.js";
import { type Fields, readOptions, record } from "../options/record.js";
import { parallelMap } from "../parallel/parallelMap.js";
import { throwIfAborted } from "../progress.js";
import type { Structure } from "../structure/structure.js";
import { type Lock, lockOutput } from "../system/lock.js";
import { canonicalRun, ENSEMBLE_FIELDS, type MdEnsembleOptions, type Snapshot } from "./ensemble.js";
import { forceFieldPotential } from "./forceFieldPotential.js";
import { FILE_FIELDS, mdToLockedFile } from "./mdToFile.js";
import type { MdOptions } from "./options.js";
import { startState } from "./start.js";
import { removeDrift } from "./velocities.js";

export interface MdEnsembleFileOptions extends MdEnsembleOptions {
  /** Pattern of the files, e.g. nve.xyz.gz: the runs go to nve-01.xyz.gz, nve-02.xyz.gz, …, the canonical run to nve-nvt.xyz.gz. */
  readonly trajectory: string;
  /** Steps between restart files, default 1000. */
  readonly restartEvery?: number;
  /** `resume` goes on where files and restart files of an earlier call end; `new` (default) begins anew. */
  readonly begin?: "new" | "resume";
}

const OPTIONS = record({ ...ENSEMBLE_FIELDS, ...FILE_FIELDS } satisfies Fields<MdEnsembleFileOptions>);

/** The files of an ensemble. */
export interface MdEnsembleFiles {
  readonly canonical: string;
  readonly runs: readonly string[];
}

/** Names of the files that {@link mdEnsembleToFiles} writes. */
export function ensembleFileNames(trajectory: string, runs: number): MdEnsembleFiles {
  const [, stem = trajectory, ending = ""] = /^(.*?)((?:\.[a-z]+)*)$/i.exec(trajectory) ?? [];
  const digits = Math.max(2, `${runs}`.length);
  const numbers = Array.from({ length: runs }, (_, k) => `${k + 1}`.padStart(digits, "0"));
  return { canonical: `${stem}-nvt${ending}`, runs: numbers.map((n) => `${stem}-${n}${ending}`) };
}

/**
 * As `mdEnsemble`, with every run in a file of its own. Killed at any moment and called again with `begin: "resume"` it leaves the
 * same files.
 * @throws OptionError | DataError | FileError | FormatError | AbortedError see `mdEnsemble` and `mdToFile`
 */
export async function mdEnsembleToFiles(
  start: Structure,
  model: ForceFieldModel,
  options: MdEnsembleFileOptions,
): Promise<MdEnsembleFiles> {
  const read = readOptions(OPTIONS, options, "mdEnsembleToFiles");
  const files = ensembleFileNames(read.trajectory, read.runs);
  const locks: Lock[] = [];
  try {
    // All of them here: a worker thread that is ended would leave its lock to this process.
    for (const file of [files.canonical, ...files.runs]) locks.push(await lockOutput(file));
    await runAll(start, model, read, files);
  } finally {
    for (const lock of locks) lock.release();
  }
  return files;
}

async function runAll(
  start: Structure,
  model: ForceFieldModel,
  options: z.output<typeof OPTIONS>,
  files: MdEnsembleFiles,
): Promise<void> {
  const { steps, timestep, saveEvery, masses, maxForce, workers, onProgress, signal } = options;
  const { restartEvery, begin } = options;
  const snapshots = await canonicalToFile(start, model, options, files.canonical);
  await parallelMap({
    workerModule: new URL("./ensembleFiles.js", import.meta.url),
    prepare,
    shared: {
      model: { ...model, descriptor: model.descriptor.options, posterior: undefined },
      start,
      begin,
      options: {
        steps,
        timestep,
        saveEvery,
        restartEvery,
        ...(masses && { masses }),
        ...(maxForce !== undefined && { maxForce }),
      },
    },
    items: snapshots.map((snapshot, k) => ({ ...snapshot, file: files.runs[k]! })),
    label: "molecular dynamics",
    itemName: "run",
    ...(workers !== undefined && { workers }),
    ...(onProgress && { onProgress }),
    ...(signal && { signal }),
  });
}

async function canonicalToFile(
  start: Structure,
  model: ForceFieldModel,
  options: z.output<typeof OPTIONS>,
  file: string,
): Promise<Snapshot[]> {
  const { restartEvery, begin, workers, onProgress, signal } = options;
  const { at, run } = canonicalRun(options);
  const { reason } = await mdToLockedFile(start, forceFieldPotential(model), {
    ...run,
    trajectory: file,
    saveEvery: Math.max(1, at.reduce(greatestCommonDivisor, 0)),
    begin: begin === "resume" && existsSync(`${file}.restart.json`) ? "resume" : "new",
    restartEvery,
    ...(workers !== undefined && { workers }),
    ...(onProgress && { onProgress }),
    ...(signal && { signal }),
  });
  if (reason === "interrupted") throwIfAborted(signal, "equilibrating");
  const { masses } = startState(start, run);
  const snapshots: Snapshot[] = [];
  for await (const { structure, velocities, info } of streamFrames(file)) {
    if (!at.includes(Number(info?.step)) || !velocities) continue;
    removeDrift(velocities, masses);
    snapshots.push({ positions: structure.positions, velocities });
  }
  if (snapshots.length !== at.length)
    throw new DataError({
      where: file,
      problem: `holds ${snapshots.length} of ${at.length} snapshots`,
      advice: "begin the ensemble anew",
    });
  return snapshots;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

interface Shared {
  readonly model: Omit<ForceFieldModel, "descriptor" | "posterior"> & { readonly descriptor: ResolvedDescriptor };
  readonly start: Structure;
  readonly begin: "new" | "resume";
  readonly options: Pick<MdOptions, "steps" | "timestep" | "saveEvery" | "masses" | "maxForce"> & {
    readonly restartEvery: number;
  };
}

/** What each thread does; exported for the worker pool. */
export function prepare({
  model,
  start,
  begin,
  options,
}: Shared): (run: Snapshot & { readonly file: string }) => Promise<undefined> {
  const potential = forceFieldPotential({ ...model, descriptor: createDescriptor(model.descriptor) });
  return async ({ positions, velocities, file }) => {
    const resume = begin === "resume" && existsSync(`${file}.restart.json`);
    await mdToLockedFile({ ...start, positions }, potential, {
      ...options,
      ensemble: { kind: "nve" },
      // Runs go to the threads, not their steps.
      workers: 1,
      velocities,
      trajectory: file,
      begin: resume ? "resume" : "new",
    });
    return undefined;
  };
}

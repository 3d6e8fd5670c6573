/** Ensembles of micro-canonical runs from snapshots of a canonical one, as the spectra are averaged over (S sec. II.C). */
import type { z } from "zod";
import { createDescriptor } from "../descriptor/descriptor.js";
import type { ResolvedDescriptor } from "../descriptor/options.js";
import type { ForceFieldModel } from "../model/target/forceField/forceField.js";
import { type Fields, readOptions, record } from "../options/record.js";
import { integer, number, positive, RUN_FIELDS } from "../options/values.js";
import { parallelMap } from "../parallel/parallelMap.js";
import { type RunOptions, throwIfAborted } from "../progress.js";
import type { Structure } from "../structure/structure.js";
import { createTrajectory, type Trajectory } from "../structure/trajectory.js";
import { forceFieldPotential } from "./forceFieldPotential.js";
import { md } from "./md.js";
import { type MdOptions, massesOption } from "./options.js";
import { startState } from "./start.js";
import { removeDrift } from "./velocities.js";

export interface MdEnsembleOptions extends RunOptions {
  /** K */
  readonly temperature: number;
  /** Micro-canonical runs, at least 1. */
  readonly runs: number;
  /** Steps of each. */
  readonly steps: number;
  /** fs, default 1 */
  readonly timestep?: number;
  /** Steps between recorded frames, default 4. */
  readonly saveEvery?: number;
  /** Steps of the canonical run before the first snapshot, default 2000. */
  readonly equilibration?: number;
  /** Steps of the canonical run between snapshots, default 500. */
  readonly between?: number;
  /** Of the canonical run, 1/ps, default 10. */
  readonly friction?: number;
  /** Default 1. */
  readonly seed?: number;
  /** Masses in u by symbol where they differ from the standard ones. */
  readonly masses?: Readonly<Record<string, number>>;
  /** Stops when a force component exceeds it, eV/Å; default 100. */
  readonly maxForce?: number;
  /** Threads; 0 or 1 work in this one. Default: one per processor. */
  readonly workers?: number;
}

/** One micro-canonical run. */
export interface MdRun {
  /** Positions and velocities of the recorded frames. */
  readonly trajectory: Trajectory;
  /** Potential and kinetic energy per frame, eV. */
  readonly potentialEnergy: Float64Array;
  readonly kineticEnergy: Float64Array;
  /** Kinetic temperature per frame, K. */
  readonly temperature: Float64Array;
}

export const ENSEMBLE_FIELDS = {
  temperature: number({ atLeast: 0 }, "K"),
  runs: integer({ atLeast: 1 }),
  steps: integer({ atLeast: 0 }),
  timestep: positive("fs").default(1),
  saveEvery: integer({ atLeast: 1 }).default(4),
  equilibration: integer({ atLeast: 0 }).default(2000),
  between: integer({ atLeast: 1 }).default(500),
  friction: positive("1/ps").optional(),
  seed: integer().optional(),
  masses: massesOption.optional(),
  maxForce: positive("eV/Å").optional(),
  workers: integer({ atLeast: 0 }).optional(),
  ...RUN_FIELDS,
} satisfies Fields<MdEnsembleOptions>;
const OPTIONS = record(ENSEMBLE_FIELDS);

/** {@link MdEnsembleOptions} with the defaults filled in. */
export type ResolvedEnsembleOptions = z.output<typeof OPTIONS>;

/**
 * A Langevin run, and a micro-canonical run from each of its snapshots, positions and velocities with the motion of the centre of
 * mass taken out, in parallel. The same bits for any number of workers.
 * @throws OptionError for options that make no sense
 * @throws DataError naming the run whose forces pass the limit
 * @throws AbortedError
 */
export async function mdEnsemble(
  start: Structure,
  model: ForceFieldModel,
  options: MdEnsembleOptions,
): Promise<MdRun[]> {
  const read = readOptions(OPTIONS, options, "mdEnsemble");
  const { steps, timestep, saveEvery, masses, maxForce, workers, onProgress, signal } = read;
  const snapshots = await canonicalSnapshots(start, model, read);
  return parallelMap({
    workerModule: new URL("./ensemble.js", import.meta.url),
    prepare,
    shared: {
      descriptor: model.descriptor.options,
      weights: model.weights,
      basis: model.basis,
      order: model.order,
      constants: model.constants,
      training: model.training,
      start,
      options: { steps, timestep, saveEvery, ...(masses && { masses }), ...(maxForce !== undefined && { maxForce }) },
    },
    items: snapshots,
    label: "molecular dynamics",
    itemName: "run",
    ...(workers !== undefined && { workers }),
    ...(onProgress && { onProgress }),
    ...(signal && { signal }),
  });
}

/** Where a micro-canonical run starts. */
export interface Snapshot {
  readonly positions: Float64Array;
  readonly velocities: Float64Array;
}

/** The canonical run that the snapshots of an ensemble are taken from. */
export function canonicalRun(options: ResolvedEnsembleOptions): {
  /** Steps of the snapshots. */
  readonly at: readonly number[];
  readonly run: MdOptions;
} {
  const { runs, temperature, friction, timestep, seed, masses, maxForce, equilibration, between } = options;
  const at = Array.from({ length: runs }, (_, k) => equilibration + k * between);
  return {
    at,
    run: {
      ensemble: { kind: "nvt", temperature, ...(friction !== undefined && { friction }) },
      steps: at.at(-1)!,
      timestep,
      ...(seed !== undefined && { seed }),
      ...(masses && { masses }),
      ...(maxForce !== undefined && { maxForce }),
    },
  };
}

async function canonicalSnapshots(
  start: Structure,
  model: ForceFieldModel,
  options: ResolvedEnsembleOptions,
): Promise<Snapshot[]> {
  const { workers, onProgress, signal } = options;
  const { at, run } = canonicalRun(options);
  const snapshots: Snapshot[] = [];
  const { masses } = startState(start, run);
  const { reason } = await md(start, forceFieldPotential(model), {
    ...run,
    onFrame: ({ step, structure, velocities }) => {
      if (!at.includes(step)) return;
      removeDrift(velocities, masses);
      snapshots.push({ positions: structure.positions, velocities });
    },
    ...(workers !== undefined && { workers }),
    ...(onProgress && { onProgress }),
    ...(signal && { signal }),
  });
  if (reason === "interrupted") throwIfAborted(signal, "equilibrating");
  return snapshots;
}

interface Shared extends Pick<ForceFieldModel, "weights" | "basis" | "order" | "constants" | "training"> {
  readonly descriptor: ResolvedDescriptor;
  readonly start: Structure;
  readonly options: Pick<MdOptions, "steps" | "masses" | "maxForce"> & {
    readonly timestep: number;
    readonly saveEvery: number;
  };
}

/** What each thread does; exported for the worker pool. */
export function prepare({
  descriptor: settings,
  start,
  options,
  ...model
}: Shared): (snapshot: Snapshot) => Promise<MdRun> {
  const potential = forceFieldPotential({ kind: "forceField", descriptor: createDescriptor(settings), ...model });
  return async ({ positions, velocities }) => {
    const structures: Structure[] = [];
    const recorded: { velocities: Float64Array; potential: number; kinetic: number; temperature: number }[] = [];
    await md({ ...start, positions }, potential, {
      ...options,
      ensemble: { kind: "nve" },
      // Runs go to the threads, not their steps.
      workers: 1,
      velocities,
      onFrame: (f) => {
        structures.push(f.structure);
        recorded.push({
          velocities: f.velocities,
          potential: f.potentialEnergy,
          kinetic: f.kineticEnergy,
          temperature: f.temperature,
        });
      },
    });
    const all = new Float64Array(recorded.length * velocities.length);
    recorded.forEach((r, f) => {
      all.set(r.velocities, f * velocities.length);
    });
    return {
      trajectory: { ...createTrajectory(structures, options.timestep * options.saveEvery), velocities: all },
      potentialEnergy: Float64Array.from(recorded, (r) => r.potential),
      kineticEnergy: Float64Array.from(recorded, (r) => r.kinetic),
      temperature: Float64Array.from(recorded, (r) => r.temperature),
    };
  };
}

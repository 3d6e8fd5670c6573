import { existsSync, rmSync } from "node:fs";
import { OptionError } from "../errors.js";
import { type Fields, readOptions, record } from "../options/record.js";
import { integer, oneOf, text } from "../options/values.js";
import type { Structure } from "../structure/structure.js";
import { lockOutput } from "../system/lock.js";
import { type MdResult, mdWith } from "./md.js";
import { MD_FIELDS, type MdOptions } from "./options.js";
import { type Potential, withPotential } from "./potential.js";
import { readRestart, writeRestart } from "./restart.js";
import { openTrajectory } from "./trajectoryFile.js";

export interface MdFileOptions extends Omit<MdOptions, "resume"> {
  /** Extended XYZ file for the recorded frames, gzipped when the name ends in .gz. */
  readonly trajectory: string;
  /** Default the name of the trajectory with `.restart.json` after it. */
  readonly restart?: string;
  /** Steps between restart files, default 1000. */
  readonly restartEvery?: number;
  /** `resume` goes on from the restart file; `new` (default) begins anew. */
  readonly begin?: "new" | "resume";
}

export const FILE_FIELDS = {
  trajectory: text(),
  restartEvery: integer({ atLeast: 1 }).default(1000),
  begin: oneOf(["new", "resume"]).default("new"),
};
const OPTIONS = record({
  ...MD_FIELDS,
  ...FILE_FIELDS,
  restart: text().optional(),
} satisfies Fields<MdFileOptions>);

/**
 * {@link md} with its frames in a file. The restart file says how many bytes of the trajectory belong to it, so that a run that was
 * killed at any moment, resumed with the same options, leaves the same frames as one that was not. After an error the frames
 * recorded before it are in the file.
 * @throws FormatError for a damaged restart file
 * @throws OptionError if the restart file is of other atoms, of another potential or of other settings, or there is none
 * @throws DataError see {@link md}; or if the trajectory is shorter than the restart file says, or has been changed since
 * @throws FileError if a file cannot be written, or another run writes this trajectory
 */
export async function mdToFile(start: Structure, potential: Potential, options: MdFileOptions): Promise<MdResult> {
  const read = readOptions(OPTIONS, options, "mdToFile");
  const lock = await lockOutput(read.trajectory);
  try {
    return await mdToLockedFile(start, potential, read);
  } finally {
    lock.release();
  }
}

/** {@link mdToFile} for whoever holds the lock on the trajectory. */
export async function mdToLockedFile(
  start: Structure,
  potential: Potential,
  options: MdFileOptions,
): Promise<MdResult> {
  const { trajectory, restartEvery, begin, ...read } = readOptions(OPTIONS, options, "mdToFile");
  const { restart = `${trajectory}.restart.json`, ...rest } = read;
  const settings = settingsOf(potential, rest);
  const from = begin === "resume" ? resumable(restart, start, settings) : undefined;
  // One of an earlier run must not be taken for this one's.
  if (!from) rmSync(restart, { force: true });
  const file = await openTrajectory(trajectory, from?.trajectory);
  const steps = async (forces: Parameters<typeof mdWith>[2]): Promise<MdResult> => {
    let resume = from?.state;
    for (;;) {
      const next = (Math.floor((resume?.step ?? 0) / restartEvery) + 1) * restartEvery;
      const part = await mdWith(start, potential, forces, {
        ...rest,
        steps: Math.min(rest.steps, next),
        ...(resume && { resume }),
        onFrame: async (frame) => {
          await file.add(frame);
          await rest.onFrame?.(frame);
        },
        ...(rest.onProgress && { onProgress: (p) => rest.onProgress?.({ ...p, total: rest.steps }) }),
      });
      resume = part.state;
      writeRestart(restart, { state: resume, settings, trajectory: await file.flush() });
      if (part.reason === "interrupted" || resume.step >= rest.steps) return part;
    }
  };
  try {
    return await withPotential(potential, start, rest.workers, steps);
  } finally {
    await file.close();
  }
}

/** Everything that the steps depend on, each as JSON. */
function settingsOf({ fingerprint, name }: Potential, options: Omit<MdOptions, "resume">): Record<string, string> {
  const { ensemble, timestep = 1, seed = 1, saveEvery = 1, masses = {}, fixed = [] } = options;
  const settings = { potential: fingerprint ?? name, ensemble, timestep, seed, saveEvery, masses, fixed };
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, JSON.stringify(value)]));
}

function resumable(
  path: string,
  start: Structure,
  settings: Readonly<Record<string, string>>,
): ReturnType<typeof readRestart> {
  if (!existsSync(path))
    throw new OptionError({ where: path, problem: "no restart file to go on from", advice: "start the run anew" });
  const found = readRestart(path);
  const { species } = found.state;
  if (species.length !== start.species.length || species.some((x, i) => x !== start.species[i]))
    throw new OptionError({ where: path, problem: "the restart file is of other atoms than the start structure" });
  for (const [key, value] of Object.entries(settings)) {
    const before = found.settings?.[key] ?? value;
    if (before !== value)
      throw new OptionError({
        where: path,
        problem: `the run had ${key} ${before}, now it is ${value}`,
        advice: "go on with the same settings, or start a new run from the last frame of the trajectory",
      });
  }
  return found;
}

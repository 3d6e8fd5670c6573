/** Restart files: the whole state as readable JSON; numbers keep every bit because JSON prints shortest round-trip decimals. */
import { readFileSync } from "node:fs";
import { z } from "zod";
import { FormatError } from "../errors.js";
import { parseJson } from "../system/json.js";
import { writeWholeSync } from "../system/wholeFile.js";
import type { MdState } from "./state.js";
import type { TrajectoryState } from "./trajectoryFile.js";

const KIND = "spectensor-restart";

const numbers = z.array(z.number());
const schema = z
  .strictObject({
    format: z.literal(KIND),
    version: z.literal(1),
    species: z.array(z.string()),
    periodic: z.tuple([z.boolean(), z.boolean(), z.boolean()]),
    /** null stands for an infinite mass (a fixed atom) */
    masses: z.array(z.number().nullable()),
    positions: numbers,
    velocities: numbers,
    cell: numbers.length(9).optional(),
    forces: numbers,
    energy: z.number(),
    stress: numbers.length(9).optional(),
    step: z.number().int().nonnegative(),
    random: z.tuple([z.number(), z.number(), z.number(), z.number()]).optional(),
    /** what the run was asked for, each as JSON */
    settings: z.record(z.string(), z.string()).optional(),
    /** bytes of the trajectory file that belong to this state; what follows was written later and is dropped on resume */
    trajectoryBytes: z.number().int().nonnegative().optional(),
    /** of these bytes */
    trajectorySha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .optional(),
  })
  .refine((r) => r.masses.length === r.species.length, "one mass per atom")
  .refine(
    (r) => [r.positions, r.velocities, r.forces].every((a) => a.length === 3 * r.species.length),
    "three components per atom",
  );

/** A state and how much of the trajectory file belongs to it. */
export interface Restart {
  readonly state: MdState;
  /** What the run was asked for, each as JSON; a run is resumed with the same only. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly trajectory?: TrajectoryState;
}

/** Writes a restart file; it appears whole or not at all. */
export function writeRestart(path: string, restart: Restart): void {
  writeWholeSync(path, restartText(restart));
}

/** A restart file as text. */
export function restartText(restart: Restart): string {
  const { state, settings, trajectory } = restart;
  const { species, periodic, energy, step, random, cell, stress } = state;
  return `${JSON.stringify({
    format: KIND,
    version: 1,
    species,
    periodic,
    masses: Array.from(state.masses, (m) => (Number.isFinite(m) ? m : null)),
    positions: Array.from(state.positions),
    velocities: Array.from(state.velocities),
    ...(cell && { cell: Array.from(cell) }),
    forces: Array.from(state.forces),
    energy,
    ...(stress && { stress: Array.from(stress) }),
    step,
    ...(random && { random }),
    ...(settings && { settings }),
    ...(trajectory && { trajectoryBytes: trajectory.bytes }),
    ...(trajectory?.sha256 && { trajectorySha256: trajectory.sha256 }),
  })}\n`;
}

/** @throws FormatError if the file is not a restart file of this version or its arrays do not fit together */
export function readRestart(path: string): Restart {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw unreadable(path, cause);
  }
  return parseRestart(text, path);
}

function unreadable(file: string, cause: unknown): FormatError {
  return new FormatError({
    file,
    problem: "cannot be read as a restart file",
    advice: "start the run anew, without this file",
    cause,
  });
}

/** The state in the text of a restart file; see {@link readRestart}. @param path name for messages */
export function parseRestart(text: string, path: string): Restart {
  let content: unknown;
  try {
    content = parseJson(text, path);
  } catch (cause) {
    throw unreadable(path, cause);
  }
  const parsed = schema.safeParse(content);
  if (!parsed.success)
    throw new FormatError({
      file: path,
      problem: `not a restart file: ${z.prettifyError(parsed.error)}`,
      advice: "start the run anew, without this file",
    });
  const r = parsed.data;
  return {
    state: {
      species: r.species,
      periodic: r.periodic,
      masses: Float64Array.from(r.masses, (m) => m ?? Number.POSITIVE_INFINITY),
      positions: Float64Array.from(r.positions),
      velocities: Float64Array.from(r.velocities),
      ...(r.cell && { cell: Float64Array.from(r.cell) }),
      forces: Float64Array.from(r.forces),
      energy: r.energy,
      ...(r.stress && { stress: Float64Array.from(r.stress) }),
      step: r.step,
      ...(r.random && { random: r.random }),
    },
    ...(r.settings && { settings: r.settings }),
    ...(r.trajectoryBytes !== undefined && {
      trajectory: { bytes: r.trajectoryBytes, ...(r.trajectorySha256 && { sha256: r.trajectorySha256 }) },
    }),
  };
}

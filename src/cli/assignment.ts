/** What the peaks of a spectrum are: harmonic modes, and the trajectory behind the series projected on them. */
import { DataError, ShapeError } from "../errors.js";
import { displacedForces } from "../spectrum/displacedForces.js";
import { forceConstants } from "../spectrum/forceConstants.js";
import { modeSpectrum } from "../spectrum/modeProjection.js";
import { type ModeRow, modeTable } from "../spectrum/modeTable.js";
import type { PeakTableOptions } from "../spectrum/peakTable.js";
import { type NormalModes, normalModes } from "../spectrum/phonons.js";
import type { Spectrum } from "../spectrum/spectrum.js";
import { withVelocities } from "../structure/displacement.js";
import type { Trajectory } from "../structure/trajectory.js";
import { printWarning } from "./fileOptions.js";
import { derivativesOf } from "./harmonicInput.js";
import type { KnownModes } from "./modesFile.js";
import { datasetOf, type SeriesFlags } from "./series.js";
import { readTrajectory } from "./source.js";

/** Options of the command that matter for the assignment. */
interface AssignmentFlags extends SeriesFlags {
  readonly modes?: KnownModes;
}

/**
 * Modes and projection for the peaks of a series. Modes come from `--modes`, or from the displaced structures of a data set; they are
 * projected on where source and modes have the same atoms, otherwise the nearest mode alone names a peak.
 */
export async function assignment(
  source: string,
  quantity: Spectrum["quantity"],
  flags: AssignmentFlags,
  signal: AbortSignal,
): Promise<Pick<PeakTableOptions, "modes" | "projection">> {
  const known = flags.modes ?? (await modesOfDataset(source, flags, signal));
  if (!known) return {};
  const { rows: modes, normalModes: vectors } = known;
  if (!vectors || flags.segments) return { modes };
  const trajectory = await trajectoryOf(source, flags, signal);
  if (!trajectory) return { modes };
  const projection = projected(modes, vectors, trajectory, quantity);
  return { modes, ...(projection && { projection }) };
}

async function modesOfDataset(
  source: string,
  flags: SeriesFlags,
  signal: AbortSignal,
): Promise<KnownModes | undefined> {
  const set = await datasetOf(source, flags, signal);
  if (!set?.reference || set.runs > 1 || !set.displaced.some((f) => f.forces)) return undefined;
  const { reference, displaced } = set;
  const forces = displacedForces(reference, displaced);
  const vectors = normalModes(forceConstants(reference.structure, forces));
  const derivatives = await derivativesOf({ reference, displaced, forces });
  const { bornCharges } = reference;
  const rows = modeTable(vectors, { ...(bornCharges && { bornCharges }), ...(derivatives && { derivatives }) });
  return { rows, normalModes: vectors };
}

/** The positions behind the series, if the source has them. */
async function trajectoryOf(source: string, flags: SeriesFlags, signal: AbortSignal): Promise<Trajectory | undefined> {
  try {
    const trajectory = await readTrajectory(source, flags, signal);
    return trajectory.velocities ? trajectory : withVelocities(trajectory);
  } catch (error) {
    if (!(error instanceof DataError || error instanceof ShapeError)) throw error;
    printWarning({ where: source, problem: "no trajectory to project on the modes: the nearest mode names each peak" });
    return undefined;
  }
}

/** Motion by symmetry: of modes that the light of the spectrum sees, and of the structure as a whole. */
function projected(
  rows: readonly ModeRow[],
  vectors: NormalModes,
  trajectory: Trajectory,
  quantity: Spectrum["quantity"],
): Spectrum | undefined {
  const key = quantity === "raman" ? "raman" : "infrared";
  const known = rows.some((m) => (m[key] ?? 0) > 0);
  const dark = "not seen";
  const labels = rows.map((m) => {
    if (m.kind !== "vibration") return m.kind;
    return known && !((m[key] ?? 0) > 0) ? dark : m.symmetry;
  });
  const all = modeSpectrum(vectors, trajectory, { grouping: { kind: "labels", labels } });
  const { [dark]: _, ...intensities } = all.intensities;
  // The first intensity is the whole; a projection has parts besides it.
  return Object.keys(intensities).length > 1 ? { ...all, intensities } : undefined;
}

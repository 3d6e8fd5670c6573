import { fitLine } from "../math/lineFit.js";
import { standardDeviation } from "../math/statistics.js";
import { frameCount } from "../structure/trajectory.js";
import type { MdRun } from "./ensemble.js";

/** How well a micro-canonical run keeps its energy. */
export interface EnergyDrift {
  /** Slope of the total energy, meV/atom/ps. */
  readonly drift: number;
  /** Standard deviation of the total energy around that line, meV/atom. */
  readonly fluctuation: number;
}

/** Drift and fluctuation of the total energy of a run. @throws DataError for fewer than two frames */
export function energyDrift(run: Pick<MdRun, "trajectory" | "potentialEnergy" | "kineticEnergy">): EnergyDrift {
  const { species, timestep = 1 } = run.trajectory;
  const time = Float64Array.from({ length: frameCount(run.trajectory) }, (_, f) => (f * timestep) / 1000);
  const total = run.potentialEnergy.map((e, f) => ((e + run.kineticEnergy[f]!) * 1000) / species.length);
  const line = fitLine(time, total);
  return {
    drift: line.slope,
    fluctuation: standardDeviation(total.map((e, f) => e - line.intercept - line.slope * time[f]!)),
  };
}

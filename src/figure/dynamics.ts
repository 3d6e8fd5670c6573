/** Figures of molecular dynamics. */
import type { MeanSquaredDisplacement } from "../dynamics/displacementStatistics.js";
import type { MdRun } from "../dynamics/ensemble.js";
import type { RadialDistribution } from "../dynamics/rdf.js";
import type { VelocityAutocorrelation } from "../dynamics/vibrations.js";
import { readOptions } from "../options/record.js";
import { frameCount } from "../structure/trajectory.js";
import type { Figure } from "./figure.js";
import { FIGURE_OPTIONS, type FigureOptions, lineFigure } from "./lines.js";

/** At most as many lattice vectors are marked. */
const IMAGES = 6;

/**
 * g(r) of one or more pairs of species. In small cells the distances between an atom and its own periodic images are marked: what g(r) shows
 * from about there on is the order of the cell, not of the material.
 */
export function radialDistributionFigure(pairs: readonly RadialDistribution[], options: FigureOptions = {}): Figure {
  readOptions(FIGURE_OPTIONS, options, "radialDistributionFigure");
  const images = pairs[0]?.images?.subarray(0, IMAGES) ?? [];
  const note = images.length > 0 ? "Dotted: distances of an atom from its own periodic images." : "";
  return lineFigure(
    pairs.map(({ pair, distance, value }) => ({ label: pair.join("–"), x: distance, y: value })),
    {
      ...options,
      ...(note && { note: options.note ? `${options.note} ${note}` : note }),
      x: { quantity: "Distance", unit: "Å" },
      y: { quantity: "g(r)" },
      marks: Array.from(images, (value, k) => ({
        axis: "x" as const,
        value,
        ...(k === 0 && { label: "periodic image" }),
      })),
    },
  );
}

/** Mean squared displacement of every species. */
export function displacementFigure(msd: MeanSquaredDisplacement, options: FigureOptions = {}): Figure {
  readOptions(FIGURE_OPTIONS, options, "displacementFigure");
  return lineFigure(
    msd.species.map((label, s) => ({ label, x: msd.lag, y: msd.value[s]! })),
    { ...options, x: { quantity: "Time", unit: "fs" }, y: { quantity: "Mean squared displacement", unit: "Å²" } },
  );
}

/** Normalized velocity autocorrelation of every species. */
export function velocityAutocorrelationFigure(c: VelocityAutocorrelation, options: FigureOptions = {}): Figure {
  readOptions(FIGURE_OPTIONS, options, "velocityAutocorrelationFigure");
  return lineFigure(
    Object.entries(c.species).map(([label, y]) => ({ label, x: c.lag, y })),
    { ...options, x: { quantity: "Time", unit: "fs" }, y: { quantity: "Velocity autocorrelation" } },
  );
}

/** Temperature of each run against time. */
export function temperatureFigure(runs: readonly MdRun[], options: FigureOptions = {}): Figure {
  readOptions(FIGURE_OPTIONS, options, "temperatureFigure");
  return lineFigure(
    runs.map((run, r) => ({ label: `run ${r}`, x: picoseconds(run), y: run.temperature })),
    { ...options, x: { quantity: "Time", unit: "ps" }, y: { quantity: "Temperature", unit: "K" } },
  );
}

/** Total energy of each run relative to its first frame, per atom. */
export function energyFigure(runs: readonly MdRun[], options: FigureOptions = {}): Figure {
  readOptions(FIGURE_OPTIONS, options, "energyFigure");
  return lineFigure(
    runs.map((run, r) => {
      const total = run.potentialEnergy.map((e, f) => e + run.kineticEnergy[f]!);
      const scale = 1000 / run.trajectory.species.length;
      return { label: `run ${r}`, x: picoseconds(run), y: total.map((e) => scale * (e - total[0]!)) };
    }),
    { ...options, x: { quantity: "Time", unit: "ps" }, y: { quantity: "Total energy", unit: "meV/atom" } },
  );
}

function picoseconds({ trajectory }: MdRun): Float64Array {
  const step = (trajectory.timestep ?? 1) / 1000;
  return Float64Array.from({ length: frameCount(trajectory) }, (_, f) => f * step);
}

/** Independent runs of one system. Their spectra are averaged; the runs are never joined, for a seam is a jump that no motion made. */
import { DataError, ShapeError, UnitError } from "../errors.js";
import { splitSeries } from "./join.js";
import { seriesLength, type TensorQuantity, type TensorSeries } from "./tensorSeries.js";

/** One series for each independent run; same quantity, unit, shape, time step and number of frames. */
export interface SeriesEnsemble {
  readonly quantity: TensorQuantity;
  /** At least one. */
  readonly runs: readonly TensorSeries[];
  /** fs between frames. */
  readonly timestep: number;
  /** Å³, mean over the runs, where every run has one. */
  readonly volume?: number;
  readonly origin: string;
}

/**
 * Independent runs as one ensemble, which raman() and infrared() take in place of a series: the spectra of the runs are averaged and
 * their spread gives the error of the mean.
 * @param origin default: the origins of the runs, each once
 * @throws ShapeError for no runs, or runs of different quantity, shape or number of frames
 * @throws UnitError for different units or time steps
 * @example
 * const alpha = (await loadDataset("h2o")).series("polarizability");
 * const halves = series.seriesEnsemble(series.splitSeries(alpha, 2));
 * raman(halves).averaged // 2
 */
export function seriesEnsemble(runs: readonly TensorSeries[], origin?: string): SeriesEnsemble {
  const first = runs[0];
  if (!first) throw new ShapeError({ where: "seriesEnsemble", problem: "no runs" });
  runs.forEach((run, k) => {
    const where = `run ${k} (${run.origin})`;
    if (run.quantity !== first.quantity || run.shape.join() !== first.shape.join())
      throw new ShapeError({
        where,
        problem: `${run.quantity} of shape [${run.shape.join(", ")}], run 0 holds ${first.quantity} of shape [${first.shape.join(", ")}]`,
      });
    if (run.unit !== first.unit)
      throw new UnitError({
        where,
        problem: `unit ${run.unit}, run 0 has ${first.unit}`,
        advice: "convert it with convertSeries",
      });
    if (Math.abs(run.timestep - first.timestep) > 1e-9 * first.timestep)
      throw new UnitError({ where, problem: `time step ${run.timestep} fs, run 0 has ${first.timestep} fs` });
    if (run.values.length !== first.values.length)
      throw new ShapeError({
        where,
        problem: `${seriesLength(run)} frames, run 0 has ${seriesLength(first)}: their spectra would have different resolution`,
        advice: "cut all to the same length with sliceSeries",
      });
  });
  const volumes = runs.map((r) => r.volume);
  const known = volumes.every((v) => v !== undefined);
  return {
    quantity: first.quantity,
    runs: [...runs],
    timestep: first.timestep,
    ...(known && { volume: volumes.reduce((sum, v) => sum + v!, 0) / volumes.length }),
    origin: origin ?? [...new Set(runs.map((r) => r.origin))].join(" + "),
  };
}

/**
 * Independent runs that stand one after the other in one series (a file of 30 000 rows from 30 runs) as an ensemble.
 * @param runs number of runs, all of equal length
 * @throws DataError if the frames cannot be shared out evenly
 */
export function ensembleOfJoined(series: TensorSeries, runs: number): SeriesEnsemble {
  const frames = seriesLength(series);
  if (!(Number.isInteger(runs) && runs >= 1 && frames % runs === 0))
    throw new DataError({
      where: `${series.quantity} series (${series.origin})`,
      problem: `${frames} frames are not ${runs} runs of equal length`,
      advice: "give the number of independent runs that stand one after the other, or cut them out with sliceSeries",
    });
  return seriesEnsemble(splitSeries(series, runs), series.origin);
}

/** Whether the source of a spectrum is several runs rather than one. */
export function isEnsemble(source: object): source is SeriesEnsemble {
  return "runs" in source;
}

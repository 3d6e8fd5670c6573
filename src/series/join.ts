import { ShapeError, UnitError } from "../errors.js";
import type { TensorSeries } from "./tensorSeries.js";

/**
 * Consecutive pieces of one trajectory as one series: frames of the second follow those of the first, one time step later.
 * The volume is the mean over frames where every piece has one.
 * @throws ShapeError if there is no piece or quantities or shapes differ
 * @throws UnitError if units or time steps differ
 */
export function joinSeries(pieces: readonly TensorSeries[], origin?: string): TensorSeries {
  const first = pieces[0];
  if (!first) throw new ShapeError("joining needs at least one series");
  pieces.forEach((p, i) => {
    const where = `piece ${i} (${p.origin})`;
    if (p.quantity !== first.quantity || p.shape.join() !== first.shape.join())
      throw new ShapeError({
        where,
        problem: `${p.quantity} of shape [${p.shape.join(", ")}] does not continue ${first.quantity} of shape [${first.shape.join(", ")}]`,
      });
    if (p.unit !== first.unit)
      throw new UnitError({
        where,
        problem: `unit ${p.unit}, expected ${first.unit}`,
        advice: "convert it with convertSeries",
      });
    if (Math.abs(p.timestep - first.timestep) > 1e-9 * first.timestep)
      throw new UnitError({ where, problem: `time step ${p.timestep} fs, expected ${first.timestep} fs` });
  });
  const values = new Float64Array(pieces.reduce((n, p) => n + p.values.length, 0));
  let volume: number | undefined = 0;
  let at = 0;
  for (const p of pieces) {
    values.set(p.values, at);
    at += p.values.length;
    volume =
      p.volume === undefined || volume === undefined
        ? undefined
        : volume + (p.volume * p.values.length) / values.length;
  }
  const { volume: _, ...rest } = first;
  return {
    ...rest,
    values,
    origin: origin ?? [...new Set(pieces.map((p) => p.origin))].join(" + "),
    ...(volume !== undefined && { volume }),
  };
}

/**
 * Cuts a series into `count` consecutive pieces of equal length, as independent as the trajectory makes them;
 * up to count − 1 frames at the end are left out.
 * @throws ShapeError if a piece would have fewer than two frames
 */
export function splitSeries(series: TensorSeries, count: number): readonly TensorSeries[] {
  const size = series.shape.reduce((a, b) => a * b, 1);
  const frames = series.values.length / size;
  const length = Math.floor(frames / count);
  if (!(Number.isInteger(count) && count >= 1 && length >= 2))
    throw new ShapeError({
      where: `${series.quantity} series (${series.origin})`,
      problem: `${frames} frames cannot be cut into ${count} pieces of at least two frames`,
    });
  return Array.from({ length: count }, (_, k) => ({
    ...series,
    values: series.values.subarray(k * length * size, (k + 1) * length * size),
  }));
}

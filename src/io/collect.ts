import { FormatError, ShapeError } from "../errors.js";
import { type Fields, readOptions, record } from "../options/record.js";
import { integer, positive, text } from "../options/values.js";
import { numberedSteps } from "../series/constantSteps.js";
import { evenTimestep, stepNumber } from "../series/times.js";
import type { Frame } from "../structure/frame.js";
import type { Structure } from "../structure/structure.js";
import type { Trajectory } from "../structure/trajectory.js";

/** Options for gathering frames into a trajectory. */
export interface CollectOptions {
  /** fs between the frames of the file; default from their times, where they have evenly spaced ones. */
  readonly timestep?: number;
  /** Keep every stride-th frame, from the first on; default 1. */
  readonly stride?: number;
  /** Name for messages; default "trajectory". */
  readonly name?: string;
}

export const COLLECT_FIELDS = {
  timestep: positive("fs").optional(),
  stride: integer({ atLeast: 1 }).default(1),
  name: text().optional(),
} satisfies Fields<CollectOptions>;
const COLLECT_OPTIONS = record(COLLECT_FIELDS);

/**
 * Gathers frames of the same atoms into one buffer. Velocities are kept if every frame has them; one cell is kept if
 * all are equal.
 * @returns the trajectory; its `timestep` (fs) is `options.timestep` × stride, or the spacing of the frames' times; its
 *   `times` those of the frames, where they are not just multiples of it
 * @throws UnitError if `options.timestep` contradicts the frames' times or their steps are not evenly spaced
 * @throws ShapeError if the atoms change, or cell or velocities are there only in some frames
 * @throws FormatError if there is no frame
 */
export async function collectTrajectory(
  frames: AsyncIterable<Frame> | Iterable<Frame>,
  options: CollectOptions = {},
): Promise<Trajectory> {
  const collector = trajectoryCollector(options);
  for await (const frame of frames) collector.add(frame);
  return collector.finish();
}

/** {@link collectTrajectory} by hand: add frames one by one, then finish. */
export function trajectoryCollector(options: CollectOptions = {}): { add(frame: Frame): void; finish(): Trajectory } {
  const { name = "trajectory", stride, timestep } = readOptions(COLLECT_OPTIONS, options, "collectTrajectory");
  let first: Structure | undefined;
  const positions = growing();
  const velocities = growing();
  const cells = growing();
  const kept: (number | undefined)[] = [];
  const all = { times: [] as (number | undefined)[], steps: [] as (number | undefined)[] };
  let fixed = true;
  let count = 0;
  let index = -1;
  return {
    add({ structure, velocities: v, time, info }) {
      index++;
      all.times.push(time);
      all.steps.push(stepNumber(info));
      if (index % stride !== 0) return;
      first ??= structure;
      const problem =
        difference(first, structure) ??
        (count > 0 && velocities.length() > 0 !== Boolean(v) ? "velocities in some frames only" : undefined);
      if (problem)
        throw new ShapeError({ where: `${name}, frame ${index}`, problem, advice: "read it as frames instead" });
      positions.add(structure.positions);
      if (v) velocities.add(v);
      if (structure.cell) {
        cells.add(structure.cell);
        fixed &&= structure.cell.every((x, k) => x === first!.cell![k]);
      }
      kept.push(time);
      count++;
    },
    finish() {
      if (!first) throw new FormatError({ file: name, problem: "no frames" });
      const times = kept.every((t) => t !== undefined) ? Float64Array.from(kept as number[]) : undefined;
      const step =
        timestep === undefined
          ? times && spacing(times, count)
          : evenTimestep({ ...all, steps: numberedSteps(all.steps) }, timestep, name) * stride;
      const told = step !== undefined && times?.every((t, k) => Math.abs(t - k * step) <= 1e-9 * Math.max(t, 1));
      return {
        species: first.species,
        positions: positions.values(),
        ...(velocities.length() > 0 && { velocities: velocities.values() }),
        ...(first.cell && { cells: fixed ? first.cell.slice() : cells.values() }),
        periodic: first.periodic,
        ...(step !== undefined && { timestep: step }),
        ...(times && !told && { times }),
      };
    },
  };
}

function difference(first: Structure, s: Structure): string | undefined {
  if (s.species !== first.species) {
    if (s.species.length !== first.species.length)
      return `${s.species.length} atoms, the first frame has ${first.species.length}`;
    const i = s.species.findIndex((x, k) => x !== first.species[k]);
    if (i >= 0) return `atom ${i} is ${s.species[i]}, in the first frame it is ${first.species[i]}`;
  }
  return Boolean(s.cell) === Boolean(first.cell) ? undefined : "a cell in some frames only";
}

/** The common difference of `count` times to within rounding of printed times (1e-6 of it), if there is one. */
function spacing(times: Float64Array, count: number): number | undefined {
  if (times.length !== count || count < 2) return undefined;
  const step = (times[count - 1]! - times[0]!) / (count - 1);
  const even =
    step > 0 && times.every((t, k) => Math.abs(t - times[0]! - k * step) <= 1e-6 * step * Math.max(k, 1) + 1e-9);
  return even ? step : undefined;
}

/** A buffer that doubles. */
function growing(): { add(v: Float64Array): void; length(): number; values(): Float64Array } {
  let buffer = new Float64Array(0);
  let used = 0;
  return {
    add(v) {
      if (used + v.length > buffer.length) {
        const larger = new Float64Array(Math.max(2 * buffer.length, used + v.length));
        larger.set(buffer.subarray(0, used));
        buffer = larger;
      }
      buffer.set(v, used);
      used += v.length;
    },
    length: () => used,
    values: () => (used === buffer.length ? buffer : buffer.slice(0, used)),
  };
}

/** Structures that move: a normal mode, or the frames of a trajectory. */
import { OptionError } from "../errors.js";
import { type Fields, readOptions, record } from "../options/record.js";
import { integer, positive } from "../options/values.js";
import { modeDisplacements } from "../spectrum/modeDisplacements.js";
import type { NormalModes } from "../spectrum/phonons.js";
import { toCartesian, toFractional } from "../structure/cell.js";
import { frameCount, frameStructure, type Trajectory } from "../structure/trajectory.js";
import type { Vector } from "./structureImages.js";
import {
  STRUCTURE_VIEW_FIELDS,
  type StructureView,
  type StructureViewOptions,
  structureView,
} from "./structureView.js";

export interface ModeViewOptions extends StructureViewOptions {
  /** Largest displacement of an atom, Å, default 0.3; large enough to be seen, not that of a temperature. */
  readonly amplitude?: number;
}

export interface TrajectoryViewOptions extends StructureViewOptions {
  /** At most this many frames, evenly spaced, default 120. */
  readonly frames?: number;
}

const MODE = record({
  ...STRUCTURE_VIEW_FIELDS,
  amplitude: positive("Å").default(0.3),
} satisfies Fields<ModeViewOptions>);
const TRAJECTORY = record({
  ...STRUCTURE_VIEW_FIELDS,
  frames: integer({ atLeast: 2 }).default(120),
} satisfies Fields<TrajectoryViewOptions>);
/** Frames of one period of a mode. */
const PHASES = 24;

/**
 * A normal mode: arrows along its displacements, which the player of a page sets into motion.
 * @param mode index of the mode in `modes.wavenumbers`; captions count from 1, as `spectensor harmonic` does
 * @throws OptionError if there is no such mode, or for an unknown option
 * @example
 * const { reference, displaced } = await loadDataset("h2o");
 * const modes = normalModes(forceConstants(reference!.structure, spectra.displacedForces(reference!, displaced)));
 * show(figures.modeView(modes, modes.wavenumbers.length - 1));
 */
export function modeView(modes: NormalModes, mode: number, options: ModeViewOptions = {}): StructureView {
  const { amplitude, ...look } = readOptions(MODE, options, "modeView");
  const displacements = modeDisplacements(modes, mode);
  const longest = Math.max(
    ...Array.from(modes.masses, (_, i) => Math.hypot(...displacements.subarray(3 * i, 3 * i + 3))),
  );
  const caption = `mode ${mode + 1}, ${modes.wavenumbers[mode]!.toFixed(1).replace("-", "−")} cm⁻¹`;
  const view = structureView(modes.structure, { displacements, note: caption, ...look });
  const scale = longest > 0 ? amplitude / longest : 0;
  const shifts = Array.from({ length: PHASES }, (_, k) => {
    const q = scale * Math.sin((2 * Math.PI * k) / PHASES);
    return ofBalls(view, (atom, c) => q * displacements[3 * atom + c]!);
  });
  return { ...view, motion: { shifts, captions: shifts.map((_, k) => `${(360 * k) / PHASES}°`), seconds: 1.6 } };
}

/**
 * A trajectory to play. Atoms keep to the images that they begin in; the cell is that of the first frame.
 * @throws OptionError for fewer than two frames, or an unknown option
 * @example show(figures.trajectoryView((await loadDataset("h2o")).trajectory()))
 */
export function trajectoryView(trajectory: Trajectory, options: TrajectoryViewOptions = {}): StructureView {
  const { frames, ...look } = readOptions(TRAJECTORY, options, "trajectoryView");
  const all = frameCount(trajectory);
  if (all < 2)
    throw new OptionError({
      where: "trajectoryView",
      problem: `${all} frames`,
      advice: "give a trajectory of two or more",
    });
  const count = Math.min(frames, all);
  const chosen = Array.from({ length: count }, (_, k) => Math.round((k * (all - 1)) / (count - 1)));
  return framesView(trajectory, chosen, look);
}

/** The frames of a trajectory that are named, ascending, as a motion. */
export function framesView(
  trajectory: Trajectory,
  chosen: readonly number[],
  look: StructureViewOptions,
): StructureView {
  const view = structureView(frameStructure(trajectory, chosen[0]!), look);
  let total = new Float64Array(3 * trajectory.species.length);
  const shifts = chosen.map((frame, k) => {
    total = Float64Array.from(stepBetween(trajectory, chosen[Math.max(0, k - 1)]!, frame), (d, i) => total[i]! + d);
    const now = total;
    return ofBalls(view, (atom, c) => now[3 * atom + c]!);
  });
  const { timestep } = trajectory;
  const captions = chosen.map((f) =>
    timestep === undefined ? `frame ${f}` : `${((f * timestep) / 1000).toFixed(3)} ps`,
  );
  return { ...view, motion: { shifts, captions, seconds: chosen.length / 15 } };
}

/** The picture of a frame of a motion, at rest. */
export function atFrame(view: StructureView, frame: number): StructureView {
  const { motion, ...rest } = view;
  const shift = motion?.shifts[frame];
  if (!shift) return rest;
  const moved = ([x, y, z]: Vector, ball: number): Vector => [
    x + shift[3 * ball]!,
    y + shift[3 * ball + 1]!,
    z + shift[3 * ball + 2]!,
  ];
  return {
    ...rest,
    balls: view.balls.map((b, i) => ({ ...b, position: moved(b.position, i) })),
    bonds: view.bonds.map((b) => ({
      ...b,
      from: moved(b.from, b.ends[0]),
      to: moved(b.to, b.ends[1] ?? b.ends[0]),
    })),
  };
}

/** How far each atom went from one frame to another, over the nearest image where there is a cell, [n, 3], Å. */
function stepBetween(t: Trajectory, from: number, to: number): Float64Array {
  const [a, b] = [frameStructure(t, from), frameStructure(t, to)];
  const step = b.positions.map((x, i) => x - a.positions[i]!);
  const { cell } = a;
  if (!cell) return step;
  const turns = toFractional(step, cell).map((f, i) => (t.periodic[i % 3] ? f - Math.round(f) : f));
  return toCartesian(turns, cell);
}

function ofBalls(view: StructureView, shift: (atom: number, component: number) => number): Float64Array {
  return Float64Array.from({ length: 3 * view.balls.length }, (_, i) =>
    shift(view.balls[Math.floor(i / 3)]!.atom, i % 3),
  );
}

/** How tensors and atoms of a file move from frame to frame: jumps, branches, and frequencies against the sampling. */
import { DataError } from "../errors.js";
import { median } from "../math/statistics.js";
import { foldsBack, highestWavenumber, seriesProblems } from "../series/plausibility.js";
import { unwrapPolarization } from "../series/polarization.js";
import { createSeries, type TensorSeries } from "../series/tensorSeries.js";
import { atomicMass } from "../structure/elements.js";
import type { Frame } from "../structure/frame.js";
import { type ImageReducer, imageReducer } from "../structure/minimumImage.js";
import type { Structure } from "../structure/structure.js";
import { nyquistWavenumber } from "../units/frequency.js";

const tensors = ["polarization", "polarizability", "dielectric"] as const;
/** The lightest atoms are the fastest; so many are followed. */
const followed = 12;
/** Frames that are looked at; more than any spectrum needs to show its highest frequency. */
const mostFrames = 1e5;
/** Frames follow each other if atoms usually move by less than this share of what lies between frames far apart. */
const orderedShare = 0.5;
/** Stretches of hydrogen begin about here, cm⁻¹. */
const hydrogenStretch = 3000;

/** What the motion of a file shows. */
export interface Motion {
  readonly problems: readonly string[];
  /** cm⁻¹; `undefined` where frames are few, do not follow each other, or have no time step. */
  readonly highest: number | undefined;
  /** Whether frames follow each other. */
  readonly ordered: boolean;
}

export function motionSurvey(): { add(frame: Frame): void; finish(timestep: number | undefined): Motion } {
  const values = new Map<(typeof tensors)[number], number[]>(tensors.map((q) => [q, []]));
  const cells: number[] = [];
  const atoms = followAtoms();
  let frames = 0;
  let first: Structure | undefined;
  return {
    add(frame) {
      if (frames >= mostFrames) return;
      first ??= frame.structure;
      for (const [quantity, all] of values) {
        const tensor = frame[quantity];
        if (tensor) all.push(...tensor);
        else values.delete(quantity);
      }
      if (frame.structure.cell) cells.push(...frame.structure.cell);
      atoms.add(frame.structure);
      frames++;
    },
    finish(timestep) {
      const inOrder = frames > 1 && (timestep !== undefined || atoms.inOrder());
      if (!inOrder) return { problems: [], highest: undefined, ordered: false };
      const problems: string[] = [];
      const highest: number[] = [];
      const sample = (x: Float64Array): void => {
        const found = timestep === undefined ? undefined : highestWavenumber(x, frames, timestep);
        if (found !== undefined) highest.push(found);
      };
      for (const [quantity, all] of values) {
        const shape = quantity === "polarization" ? [3] : [3, 3];
        const given = createSeries({
          quantity,
          shape,
          values: Float64Array.from(all),
          timestep: timestep ?? 1,
          origin: quantity,
        });
        const { series, branches } = onOneBranch(given, first!, Float64Array.from(cells));
        problems.push(...branches);
        const found =
          branches.length > 0 && series === given ? [] : seriesProblems(series, { sampled: timestep !== undefined });
        problems.push(...found.map((problem) => `${quantity}: ${problem}`));
        sample(series.values);
      }
      const motion = atoms.positions();
      if (motion) sample(motion);
      if (timestep !== undefined) problems.push(...samplingOfAtoms(motion, frames, timestep, first!));
      return { problems, highest: highest.length > 0 ? Math.max(...highest) : undefined, ordered: true };
    },
  };
}

/** A polarization without jumps by quanta, and what there is to say of them. */
function onOneBranch(
  series: TensorSeries,
  { periodic }: Structure,
  cells: Float64Array,
): { readonly series: TensorSeries; readonly branches: readonly string[] } {
  const frames = series.values.length / 3;
  if (series.quantity !== "polarization" || !periodic.some(Boolean) || cells.length !== 9 * frames)
    return { series, branches: [] };
  try {
    const { series: smooth, jumps } = unwrapPolarization(series, cells, { periodic });
    const told = `the polarization jumps by whole quanta e·a, e·b, e·c ${jumps.length} times (first at frame ${jumps[0]}); infrared takes the jumps out, fit polarization brings every frame to the branch of the first`;
    return { series: smooth, branches: jumps.length > 0 ? [told] : [] };
  } catch (cause) {
    if (!(cause instanceof DataError)) throw cause;
    return { series, branches: [cause.message] };
  }
}

function samplingOfAtoms(motion: Float64Array | undefined, frames: number, timestep: number, s: Structure): string[] {
  const nyquist = nyquistWavenumber(timestep);
  const range = `a time step of ${Number(timestep.toPrecision(6))} fs shows frequencies up to ${nyquist.toFixed(0)} cm⁻¹`;
  if (motion && foldsBack(motion, frames)) return [`${range}, and atoms move up to there: faster motion folds back`];
  if (s.species.includes("H") && nyquist < hydrogenStretch)
    return [`${range}: stretches of hydrogen, from ${hydrogenStretch} cm⁻¹ on, fold back`];
  return [];
}

/** The lightest atoms of the first frame, over the borders of the cell. */
function followAtoms(): {
  add(s: Structure): void;
  /** Whether frames are nearer to the next one than to those half a file away. */
  inOrder(): boolean;
  /** [frames, 3 × atoms]; `undefined` if the atoms change. */
  positions(): Float64Array | undefined;
} {
  let chosen: readonly number[] | undefined;
  let before: Structure | undefined;
  let reduce: ImageReducer | undefined;
  let same = true;
  const path: number[] = [];
  const step = new Float64Array(3);
  return {
    add(s) {
      if (!before) {
        chosen = lightest(s.species);
        for (const i of chosen) path.push(...s.positions.subarray(3 * i, 3 * i + 3));
      } else if (same && before.species.length === s.species.length) {
        if (!reduce || before.cell !== s.cell) reduce = imageReducer(s.cell, s.periodic);
        const at = path.length - 3 * chosen!.length;
        for (const [k, i] of chosen!.entries()) {
          for (let c = 0; c < 3; c++) step[c] = s.positions[3 * i + c]! - before.positions[3 * i + c]!;
          reduce(step, 0);
          for (let c = 0; c < 3; c++) path.push(path[at + 3 * k + c]! + step[c]!);
        }
      } else same = false;
      before = s;
    },
    inOrder() {
      const size = 3 * (chosen?.length ?? 0);
      const frames = path.length / size;
      if (!same || size === 0 || frames < 4) return false;
      const usual = (lag: number) =>
        median(
          Array.from({ length: frames - lag }, (_, f) => {
            let square = 0;
            for (let c = 0; c < size; c++) square += (path[(f + lag) * size + c]! - path[f * size + c]!) ** 2;
            return Math.sqrt(square);
          }),
        );
      return usual(1) <= orderedShare * usual(Math.floor(frames / 2));
    },
    positions: () => (same && path.length > 0 ? Float64Array.from(path) : undefined),
  };
}

function lightest(species: readonly string[]): number[] {
  const mass = (symbol: string): number => {
    try {
      return atomicMass(symbol);
    } catch {
      return Number.POSITIVE_INFINITY;
    }
  };
  const masses = species.map(mass);
  return [...species.keys()].sort((i, j) => masses[i]! - masses[j]! || i - j).slice(0, followed);
}

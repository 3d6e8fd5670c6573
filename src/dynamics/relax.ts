/** Structures at a minimum of the potential energy. */
import { ConvergenceError, DataError } from "../errors.js";
import { type Fields, readOptions, record } from "../options/record.js";
import { integer, positive, RUN_FIELDS } from "../options/values.js";
import { breathe, type RunOptions, throwIfAborted } from "../progress.js";
import { checkStructure, type Structure } from "../structure/structure.js";
import type { Potential } from "./potential.js";

export interface RelaxOptions extends RunOptions {
  /** The largest force on an atom that is taken for none, eV/Å, default 0.001. */
  readonly maxForce?: number;
  /** Default 10,000. */
  readonly maxSteps?: number;
}

/** A structure whose forces vanish. */
export interface Relaxed {
  readonly structure: Structure;
  /** eV */
  readonly energy: number;
  /** [n, 3], what is left of them, eV/Å */
  readonly forces: Float64Array;
  readonly steps: number;
}

const OPTIONS = record({
  maxForce: positive("eV/Å").default(1e-3),
  maxSteps: integer({ atLeast: 1 }).default(10_000),
  ...RUN_FIELDS,
} satisfies Fields<RelaxOptions>);

/** Times in Å·√(u/eV) for atoms of 1 u: the first step, and the longest. */
const STEP = { first: 0.1, longest: 1 } as const;
/** No atom moves further in a step, Å. */
const FURTHEST = 0.1;

/**
 * The minimum of the energy downhill of a structure in its cell, by the fast inertial relaxation engine: dynamics whose velocity is turned
 * towards the force and put to zero when it goes uphill (E. Bitzek, P. Koskinen, F. Gähler, M. Moseler, P. Gumbsch, Phys. Rev. Lett. 97,
 * 170201 (2006), with that paper's parameters). All atoms weigh the same, since only the end counts.
 * @param start positions in Å
 * @throws ConvergenceError after `maxSteps`, with the force that is left; DataError naming the atom whose force is not a number
 * @throws AbortedError when interrupted; OptionError for options that make no sense
 */
export async function relax(start: Structure, potential: Potential, options: RelaxOptions = {}): Promise<Relaxed> {
  const { maxForce, maxSteps, onProgress, signal } = readOptions(OPTIONS, options, "relax");
  checkStructure(start);
  const positions = Float64Array.from(start.positions);
  const velocities = new Float64Array(positions.length);
  let [step, mixing, downhill] = [STEP.first as number, 0.1, 0];
  let paused = performance.now();
  for (let steps = 0; ; steps++) {
    const structure = { ...start, positions: positions.slice() };
    const { energy, forces } = potential.evaluate(structure);
    const { length: force, atom } = longest(forces);
    if (!Number.isFinite(force))
      throw new DataError({
        where: `relax, step ${steps}, atom ${atom} (${start.species[atom]})`,
        problem: "the force is not a number",
        advice: "begin nearer to a structure that the potential knows",
      });
    if (force <= maxForce) {
      onProgress?.({ label: "relaxing", done: steps, total: steps, unit: "steps" });
      return { structure, energy, forces, steps };
    }
    if (steps === maxSteps)
      throw new ConvergenceError({
        where: `relax, atom ${atom} (${start.species[atom]})`,
        problem: `a force of ${force.toPrecision(2)} eV/Å is left after ${steps} steps, expected at most ${maxForce}`,
        advice: "give more maxSteps, or a larger maxForce",
      });
    if (dot(forces, velocities) > 0) {
      const turned = (mixing * Math.sqrt(dot(velocities, velocities))) / Math.sqrt(dot(forces, forces));
      for (let a = 0; a < velocities.length; a++) velocities[a] = (1 - mixing) * velocities[a]! + turned * forces[a]!;
      if (++downhill > 5) {
        step = Math.min(1.1 * step, STEP.longest);
        mixing *= 0.99;
      }
    } else if (steps > 0) {
      velocities.fill(0);
      step *= 0.5;
      mixing = 0.1;
      downhill = 0;
    }
    for (let a = 0; a < velocities.length; a++) velocities[a]! += step * forces[a]!;
    const shrink = Math.min(1, FURTHEST / (step * longest(velocities).length));
    for (let a = 0; a < positions.length; a++) positions[a]! += shrink * step * velocities[a]!;
    if (performance.now() - paused > 50) {
      onProgress?.({ label: "relaxing", done: steps, unit: "steps" });
      await breathe();
      paused = performance.now();
    }
    throwIfAborted(signal, "relaxing");
  }
}

/** The longest of some vectors, NaN counting as longer than any. */
function longest(vectors: Float64Array): { length: number; atom: number } {
  let [length, atom] = [0, 0];
  for (let i = 0; 3 * i < vectors.length; i++) {
    const own = Math.hypot(vectors[3 * i]!, vectors[3 * i + 1]!, vectors[3 * i + 2]!);
    if (own <= length) continue;
    [length, atom] = [own, i];
    if (Number.isNaN(own)) break;
  }
  return { length, atom };
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, v, i) => sum + v * b[i]!, 0);
}

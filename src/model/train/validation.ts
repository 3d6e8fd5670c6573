/** Frames held out of a training set for the choice of a ridge. */
import { OptionError, rejectUnknownOptions } from "../../errors.js";
import type { RidgeTrial } from "../../math/normalEquations.js";
import { random } from "../../math/random.js";

/** Which frames are held out, in a seeded order, where there is something to choose. */
export interface ValidationOptions {
  /** Part of the frames that is held out once. Default 0.2. */
  readonly fraction?: number;
  /** Cross-validation instead: the frames are cut into so many parts, each held out in turn. Costs as many times more solutions. */
  readonly folds?: number;
  /** Default 1. */
  readonly seed?: number;
}

/** Frames in groups. */
export interface Partition {
  readonly groups: readonly (readonly number[])[];
  /** Which of the groups are held out, one at a time. */
  readonly held: readonly number[];
}

/** @throws OptionError if there are too few frames */
export function partition(frames: number, validation: ValidationOptions = {}): Partition {
  rejectUnknownOptions(validation, ["fraction", "folds", "seed"], "validation");
  const { fraction = 0.2, folds, seed = 1 } = validation;
  const order = random(seed).sample(frames, frames);
  if (folds !== undefined) {
    if (!(Number.isInteger(folds) && folds >= 2 && folds <= frames))
      throw tooFew(`cut ${frames} frames into ${folds} parts`);
    const groups = Array.from({ length: folds }, (_, g) =>
      order.filter((_, k) => k % folds === g).sort((a, b) => a - b),
    );
    return { groups, held: [...groups.keys()] };
  }
  const count = Math.max(1, Math.round(fraction * frames));
  if (!(fraction > 0 && fraction < 1) || count >= frames) throw tooFew(`hold out ${count} of ${frames} frames`);
  const out = new Set(order.slice(0, count));
  const all = [...Array(frames).keys()];
  return { groups: [all.filter((f) => !out.has(f)), all.filter((f) => out.has(f))], held: [1] };
}

function tooFew(what: string): OptionError {
  return new OptionError({
    where: "training",
    problem: `cannot ${what} to choose the ridge`,
    advice: "give one ridge as a number, or more frames",
  });
}

/** Ridges tried with one group held out. */
export interface FoldTrials {
  /** Rows held out. */
  readonly rows: number;
  readonly trials: readonly RidgeTrial[];
}

/** Root mean squares over the folds for the ridges that every fold could be solved with. */
export function meanTrials(ridges: readonly number[], folds: readonly FoldTrials[]): RidgeTrial[] {
  const total = folds.reduce((n, f) => n + f.rows, 0);
  return ridges.flatMap((ridge) => {
    const found = folds.flatMap(({ rows, trials }) =>
      trials.filter((t) => t.ridge === ridge).map((t) => ({ rows, ...t })),
    );
    if (found.length < folds.length) return [];
    const mean = (name: "validationError" | "trainingError"): number =>
      Math.sqrt(found.reduce((s, t) => s + t.rows * t[name] ** 2, 0) / total);
    return [{ ridge, validationError: mean("validationError"), trainingError: mean("trainingError") }];
  });
}

/** Frames held out of a training set for the choice of a ridge. */
import { OptionError } from "../../errors.js";
import type { RidgeTrial } from "../../math/normalEquations.js";
import { random } from "../../math/random.js";
import type { Ridge, Validation } from "./options.js";

/** Frames in groups. */
export interface Partition {
  readonly groups: readonly (readonly number[])[];
  /** Which of the groups are held out, one at a time. */
  readonly held: readonly number[];
}

/** Solutions that leaving one frame out at a time may cost. */
const LEFT_OUT_AT_MOST = 60;

/**
 * Groups of `frames` training frames, followed by `further` frames given to hold out.
 * @throws OptionError if there are too few frames
 */
export function partition(frames: number, further: number, ridge: Ridge["kind"], validation: Validation): Partition {
  const all = [...Array(frames).keys()];
  if (further > 0) return { groups: [all, Array.from({ length: further }, (_, k) => frames + k)], held: [1] };
  if (ridge === "leaveOneOut") {
    if (frames > LEFT_OUT_AT_MOST)
      throw new OptionError({
        where: "ridge",
        problem: `leaving out each of ${frames} frames in turn takes as many solutions`,
        advice: 'give ridge { kind: "validation" } and validation { kind: "folds" }',
      });
    return { groups: all.map((f) => [f]), held: all };
  }
  if (validation.kind === "frames") throw tooFew("hold out none");
  const drawn = heldOut(frames, validation);
  if (validation.kind === "folds") return { groups: drawn, held: [...drawn.keys()] };
  const out = new Set(drawn[0]);
  return { groups: [all.filter((f) => !out.has(f)), drawn[0]!], held: [1] };
}

/** Groups of frames that are held out one at a time: parts that make up all, or one part. @throws OptionError if there are too few frames */
export function heldOut(frames: number, validation: Exclude<Validation, { readonly kind: "frames" }>): number[][] {
  const order = random(validation.seed ?? 1).sample(frames, frames);
  const ascending = (list: number[]): number[] => list.sort((a, b) => a - b);
  if (validation.kind === "folds") {
    const folds = validation.folds ?? Math.min(5, Math.max(2, frames));
    if (folds > frames) throw tooFew(`cut ${frames} frames into ${folds} parts`);
    return Array.from({ length: folds }, (_, g) => ascending(order.filter((_, k) => k % folds === g)));
  }
  const count = Math.max(1, Math.round((validation.fraction ?? 0.2) * frames));
  if (count >= frames) throw tooFew(`hold out ${count} of ${frames} frames`);
  return [ascending(order.slice(0, count))];
}

function tooFew(what: string): OptionError {
  return new OptionError({
    where: "training",
    problem: `cannot ${what} to choose the ridge`,
    advice: 'give ridge { kind: "fixed", value: … }, or more frames',
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

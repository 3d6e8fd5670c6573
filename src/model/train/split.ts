import { OptionError } from "../../errors.js";
import { random } from "../../math/random.js";

/** Disjoint frame numbers. */
export interface Split {
  readonly train: readonly number[];
  readonly validation: readonly number[];
  readonly test: readonly number[];
}

/** Sizes of a {@link Split}. */
export interface SplitOptions {
  /** Training frames N_t. */
  readonly train: number;
  /** Default N_t/5, rounded, at least 1 (Grumet et al.: N_t : N_v = 5 : 1). */
  readonly validation?: number;
  /** Default 400, or all that remain if these are fewer. */
  readonly test?: number;
  /** Default 0. */
  readonly seed?: number;
}

/** Validation frames for N_t training frames, N_t : N_v = 5 : 1. */
export function validationSize(train: number): number {
  return Math.max(1, Math.round(train / 5));
}

/**
 * Draws disjoint training, validation and test frames. With one seed the test frames are the same for every N_t, and a smaller
 * training set is part of a larger one.
 * @param frames number of frames to draw from
 * @throws OptionError if there are too few frames, or a size is not a whole number
 */
export function splitFrames(frames: number, options: SplitOptions): Split {
  const { train, validation = validationSize(train), seed = 0 } = options;
  const test = options.test ?? Math.min(400, Math.max(0, frames - train - validation));
  for (const [name, size, least] of [
    ["train", train, 2],
    ["validation", validation, 0],
    ["test", test, 0],
  ] as const)
    if (!(Number.isInteger(size) && size >= least))
      throw new OptionError({
        where: name,
        problem: `${size} frames`,
        advice: `give a whole number of at least ${least}`,
      });
  const needed = train + validation + test;
  if (needed > frames)
    throw new OptionError({
      where: "split",
      problem: `${train} + ${validation} + ${test} = ${needed} training, validation and test frames asked for, there are ${frames}`,
      advice: "ask for fewer or give more frames",
    });
  const order = random(seed).sample(frames, frames);
  const ascending = (a: number, b: number): number => a - b;
  return {
    train: order.slice(0, train),
    validation: order.slice(frames - test - validation, frames - test).sort(ascending),
    test: order.slice(frames - test).sort(ascending),
  };
}

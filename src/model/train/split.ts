import { OptionError } from "../../errors.js";
import { random } from "../../math/random.js";
import { type Fields, readOptions, record } from "../../options/record.js";
import { integer } from "../../options/values.js";

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
  /** Default 400, or all that remain beside training and validation if these are fewer. */
  readonly test?: number;
  /** Default 0. */
  readonly seed?: number;
}

const count = integer({ atLeast: 0 }).optional();
const OPTIONS = record({
  train: integer({ atLeast: 2 }),
  validation: count,
  test: count,
  seed: integer({ atLeast: 0 }).default(0),
} satisfies Fields<SplitOptions>);

/** Validation frames for N_t training frames, N_t : N_v = 5 : 1. */
export function validationSize(train: number): number {
  return Math.max(1, Math.round(train / 5));
}

/**
 * Draws disjoint training, validation and test frames. With one seed a smaller training set is part of a larger one, and the test frames are the
 * same for every N_t as long as their number is: give `test` where fewer than 400 remain beside the largest training set, else a smaller N_t is
 * tested on more frames, those of the larger one among them.
 * @param frames number of frames to draw from
 * @throws OptionError if there are too few frames, or a size is not a whole number
 */
export function splitFrames(frames: number, options: SplitOptions): Split {
  const { seed, ...sizes } = readOptions(OPTIONS, options, "splitFrames");
  const { train, validation = validationSize(train) } = sizes;
  const test = sizes.test ?? Math.min(400, Math.max(0, frames - train - validation));
  const needed = train + validation + test;
  if (needed > frames)
    throw new OptionError({
      where: "splitFrames",
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

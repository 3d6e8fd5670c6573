/** Values that options take. Each says what it expects, in words that go after "expected". */
import { z } from "zod";
import { didYouMean } from "../errors.js";
import type { Progress, RunOptions, ThreadOptions } from "../progress.js";
import { type Fields, record } from "./record.js";

/** Bounds of a number; `above` and `below` are not reached. */
export interface Bounds {
  readonly above?: number;
  readonly atLeast?: number;
  readonly below?: number;
  readonly atMost?: number;
}

/** A finite number within bounds. @param unit for the message */
export function number(bounds: Bounds = {}, unit = ""): z.ZodType<number, number> {
  return bounded("number", bounds, unit, Number.isFinite);
}

/** A whole number within bounds. */
export function integer(bounds: Bounds = {}): z.ZodType<number, number> {
  return bounded("whole number", bounds, "", Number.isSafeInteger);
}

/** A number above zero. @param unit for the message */
export function positive(unit = ""): z.ZodType<number, number> {
  return z.custom<number>((v) => typeof v === "number" && Number.isFinite(v) && v > 0, {
    error: `a positive number${unit && ` (${unit})`}`,
  });
}

/** One of these words. */
export function oneOf<const W extends string>(words: readonly W[]): z.ZodType<W, W> {
  return z.custom<W>((v) => (words as readonly unknown[]).includes(v), {
    error: ({ input }) => {
      const guess = typeof input === "string" ? didYouMean(input, words) : undefined;
      return guess ? `${words.join(", ")}; did you mean "${guess}"?` : `one of ${words.join(", ")}`;
    },
  });
}

/** Text. */
export function text(): z.ZodType<string, string> {
  return z.custom<string>((v) => typeof v === "string", { error: "text" });
}

/** First and last of something: two finite numbers. @param unit for the message */
export function range(unit = ""): z.ZodType<readonly [number, number], readonly [number, number]> {
  return z.custom<readonly [number, number]>((v) => Array.isArray(v) && v.length === 2 && v.every(Number.isFinite), {
    error: `two numbers${unit && ` (${unit})`}`,
  });
}

/** true or false. */
export function flag(): z.ZodType<boolean, boolean> {
  return z.custom<boolean>((v) => typeof v === "boolean", { error: "true or false" });
}

/** A list whose entries are checked one by one. */
export function list<O, I>(entry: z.ZodType<O, I>): z.ZodType<readonly O[], readonly I[]> {
  return z.array(entry).readonly() as unknown as z.ZodType<readonly O[], readonly I[]>;
}

/** An object with one value per name, whatever the names. @param expected a phrase such as "a mass (u) per symbol" */
export function byName<T>(value: z.ZodType<unknown, T>, expected: string): z.ZodType<ByName<T>, ByName<T>> {
  return z.custom<ByName<T>>(
    (v) =>
      typeof v === "object" &&
      v !== null &&
      !Array.isArray(v) &&
      Object.values(v).every((x) => value.safeParse(x).success),
    { error: expected },
  );
}
type ByName<T> = Readonly<Record<string, T>>;

/** A function. */
export function callback<T>(): z.ZodType<T, T> {
  return z.custom<T>((v) => typeof v === "function", { error: "a function" });
}

/** A value that the caller checks itself (frames, structures, matrices). @param expected a phrase such as "a list of frames" */
export function checkedBy<T>(test: (value: unknown) => boolean, expected: string): z.ZodType<T, T> {
  return z.custom<T>(test, { error: expected });
}

/** An object whose entries the caller checks itself. @param expected a phrase such as "a unit per field" */
export function plainObject<T extends object>(expected: string): z.ZodType<T, T> {
  return checkedBy<T>((v) => typeof v === "object" && v !== null && !Array.isArray(v), expected);
}

/** A list whose entries the caller checks itself. @param expected a phrase such as "a list of frames" */
export function plainList<T>(expected: string): z.ZodType<readonly T[], readonly T[]> {
  return checkedBy<readonly T[]>((v) => Array.isArray(v), expected);
}

/** Whether a value is a list or a typed array. */
export function isArrayLike(value: unknown): boolean {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

/** Numbers in a Float64Array. */
export function doubles(): z.ZodType<Float64Array, Float64Array> {
  return z.custom<Float64Array>((v) => v instanceof Float64Array, { error: "a Float64Array" });
}

/** Fields of {@link RunOptions}, to be spread into a record. */
export const RUN_FIELDS = {
  onProgress: callback<(progress: Progress) => void>().optional(),
  signal: z.custom<AbortSignal>((v) => v instanceof AbortSignal, { error: "an AbortSignal" }).optional(),
} satisfies Fields<RunOptions>;

/** Of calls that take nothing else. */
export const RUN_OPTIONS = record(RUN_FIELDS);

/** Fields of {@link ThreadOptions}, to be spread into a record. */
export const THREAD_FIELDS = {
  ...RUN_FIELDS,
  workers: integer({ atLeast: 0 }).optional(),
} satisfies Fields<ThreadOptions>;
export const THREAD_OPTIONS = record(THREAD_FIELDS);

/** Of calls that can be interrupted and have nothing to tell meanwhile. */
export const SIGNAL_OPTIONS = record({ signal: RUN_FIELDS.signal });

function bounded(
  noun: string,
  bounds: Bounds,
  unit: string,
  test: (value: number) => boolean,
): z.ZodType<number, number> {
  const { above, atLeast, below, atMost } = bounds;
  const fits = (v: unknown): boolean =>
    typeof v === "number" &&
    test(v) &&
    (above === undefined || v > above) &&
    (atLeast === undefined || v >= atLeast) &&
    (below === undefined || v < below) &&
    (atMost === undefined || v <= atMost);
  const range =
    atLeast !== undefined && atMost !== undefined
      ? [`from ${atLeast} to ${atMost}`]
      : [
          above === undefined ? "" : `above ${above}`,
          atLeast === undefined ? "" : `≥ ${atLeast}`,
          below === undefined ? "" : `below ${below}`,
          atMost === undefined ? "" : `≤ ${atMost}`,
        ];
  const phrase = [`a ${noun}`, range.filter((x) => x !== "").join(" and "), unit && `(${unit})`];
  return z.custom<number>(fits, { error: phrase.filter((x) => x !== "").join(" ") });
}

/** Whether samples are evenly spaced, by their times or by the numbers of their steps. */
import { DataError } from "../errors.js";
import { mayBeRounding, roundedLeaps, roundedSpacing } from "./roundedTimes.js";

/** What is known of when the samples were taken. */
export interface SampleTimes {
  /** fs; `undefined` where a sample has none. */
  readonly times: readonly (number | undefined)[];
  /** Numbers of the steps that the file itself gives. */
  readonly steps?: readonly (number | undefined)[];
  /** One unit in the last digit that times (or steps, where there are no times) are printed to; default from their values. */
  readonly digit?: number;
  /** What a sample is called in messages; default "frame". */
  readonly sample?: "frame" | "row";
}

/** The number of the step that a frame carries in its `info`, under the names that programs give it. */
export function stepNumber(info: Readonly<Record<string, unknown>> | undefined): number | undefined {
  for (const name in info)
    if (/^((md_?)?step|timestep|frame|iteration)$/i.test(name) && typeof info[name] === "number") return info[name];
  return undefined;
}

/** A place where the spacing changes: between `at − 1` and `at`. */
export interface TimeJump {
  readonly at: number;
  /** What was found there against what was expected, as a sentence. */
  readonly problem: string;
  /** It is the spacing that is not right, nowhere in particular. */
  readonly throughout?: true;
}

/** Rounding of printed times: to 1e-3 fs, or the last digits of large ones. */
function tolerance(step: number, time: number): number {
  return Math.max(Math.min(2e-3, 0.05 * step), 1e-6 * step, 1e-9 * Math.abs(time));
}

/** The most frequent positive difference of neighbors, to within rounding; `undefined` without two neighbors in order. */
function usualStep(values: readonly (number | undefined)[]): number | undefined {
  const differences: number[] = [];
  for (let i = 1; i < values.length; i++) {
    const [a, b] = [values[i - 1], values[i]];
    if (a !== undefined && b !== undefined && b > a) differences.push(b - a);
  }
  if (differences.length === 0) return undefined;
  differences.sort((a, b) => a - b);
  return differences[Math.floor((differences.length - 1) / 2)]!;
}

/**
 * Where samples are not `step` after the one before (times) or not one usual stride (steps): gaps, overlaps, repetitions.
 * Samples without a time are stepped over: the next one must be a whole number of steps later. What the rounding of printed
 * times explains is no jump.
 * @param given fs between samples; default the usual difference
 */
export function timeJumps({ times, steps = [], sample = "frame", digit }: SampleTimes, given?: number): TimeJump[] {
  const timed = times.some((t) => t !== undefined);
  return timed ? jumpsOf(times, given, sample, "fs", digit) : jumpsOf(steps, undefined, sample, "steps", digit);
}

function jumpsOf(
  values: readonly (number | undefined)[],
  given: number | undefined,
  sample: string,
  unit: Unit,
  digit: number | undefined,
): TimeJump[] {
  const step = given ?? usualStep(values);
  const found: TimeJump[] = [];
  const compare = comparison(step, sample, unit, (jump) => found.push(jump));
  values.forEach(compare);
  if (!mayBeRounding(found.length, values.length)) return found;
  const printed = digit ?? digitOf(values);
  if (printed === undefined || step === undefined || printed <= tolerance(step, 0)) return found;
  const left = roundedLeaps(values, printed, given, sample, unit);
  // A guess must be beyond doubt, and explain all.
  return digit === undefined && (printed > 0.1 * step || left.length > 0) ? found : left;
}

/** One unit in the last digit that all values have; `undefined` where they have more than people print. */
function digitOf(values: readonly (number | undefined)[]): number | undefined {
  let decimals = 0;
  for (const value of values) {
    if (value === undefined) continue;
    const text = String(value);
    if (text.includes("e")) return undefined;
    const point = text.indexOf(".");
    if (point >= 0) decimals = Math.max(decimals, text.length - point - 1);
    if (decimals > 6) return undefined;
  }
  return 10 ** -decimals;
}

type Unit = "fs" | "steps";

/** Compares samples, which are to come in order, with the one before that has a value. @param step without one every sample repeats the one before */
function comparison(
  step: number | undefined,
  sample: string,
  unit: Unit,
  tell: (jump: TimeJump) => void,
): (value: number | undefined, at: number) => void {
  const expected = step ?? 0;
  let before: { readonly at: number; readonly value: number } | undefined;
  return (value, at) => {
    if (value === undefined) return;
    const last = before;
    before = { at, value };
    if (!last) return;
    const found = value - last.value;
    const wanted = expected * (at - last.at);
    if (expected > 0 && Math.abs(found - wanted) <= allowed(unit, expected, value)) return;
    tell({
      at,
      problem: `${sample} ${at} is ${rounded(found)} ${unit} after ${sample} ${last.at}, expected ${expected > 0 ? rounded(wanted) : "a step forward"}${expected > 0 ? ` ${unit}` : ""}`,
    });
  };
}

/** Steps are whole numbers, but a column that counts may have any unit. */
function allowed(unit: Unit, expected: number, value: number): number {
  if (unit === "fs") return tolerance(expected, value);
  return Number.isInteger(expected) && Number.isInteger(value) ? 0 : 1e-6 * expected + 1e-12 * Math.abs(value);
}

/** Samples that tell the usual spacing; later ones are compared with it at once, so that memory does not grow. */
const USUAL = 100_000;

/** How many {@link timeJumps} there are among samples that come one by one, and the first; the usual difference is that of the first 100,000. */
export function jumpCounter(): {
  readonly add: (time: number | undefined, step: number | undefined) => void;
  readonly finish: () => { readonly count: number; readonly first?: TimeJump };
} {
  const [times, steps] = [counter("fs"), counter("steps")];
  let timed = false;
  return {
    add(time, step) {
      timed ||= time !== undefined;
      times.add(time);
      steps.add(step);
    },
    finish: () => (timed ? times : steps).finish(),
  };
}

function counter(unit: Unit) {
  const early: (number | undefined)[] = [];
  let [samples, count] = [0, 0];
  let first: TimeJump | undefined;
  let compare: ReturnType<typeof comparison> | undefined;
  const settle = (): ReturnType<typeof comparison> => {
    const made = comparison(usualStep(early), "frame", unit, (jump) => {
      first ??= jump;
      count++;
    });
    early.forEach(made);
    early.length = 0;
    return made;
  };
  return {
    add(value: number | undefined): void {
      if (samples < USUAL) early.push(value);
      else {
        compare ??= settle();
        compare(value, samples);
      }
      samples++;
    },
    finish() {
      compare ??= settle();
      return { count, ...(first && { first }) };
    },
  };
}

function rounded(x: number): number {
  return Number(x.toPrecision(9));
}

/**
 * The spacing of evenly spaced samples, fs: the given one, checked against the times where there are any, or that of the times.
 * @throws DataError naming the samples where the spacing changes, or if there is no time step at all
 */
export function evenTimestep(samples: SampleTimes, given: number | undefined, where: string): number {
  const { times, sample = "frame" } = samples;
  const jumps = timeJumps(samples, given);
  if (jumps.length > 0) {
    const [first] = jumps;
    const more = jumps.length > 1 ? `, and so at ${jumps.length - 1} other places (${list(jumps.slice(1))})` : "";
    throw new DataError({
      where: `${where}, ${sample} ${first!.at}`,
      problem: `${first!.problem}${more}`,
      advice:
        given !== undefined && (first!.throughout || jumps.length === knownCount(times) - 1)
          ? "give the right `timestep`"
          : "a spectrum needs evenly spaced samples: cut the file there, or treat the runs as an ensemble with `segments`",
    });
  }
  if (given !== undefined) return given;
  const known = times.flatMap((t, i) => (t === undefined ? [] : [i]));
  const [first, last] = [known[0], known[known.length - 1]];
  if (first === undefined || last === first)
    throw new DataError({
      where,
      problem: `no time step: the ${sample}s have no times`,
      advice: "give the time between them in fs as `timestep`",
    });
  // The mean, which is better than the rounding of one printed time.
  const mean = (times[last!]! - times[first]!) / (last! - first);
  const { digit = 0 } = samples;
  const usual = usualStep(times)!;
  const exact = times.every((t, i) => i === 0 || Math.abs(t! - times[i - 1]! - usual) <= tolerance(usual, t!));
  if (exact || digit <= tolerance(mean, 0)) return mean;
  const { spacing, uncertainty } = roundedSpacing(times, digit);
  if (uncertainty <= leastPrecision) return spacing;
  throw new DataError({
    where,
    problem: `the times of ${known.length} ${sample}s are printed to ${rounded(digit)} fs, too few digits to say the time step`,
    advice: "give the time between them in fs as `timestep`",
  });
}

/**
 * {@link evenTimestep} with a given spacing for samples that come one by one.
 * @returns called with time and step number of each sample in turn; it throws DataError where the spacing changes
 */
export function stepChecker(
  given: number,
  where: string,
): (time: number | undefined, step: number | undefined) => void {
  let at = -1;
  let timed = false;
  const times = { last: undefined as number | undefined, at: 0 };
  const steps = { last: undefined as number | undefined, at: 0, stride: undefined as number | undefined };
  const fail = (problem: string): never => {
    throw new DataError({
      where: `${where}, frame ${at}`,
      problem,
      advice: "give the right `timestep`, or cut the file there",
    });
  };
  return (time, step) => {
    at++;
    if (time !== undefined) {
      timed = true;
      if (times.last !== undefined) {
        const wanted = given * (at - times.at);
        const found = time - times.last;
        if (!(Math.abs(found - wanted) <= tolerance(given, time)))
          fail(
            `frame ${at} is ${rounded(found)} fs after frame ${times.at}, expected ${rounded(wanted)} fs by the time step of ${given} fs`,
          );
      }
      Object.assign(times, { last: time, at });
    }
    if (step === undefined || timed) return;
    if (steps.last !== undefined) {
      const found = (step - steps.last) / (at - steps.at);
      steps.stride ??= found;
      if (!(found === steps.stride && found > 0))
        fail(`frame ${at} is ${found} steps after frame ${steps.at}, the first ones are ${steps.stride} apart`);
    }
    Object.assign(steps, { last: step, at });
  };
}

/** Rounded times must say the time step to this share, by which frequencies would be off. */
const leastPrecision = 1e-3;

function knownCount(times: readonly (number | undefined)[]): number {
  return times.filter((t) => t !== undefined).length;
}

function list(jumps: readonly TimeJump[]): string {
  return `${jumps
    .slice(0, 5)
    .map((j) => j.at)
    .join(", ")}${jumps.length > 5 ? ", …" : ""}`;
}

/**
 * The runs between jumps, as [first, end) of samples; runs of one sample are left out.
 * @throws DataError if there are neither times nor steps, or no run of two samples
 */
export function cutAtJumps(samples: SampleTimes, given: number | undefined, where: string): [number, number][] {
  const { times, steps = [], sample = "frame" } = samples;
  if (![...times, ...steps].some((t) => t !== undefined))
    throw new DataError({
      where,
      problem: `the ${sample}s have neither times nor numbers of steps by which runs could be told apart`,
      advice: "cut the file by hand, one file per run",
    });
  // Between two runs stands one jump; the usual step is that of the whole file.
  const starts = [0, ...timeJumps(samples, given).flatMap((j) => (j.throughout ? [] : [j.at]))];
  const runs = starts.map((first, k): [number, number] => [first, starts[k + 1] ?? times.length]);
  const long = runs.filter(([first, end]) => end - first >= 2);
  if (long.length === 0) throw new DataError({ where, problem: `no two ${sample}s follow each other evenly` });
  return long;
}

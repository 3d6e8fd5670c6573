/**
 * How threads share the calls of one kernel function, in memory that all see. The calls of a job are claimed one by one by counting down a
 * word that also holds the number of the job, so that nobody takes a call of another job by mistake; parameters are written before the
 * word and stay until all claimed calls are done.
 */

/** Places in the control words. */
export const WORD = {
  wake: 0,
  claim: 1,
  done: 2,
  total: 3,
  function: 4,
  values: 5,
  memory: 6,
  work: 7,
  failed: 8,
} as const;
export const WORDS = 16;
/** Places in the control doubles: where the threads' workspaces begin and their size, then the parameters of the calls. */
export const WORK = { start: 0, bytes: 1, calls: 2 } as const;
/** Most calls of a job, and parameters of a call. */
export const MOST_CALLS = 512;
export const MOST_VALUES = 16;
export const DOUBLES = WORK.calls + MOST_CALLS * MOST_VALUES;

/** Bits of the claim word that count calls; the others number the job. */
const COUNT_BITS = 20;
const COUNT = 2 ** COUNT_BITS - 1;

/** Functions that can be shared, by their place here. */
export const FUNCTIONS = ["gemm", "choleskyRows", "solveLower", "solveLowerTransposed"] as const;
export type SharedFunction = (typeof FUNCTIONS)[number];

/** What a thread gets once. */
export interface TeamSetup {
  readonly words: SharedArrayBuffer;
  readonly doubles: SharedArrayBuffer;
  /** From 1; the thread that has the jobs is 0. */
  readonly member: number;
}

/** What a thread is told between jobs. */
export type TeamMessage =
  | { readonly kind: "memory"; readonly id: number; readonly module: unknown; readonly memory: unknown }
  | { readonly kind: "drop"; readonly id: number };

export interface TeamControl {
  readonly words: Int32Array;
  readonly doubles: Float64Array;
}

/** Makes calls claimable. @param job any number that differs from that of the job before */
export function publish({ words }: TeamControl, job: number, calls: number): void {
  Atomics.store(words, WORD.done, 0);
  Atomics.store(words, WORD.total, calls);
  Atomics.store(words, WORD.claim, (job << COUNT_BITS) | calls | 0);
  Atomics.add(words, WORD.wake, 1);
  Atomics.notify(words, WORD.wake);
}

/** Claims a call. @returns its number; -1 if none is left */
export function claim({ words }: TeamControl): number {
  for (;;) {
    const word = Atomics.load(words, WORD.claim);
    const left = word & COUNT;
    if (left === 0) return -1;
    if (Atomics.compareExchange(words, WORD.claim, word, word - 1) === word)
      return Atomics.load(words, WORD.total) - left;
  }
}

/** Does a claimed call and says so. @param exports the kernel's functions on the job's memory, asked for once it is claimed */
export function perform(control: TeamControl, call: number, member: number, exports: () => object): void {
  const { words, doubles } = control;
  try {
    const name = FUNCTIONS[Atomics.load(words, WORD.function)]!;
    const count = Atomics.load(words, WORD.values);
    const from = WORK.calls + call * MOST_VALUES;
    const values = Array.from(doubles.subarray(from, from + count));
    if (Atomics.load(words, WORD.work) === 1) values.push(doubles[WORK.start]! + member * doubles[WORK.bytes]!);
    (exports() as Record<SharedFunction, (...values: number[]) => unknown>)[name](...values);
  } catch {
    Atomics.store(words, WORD.failed, 1);
  } finally {
    Atomics.add(words, WORD.done, 1);
    Atomics.notify(words, WORD.done);
  }
}

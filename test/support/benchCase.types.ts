/** What one case of test/bench/*.mjs is. */
export interface BenchCase<S = undefined> {
  readonly name: string;
  /** What the figure is quoted in: "ms" (CPU milliseconds per run, smaller is better) or a rate such as "MB/s" (amount per CPU second). */
  readonly unit: string;
  /** What is measured: processor time (default), or with threads the time that passes on a machine with nothing else to do. */
  readonly clock?: "processor" | "wall";
  readonly setup?: () => S | Promise<S>;
  /** What it returns or promises is the amount of work done where it is a number, otherwise that is 1. */
  readonly run: (state: S) => unknown;
  /** Default 5. */
  readonly repeat?: number;
  readonly goal?: number;
}

/** Progress and interruption of long work: one interface for terminals, notebooks, workers and tests. */
import { AbortedError } from "./errors.js";

/** A snapshot of running work. */
export interface Progress {
  /** What is being done, e.g. "features". */
  readonly label: string;
  /** Units of work finished. */
  readonly done: number;
  /** Units of work in all; absent when unknown (a stream). */
  readonly total?: number;
  /** What is counted, e.g. "frames", "bytes". */
  readonly unit?: string;
}

/** Options that every long call takes. */
export interface RunOptions {
  /** Called from time to time, at least at the end. */
  readonly onProgress?: (progress: Progress) => void;
  /** Aborting it stops the work at the next safe point with an {@link AbortedError}; nothing is lost or half-written. */
  readonly signal?: AbortSignal;
}

/** Options of work that is spread over threads. */
export interface ThreadOptions extends RunOptions {
  /** Threads: 0 or 1 work in this one. Default: one per processor, where so much is to be done that it pays. The same bits for any number. */
  readonly workers?: number;
}

/** Progress and interruption among the options of a call, to be handed on. */
export function runOf({ onProgress, signal }: RunOptions): RunOptions {
  return { ...(onProgress && { onProgress }), ...(signal && { signal }) };
}

/** {@link runOf} with the number of threads. */
export function threadsOf(options: ThreadOptions): ThreadOptions {
  const { workers } = options;
  return { ...runOf(options), ...(workers !== undefined && { workers }) };
}

/** @throws AbortedError if `signal` has been aborted. */
export function throwIfAborted(signal: AbortSignal | undefined, doing: string): void {
  if (signal?.aborted) throw new AbortedError({ problem: `interrupted while ${doing}`, cause: signal.reason });
}

/** Lets timers, signals and display updates run; call it between blocks of synchronous work. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

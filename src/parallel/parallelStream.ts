/** Items of a stream, which never is in memory as a whole, on several threads. */
import { breathe, throwIfAborted } from "../progress.js";
import { threadCount } from "../system/threads.js";
import { itemError, messageOf, openPool, type Pool, type PoolSetup } from "./pool.js";
import type { Prepare } from "./task.js";

type Run<Item, Result> = ReturnType<Prepare<unknown, Item, Result>>;

export interface StreamOptions<Item, Result> extends Omit<PoolSetup, "shared"> {
  /** What that module's `prepare` does, for this thread. */
  readonly here: () => Run<Item, Result>;
  /** Made when threads start: copied to every one of them once, except for shared memory. */
  readonly shared: () => unknown;
  readonly items: AsyncIterable<Item>;
  /** Threads: 0 or 1 work here without any. Default: one per processor, after the first second of work. */
  readonly workers?: number;
  /** What is being done, for messages. */
  readonly label: string;
  /** Items that wait or are worked on, per thread. Default 3: so many that none waits for the reader. */
  readonly ahead?: number;
  readonly signal?: AbortSignal;
}

const AHEAD = 3;
/** Milliseconds of work after which threads are started, unless a number of them was asked for. */
const ALONE = 1000;

/**
 * Maps the items of a stream to results in the items' order, reading a few items ahead of the results that are taken. The results are the
 * same bits for any number of workers. Whoever stops early ends threads and stream.
 * @throws AbortedError if the signal was aborted; threads are ended before
 * @throws SpectensorError as the first item that failed, or because its thread ended
 */
export async function* parallelStream<Item, Result>(
  options: StreamOptions<Item, Result>,
): AsyncGenerator<Result, void, void> {
  const { workers, signal, label, ahead = AHEAD } = options;
  const threads = threadCount(workers);
  const items = options.items[Symbol.asyncIterator]();
  const waiting: Promise<Settled<Result>>[] = [];
  let here: Run<Item, Result> | undefined;
  let pool: Pool | undefined;
  let index = 0;
  const start = performance.now();
  const wanted = (): boolean => threads > 1 && (workers !== undefined || performance.now() - start > ALONE);
  try {
    for (let ended = false; !ended || waiting.length > 0; ) {
      throwIfAborted(signal, label);
      if (!pool && wanted()) pool = openPool({ ...options, shared: options.shared() }, threads);
      if (!ended && (!pool || waiting.length < ahead * threads)) {
        const next = await items.next();
        if (next.done) ended = true;
        else if (pool) {
          waiting.push(settled(pool.run(next.value, index++, signal) as Promise<Result>));
          continue;
        } else {
          here ??= options.here();
          yield await alone(here, next.value, index++, options.itemName);
          await breathe();
          continue;
        }
      }
      const first = waiting.shift();
      if (!first) continue;
      const result = await first;
      throwIfAborted(signal, label);
      if ("error" in result) throw result.error;
      yield result.value;
    }
  } finally {
    await pool?.end();
    await items.return?.();
  }
}

type Settled<Result> = { readonly value: Result } | { readonly error: unknown };

/** A failure waits for its turn without being called unhandled. */
function settled<Result>(work: Promise<Result>): Promise<Settled<Result>> {
  return work.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
}

async function alone<Item, Result>(
  run: Run<Item, Result>,
  item: Item,
  index: number,
  itemName: string | undefined,
): Promise<Result> {
  try {
    return await run(item, index);
  } catch (cause) {
    if (itemName === "") throw cause;
    throw itemError(itemName, index, cause instanceof Error ? cause.name : "", messageOf(cause), cause);
  }
}

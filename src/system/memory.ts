/** Memory: an error before V8 ends the process, which it does without a word that helps. */
import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { DataError } from "../errors.js";

/** What is kept free to say so and to clean up: a part of the heap's limit, or bytes (the limit counts space for new objects, too). */
const FREE = { part: 0.08, bytes: 80e6 } as const;
/** Growth of the heap, as part of its limit, after which it is worth while to look what of it is rubbish. */
const STEP = 0.01;

let lookedAt = 0;
let collect: (() => void) | undefined;

/**
 * Call it where data gather, between blocks of work: the heap holds rubbish besides data, so that near its limit it is cleared first.
 * @param doing e.g. "reading md.xyz"
 * @throws DataError if the data themselves come near the limit
 */
export function checkHeap(doing: string): void {
  const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
  const full = limit - Math.max(FREE.part * limit, FREE.bytes);
  if (used < full) return;
  if (used < lookedAt + STEP * limit) return; // looked a moment ago
  collect ??= collector();
  collect();
  lookedAt = getHeapStatistics().used_heap_size;
  if (lookedAt < full) return;
  throw outOfMemory(`${doing} takes more memory than the ${Math.round(limit / 1e6)} MB that Node may use`);
}

/** Failures to allocate, on this thread or in a worker, as {@link DataError}; every other error as it is. */
export function asMemoryError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { code } = error as NodeJS.ErrnoException;
  const longText =
    code === "ERR_STRING_TOO_LONG" || (error instanceof RangeError && /string length/i.test(error.message));
  const array = error instanceof RangeError && /array buffer allocation|array length/i.test(error.message);
  if (longText) return outOfMemory("a text is longer than Node can hold (0.5 GB)", error);
  if (array || code === "ERR_MEMORY_ALLOCATION_FAILED" || code === "ERR_BUFFER_TOO_LARGE")
    return outOfMemory("an array is larger than the memory that is free", error);
  if (code === "ERR_WORKER_OUT_OF_MEMORY") return outOfMemory("a worker's memory is full", error);
  return error;
}

function outOfMemory(problem: string, cause?: unknown): DataError {
  return new DataError({
    problem,
    advice:
      "use fewer frames, or thin them with `stride`, or give Node more: NODE_OPTIONS=--max-old-space-size=MEGABYTES",
    ...(cause !== undefined && { cause }),
  });
}

/** V8's collector, which is hidden unless asked for. */
function collector(): () => void {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
}

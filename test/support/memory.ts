/** Memory that is still held, whatever garbage other tests have left. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose_gc");
const collect = runInNewContext("gc") as () => void;

/** Bytes of objects and buffers after garbage has been collected. */
export function heldBytes(): number {
  collect();
  // Buffers are freed beside the program after a collection; the next one waits for that.
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

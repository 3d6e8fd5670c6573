/** Pieces for tests of pieceTeam: each writes its square, or does what `mode` says on threads. */
import { isMainThread } from "node:worker_threads";

/**
 * See pieces.d.mts.
 * @type {typeof import("./pieces.mjs").prepare}
 */
export function prepare({ out, input, mode }) {
  return (piece) => {
    if (mode !== "plain") {
      // The main thread is slow, so that others get pieces.
      if (isMainThread) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
      else if (mode === "exit") process.exit(3);
      else throw new RangeError(`piece ${piece} is bad`);
    }
    out[piece] = input[0] * piece ** 2;
  };
}

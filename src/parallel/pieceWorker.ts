/** A thread of a team of pieces: sleeps until there is a round, does its share, and sleeps again. */
import { parentPort, workerData } from "node:worker_threads";
import { claimPiece, PIECE_WORD, type PieceFailure, type PieceSetup } from "./pieceProtocol.js";
import { takeTables } from "./processTables.js";
import type { Prepare } from "./task.js";

const { module, shared, pieces, words, tables } = workerData as PieceSetup;

async function serve(): Promise<void> {
  takeTables(tables);
  const { prepare } = (await import(module)) as { prepare: Prepare<unknown, number, void> };
  const run = prepare(shared);
  for (let seen = -1; ; ) {
    Atomics.wait(words, PIECE_WORD.round, seen);
    seen = Atomics.load(words, PIECE_WORD.round);
    for (let piece = claimPiece(words, pieces); piece >= 0; piece = claimPiece(words, pieces)) {
      try {
        await run(piece, piece);
      } catch (error) {
        const { name, message, stack } = error instanceof Error ? error : new TypeError(String(error));
        parentPort!.postMessage({ piece, name, message, stack } satisfies PieceFailure);
        Atomics.add(words, PIECE_WORD.failed, 1);
      }
      Atomics.add(words, PIECE_WORD.done, 1);
      Atomics.notify(words, PIECE_WORD.done);
    }
  }
}

void serve();

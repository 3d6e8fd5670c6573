/**
 * Threads that stay and do the same pieces of work again and again, such as the pieces of a structure at every step of a run. What goes in
 * and comes out is in shared memory; a round costs two wake-ups. The calling thread does pieces, too.
 */
import { Worker } from "node:worker_threads";
import { SpectensorError } from "../errors.js";
import { breathe } from "../progress.js";
import { claimPiece, PIECE_WORD, PIECE_WORDS, type PieceFailure, type PieceSetup } from "./pieceProtocol.js";
import { built, itemError, messageOf } from "./pool.js";
import { knownTables } from "./processTables.js";
import type { Prepare } from "./task.js";

export interface PieceTeamOptions<Shared> {
  /** `new URL("./x.js", import.meta.url)` of the module that exports `prepare`. */
  readonly workerModule: URL;
  /** That module's `prepare`: a piece reads and writes shared memory, and depends on the input and its number alone. */
  readonly prepare: Prepare<Shared, number, void>;
  /** Copied to every thread once, except for shared memory. */
  readonly shared: Shared;
  /** Pieces of a round. */
  readonly pieces: number;
  /** Threads beside the calling one. */
  readonly helpers: number;
}

export interface PieceTeam {
  /**
   * Does all pieces once.
   * @throws SpectensorError as the first piece that failed, with its class, or because a thread ended
   */
  readonly run: () => Promise<void>;
  /** Ends the threads, whatever they are doing. */
  readonly end: () => Promise<void>;
}

/** Milliseconds after which one who waits looks whether threads are still there. */
const PATIENCE = 20;

/** Starts threads; a round may begin before they are ready. @throws SpectensorError if the module has not been built */
export function openPieceTeam<Shared>(options: PieceTeamOptions<Shared>): PieceTeam {
  const { workerModule, prepare, shared, pieces, helpers } = options;
  const words = new Int32Array(new SharedArrayBuffer(4 * PIECE_WORDS));
  // First, so that the threads get what tables it makes.
  const here = prepare(shared);
  const setup: PieceSetup = { module: built(workerModule).href, shared, pieces, words, tables: knownTables() };
  const failures = new Map<number, SpectensorError>();
  let lost: SpectensorError | undefined;
  let ending = false;
  const lose = (problem: string): void => {
    lost ??= new SpectensorError({ problem: `a worker thread ${problem}` });
  };
  const workers = Array.from({ length: helpers }, () => {
    const worker = new Worker(built(new URL("./pieceWorker.js", import.meta.url)), { workerData: setup, execArgv: [] });
    worker.unref();
    worker.on("message", ({ piece, name, message, stack }: PieceFailure) =>
      failures.set(piece, itemError("", piece, name, message, stack)),
    );
    worker.on("error", (error) => lose(`failed: ${messageOf(error)}`));
    worker.on("exit", (code) => {
      if (!ending) lose(`ended with code ${code}`);
    });
    return worker;
  });

  async function run(): Promise<void> {
    failures.clear();
    Atomics.store(words, PIECE_WORD.failed, 0);
    Atomics.store(words, PIECE_WORD.done, 0);
    Atomics.store(words, PIECE_WORD.next, 0);
    Atomics.add(words, PIECE_WORD.round, 1);
    Atomics.notify(words, PIECE_WORD.round);
    for (let piece = claimPiece(words, pieces); piece >= 0; piece = claimPiece(words, pieces)) {
      try {
        await here(piece, piece);
      } catch (error) {
        const { name, stack } = error instanceof Error ? error : { name: "", stack: undefined };
        failures.set(piece, itemError("", piece, name, messageOf(error), stack));
      }
      Atomics.add(words, PIECE_WORD.done, 1);
    }
    for (let done = Atomics.load(words, PIECE_WORD.done); done < pieces; done = Atomics.load(words, PIECE_WORD.done)) {
      if (lost) throw lost;
      // The end of a thread is told by events only.
      if (Atomics.wait(words, PIECE_WORD.done, done, PATIENCE) === "timed-out") await breathe();
    }
    // Failures on threads come as messages.
    while (failures.size < Atomics.load(words, PIECE_WORD.failed) && !lost) await breathe();
    if (failures.size > 0) throw failures.get(Math.min(...failures.keys()))!;
    if (lost) throw lost;
  }

  return {
    run,
    async end() {
      ending = true;
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

/** Linear-algebra kernels whose large calls are shared by the threads of this process. Same bits for any number of them. */
import { isMainThread } from "node:worker_threads";
import { threadCount } from "../system/threads.js";
import type { KernelInstance } from "../wasm/load.js";
import { Team, type TeamKernel, type TeamWorkspace, teamKernel } from "../wasm/team.js";
import type { SharedFunction } from "../wasm/teamProtocol.js";
import type { LinalgExports } from "./linalgReference.js";

/** Multiplications below which a call is not worth sharing: a quarter of a millisecond. */
const WORTH = 4e6;
/** Milliseconds of such calls after which threads are started, unless a number of them was asked for. */
const ALONE = 150;
/** Calls for each thread, so that none waits long for another. */
const PIECES = 3;
/** Rows and columns of a piece at least: packing is paid for by then. */
const LEAST = 96;

let asked: number | undefined;
let team: Team | undefined;
let spent = 0;

/**
 * Sets the number of threads of large kernel calls while `work` runs; 0 or 1: none beside this one.
 * @param workers default: as the environment says, or one per processor
 */
export async function withThreads<T>(workers: number | undefined, work: () => Promise<T>): Promise<T> {
  const before = asked;
  asked = workers ?? before;
  try {
    return await work();
  } finally {
    asked = before;
  }
}

/** Runs `work`, which is one of many pieces and leaves other threads to the other pieces. */
export function onThisThread<T>(work: () => T): T {
  const before = asked;
  asked = 1;
  try {
    return work();
  } finally {
    asked = before;
  }
}

function teamFor(): Team | undefined {
  const threads = threadCount(asked);
  if (threads < 2 || !isMainThread || (asked === undefined && spent < ALONE)) return undefined;
  if (team && team.size !== threads) {
    void team.end();
    team = undefined;
  }
  team ??= new Team(threads - 1);
  return team.size > 1 ? team : undefined;
}

/** The functions of an instance, with large calls shared; those of an instance that cannot be shared as they are. */
export function sharedCalls({ exports, arena, shared }: KernelInstance<LinalgExports>): LinalgExports {
  if (!shared) return exports;
  const owner = {};
  let kernel: TeamKernel | undefined;

  /** Does pieces by the team, if the whole is worth it. @returns whether it has */
  function together(
    cost: number,
    name: SharedFunction,
    pieces: (threads: number) => readonly (readonly number[])[],
    withWork = true,
  ): boolean {
    const threads = cost < WORTH ? undefined : teamFor();
    const calls = threads && pieces(threads.size);
    if (!calls || calls.length < 2) return false;
    kernel ??= teamKernel(shared!, exports, owner);
    const bytes = Math.ceil(exports.workBytes() / 16) * 16;
    const mark = arena.mark();
    try {
      const work: TeamWorkspace | undefined = withWork
        ? { start: arena.reserve(bytes * threads.size), bytes }
        : undefined;
      threads.run(kernel, name, calls, work);
    } finally {
      arena.release(mark);
    }
    return true;
  }

  /** Time of calls done alone that would have been worth sharing. */
  function timed<T>(cost: number, call: () => T): T {
    if (cost < WORTH || spent >= ALONE) return call();
    const start = performance.now();
    const result = call();
    spent += performance.now() - start;
    return result;
  }

  const gemm: LinalgExports["gemm"] = (m, n, k, alpha, a, aRow, aColumn, b, bRow, bColumn, c, cRow, lower, work) => {
    const cost = (m * n * k) / (lower ? 2 : 1);
    const rows = (from: number, to: number, width: number, diagonal: number): number[] => [
      ...[to - from, width, k, alpha, a + 8 * from * aRow, aRow, aColumn],
      ...[
        b + 8 * diagonal * bColumn,
        bRow,
        bColumn,
        c + 8 * (from * cRow + diagonal),
        cRow,
        diagonal === from && lower ? 1 : 0,
      ],
    ];
    const pieces = (threads: number): number[][] => {
      if (lower)
        // What is left of the diagonal block, then the block itself; later rows are longer.
        return cut(m, threads, 0.5).flatMap(([from, to]) => [
          ...(from > 0 ? [rows(from, to, Math.min(from, n), 0)] : []),
          ...(from < n ? [rows(from, to, Math.min(to, n) - from, from)] : []),
        ]);
      if (m >= n) return cut(m, threads).map(([from, to]) => rows(from, to, n, 0));
      return cut(n, threads).map(([from, to]) => [
        ...[m, to - from, k, alpha, a, aRow, aColumn, b + 8 * from * bColumn, bRow, bColumn, c + 8 * from, cRow, 0],
      ]);
    };
    if (together(cost, "gemm", pieces)) return;
    timed(cost, () => exports.gemm(m, n, k, alpha, a, aRow, aColumn, b, bRow, bColumn, c, cRow, lower, work));
  };

  const triangular =
    (name: "solveLower" | "solveLowerTransposed"): LinalgExports["solveLower"] =>
    (n, m, l, lRow, lColumn, b, bRow, work) => {
      const cost = (n * n * m) / 2;
      const pieces = (threads: number): number[][] =>
        cut(m, threads).map(([from, to]) => [n, to - from, l, lRow, lColumn, b + 8 * from, bRow]);
      if (together(cost, name, pieces)) return;
      timed(cost, () => exports[name](n, m, l, lRow, lColumn, b, bRow, work));
    };

  /** As the kernel's own, step by step, with the rows below the pivots and the rest of the matrix shared. */
  const cholesky: LinalgExports["cholesky"] = (n, a, aRow, work) => {
    const cost = n ** 3 / 6;
    if (cost < WORTH || !teamFor()) return timed(cost, () => exports.cholesky(n, a, aRow, work));
    const step = exports.choleskyBlock();
    for (let k = 0; k < n; k += step) {
      const end = Math.min(k + step, n);
      const failed = exports.choleskyRows(k, end, k, end, a, aRow);
      if (failed !== 0) return failed;
      const rest = n - end;
      const pieces = (threads: number): number[][] =>
        cut(rest, threads).map(([from, to]) => [k, end, end + from, end + to, a, aRow]);
      if (!together((rest * step ** 2) / 2, "choleskyRows", pieces, false))
        exports.choleskyRows(k, end, end, n, a, aRow);
      const below = a + 8 * (end * aRow + k);
      const corner = a + 8 * (end * aRow + end);
      gemm(rest, rest, end - k, -1, below, aRow, 1, below, 1, aRow, corner, aRow, 1, work);
    }
    return 0;
  };

  return {
    ...exports,
    gemm,
    cholesky,
    solveLower: triangular("solveLower"),
    solveLowerTransposed: triangular("solveLowerTransposed"),
  };
}

/**
 * Cuts 0 … n into pieces of at least 96.
 * @param power of the place up to which half of the work is done: 1 where all rows are alike, ½ where their length grows
 */
function cut(n: number, threads: number, power = 1): [number, number][] {
  const count = Math.max(1, Math.min(PIECES * threads, Math.floor(n / LEAST)));
  const edge = (piece: number): number => Math.round(n * (piece / count) ** power);
  return Array.from({ length: count }, (_, piece) => [edge(piece), edge(piece + 1)]);
}

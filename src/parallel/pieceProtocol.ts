/** What a team and its threads say to each other, see pieceTeam.ts. */

/** Places in the control words. */
export const PIECE_WORD = {
  /** Counts rounds; threads sleep on it. */
  round: 0,
  /** The piece that is claimed next. */
  next: 1,
  /** Pieces done, failed ones as well. */
  done: 2,
  /** Pieces that failed on threads. */
  failed: 3,
} as const;
export const PIECE_WORDS = 4;

/** What every thread gets once. */
export interface PieceSetup {
  /** URL of the module that exports `prepare`. */
  readonly module: string;
  readonly shared: unknown;
  readonly pieces: number;
  readonly words: Int32Array;
  /** Of processTables.ts. */
  readonly tables: ReadonlyMap<string, readonly Float64Array[]>;
}

/** An error's parts: as an object it would lose its class on the way. */
export interface PieceFailure {
  readonly piece: number;
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
}

/**
 * Claims a piece. One who comes late from a round before claims a piece of this round, whose input is there by then.
 * @returns its number; -1 if none is left
 */
export function claimPiece(words: Int32Array, pieces: number): number {
  if (Atomics.load(words, PIECE_WORD.next) >= pieces) return -1;
  const piece = Atomics.add(words, PIECE_WORD.next, 1);
  return piece < pieces ? piece : -1;
}

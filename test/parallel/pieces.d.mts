export function prepare(pieces: {
  readonly out: Float64Array;
  readonly input: Float64Array;
  /** What a thread other than the main one does with a piece. */
  readonly mode: "plain" | "exit" | "throw";
}): (piece: number) => void;

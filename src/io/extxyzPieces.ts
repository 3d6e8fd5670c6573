/** Extended XYZ cut into pieces of whole frames by its counts and line breaks alone, for threads to read. */
import { SpectensorError } from "../errors.js";
import type { Frame } from "../structure/frame.js";
import { extxyzReader } from "./extxyz.js";
import type { TensorOptions } from "./frameFields.js";
import { Lines } from "./lines.js";
import { guarded, more } from "./source.js";

/** Consecutive frames of a file as text. */
export interface TextPiece {
  /** Whole frames, the last one before the piece first (unless the piece begins the file). */
  readonly bytes: Uint8Array;
  /** Bytes of that frame before. */
  readonly lead: number;
  /** Number of the first frame of the piece in the file. */
  readonly first: number;
  /** Frames in the piece; of the last piece of a file that is cut off or damaged it may be fewer than its text begins. */
  readonly count: number;
  /** Lines of the file before the bytes. */
  readonly line: number;
}

/** The pieces of a file. */
export interface TextPieces {
  /** Whether the text goes on behind the last piece that was wanted, once that has come. */
  readonly endsEarly: () => boolean;
  readonly pieces: AsyncGenerator<TextPiece, void, void>;
}

/**
 * Cuts a text. Whatever is wrong with it is left for the reader of the piece to say; then no piece follows.
 * @param together frames of a piece, for so many atoms
 * @param to frame to stop before
 */
export function cutExtxyz(
  chunks: AsyncIterable<Uint8Array>,
  together: (atoms: number) => number,
  to: number,
): TextPieces {
  let early = false;
  async function* pieces(): AsyncGenerator<TextPiece, void, void> {
    const cutter = frameCutter(together, to);
    for await (const chunk of chunks) {
      yield* cutter.feed(chunk);
      if (cutter.state() !== "cutting") break;
    }
    early = cutter.state() === "enough";
    yield* cutter.end();
  }
  return { endsEarly: () => early, pieces: pieces() };
}

function frameCutter(together: (atoms: number) => number, to: number) {
  /** Used up to `used`; what stands before `start` has gone. */
  let bytes = new Uint8Array(1 << 21);
  let used = 0;
  /** Where the frame before the piece begins, the piece, the current frame; up to where lines have been gone through. */
  let [start, begin, frame, at] = [0, 0, 0, 0];
  /** Lines of the file before the first, the third and the last of these. */
  const lines = { start: 0, frame: 0, at: 0 };
  /** Lines that the frame still has; 0 between frames. */
  let left = 0;
  let atoms = 0;
  /** Number of the piece's first frame, frames in it, and frames that it is to have. */
  let [first, count, wanted] = [0, 0, 0];
  let state: "cutting" | "enough" | "broken" = "cutting";

  const append = (chunk: Uint8Array): void => {
    if (used + chunk.length > bytes.length) {
      const room = Math.max(bytes.length, 2 * (used - start + chunk.length));
      const moved = room > bytes.length ? new Uint8Array(room) : bytes;
      moved.set(bytes.subarray(start, used));
      [bytes, used, begin, frame, at, start] = [moved, used - start, begin - start, frame - start, at - start, 0];
    }
    bytes.set(chunk, used);
    used += chunk.length;
  };
  const piece = (end: number): TextPiece => ({
    bytes: bytes.slice(start, end),
    lead: begin - start,
    first,
    count,
    line: lines.start,
  });
  return {
    state: () => state,
    *feed(chunk: Uint8Array): Generator<TextPiece, void, void> {
      append(chunk);
      for (let stop = bytes.indexOf(LINE_BREAK, at); stop >= 0 && stop < used; stop = bytes.indexOf(LINE_BREAK, at)) {
        if (left > 0 && left <= atoms && words(bytes, at, stop) < 2) state = "broken";
        else if (left === 0 && words(bytes, at, stop) > 0) {
          const found = atomCount(bytes.subarray(at, stop + 1));
          if (first + count === to) state = "enough";
          else if (found === undefined) state = "broken";
          else {
            atoms = found;
            if (wanted === 0) wanted = together(atoms);
            [frame, lines.frame, left] = [at, lines.at, atoms + 2];
          }
        }
        if (state !== "cutting") return;
        at = stop + 1;
        lines.at++;
        if (left === 0 || --left > 0 || ++count < wanted) continue;
        yield piece(at);
        first += count;
        [start, begin, count, lines.start] = [frame, at, 0, lines.frame];
      }
    },
    /** What is left: frames that do not fill a piece, and what is no whole frame. */
    *end(): Generator<TextPiece, void, void> {
      const end = state === "enough" ? at : used;
      if (count > 0 || first === 0 || words(bytes, begin, end) > 0) yield piece(end);
    },
  };
}

const LINE_BREAK = 10;

/** Words of a line, at most two are counted: a line of atoms has more, a count is one. */
function words(bytes: Uint8Array, from: number, to: number): number {
  let count = 0;
  for (let i = from; i < to && count < 2; i++) if (bytes[i]! > 32 && (i === from || bytes[i - 1]! <= 32)) count++;
  return count;
}

/** The number of a count line; `undefined` if its reader will not take it. */
function atomCount(line: Uint8Array): number | undefined {
  const lines = new Lines("");
  lines.feed(line);
  try {
    lines.next();
    const count = lines.integer("", 1);
    lines.endLine("");
    return count;
  } catch {
    return undefined;
  }
}

/**
 * Reads a piece, as the file would be read as a whole.
 * @returns the frames; the one before the piece first, if it has one
 * @throws FormatError with the file's lines, as reading the file from its beginning does
 */
export function* readPiece(piece: TextPiece, file: string, options: TensorOptions): Generator<Frame, void, void> {
  const lines = new Lines(file);
  lines.line = piece.line;
  lines.feed(piece.bytes);
  lines.finish();
  let next = piece.lead > 0 ? piece.first - 1 : piece.first;
  for (const value of guarded(extxyzReader(options, next)(lines), lines, {}))
    if (value !== more) {
      next++;
      yield value;
    }
  if (next !== piece.first + piece.count)
    throw new SpectensorError({
      where: file,
      problem: `cut at frame ${piece.first + piece.count}, read up to ${next}`,
    });
}

/** Pieces of a text as blocks of frames: what threads do before they predict. */
import { readPiece, type TextPiece } from "../../io/extxyzPieces.js";
import type { TensorOptions } from "../../io/frameFields.js";
import { type FrameLook, frameLooker } from "../../io/frameLooks.js";
import { blockOf, type FirstFrame, type FrameBlock, firstOf, type Gathered, likeFirst } from "./frameBlocks.js";

/** How the pieces of a text are read. */
export interface PieceReading {
  readonly name: string;
  readonly options: TensorOptions;
  readonly from: number;
  readonly stride: number;
  readonly timestep?: number;
}

/** A piece on its way to a thread. */
export interface PieceItem {
  readonly index: number;
  readonly piece: TextPiece;
  /** Of the file; absent where that cannot be read, which the first piece then says. */
  readonly first?: FirstFrame;
  /** Whether it is only looked at: an earlier run has predicted it. */
  readonly skip: boolean;
}

/**
 * @param looks takes what is seen of every frame, up to the one that fails
 * @returns the frames that are to be predicted; `undefined` if none are
 * @throws FormatError as the reader of the format; ShapeError as `frameBlocks`
 */
export function blockOfPiece(
  { index, piece, first, skip }: PieceItem,
  { name, options, from, stride, timestep }: PieceReading,
  looks: FrameLook[],
): FrameBlock | undefined {
  const looker = frameLooker(name, options);
  let alike = first && likeFirst(first, name);
  let number = piece.lead > 0 ? piece.first - 1 : piece.first;
  const gathered: Gathered[] = [];
  for (const frame of readPiece(piece, name, options)) {
    if (number < piece.first) looker.after(frame, first?.species ?? frame.structure.species);
    else {
      looks.push(looker.look(frame, number));
      alike ??= likeFirst(firstOf(frame), name);
      alike(frame, number);
      if (!skip && number >= from && number % stride === 0) gathered.push({ number, frame });
    }
    number++;
  }
  return gathered.length > 0 ? blockOf(gathered, index, timestep) : undefined;
}

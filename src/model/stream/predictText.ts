/** Predictions of a text: this thread only cuts it, others read, look, predict and write. */
import { FormatError, SpectensorError } from "../../errors.js";
import { cutExtxyz, readPiece, type TextPiece } from "../../io/extxyzPieces.js";
import { lookTally } from "../../io/frameChecks.js";
import { type FrameLook, unpackLooks } from "../../io/frameLooks.js";
import type { FrameText } from "../../io/frameText.js";
import { parallelStream } from "../../parallel/parallelStream.js";
import { passOverConstant } from "../../series/constantSteps.js";
import { stepChecker } from "../../series/times.js";
import type { Model } from "../file/models.js";
import { sharedDocument } from "../file/sharedDocument.js";
import { type FirstFrame, firstOf, framesPerBlock, noneLeft } from "./frameBlocks.js";
import { blockOfPiece, type PieceItem, type PieceReading } from "./pieceReader.js";
import { type PieceSetup, piecePredictor } from "./pieceWorker.js";
import { documentOf, type PredictFramesOptions } from "./predictFrames.js";
import { blockPredictor, type Making, type PredictedBlock } from "./predictWorker.js";

/** With a stride a piece has the frames of a block that is predicted, as long as it has no more than so many blocks' worth of text. */
const BLOCKS = 16;

/**
 * Blocks with what is made of them, in order; what is odd about the frames is told as their readers do.
 * @param todo called with each piece's text, behind that of the one before; false for what an earlier run has predicted
 * @throws as `frameBlocks`, and as the reader of the file
 */
export async function* predictText(
  model: Model,
  text: FrameText,
  making: Making,
  options: Omit<PredictFramesOptions, "name">,
  todo: (index: number, bytes: Uint8Array) => boolean,
): AsyncGenerator<PredictedBlock, void, void> {
  const { from = 0, to = Number.POSITIVE_INFINITY, stride = 1, timestep, workers, signal } = options;
  const { name } = text;
  const reading: PieceReading = {
    ...{ name, options: text.options, from, stride },
    ...(timestep !== undefined && { timestep }),
  };
  const together = (atoms: number) => framesPerBlock(atoms) * Math.min(stride, BLOCKS);
  const { pieces, endsEarly } = cutExtxyz(text.text, together, to);
  const waiting: PieceItem[] = [];
  async function* items(): AsyncGenerator<PieceItem, void, void> {
    let index = 0;
    let first: FirstFrame | undefined;
    for await (const piece of pieces) {
      first ??= firstFrame(piece, reading);
      const skip = !todo(index, piece.bytes.subarray(piece.lead));
      const item = { index: index++, piece, skip, ...(first && { first }) };
      waiting.push(item);
      yield item;
    }
  }
  const tally = lookTally(name, text);
  const check = timestep === undefined ? () => {} : stepChecker(timestep, name);
  const numbered = passOverConstant();
  let frames = 0;
  const take = (looks: readonly FrameLook[]): void => {
    for (const look of looks) {
      tally.add(look);
      check(look.time, numbered(look.step));
      frames++;
    }
  };
  const document = documentOf(model);
  const threads = document ? workers : 0;
  const results = parallelStream({
    workerModule: new URL("./pieceWorker.js", import.meta.url),
    here: () => piecePredictor(blockPredictor(model, making), reading),
    shared: (): PieceSetup => ({ model: sharedDocument(model, () => document!), making, reading }),
    items: items(),
    itemName: "",
    label: "predicting",
    ...(threads !== undefined && { workers: threads }),
    ...(signal && { signal }),
  });
  let none = true;
  let state: "reading" | "whole" | "failed" = "reading";
  try {
    for await (const { block, looks, failed } of results) {
      const item = waiting.shift()!;
      none &&= !item.skip;
      if (failed) fail(model, item, reading, take);
      take(unpackLooks(looks));
      if (!block) continue;
      none = false;
      yield block;
    }
    state = endsEarly() ? "reading" : "whole";
  } catch (error) {
    if (error instanceof FormatError) state = "failed";
    throw error;
  } finally {
    // What is wrong with the text has been said by its error.
    if (state !== "failed") tally.finish(state === "whole");
  }
  if (none) throw noneLeft(name, frames);
}

/** Of the file; an error is left for the thread that reads the piece. */
function firstFrame(piece: TextPiece, { name, options }: PieceReading): FirstFrame | undefined {
  try {
    const [frame] = readPiece(piece, name, options);
    return frame && firstOf(frame);
  } catch {
    return undefined;
  }
}

/** Does again what has failed, for its error. */
function fail(
  model: Model,
  item: PieceItem,
  reading: PieceReading,
  take: (looks: readonly FrameLook[]) => void,
): never {
  const looks: FrameLook[] = [];
  let block: ReturnType<typeof blockOfPiece>;
  try {
    block = blockOfPiece(item, reading, looks);
  } catch (error) {
    take(looks);
    throw error;
  }
  take(looks);
  if (block) blockPredictor(model, "tensors")(block);
  throw new SpectensorError({ where: reading.name, problem: `a thread failed at block ${item.index}` });
}

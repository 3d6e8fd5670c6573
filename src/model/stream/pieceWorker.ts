/** What threads do with pieces of a text: read, look, predict, write. */
import { type FrameLook, type PackedLooks, packLooks } from "../../io/frameLooks.js";
import { readModel } from "../file/models.js";
import { blockOfPiece, type PieceItem, type PieceReading } from "./pieceReader.js";
import { blockPredictor, type PredictedBlock, type PredictSetup } from "./predictWorker.js";

/** What is made of a piece. */
export interface PredictedPiece {
  /** `undefined` if none of its frames is to be predicted, or one fails. */
  readonly block?: PredictedBlock;
  readonly looks: PackedLooks;
  /** Whether one fails: as an error loses much on its way, the thread that told the piece does it again. */
  readonly failed: boolean;
}

/** What threads are given once. */
export interface PieceSetup extends PredictSetup {
  readonly reading: PieceReading;
}

/** What each thread does; exported for the worker pool. */
export function prepare({ model, making, reading }: PieceSetup): (item: PieceItem) => PredictedPiece {
  return piecePredictor(blockPredictor(readModel(model, "the model of a worker thread"), making), reading);
}

/** The work on one piece. */
export function piecePredictor(
  predict: ReturnType<typeof blockPredictor>,
  reading: PieceReading,
): (item: PieceItem) => PredictedPiece {
  return (item) => {
    const looks: FrameLook[] = [];
    try {
      const block = blockOfPiece(item, reading, looks);
      return { ...(block && { block: predict(block) }), looks: packLooks(looks), failed: false };
    } catch {
      return { looks: packLooks([]), failed: true };
    }
  };
}

/** A file of frames, as text that threads read where its format can be cut without being read. */
import type { Frame } from "../structure/frame.js";
import type { WarningOptions } from "../warnings.js";
import { extxyzFormat } from "./extxyz.js";
import type { LoadOptions } from "./format.js";
import { openFile } from "./formats.js";
import type { TensorOptions } from "./frameFields.js";
import { framesOf } from "./load.js";
import { type Source, sourceName } from "./source.js";

/** An opened file of extended XYZ; to be read once, as text or as frames. */
export interface FrameText extends WarningOptions {
  /** For messages. */
  readonly name: string;
  /** Unpacked. */
  readonly text: AsyncIterable<Uint8Array>;
  readonly options: TensorOptions;
  /** What `streamFrames` gives. */
  readonly frames: () => AsyncGenerator<Frame, void, void>;
}

/**
 * Opens a file: as text if it is extended XYZ, whose last frame is not to be left out should it be cut off; else as frames.
 * @throws as `streamFrames`
 */
export async function openFrames(
  source: Source,
  options: LoadOptions = {},
): Promise<FrameText | AsyncGenerator<Frame, void, void>> {
  const name = sourceName(source, options);
  const opened = await openFile(source, options);
  const frames = () => framesOf(opened, { ...options, name });
  if (opened.format !== extxyzFormat || options.incomplete === "drop") return frames();
  const { keys, units, lammpsUnits, components, becOrder, onWarning } = options;
  const reading: TensorOptions = {
    ...(keys && { keys }),
    ...(units && { units }),
    ...(lammpsUnits && { lammpsUnits }),
    ...(components !== undefined && { components }),
    ...(becOrder && { becOrder }),
  };
  return { name, text: opened.source, options: reading, frames, ...(onWarning && { onWarning }) };
}

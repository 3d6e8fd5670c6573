/** Frames with what is odd about them: every reader of frames looks at each, and tells at the end. */
import type { z } from "zod";
import type { Frame } from "../structure/frame.js";
import type { WarningOptions } from "../warnings.js";
import { frameChecker } from "./frameChecks.js";
import { type LineReader, type ReadOptions, type Source, sourceName } from "./source.js";
import type { FrameField } from "./tensorNames.js";
import { type TextReader, textReader } from "./textReader.js";

type CheckOptions = WarningOptions & { readonly keys?: Readonly<Partial<Record<FrameField, string>>> };

/** Looks at frames that are there already. @throws FormatError for values that cannot be */
export function checkedAll(frames: Frame[], file: string, options: CheckOptions): Frame[] {
  const checker = frameChecker(file, options);
  for (const frame of frames) checker.add(frame);
  checker.finish(true);
  return frames;
}

/** Looks at frames as they come by. @throws FormatError for values that cannot be */
export async function* checkedStream(
  frames: AsyncIterable<Frame>,
  file: string,
  options: CheckOptions,
): AsyncGenerator<Frame, void, void> {
  const checker = frameChecker(file, options);
  let state: "reading" | "whole" | "failed" = "reading";
  try {
    for await (const frame of frames) {
      checker.add(frame);
      yield frame;
    }
    state = "whole";
  } catch (cause) {
    state = "failed";
    throw cause;
  } finally {
    // An error has said enough; whoever stops early has not asked about the rest.
    if (state !== "failed") checker.finish(state === "whole");
  }
}

/** A reader of frames, each looked at. */
export interface FrameReader<O extends ReadOptions> extends TextReader<Frame, O> {
  /** `stream` for the loaders, which look at the frames of any format themselves. */
  unchecked(source: Source, options: O): AsyncGenerator<Frame, void, void>;
}

/** See {@link textReader}. */
export function frameReader<O extends ReadOptions>(
  name: string,
  schema: z.ZodType<unknown, O>,
  linesOf: (options: O) => LineReader<Frame>,
): FrameReader<O> {
  const reader = textReader(name, schema, linesOf);
  return {
    unchecked: reader.stream,
    parse: (input, options) => checkedAll(reader.parse(input, options), options.name ?? "text", options),
    stream: (source, options) => checkedStream(reader.stream(source, options), sourceName(source, options), options),
    load: async (source, options) =>
      checkedAll(await reader.load(source, options), sourceName(source, options), options),
  };
}

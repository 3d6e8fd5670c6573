/** What every text format offers: a text at once, the values of a source one by one, or all of them; options are checked first. */
import type { z } from "zod";
import { readOptions } from "../options/record.js";
import { type LineReader, loadAll, parseAll, type ReadOptions, type Source, streamAll } from "./source.js";

/** The ways to read one format. */
export interface TextReader<T, O extends ReadOptions> {
  /** Values of a whole text, or of the bytes of a file. */
  parse(input: string | Uint8Array, options: O): T[];
  /** Values one by one, in memory that does not grow. */
  stream(source: Source, options: O): AsyncGenerator<T, void, void>;
  /** All values of a source. */
  load(source: Source, options: O): Promise<T[]>;
}

/**
 * @param name that the public functions have after parse, stream and load, for messages
 * @param linesOf the line reader, made once per file
 */
export function textReader<T, O extends ReadOptions>(
  name: string,
  schema: z.ZodType<unknown, O>,
  linesOf: (options: O) => LineReader<T>,
): TextReader<T, O> {
  const checked = (doing: string, options: O): LineReader<T> => {
    readOptions(schema, options, `${doing}${name}`);
    return linesOf(options);
  };
  return {
    parse: (input, options) => parseAll(checked("parse", options), input, options),
    stream: (source, options) => streamAll(checked("stream", options), source, options),
    load: (source, options) => loadAll(checked("load", options), source, options),
  };
}

/** From a path, bytes or a stream to what a line reader yields: the parse, stream and load that every format has. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { pipeline } from "node:stream";
import { createGunzip, gunzipSync } from "node:zlib";
import { DataError, FormatError, ShapeError, SpectensorError } from "../errors.js";
import { type Fields, record } from "../options/record.js";
import { callback, oneOf, RUN_FIELDS, text } from "../options/values.js";
import { type RunOptions, throwIfAborted } from "../progress.js";
import { checkHeap } from "../system/memory.js";
import { type Warning, type WarningOptions, warn } from "../warnings.js";
import { packing, signatureBytes, unpackedStart } from "./decode.js";
import { Lines } from "./lines.js";

/** A path, or pieces of the file's bytes (plain or gzipped) from anywhere. */
export type Source = string | AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Options of every reader. */
export interface ReadOptions extends RunOptions, WarningOptions {
  /** Name of the data in messages; default the path. */
  readonly name?: string;
  /** What to do with a last frame that is cut off: refuse the file (default) or leave that frame out. */
  readonly incomplete?: "error" | "drop";
}

export const READ_FIELDS = {
  ...RUN_FIELDS,
  onWarning: callback<(warning: Warning) => void>().optional(),
  name: text().optional(),
  incomplete: oneOf(["error", "drop"]).optional(),
} satisfies Fields<ReadOptions>;
export const READ_OPTIONS = record(READ_FIELDS);

/** A reader yields this when it needs more bytes. */
export const more: unique symbol = Symbol("more");

/** A format: turns lines into values, one by one, asking for more bytes as it goes. */
export type LineReader<T> = (lines: Lines) => Generator<T | typeof more, void, void>;

/** Goes to the next line. @throws FormatError if there is none, saying what is `missing` */
export function* needLine(lines: Lines, missing: string): Generator<typeof more, void, void> {
  while (!lines.next()) {
    if (lines.finished) lines.failEnd(missing);
    yield more;
  }
}

/** Goes to the next line; `false` at the end of the text. */
export function* nextLine(lines: Lines): Generator<typeof more, boolean, void> {
  while (!lines.next()) {
    if (lines.finished) return false;
    yield more;
  }
  return true;
}

const chunkBytes = 1 << 20;
/** Largest text that is unpacked in one piece; longer files are streamed from a path. */
const largestText = 2 ** 31;

function linesOf(file: string, options: ReadOptions): Lines {
  return new Lines(file, {
    dropUnterminated: options.incomplete === "drop",
    onWarning: (warning) => warn(options, warning),
  });
}

/** Reads a whole text (taken as complete) or the bytes of a file (gzipped or not). */
export function parseAll<T>(reader: LineReader<T>, input: string | Uint8Array, options: ReadOptions = {}): T[] {
  const file = options.name ?? "text";
  const lines = linesOf(file, options);
  lines.feed(wholeText(typeof input === "string" && !input.endsWith("\n") ? `${input}\n` : input, options));
  lines.finish();
  const values: T[] = [];
  for (const value of guarded(reader(lines), lines, options)) if (value !== more) values.push(value);
  return values;
}

/** Reads values one by one in bounded memory. */
export async function* streamAll<T>(
  reader: LineReader<T>,
  source: Source,
  options: ReadOptions = {},
): AsyncGenerator<T, void, void> {
  const file = sourceName(source, options);
  const lines = linesOf(file, options);
  const chunks = byteChunks(source, { ...options, name: file });
  const values = guarded(reader(lines), lines, options);
  try {
    for (;;) {
      const step = values.next();
      if (step.done) return;
      if (step.value !== more) {
        yield step.value;
        continue;
      }
      throwIfAborted(options.signal, `reading ${file}`);
      checkHeap(`reading ${file}`);
      const chunk = await chunks.next();
      if (chunk.done) lines.finish();
      else lines.feed(chunk.value);
    }
  } finally {
    await chunks.return(undefined);
  }
}

/** All values of a file; see {@link streamAll} for files that do not fit into memory. */
export async function loadAll<T>(reader: LineReader<T>, source: Source, options: ReadOptions = {}): Promise<T[]> {
  const values: T[] = [];
  for await (const value of streamAll(reader, source, options)) values.push(value);
  return values;
}

/** The bytes of a source, unpacked if they are gzipped (by content, whatever the name says), without byte order mark. */
export async function* byteChunks(source: Source, options: ReadOptions = {}): AsyncGenerator<Uint8Array, void, void> {
  const file = sourceName(source, options);
  const total = typeof source === "string" ? await fileSize(source) : undefined;
  const plain = typeof source === "string" ? createReadStream(source, { highWaterMark: chunkBytes }) : source;
  let done = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of plain) {
      throwIfAborted(options.signal, `reading ${file}`);
      done += chunk.length;
      options.onProgress?.({ label: `reading ${basename(file)}`, done, unit: "bytes", ...(total && { total }) });
      yield chunk;
    }
  }
  const input = counted();
  try {
    const packed = await beginning(input, signatureBytes);
    const text = packing(packed.head, file) === "gzip" ? await beginning(unzipped(packed), signatureBytes) : packed;
    const from = unpackedStart(text.head, file);
    yield text.head.subarray(from);
    yield* text.rest;
  } catch (cause) {
    throw cause instanceof SpectensorError ? cause : unreadable(file, cause);
  } finally {
    await input.return(undefined);
  }
}

/** The first bytes of a stream (at least `size`, fewer only where it ends) and what follows. */
interface Beginning {
  readonly head: Uint8Array;
  readonly rest: AsyncIterator<Uint8Array, void> & AsyncIterable<Uint8Array>;
}

async function beginning(chunks: AsyncGenerator<Uint8Array, void>, size: number): Promise<Beginning> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  while (length < size) {
    const chunk = await chunks.next();
    if (chunk.done) break;
    pieces.push(chunk.value);
    length += chunk.value.length;
  }
  return { head: pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces), rest: chunks };
}

async function* joined({ head, rest }: Beginning): AsyncGenerator<Uint8Array, void> {
  yield head;
  yield* rest;
}

async function* unzipped(packed: Beginning): AsyncGenerator<Uint8Array, void> {
  yield* pipeline(joined(packed), createGunzip({ chunkSize: chunkBytes }), () => {}) as AsyncIterable<Uint8Array>;
}

/** A source whose beginning has been looked at; iterate it to read it, once. */
export interface OpenedSource extends AsyncIterable<Uint8Array> {
  /** The first bytes of the text, unpacked. */
  readonly head: Uint8Array;
  /** Closes a file that nobody is going to read. */
  close(): Promise<void>;
}

/** Opens a source and reads at least `size` bytes of it (fewer only where it ends). */
export async function openSource(source: Source, size: number, options: ReadOptions = {}): Promise<OpenedSource> {
  const chunks = byteChunks(source, options);
  const start = await beginning(chunks, size);
  return {
    head: start.head,
    close: async () => {
      await chunks.return(undefined);
    },
    async *[Symbol.asyncIterator]() {
      try {
        yield* joined(start);
      } finally {
        await chunks.return(undefined);
      }
    },
  };
}

/** A whole text, unpacked if it is a gzipped file's bytes, without byte order mark. */
export function wholeText(input: string | Uint8Array, options: ReadOptions): Uint8Array {
  const file = options.name ?? "text";
  const bytes = typeof input === "string" ? Buffer.from(input) : input;
  const text = packing(bytes, file) === "gzip" ? unzippedBytes(bytes, file) : bytes;
  return text.subarray(unpackedStart(text, file));
}

function unzippedBytes(bytes: Uint8Array, file: string): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: largestText });
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

/** What to call a source in messages. */
export function sourceName(source: Source, options: ReadOptions): string {
  return options.name ?? (typeof source === "string" ? source : "stream");
}

async function fileSize(path: string): Promise<number> {
  try {
    const info = await stat(path);
    if (info.isDirectory()) throw new FormatError({ file: path, problem: "expected a file, found a folder" });
    return info.size;
  } catch (cause) {
    throw cause instanceof SpectensorError ? cause : unreadable(path, cause);
  }
}

function unreadable(file: string, cause: unknown): FormatError {
  const code = (cause as { code?: string }).code ?? "";
  if (code === "ENOENT") return new FormatError({ file, problem: "no such file", advice: "check the path", cause });
  if (code === "Z_BUF_ERROR" || code === "ERR_BUFFER_TOO_LARGE" || code.startsWith("Z_"))
    return new FormatError({
      file,
      problem: `damaged gzip data (${messageOf(cause)})`,
      advice: "get the whole file again",
      cause,
    });
  return new FormatError({ file, problem: `cannot be read (${messageOf(cause)})`, cause });
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/**
 * Runs a reader so that errors about values (an impossible cell, a wrong shape) become errors about this file and line,
 * and a cut-off end is left out where the caller asked for that.
 */
export function* guarded<T>(
  values: Generator<T | typeof more, void, void>,
  lines: Lines,
  options: ReadOptions,
): Generator<T | typeof more, void, void> {
  let count = 0;
  try {
    for (const value of values) {
      if (value !== more) count++;
      yield value;
    }
  } catch (cause) {
    if (lines.cut && count > 0 && options.incomplete === "drop") {
      lines.warn(`the file ends early: what follows ${count} whole ${count === 1 ? "frame" : "frames"} is left out`);
      return;
    }
    if (cause instanceof ShapeError || cause instanceof DataError)
      throw new FormatError({ file: lines.file, line: lines.line, problem: cause.message, cause });
    throw cause;
  }
}

/**
 * The file that every fitted model is kept in: readable JSON whose large arrays are base64 blocks or, for models that are too large
 * for a text, a binary block ({@link binaryModel}). A model file is data, never code, and is checked in full before it is used.
 */
import { open } from "node:fs/promises";
import { z } from "zod";
import { FormatError, ShapeError, SpectensorError } from "../../errors.js";
import { packing, signatureBytes } from "../../io/decode.js";
import { byteChunks } from "../../io/source.js";
import { packed } from "../../io/write.js";
import { readDocument } from "../../options/record.js";
import { parseJson } from "../../system/json.js";
import { writeWhole } from "../../system/wholeFile.js";
import {
  arrayHash,
  base64Of,
  checkArray,
  LONGEST,
  type ModelDocument,
  product,
  toMachineOrder,
} from "./modelArrays.js";
import { binaryModel, isBinaryModel, readBinaryModel } from "./modelBinary.js";

export type { ModelArrays, ModelDocument } from "./modelArrays.js";

/** First two entries of every model file. */
const FORMAT = "spectensor-model";
const VERSION = 2;
/** Bytes of arrays beyond which a model is written as a binary block; a text of Node ends at 512 MB. */
const LARGEST_TEXT = 2 ** 27;
/** Longest text of a model, bytes. */
const LONGEST_TEXT = 500_000_000;
/** The most that a byte of a gzipped file becomes. */
const MOST_PACKED = 1032;

const arraySchema = z.strictObject({
  shape: z.array(z.number().int().nonnegative()).min(1).max(4),
  encoding: z.literal("base64 float64 little-endian"),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  data: z.string(),
});
const documentSchema = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  kind: z.string().min(1).max(64),
  settings: z.record(z.string(), z.unknown()),
  arrays: z.record(z.string(), arraySchema),
});

/** The text of a model file: two runs with the same model give the same bytes. @throws ShapeError if an array does not fill its shape */
export function formatModel(document: ModelDocument): string {
  checkShapes(document);
  const arrays = Object.fromEntries(
    Object.entries(document.arrays).map(([name, { shape, values }]) => {
      const data = base64Of(values);
      return [name, { shape, encoding: "base64 float64 little-endian", sha256: arrayHash(values), data }];
    }),
  );
  const { kind, settings } = document;
  return `${JSON.stringify({ format: FORMAT, version: VERSION, kind, settings, arrays }, null, 1)}\n`;
}

function checkShapes(document: ModelDocument): void {
  for (const [name, { shape, values }] of Object.entries(document.arrays))
    if (values.length !== product(shape))
      throw new ShapeError({ where: name, problem: `${values.length} values for shape [${shape.join(", ")}]` });
}

/**
 * Reads the text of a model file.
 * @param file name for messages
 * @throws FormatError if it is not a model file of this version, an array's length or checksum is wrong, or a value is not finite
 */
export function parseModel(text: string, file: string): ModelDocument {
  const json = parseJson(text, file, "give a model file written by this package");
  const { format, version, kind } = (json ?? {}) as { format?: unknown; version?: unknown; kind?: unknown };
  if (format === FORMAT && version !== VERSION)
    throw new FormatError({
      file,
      problem: `model file version ${JSON.stringify(version)}, this package reads version ${VERSION}`,
      advice:
        version === 1
          ? `fit the model again: spectensor fit ${fitCommand(kind)} --train SOURCE --out ${file}`
          : "use the version of the package that wrote it",
    });
  const parsed = readDocument(documentSchema, json, file);
  const arrays = Object.fromEntries(
    Object.entries(parsed.arrays).map(([name, a]) => [
      name,
      { shape: a.shape, values: decode(name, a.shape, a.data, a.sha256, file) },
    ]),
  );
  return { kind: parsed.kind, settings: parsed.settings, arrays };
}

/**
 * Writes a model file whole or not at all; gzipped when the name ends in .gz. As readable JSON, unless the name ends in .safetensors
 * (or .safetensors.gz) or the arrays take more than 128 MiB: then as a binary block in the layout of safetensors, of any size.
 * @throws ShapeError if an array does not fill its shape
 * @throws FileError if the file cannot be written
 */
export async function writeModelDocument(path: string, document: ModelDocument): Promise<void> {
  checkShapes(document);
  const bytes = Object.values(document.arrays).reduce((sum, { values }) => sum + values.byteLength, 0);
  const binary = bytes > LARGEST_TEXT || /\.safetensors(\.gz)?$/i.test(path);
  await writeWhole(path, packed(path, binary ? binaryModel(document) : [Buffer.from(formatModel(document))]));
}

/** Reads a model file of either encoding. @throws FormatError see {@link parseModel} and {@link readBinaryModel} */
export async function readModelDocument(path: string): Promise<ModelDocument> {
  const pieces = byteChunks(path);
  try {
    const first = await pieces.next();
    const start = first.done ? new Uint8Array(0) : first.value;
    async function* whole(): AsyncGenerator<Uint8Array, void> {
      yield start;
      yield* pieces;
    }
    if (!isBinaryModel(start)) return parseModel(await textOf(whole(), path), path);
    return await readBinaryModel(whole(), path, await mostBytes(path));
  } finally {
    await pieces.return(undefined);
  }
}

/** How many bytes the unpacked file can have. */
async function mostBytes(path: string): Promise<number> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(signatureBytes), 0, signatureBytes, 0);
    const { size } = await file.stat();
    return packing(buffer.subarray(0, bytesRead), path) === "gzip" ? MOST_PACKED * size : size;
  } finally {
    await file.close();
  }
}

async function textOf(pieces: AsyncIterable<Uint8Array>, file: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of pieces) {
    bytes += chunk.length;
    if (bytes > LONGEST_TEXT)
      throw new FormatError({
        file,
        problem: `more than ${LONGEST_TEXT / 1e6} MB of text, which no model of this package has`,
        advice: "give a model file written by this package",
      });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Errors about options inside a file are errors of the file. */
export function asFormatError<T>(file: string, where: string, make: () => T): T {
  try {
    return make();
  } catch (cause) {
    if (!(cause instanceof SpectensorError)) throw cause;
    throw new FormatError({ file, where, problem: cause.message, cause });
  }
}

/**
 * The array `name` of a document.
 * @param shape expected lengths; `undefined` where any length will do
 * @throws FormatError if it is missing or has another shape
 */
export function arrayOf(
  document: ModelDocument,
  name: string,
  shape: readonly (number | undefined)[],
  file: string,
): Float64Array {
  const found = document.arrays[name];
  const expected = `[${shape.map((n) => n ?? "any").join(", ")}]`;
  if (!found) throw new FormatError({ file, where: name, problem: `array missing, expected shape ${expected}` });
  if (found.shape.length !== shape.length || shape.some((n, i) => n !== undefined && n !== found.shape[i]))
    throw new FormatError({ file, where: name, problem: `shape [${found.shape.join(", ")}], expected ${expected}` });
  return found.values;
}

function decode(name: string, shape: readonly number[], data: string, checksum: string, file: string): Float64Array {
  const length = product(shape);
  const encoded = 4 * Math.ceil((8 * length) / 3);
  if (length > LONGEST || data.length !== encoded)
    throw new FormatError({
      file,
      where: name,
      problem: `${data.length} characters of base64, expected ${encoded} for shape [${shape.join(", ")}]`,
      advice: "the file is damaged; copy it again",
    });
  const values = new Float64Array(length);
  const bytes = new Uint8Array(values.buffer);
  if (Buffer.from(bytes.buffer).write(data, "base64") !== bytes.length)
    throw new FormatError({ file, where: name, problem: "not base64", advice: "the file is damaged; copy it again" });
  toMachineOrder(bytes);
  checkArray(values, checksum, name, file);
  return values;
}

/** The words after `spectensor fit` that make a model of this kind. */
function fitCommand(kind: unknown): string {
  return kind === "polarization" || kind === "forceField" ? kind.toLowerCase() : "polarizability --method delta";
}

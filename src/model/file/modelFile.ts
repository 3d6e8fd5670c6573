/**
 * The file that every fitted model is kept in: readable JSON whose large arrays are base64 blocks. A model file is data,
 * never code, and is checked in full before it is used.
 */
import { createHash } from "node:crypto";
import { z } from "zod";
import { FormatError, ShapeError, SpectensorError } from "../../errors.js";
import { byteChunks } from "../../io/source.js";
import { writeText } from "../../io/write.js";
import { readDocument } from "../../options/record.js";

/** First two entries of every model file. */
const FORMAT = "spectensor-model";
const VERSION = 2;
/** Longest array that a model file may hold: 2 GiB of doubles. */
const LONGEST = 2 ** 28;

/** Large arrays by name, each with its shape. */
export type ModelArrays = Readonly<
  Record<string, { readonly shape: readonly number[]; readonly values: Float64Array }>
>;

/** What a kind of model reads from and writes to a file. */
export interface ModelDocument {
  /** E.g. "polarizability", "linearResponse". */
  readonly kind: string;
  /** Small, readable settings and results: JSON values only. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly arrays: ModelArrays;
}

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
  const arrays = Object.fromEntries(
    Object.entries(document.arrays).map(([name, { shape, values }]) => {
      if (values.length !== product(shape))
        throw new ShapeError({ where: name, problem: `${values.length} values for shape [${shape.join(", ")}]` });
      const bytes = littleEndian(values);
      return [
        name,
        { shape, encoding: "base64 float64 little-endian", sha256: sha256(bytes), data: bytes.toString("base64") },
      ];
    }),
  );
  const { kind, settings } = document;
  return `${JSON.stringify({ format: FORMAT, version: VERSION, kind, settings, arrays }, null, 1)}\n`;
}

/**
 * Reads the text of a model file.
 * @param file name for messages
 * @throws FormatError if it is not a model file of this version, an array's length or checksum is wrong, or a value is not finite
 */
export function parseModel(text: string, file: string): ModelDocument {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new FormatError({ file, problem: "not JSON", advice: "give a model file written by this package", cause });
  }
  const { format, version, kind } = (json ?? {}) as { format?: unknown; version?: unknown; kind?: unknown };
  if (format === FORMAT && version !== VERSION)
    throw new FormatError({
      file,
      problem: `model file version ${JSON.stringify(version)}, this package reads version ${VERSION}`,
      advice:
        version === 1
          ? `fit the model again: spectensor fit ${typeof kind === "string" ? kind.toLowerCase() : "polarizability"} --train SOURCE --out ${file}`
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

/** Writes a model file whole or not at all; gzipped when the name ends in .gz. */
export async function writeModelDocument(path: string, document: ModelDocument): Promise<void> {
  await writeText(path, [formatModel(document)]);
}

/** Reads a model file. @throws FormatError see {@link parseModel} */
export async function readModelDocument(path: string): Promise<ModelDocument> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of byteChunks(path)) chunks.push(chunk);
  return parseModel(Buffer.concat(chunks).toString("utf8"), path);
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
  const bytes = Buffer.from(data, "base64");
  if (bytes.length !== 8 * length || sha256(bytes) !== checksum)
    throw new FormatError({
      file,
      where: name,
      problem: "checksum differs",
      advice: "the file is damaged; copy it again",
    });
  const values = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    values[i] = bytes.readDoubleLE(8 * i);
    if (!Number.isFinite(values[i]))
      throw new FormatError({ file, where: name, problem: `element ${i} is ${values[i]}` });
  }
  return values;
}

function littleEndian(values: Float64Array): Buffer {
  const bytes = Buffer.alloc(8 * values.length);
  for (let i = 0; i < values.length; i++) bytes.writeDoubleLE(values[i]!, 8 * i);
  return bytes;
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function product(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

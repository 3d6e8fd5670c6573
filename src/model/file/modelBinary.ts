/**
 * Model files with their arrays as a binary block, in the layout of safetensors: eight bytes with the length of a header, the header
 * as JSON (name → dtype, shape, data_offsets; `__metadata__` with texts), then little-endian doubles. No limit on the whole, a
 * third smaller than base64, and read array by array.
 */
import { z } from "zod";
import { FormatError } from "../../errors.js";
import { parseJson } from "../../system/json.js";
import {
  arrayHash,
  checkArray,
  LONGEST,
  littleEndianBlocks,
  type ModelArrays,
  type ModelDocument,
  product,
  toMachineOrder,
} from "./modelArrays.js";

const FORMAT = "spectensor-model";
const VERSION = 2;
/** Longest header, bytes: names, shapes and settings. */
const LONGEST_HEADER = 2 ** 24 - 1;

const arraySchema = z.strictObject({
  dtype: z.literal("F64"),
  shape: z.array(z.number().int().nonnegative()).min(1).max(4),
  data_offsets: z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()]),
});
const metadataSchema = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(`${VERSION}`),
  kind: z.string().min(1).max(64),
  /** JSON */
  settings: z.string(),
  /** JSON: checksum by name of the array */
  sha256: z.string(),
});
const sha256Schema = z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/));

/** The file in pieces; two runs with the same model give the same bytes. */
export function* binaryModel(document: ModelDocument): Generator<Uint8Array, void, void> {
  const entries = Object.entries(document.arrays);
  let offset = 0;
  const layout = entries.map(([name, { shape, values }]) => {
    const data_offsets = [offset, offset + values.byteLength];
    offset += values.byteLength;
    return [name, { dtype: "F64", shape, data_offsets }];
  });
  const metadata = {
    format: FORMAT,
    version: `${VERSION}`,
    kind: document.kind,
    settings: JSON.stringify(document.settings),
    sha256: JSON.stringify(Object.fromEntries(entries.map(([name, { values }]) => [name, arrayHash(values)]))),
  };
  const json = Buffer.from(JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(layout) }));
  const header = Buffer.alloc(paddedLength(json.length), " ");
  json.copy(header);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  yield length;
  yield header;
  for (const [, { values }] of entries) yield* littleEndianBlocks(values);
}

/**
 * Blanks at the end: the arrays begin at a multiple of eight, and the length begins with a zero byte and one that is not zero, which
 * neither text nor a packed file does (\`io/decode.ts\`).
 */
function paddedLength(length: number): number {
  const padded = Math.ceil(length / 256) * 256;
  return padded % 65536 === 0 ? padded + 256 : padded;
}

/** Whether the first nine bytes are those of such a file: no JSON text begins with a length that small. */
export function isBinaryModel(start: Uint8Array): boolean {
  return headerLength(start) !== undefined && start[8] === 0x7b;
}

function headerLength(start: Uint8Array): number | undefined {
  if (start.length < 9) return undefined;
  const length = Buffer.from(start.subarray(0, 8)).readBigUInt64LE();
  return length > 1n && length <= BigInt(LONGEST_HEADER) ? Number(length) : undefined;
}

/**
 * Reads such a file from its pieces.
 * @param most bytes that the file can hold at all, from its size: nothing longer is allocated
 * @throws FormatError if it is damaged, of another version, or declares more than it holds
 */
export async function readBinaryModel(
  pieces: AsyncIterator<Uint8Array>,
  file: string,
  most: number,
): Promise<ModelDocument> {
  const { read, ended } = reader(pieces, file);
  const start = Buffer.alloc(8);
  await read(start);
  const length = headerLength(Buffer.concat([start, Buffer.from("{")]));
  if (length === undefined || length > most)
    throw damaged(file, `header of ${start.readBigUInt64LE()} bytes in a file of at most ${most}`);
  const header = Buffer.alloc(length);
  await read(header);
  const { metadata, layout } = parseHeader(header.toString("utf8"), file);
  const sums = check(sha256Schema, parseJson(metadata.sha256, file), file, "sha256");
  const settings = check(z.record(z.string(), z.unknown()), parseJson(metadata.settings, file), file, "settings");
  const total = layout.reduce((sum, [, { shape }]) => sum + 8 * product(shape), 0);
  if (total > most) throw damaged(file, `declares ${total} bytes of arrays, it holds at most ${most}`);
  const arrays: Record<string, ModelArrays[string]> = {};
  for (const [name, { shape }] of layout) {
    const values = new Float64Array(product(shape));
    const bytes = new Uint8Array(values.buffer);
    await read(bytes);
    toMachineOrder(bytes);
    if (sums[name] === undefined) throw new FormatError({ file, where: name, problem: "has no checksum" });
    checkArray(values, sums[name], name, file);
    Object.defineProperty(arrays, name, { value: { shape, values }, enumerable: true });
  }
  if (!(await ended())) throw damaged(file, "goes on after its last array");
  return { kind: metadata.kind, settings, arrays };
}

type Layout = readonly (readonly [name: string, array: z.infer<typeof arraySchema>])[];

function parseHeader(text: string, file: string): { metadata: z.infer<typeof metadataSchema>; layout: Layout } {
  const json = check(z.record(z.string(), z.unknown()), parseJson(text, file), file, "header");
  const { __metadata__, ...rest } = json;
  const version = (__metadata__ as { version?: unknown } | undefined)?.version;
  if ((__metadata__ as { format?: unknown } | undefined)?.format === FORMAT && version !== `${VERSION}`)
    throw new FormatError({
      file,
      problem: `model file version ${JSON.stringify(version)}, this package reads versions 1 and ${VERSION}`,
      advice: "fit the model again or use the version of the package that wrote it",
    });
  const metadata = check(metadataSchema, __metadata__, file, "__metadata__");
  const layout = Object.entries(rest).map(([name, array]) => [name, check(arraySchema, array, file, name)] as const);
  let offset = 0;
  for (const [name, { shape, data_offsets }] of layout) {
    const [from, to] = data_offsets;
    if (product(shape) > LONGEST || from !== offset || to - from !== 8 * product(shape))
      throw new FormatError({
        file,
        where: name,
        problem: `bytes ${from} to ${to} for shape [${shape.join(", ")}] after byte ${offset}`,
        advice: "the file is damaged; copy it again",
      });
    offset = to;
  }
  return { metadata, layout };
}

function check<T>(schema: z.ZodType<T>, value: unknown, file: string, where: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  throw new FormatError({ file, where: [where, ...path.map(String)].join("."), problem: message });
}

function damaged(file: string, problem: string): FormatError {
  return new FormatError({ file, problem, advice: "the file is damaged; copy it again" });
}

/** Fills buffers one after another from pieces of any length. */
function reader(
  pieces: AsyncIterator<Uint8Array>,
  file: string,
): { readonly read: (into: Uint8Array) => Promise<void>; readonly ended: () => Promise<boolean> } {
  let rest: Uint8Array = new Uint8Array(0);
  const ended = async (): Promise<boolean> => rest.length === 0 && Boolean((await pieces.next()).done);
  const read = async (into: Uint8Array): Promise<void> => {
    let done = 0;
    while (done < into.length) {
      if (rest.length === 0) {
        const next = await pieces.next();
        if (next.done) throw damaged(file, `ends ${into.length - done} bytes too early`);
        rest = next.value;
        continue;
      }
      const part = rest.subarray(0, into.length - done);
      into.set(part, done);
      done += part.length;
      rest = rest.subarray(part.length);
    }
  };
  return { read, ended };
}

/** Arrays of a model file as bytes: little-endian doubles, whatever the machine, with checksums. */
import { createHash } from "node:crypto";
import { endianness } from "node:os";
import { FormatError } from "../../errors.js";

/** Longest array that a model file may hold: 2 GiB of doubles. */
export const LONGEST = 2 ** 28;
/** Bytes of an array that are handled at a time. */
const BLOCK = 1 << 24;

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

/** Number of elements; more than {@link LONGEST} where the product overflows. */
export function product(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

/** The bytes of an array in blocks; views of the array itself where the machine has this order. */
export function* littleEndianBlocks(values: Float64Array): Generator<Uint8Array, void, void> {
  const step = BLOCK / 8;
  for (let from = 0; from < values.length; from += step)
    yield littleEndian(values.subarray(from, Math.min(values.length, from + step)));
}

function littleEndian(values: Float64Array): Uint8Array {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return endianness() === "LE" ? bytes : Buffer.from(bytes).swap64();
}

/** The little-endian bytes as base64. */
export function base64Of(values: Float64Array): string {
  return Buffer.concat([...littleEndianBlocks(values)]).toString("base64");
}

/** Brings bytes that were read into an array's buffer into the machine's order. */
export function toMachineOrder(bytes: Uint8Array): void {
  if (endianness() === "BE") Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).swap64();
}

/** SHA-256 of the little-endian bytes, hexadecimal. */
export function arrayHash(values: Float64Array): string {
  const hash = createHash("sha256");
  for (const block of littleEndianBlocks(values)) hash.update(block);
  return hash.digest("hex");
}

/** @throws FormatError if the checksum differs or a value is not finite */
export function checkArray(values: Float64Array, sha256: string | undefined, name: string, file: string): void {
  if (sha256 !== undefined && arrayHash(values) !== sha256)
    throw new FormatError({
      file,
      where: name,
      problem: "checksum differs",
      advice: "the file is damaged; copy it again",
    });
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) throw new FormatError({ file, where: name, problem: `element ${wrong} is ${values[wrong]}` });
}

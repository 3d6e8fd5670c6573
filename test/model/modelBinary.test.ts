import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { FormatError } from "../../src/errors.js";
import { packing, unpackedStart } from "../../src/io/decode.js";
import { random } from "../../src/math/random.js";
import { binaryModel } from "../../src/model/file/modelBinary.js";
import {
  type ModelDocument,
  parseModel,
  readModelDocument,
  writeModelDocument,
} from "../../src/model/file/modelFile.js";

const folder = mkdtempSync(join(tmpdir(), "spectensor-binary-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

const draw = random(1);
const numbers = (n: number): Float64Array => Float64Array.from({ length: n }, () => draw.normal());
const document: ModelDocument = {
  kind: "polarizability",
  settings: { note: "größer als 0", list: [1, 2.5, null] },
  arrays: {
    weights: { shape: [3, 4], values: numbers(12) },
    none: { shape: [0], values: new Float64Array(0) },
    __proto__x: { shape: [1], values: Float64Array.of(-0) },
    edges: { shape: [4], values: Float64Array.of(5e-324, 1.7976931348623157e308, -1 / 3, 2 ** 53 + 2) },
  },
};
const bytes = Buffer.concat([...binaryModel(document)]);

/** Another reader of the layout, from its description. */
function read(file: Buffer): {
  header: Record<string, { shape: number[]; data_offsets: [number, number] }>;
  data: Buffer;
} {
  const length = Number(file.readBigUInt64LE(0));
  return { header: JSON.parse(file.subarray(8, 8 + length).toString()), data: file.subarray(8 + length) };
}

function write(header: object, data: Uint8Array): Buffer {
  const json = Buffer.from(JSON.stringify(header).padEnd(1024));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, data]);
}

describe("a model with its arrays as a binary block", () => {
  it("is the same after saving and loading, packed or not, bit by bit", async () => {
    for (const name of ["m.safetensors", "m.safetensors.gz"]) {
      await writeModelDocument(at(name), document);
      const loaded = await readModelDocument(at(name));
      expect(loaded).toEqual(document);
      expect(Object.is(loaded.arrays.__proto__x!.values[0], -0)).toBe(true);
    }
    expect(readFileSync(at("m.safetensors"))).toEqual(bytes);
    expect(gunzipSync(readFileSync(at("m.safetensors.gz")))).toEqual(bytes);
  });

  it("has the layout of safetensors", () => {
    const { header, data } = read(bytes);
    const { __metadata__, ...arrays } = header;
    expect(__metadata__).toMatchObject({ format: "spectensor-model", version: "2", kind: "polarizability" });
    expect(Object.values(__metadata__!).every((value) => typeof value === "string")).toBe(true);
    let end = 0;
    for (const [name, { shape, data_offsets }] of Object.entries(arrays)) {
      expect(data_offsets[0]).toBe(end);
      end = data_offsets[1];
      const values = Array.from({ length: (end - data_offsets[0]) / 8 }, (_, k) =>
        data.readDoubleLE(data_offsets[0] + 8 * k),
      );
      expect([shape, values]).toEqual([document.arrays[name]!.shape, [...document.arrays[name]!.values]]);
    }
    expect(end).toBe(data.length);
  });

  it("is never taken for a text or a packed file, however long its header", () => {
    for (let length = 1; length < 200_000; length += 97) {
      const settings = { filler: "x".repeat(length) };
      const start = Buffer.concat([...binaryModel({ kind: "k", settings, arrays: {} })].slice(0, 2)).subarray(0, 264);
      expect([packing(start, "f"), unpackedStart(start, "f")]).toEqual(["none", 0]);
    }
  });

  it("cut anywhere, or longer, is refused as damaged", async () => {
    for (const length of [9, 100, bytes.length / 2, bytes.length - 100, bytes.length - 1]) {
      writeFileSync(at("cut"), bytes.subarray(0, length));
      await expect(readModelDocument(at("cut"))).rejects.toThrow(FormatError);
      writeFileSync(at("cut"), gzipSync(bytes.subarray(0, length)));
      await expect(readModelDocument(at("cut"))).rejects.toThrow(FormatError);
    }
    writeFileSync(at("long"), Buffer.concat([bytes, Buffer.from("x")]));
    await expect(readModelDocument(at("long"))).rejects.toThrow(/goes on after its last array/);
  });

  it("that declares more than it holds is refused before anything is allocated", async () => {
    const { header, data } = read(bytes);
    const large = 2 ** 27;
    for (const packed of [(b: Buffer) => b, gzipSync]) {
      const forged = { ...header, edges: { dtype: "F64", shape: [large], data_offsets: [104, 104 + 8 * large] } };
      writeFileSync(at("forged"), packed(write(forged, data)));
      const before = process.memoryUsage().arrayBuffers;
      await expect(readModelDocument(at("forged"))).rejects.toThrow(/declares \d+ bytes of arrays, it holds at most/);
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1e8);
    }
  });

  it.each([
    [
      "offsets that overlap",
      { weights: { dtype: "F64", shape: [3, 4], data_offsets: [8, 104] } },
      /weights.*after byte 0/,
    ],
    [
      "a shape that overflows",
      { weights: { dtype: "F64", shape: [2 ** 40, 2 ** 40], data_offsets: [0, 96] } },
      /weights/,
    ],
    ["another type", { weights: { dtype: "F32", shape: [3, 4], data_offsets: [0, 48] } }, /weights\.dtype/],
    [
      "a later version",
      { __metadata__: { format: "spectensor-model", version: "3" } },
      /version "3", this package reads/,
    ],
    ["no metadata", { __metadata__: undefined }, /__metadata__/],
  ])("with %s is refused", async (_, change, message) => {
    const { header, data } = read(bytes);
    writeFileSync(at("wrong"), write({ ...header, ...change }, data));
    await expect(readModelDocument(at("wrong"))).rejects.toThrow(message);
  });

  it("with a changed bit, or a number that is not finite, is refused by the name of the array", async () => {
    const changed = Buffer.from(bytes);
    changed[bytes.length - 3]! ^= 1;
    writeFileSync(at("bit"), changed);
    await expect(readModelDocument(at("bit"))).rejects.toThrow(/edges: checksum differs/);
    const values = Float64Array.of(1, Number.NaN);
    writeFileSync(at("nan"), Buffer.concat([...binaryModel({ ...document, arrays: { a: { shape: [2], values } } })]));
    await expect(readModelDocument(at("nan"))).rejects.toThrow(/a: element 1 is NaN/);
  });

  it("is taken by itself where a text would become too long", async () => {
    const values = new Float64Array(2 ** 24 + 1).fill(0.1); // a double more than 128 MiB
    await writeModelDocument(at("large.json"), {
      kind: "k",
      settings: {},
      arrays: { values: { shape: [values.length], values } },
    });
    expect(statSync(at("large.json")).size).toBeLessThan(2 ** 27 + 2000);
    expect(
      Buffer.compare(
        Buffer.from((await readModelDocument(at("large.json"))).arrays.values!.values.buffer),
        Buffer.from(values.buffer),
      ),
    ).toBe(0);
  });
});

it("JSON that is nested without end is refused at once", async () => {
  for (const text of ["[".repeat(1e6), `{"a":${"[".repeat(1e5)}${"]".repeat(1e5)}}`, '{"a":'.repeat(3e5)])
    expect(() => parseModel(text, "m.json")).toThrow(/nested more than 200 times/);
  expect(() => parseModel(`{"a": "${"[".repeat(1000)}\\"${"[".repeat(1000)}"}`, "m.json")).not.toThrow(/nested/);
});

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FileFormat } from "../../src/io/format.js";
import { detectFormat, formatNames, registerFormat } from "../../src/io/formats.js";
import { loadTrajectory, readFrames } from "../../src/io/load.js";
import { loadSeries } from "../../src/io/loadSeries.js";
import { needLine, nextLine, streamAll } from "../../src/io/source.js";
import { parseVasprun } from "../../src/io/vasprun.js";
import * as sample from "./samples.js";

const cases = new URL("cases/", import.meta.url).pathname;
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "spectensor-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** A whole format, as somebody would add one: atoms of one species, "TOY n symbol" and n lines x y z per frame. */
const toy: FileFormat = {
  name: "toy",
  title: "toy file",
  options: [],
  sniff: ({ text, fileName }) => text.startsWith("TOY ") && fileName.endsWith(".toy"),
  frames: (source, options) =>
    streamAll(
      function* (lines) {
        while (yield* nextLine(lines)) {
          lines.seek(4);
          const n = lines.integer("the number of atoms", 1);
          const symbol = lines.word("the symbol");
          const positions = new Float64Array(3 * n);
          for (let i = 0; i < n; i++) {
            yield* needLine(lines, `${i} of ${n} atoms`);
            lines.numbers(positions, 3 * i, 3, "a position");
          }
          yield {
            structure: { species: new Array<string>(n).fill(symbol), positions, periodic: [false, false, false] },
          };
        }
      },
      source,
      options,
    ),
};

describe("a format", () => {
  it("is one object: registered, it is found by content and name and read by every loader", async () => {
    const path = join(folder, "argon.toy.gz");
    await writeFile(path, gzipSync("TOY 2 Ar\n0 0 0\n0 0 3.5\nTOY 2 Ar\n0 0 0\n0 0 3.6\n"));
    await expect(readFrames(path)).rejects.toThrow(/not a format that is read; it begins "TOY 2 Ar/);
    expect((await readFrames(path, { format: toy })).length).toBe(2);
    registerFormat(toy);
    expect(await detectFormat(path)).toBe("toy");
    const t = await loadTrajectory(path, { timestep: 2 });
    expect([t.species.join(), t.positions[11], t.timestep]).toEqual(["Ar,Ar", 3.6, 2]);
    expect(formatNames()).toContain("toy");
    expect(() => registerFormat(toy)).toThrow(/there is a format "toy" already/);
    await expect(readFrames(path, { species: ["Ar"] })).rejects.toThrow(/is toy file; species is for LAMMPS dump/);
    await expect(loadSeries(path, { quantity: "polarization" })).rejects.toThrow(/has no polarization/);
  });

  it("is opened once: a source that can be read only once is enough", async () => {
    let opened = 0;
    const once = {
      async *[Symbol.asyncIterator]() {
        opened++;
        for (const byte of Buffer.from(sample.extxyz)) yield Uint8Array.of(byte);
      },
    };
    const series = await loadSeries(once, { quantity: ["polarizability", "dielectric"], name: "pipe" });
    expect([series.quantity, series.timestep, opened]).toEqual(["dielectric", 2.5, 1]);
  });

  it("is refused by an unknown name, with the near one", async () => {
    await expect(readFrames(join(folder, "x"), { format: "extxzy" })).rejects.toThrow(/did you mean "extxyz"/);
  });
});

describe("encoding and packing", () => {
  const bom = Uint8Array.of(0xef, 0xbb, 0xbf);
  const path = async (bytes: Uint8Array): Promise<string> => {
    const name = join(folder, `encoded${bytes.length}-${bytes[3]}`);
    await writeFile(name, bytes);
    return name;
  };
  const texts = { ...sample, columns: sample.columns } as Readonly<Record<string, unknown>>;

  it("a byte order mark of UTF-8 is skipped in every format, plain and gzipped", async () => {
    for (const key of ["extxyz", "poscar", "xdatcar", "outcar", "vasprun", "phOutput"]) {
      const marked = Buffer.concat([bom, Buffer.from(texts[key] as string)]);
      const [plain, packed] = [await readFrames(await path(marked)), await readFrames(await path(gzipSync(marked)))];
      expect(plain.length, key).toBeGreaterThan(0);
      expect(packed, key).toEqual(plain);
    }
    const dump = Buffer.concat([bom, Buffer.from(sample.lammps)]);
    const dumped = await readFrames(await path(dump), { species: ["Si", "O"], lammpsUnits: "metal" });
    expect(dumped.length).toBe(2);
    const columns = await path(Buffer.concat([bom, Buffer.from(sample.columns)]));
    expect((await loadSeries(columns, { quantity: "dielectric", timestep: 1 })).values.length).toBe(18);
    expect((await readFrames(`${cases}text-encoding/bom.xyz`)).length).toBeGreaterThan(0);
    expect((await readFrames(`${cases}text-encoding/bom-vasprun.xml`)).length).toBeGreaterThan(0);
    expect(parseVasprun(`\ufeff${sample.vasprun}`).length).toBe(2);
  });

  it("UTF-16 is named, with and without its mark", async () => {
    await expect(readFrames(`${cases}text-encoding/utf16.xyz`)).rejects.toThrow(/UTF-16.*save it as UTF-8/);
    for (const key of ["extxyz", "poscar", "vasprun", "lammps", "columns"])
      await expect(readFrames(await path(Buffer.from(texts[key] as string, "utf16le"))), key).rejects.toThrow(/UTF-16/);
  });

  it.each([
    ["xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 4, 0xe6]],
    ["bzip2", [0x42, 0x5a, 0x68, 0x39, 0x31, 0x41, 0x59, 0x26]],
    ["zip", [0x50, 0x4b, 3, 4, 20, 0, 0, 0, 8]],
    ["zstd", [0x28, 0xb5, 0x2f, 0xfd, 4, 0, 0, 0]],
    ["HDF5", [0x89, 0x48, 0x44, 0x46, 13, 10, 26, 10]],
  ])("%s is named", async (name, bytes) => {
    await expect(readFrames(await path(Uint8Array.from(bytes)))).rejects.toThrow(new RegExp(`${name}.*not read; `));
  });
});

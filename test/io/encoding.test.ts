import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { parseExtxyz } from "../../src/io/extxyz.js";
import { detectFormat } from "../../src/io/formats.js";
import { readFrames } from "../../src/io/load.js";
import { samples } from "./samples.js";

const cases = new URL("cases/text-encoding/", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "encoding-"));
afterAll(() => rmSync(folder, { recursive: true }));
const written = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

describe("a UTF-8 byte-order mark", () => {
  it("is skipped in extended XYZ and vasprun.xml", async () => {
    const [xyz] = await readFrames(`${cases}bom.xyz`);
    expect(xyz!.structure.species).toEqual(["Na", "Cl"]);
    expect(xyz!.energy).toBe(-1);
    const [xml] = await readFrames(`${cases}bom-vasprun.xml`);
    expect(xml!.structure.species.length).toBeGreaterThan(0);
  });

  it.each(Object.entries(samples))("does not change what %s says: text, bytes, gzipped bytes", (_, { text, parse }) => {
    const whole = parse(Buffer.from(text));
    const marked = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(text)]);
    expect(parse(marked)).toEqual(whole);
    expect(parse(gzipSync(marked))).toEqual(whole);
  });

  it("does not hide the format of a file on disk", async () => {
    for (const [name, { text }] of Object.entries(samples)) {
      const plain = await detectFormat(written(name, text)).catch(() => undefined);
      if (plain) expect(await detectFormat(written(`${name}-bom`, `\ufeff${text}`))).toBe(plain);
    }
  });

  it("in a string is skipped too", () => {
    expect(parseExtxyz("\ufeff1\n\nAr 0 0 0\n")[0]!.structure.species).toEqual(["Ar"]);
  });
});

describe("what is no plain UTF-8 text is named, with the way out", () => {
  const utf16 = Buffer.from("2\n\nH 0 0 0\nH 0 0 1\n", "utf16le");
  it.each([
    ["UTF-16 with mark", readFileSync(`${cases}utf16.xyz`), /UTF-16.*iconv/],
    ["UTF-16LE without mark", utf16, /UTF-16.*iconv/],
    ["UTF-16BE without mark", Buffer.from(utf16).swap16(), /UTF-16.*iconv/],
    ["xz", Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 4]), /xz.*xz -d/],
    ["bzip2", Buffer.from("BZh91AY&SY"), /bzip2 -d/],
    ["zip", Buffer.from("PK\x03\x04\x14\0"), /zip archive.*unzip/],
    ["zstd", Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 4]), /zstd -d/],
    ["HDF5", Buffer.from("\x89HDF\r\n\x1a\n", "latin1"), /HDF5.*XYZ/],
    ["a gzipped tar archive", gzipSync(Buffer.from(`${"a".repeat(257)}ustar`)), /tar archive/],
    ["gzipped twice", gzipSync(gzipSync("1\n\nAr 0 0 0\n")), /gzipped twice/],
  ])("%s", async (name, bytes, message) => {
    const path = written(name.replace(/\W/g, "-"), bytes);
    await expect(readFrames(path)).rejects.toThrow(message);
    expect(() => parseExtxyz(bytes, { name: path })).toThrow(message);
  });
});

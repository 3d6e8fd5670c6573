import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AbortedError, FormatError } from "../../src/errors.js";
import { loadExtxyz, parseExtxyz, streamExtxyz } from "../../src/io/extxyz.js";
import { streamVasprun } from "../../src/io/vasprun.js";
import { writeText } from "../../src/io/write.js";
import { loadXdatcar, streamXdatcar } from "../../src/io/xdatcar.js";
import { heldBytes } from "../support/memory.js";
import * as sample from "./samples.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "spectensor-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** The bytes in pieces of `size`. */
async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const value of values) list.push(value);
  return list;
}

describe("streams", () => {
  it("give the same frames however the bytes are cut into pieces, plain or gzipped", async () => {
    const whole = parseExtxyz(sample.extxyz);
    const packed = gzipSync(sample.extxyz);
    for (const size of [1, 2, 3, 7, 64, 1000]) {
      expect(await all(streamExtxyz(pieces(Buffer.from(sample.extxyz), size)))).toEqual(whole);
      expect(await all(streamExtxyz(pieces(packed, size)))).toEqual(whole);
      expect((await all(streamXdatcar(pieces(Buffer.from(sample.xdatcar), size)))).length).toBe(2);
      expect((await all(streamVasprun(pieces(Buffer.from(sample.vasprun), size)))).length).toBe(2);
    }
  });

  it("read gzip files of several members", async () => {
    const twice = Buffer.concat([gzipSync(sample.extxyz), gzipSync(sample.extxyz)]);
    expect((await loadExtxyz(pieces(twice, 100))).length).toBe(4);
  });

  it("give a frame before the bytes behind it have come", async () => {
    const first = sample.extxyz.slice(0, sample.extxyz.indexOf("\n2\n") + 1);
    async function* slow(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(first);
      throw new Error("asked for more than the first frame");
    }
    const frames = streamExtxyz(slow());
    expect((await frames.next()).value!.energy).toBe(-14.25);
    await frames.return(undefined);
  });

  it("hold memory constant: 120 MB of frames pass, and no more than 60 MB are held at any time", async () => {
    const frame = `500\n${sample.extxyz.split("\n")[1]}\n${"O 0.125 0.25 0.375 1 2 3 1 2 3 4 5 6 7 8 9\n".repeat(500)}`;
    const block = Buffer.from(frame.repeat(50));
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (let sent = 0; sent < 1.2e8; sent += block.length) yield block;
    }
    let frames = 0;
    let most = 0;
    const before = heldBytes();
    for await (const _ of streamExtxyz(endless()))
      if (++frames % 500 === 0) most = Math.max(most, heldBytes() - before);
    expect(frames).toBe(50 * Math.ceil(1.2e8 / block.length));
    expect(most).toBeLessThan(6e7);
  }, 120_000);

  it("stop when aborted, and report progress in bytes of the file", async () => {
    const path = join(folder, "long.xyz");
    await writeFile(path, sample.extxyz.repeat(20000));
    const controller = new AbortController();
    const seen: number[] = [];
    const reading = loadExtxyz(path, {
      signal: controller.signal,
      onProgress: ({ done, total, unit }) => {
        expect([unit, total]).toEqual(["bytes", sample.extxyz.length * 20000]);
        seen.push(done);
        if (done > 2e6) controller.abort();
      },
    });
    await expect(reading).rejects.toThrow(AbortedError);
    expect(seen.length).toBeGreaterThan(1);
  });
});

describe("files that cannot be read", () => {
  it("are named: missing, a folder, damaged gzip", async () => {
    await expect(loadExtxyz(join(folder, "no.xyz"))).rejects.toThrow(/no\.xyz: no such file/);
    await expect(loadExtxyz(folder)).rejects.toThrow(/expected a file, found a folder/);
    const path = join(folder, "cut.xyz.gz");
    await writeFile(path, gzipSync(sample.extxyz).subarray(0, 100));
    await expect(loadExtxyz(path)).rejects.toThrow(FormatError);
    await expect(loadExtxyz(path)).rejects.toThrow(/damaged gzip data/);
  });

  it("fail fast and small when they declare 10¹² atoms", async () => {
    const before = process.memoryUsage().arrayBuffers;
    const comment = "Properties=species:S:1:pos:R:3:x:R:10000";
    expect(() => parseExtxyz(Buffer.from(`1000000000000\n${comment}\nH 0 0 0\n`))).toThrow(FormatError);
    expect(() => parseExtxyz(Buffer.from(`1000000000000\n\nH 0 0 0\n`))).toThrow(/1 of 1000000000000 atoms/);
    expect(() => parseExtxyz(Buffer.from("1e400\n\n"))).toThrow(FormatError);
    await expect(
      loadXdatcar([Buffer.from(sample.xdatcar.replace("   1   1\n", "   1   999999999999\n"))]),
    ).rejects.toThrow(/at most/);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(5e7);
  });

  it("do not grow memory when a small gzip file unpacks to one endless line", async () => {
    const bomb = gzipSync(Buffer.alloc(64 << 20, 32));
    expect(bomb.length).toBeLessThan(1e5);
    await expect(loadExtxyz(pieces(bomb, 1 << 16))).rejects.toThrow(/a line of more than 16 MiB/);
  });
});

describe("writeText", () => {
  it("leaves nothing behind when the text cannot be finished", async () => {
    const target = join(folder, "broken.txt");
    const text = function* () {
      yield "a".repeat(1e6);
      throw new RangeError("no more");
    };
    await expect(writeText(target, text())).rejects.toThrow("no more");
    await expect(writeText(join(folder, "gone.gz"), ["x"], { signal: AbortSignal.abort() })).rejects.toThrow();
    expect((await readdir(folder)).filter((name) => /broken|gone|part/.test(name))).toEqual([]);
  });

  it("replaces a file in one step", async () => {
    const target = join(folder, "kept.txt");
    await writeText(target, ["old\n"]);
    await writeText(target, ["ne", "w\n"]);
    expect((await readdir(folder)).filter((name) => name.startsWith("kept"))).toEqual(["kept.txt"]);
  });
});

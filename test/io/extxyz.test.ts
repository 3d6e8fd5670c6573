import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadExtxyz, parseExtxyz, streamExtxyz } from "../../src/io/extxyz.js";
import { extxyzText, writeExtxyz } from "../../src/io/extxyzWrite.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "spectensor-"));
});
afterAll(() => rm(folder, { recursive: true }));

const water = `3
Lattice="5 0 0 0 6 0 1 0 7" Properties=species:S:1:pos:R:3:tag:I:1:forces:R:3:bec:R:9 energy=-14.25 time=2.5 dipole="1 2 3" polarizability="1 2 3 2 4 5 3 5 6" dielectric=[[2, 0, 0], [0, 3, 0], [0, 0, 4]] stress="1 2 3 4 5 6" label="a \\"b\\" c" flag count=7 list=[1,2] pbc="T T F"
O 0 0 0.1 8 1 2 3 1 2 3 4 5 6 7 8 9
H 0.7 0 -.5 1 0.1 0.2 0.3 -1 0 0 0 -1 0 0 0 -1
H -0.7 0 -5e-1 1 -1.5D-1 0 0 1 1 1 2 2 2 3 3 3
`;

describe("parseExtxyz", () => {
  it("maps declared columns and keys to the fields of a frame", () => {
    const [f] = parseExtxyz(water);
    expect(f!.structure.species).toEqual(["O", "H", "H"]);
    expect([...f!.structure.positions]).toEqual([0, 0, 0.1, 0.7, 0, -0.5, -0.7, 0, -0.5]);
    expect([...f!.structure.cell!]).toEqual([5, 0, 0, 0, 6, 0, 1, 0, 7]);
    expect(f!.structure.periodic).toEqual([true, true, false]);
    expect([...f!.forces!]).toEqual([1, 2, 3, 0.1, 0.2, 0.3, -0.15, 0, 0]);
    expect([...f!.bornCharges!.subarray(0, 9)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(f!.energy).toBe(-14.25);
    expect(f!.time).toBe(2.5);
    expect([...f!.dipole!]).toEqual([1, 2, 3]);
    expect([...f!.polarizability!]).toEqual([1, 2, 3, 2, 4, 5, 3, 5, 6]);
    expect([...f!.dielectric!]).toEqual([2, 0, 0, 0, 3, 0, 0, 0, 4]);
    expect([...f!.stress!]).toEqual([1, 6, 5, 6, 2, 4, 5, 4, 3]);
    expect(f!.info).toEqual({ label: 'a "b" c', flag: true, count: 7, list: Float64Array.of(1, 2) });
    expect(f!.arrays).toEqual({ tag: Float64Array.of(8, 1, 1) });
  });

  it("swaps the indices of Born charges that are stored displacement first", () => {
    const [f] = parseExtxyz(water, { becOrder: "displacement-field" });
    expect([...f!.bornCharges!.subarray(0, 9)]).toEqual([1, 4, 7, 2, 5, 8, 3, 6, 9]);
  });
});

describe("streamExtxyz and loadExtxyz", () => {
  it("read back what writeExtxyz wrote, plain and gzipped, to the last bit", async () => {
    const frames = parseExtxyz(water + water.replace("0 0 0.1 8", "0.30000000000000004 1e-300 0.1 8"));
    for (const name of ["w.xyz", "w.xyz.gz"]) {
      const path = join(folder, name);
      await writeExtxyz(path, frames);
      expect(await loadExtxyz(path)).toEqual(frames);
      let k = 0;
      for await (const frame of streamExtxyz(path)) expect(frame).toEqual(frames[k++]);
      expect(k).toBe(2);
    }
    const [plain, packed] = await Promise.all([readFile(join(folder, "w.xyz")), readFile(join(folder, "w.xyz.gz"))]);
    expect(plain.toString()).toBe([...extxyzText(frames)].join(""));
    expect(packed.subarray(0, 2)).toEqual(Buffer.of(0x1f, 0x8b));
    expect(parseExtxyz(packed)).toEqual(frames);
    expect((await readdir(folder)).sort()).toEqual(["w.xyz", "w.xyz.gz"]);
  });
});

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DataError, FormatError, OptionError } from "../../src/errors.js";
import { loadExtxyz } from "../../src/io/extxyz.js";
import { writeExtxyz } from "../../src/io/extxyzWrite.js";
import { detectFormat, formatOf } from "../../src/io/formats.js";
import { loadTrajectory, readFrames } from "../../src/io/load.js";
import { loadSeries } from "../../src/io/loadSeries.js";
import { trajectoryFrames } from "../../src/io/trajectoryFrames.js";
import { seriesOfFrames } from "../../src/series/fromFrames.js";
import { createSeries } from "../../src/series/tensorSeries.js";
import { createTrajectory } from "../../src/structure/trajectory.js";
import { quartz } from "../support/crystals.js";
import * as sample from "./samples.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "spectensor-"));
});
afterAll(() => rm(folder, { recursive: true }));
const file = async (text: string | Uint8Array): Promise<string> => {
  const path = join(folder, `f${Math.abs(Buffer.from(text).reduce((h, b) => (h * 31 + b) | 0, 7))}`);
  await writeFile(path, text);
  return path;
};

const formats = {
  extxyz: sample.extxyz,
  poscar: sample.poscar,
  xdatcar: sample.xdatcar,
  outcar: sample.outcar,
  vasprun: sample.vasprun,
  lammps: sample.lammps,
  espresso: sample.phOutput,
  columns: sample.columns,
};

describe("detectFormat", () => {
  it.each(Object.entries(formats))("finds %s by content, gzipped or not, whatever the name", async (format, text) => {
    expect(await detectFormat(await file(text))).toBe(format);
    expect(await detectFormat(await file(gzipSync(text)))).toBe(format);
  });

  it("knows plain XYZ, CSV with a header, and POSCAR of VASP 4 from three columns of numbers", () => {
    expect(formatOf("2\ncomment\nH 0 0 0\nH 0 0 1\n")?.name).toBe("extxyz");
    expect(formatOf("time,x,y,z\n0,1,2,3\n1,1,2,3\n")?.name).toBe("columns");
    expect(formatOf("1 2 3\n1 2 3\n4 5 6\n7 8 9\n1 2 4\n1 2 3\n")?.name).toBe("columns");
    expect(formatOf("Si\n1.0\n1 0 0\n0 1 0\n0 0 1\n2\nDirect\n0 0 0\n.5 .5 .5\n")?.name).toBe("poscar");
  });

  it("refuses others, saying how they begin and what is read", async () => {
    await expect(detectFormat(await file("once upon\na time\n"))).rejects.toThrow(
      /begins "once upon a time".*extended XYZ/,
    );
    await expect(detectFormat(await file(" \n"))).rejects.toThrow(/empty/);
    await expect(detectFormat(await file('<?xml version="1.0"?><svg/>'))).rejects.toThrow(FormatError);
  });
});

describe("readFrames, loadTrajectory, loadSeries", () => {
  it("read any format", async () => {
    for (const [format, text] of Object.entries(formats)) {
      if (format === "columns") continue;
      const options = format === "lammps" ? ({ species: ["Si", "O"], lammpsUnits: "metal" } as const) : {};
      const frames = await readFrames(await file(gzipSync(text)), options);
      expect(frames.length).toBe(format === "poscar" || format === "espresso" ? 1 : 2);
      for (const { structure } of frames) expect(structure.positions.length).toBe(3 * structure.species.length);
    }
    const t = await loadTrajectory(await file(sample.extxyz));
    expect([t.timestep, t.positions.length, t.cells!.length]).toEqual([2.5, 12, 9]);
  });

  it("give a series with its time step and volume, from frames and from columns", async () => {
    const s = await loadSeries(await file(sample.extxyz), { quantity: "dielectric", origin: "DFPT" });
    expect([s.timestep, s.volume, s.origin, s.values.length]).toEqual([2.5, 210, "DFPT", 18]);
    const c = await loadSeries(await file(sample.columns), { quantity: "dielectric", timestep: 10 });
    expect([c.timestep, c.unit, c.values.length]).toEqual([10, "1", 18]);
    await expect(loadSeries(await file(sample.extxyz), { quantity: "polarizability" })).rejects.toThrow(DataError);
    await expect(loadSeries(await file(sample.extxyz), { quantity: "dielectric", timestep: 3 })).rejects.toThrow(
      DataError,
    );
    await expect(loadSeries(await file(sample.columns), { quantity: "bornCharges" })).rejects.toThrow(
      /cannot hold Born charges/,
    );
  });

  it("refuse options that the format cannot use, and columns as structures", async () => {
    await expect(readFrames(await file(sample.outcar), { becOrder: "displacement-field" })).rejects.toThrow(
      OptionError,
    );
    await expect(readFrames("x", { key: {} } as never)).rejects.toThrow(/unknown option "key"; did you mean "keys"/);
    await expect(readFrames(await file(sample.columns))).rejects.toThrow(/read them as a series/);
  });
});

describe("trajectoryFrames", () => {
  it("carries a trajectory and series over the same frames through an extended XYZ file, to the last bit", async () => {
    const a = quartz();
    const t = {
      ...createTrajectory([a, { ...a, positions: a.positions.map((x) => x + 1 / 3) }], 0.5),
      velocities: Float64Array.from({ length: 54 }, (_, i) => Math.cos(i)),
    };
    const alpha = createSeries({
      quantity: "polarizability",
      shape: [3, 3],
      values: Float64Array.from({ length: 18 }, (_, i) => 30 + Math.sqrt(i)),
      timestep: 0.5,
      origin: "x",
    });
    const path = join(folder, "all.xyz.gz");
    await writeExtxyz(path, trajectoryFrames(t, [alpha]));
    const back = await loadTrajectory(path);
    expect(back).toEqual({ ...t, cells: t.cells });
    expect(seriesOfFrames(await loadExtxyz(path), "polarizability").values).toEqual(alpha.values);
    const short = createSeries({ ...alpha, values: alpha.values.slice(9) });
    expect(() => [...trajectoryFrames(t, [short])]).toThrow(/one tensor for each of 2 frames/);
  });
});

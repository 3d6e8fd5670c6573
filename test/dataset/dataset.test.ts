import { existsSync } from "node:fs";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fetchDataset } from "../../src/dataset/fetch.js";
import { defaultCacheFolder, verifyDatasets } from "../../src/dataset/files.js";
import { loadDataset } from "../../src/dataset/load.js";
import { trainingSizes } from "../../src/dataset/paperValues.js";
import { dataFolder, findDataset, listDatasets, parseRegistry } from "../../src/dataset/registry.js";
import { DataError, FormatError } from "../../src/errors.js";
import { loadExtxyz } from "../../src/io/extxyz.js";
import { frameCount } from "../../src/structure/trajectory.js";
import { largestDifference } from "../support/close.js";
import { fileServer } from "./server.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "spectensor-data-"));
});
afterAll(() => rm(folder, { recursive: true }));
const embedded = listDatasets().filter((d) => d.files.length > 0 && d.files.every((f) => "path" in f));

describe("the registry", () => {
  it("lists embedded and public sets with licence and citation, and every embedded file is in order", async () => {
    expect(embedded.map((d) => d.id)).toEqual(
      expect.arrayContaining(["h2o", "ch4", "ch3oh", "water-dimer", "sio2", "nacl", "aln", "si"]),
    );
    expect(findDataset("sio2-md-raman").files.every((f) => "url" in f)).toBe(true);
    for (const d of listDatasets()) expect(d.licence && d.citation).toBeTruthy();
    const states = await verifyDatasets({ cacheDir: join(folder, "empty") });
    expect(states.filter((s) => s.state === "damaged")).toEqual([]);
  });

  it("is refused, naming the place, when an entry is not what it should be", async () => {
    const text = await readFile(`${dataFolder}registry.json`, "utf8");
    const changed = (change: (d: { datasets: Record<string, unknown>[] }) => void) => {
      const json = JSON.parse(text);
      change(json);
      return () => parseRegistry(JSON.stringify(json), "r.json");
    };
    expect(changed(() => {})().length).toBe(listDatasets().length);
    expect(changed((d) => Object.assign(d.datasets[0]!, { colour: "red" }))).toThrow(/r\.json: datasets\.0.*colour/);
    expect(changed((d) => Object.assign(d.datasets[1]!, { timestep: -1 }))).toThrow(/datasets\.1\.timestep/);
    expect(changed((d) => d.datasets.push(d.datasets[0]!))).toThrow(/stands there twice/);
    for (const path of ["../secret", "/etc/passwd", "a/../../b", "a\\b", ".."])
      expect(
        changed((d) => Object.assign((d.datasets[0]!.files as object[])[0]!, { path })),
        path,
      ).toThrow(FormatError);
    expect(
      changed((d) =>
        Object.assign(d.datasets.at(-1)!, { files: [{ role: "x", name: "a", url: "javascript:alert(1)" }] }),
      ),
    ).toThrow(FormatError);
    expect(() => parseRegistry("{", "r.json")).toThrow(/not JSON/);
  });

  it("suggests the set that was meant", () => {
    expect(() => findDataset("sio3")).toThrow(/no data set "sio3"; did you mean "sio2"/);
  });
});

describe("loadDataset", () => {
  it.each(embedded.map((d) => d.id))("%s: frames as registered, in package conventions", async (id) => {
    const d = await loadDataset(id);
    const count = (role: string) => d.entry.files.filter((f) => f.role === role).reduce((n, f) => n + f.frames!, 0);
    expect(d.displaced.length).toBe(count("displaced"));
    for (const [role, frames] of Object.entries(d.parts)) expect(frames.length).toBe(count(role));
    if (d.reference) {
      expect(d.displaced.every((f) => f.structure.species.join() === d.reference!.structure.species.join())).toBe(true);
      // Sum rule: imposed for the solids, kept as computed for the molecules.
      const z = d.reference.bornCharges!;
      for (let k = 0; k < 9; k++) {
        let sum = 0;
        for (let a = k; a < z.length; a += 9) sum += z[a]!;
        expect(Math.abs(sum)).toBeLessThan(d.reference.structure.cell ? 1e-5 : 0.02);
      }
    }
    if (d.timestep !== undefined && d.frames.length > 1) {
      expect(d.quantities.length).toBeGreaterThan(0);
      for (const quantity of d.quantities) expect(d.series(quantity).timestep).toBe(d.timestep);
      expect(frameCount(d.trajectory())).toBe(d.frames.length);
      expect(d.trajectory().timestep).toBeCloseTo(d.timestep, 9);
    }
  });

  it("water: every frame to learn from has an energy, forces that add up to nothing, and a symmetric stress; runs are told apart", async () => {
    const { parts } = await loadDataset("water");
    for (const { structure, energy, forces, stress } of Object.values(parts).flat()) {
      expect(structure.species.filter((s) => s === "O").length).toBe(structure.species.length / 3);
      expect(energy).toBeLessThan(0);
      for (let axis = 0; axis < 3; axis++) {
        const net = forces!.reduce((sum, f, i) => (i % 3 === axis ? sum + f : sum), 0);
        expect(Math.abs(net)).toBeLessThan(1e-5); // printed to eight decimals
      }
      for (const [a, b] of [
        [1, 3],
        [2, 6],
        [5, 7],
      ] as const)
        expect(stress![a]).toBeCloseTo(stress![b]!, 7);
    }
    const runs = (role: string) => new Set((parts[role] ?? []).map((f) => f.info!.run));
    for (const run of runs("training")) expect(runs("testing").has(run)).toBe(false);
    const labels = parts.selected!.map((f) => f.info!.label);
    expect(new Set(labels).size).toBe(labels.length);
  });

  it("Born charges are ∂(field)/∂(displacement): those of H₂O are the central differences of its dipole", async () => {
    const { reference, displaced } = await loadDataset("h2o");
    let worst = 0;
    let transposed = 0;
    for (let atom = 0; atom < 3; atom++)
      for (let axis = 0; axis < 3; axis++) {
        const pair = displaced.filter((f) => f.info!.atom === atom && f.info!.axis === "xyz"[axis]);
        expect(pair.length).toBe(2);
        const sign = (f: (typeof pair)[0]) => Math.sign(f.info!.delta as number);
        for (let p = 0; p < 3; p++) {
          const slope = pair.reduce((s, f) => s + sign(f) * f.polarization![p]!, 0) / 0.02;
          worst = Math.max(worst, Math.abs(slope - reference!.bornCharges![9 * atom + 3 * p + axis]!));
          transposed = Math.max(transposed, Math.abs(slope - reference!.bornCharges![9 * atom + 3 * axis + p]!));
        }
      }
    // Error of a difference over ±0.01 Å: δ²/6 times a third derivative of the order of 10 e/Å².
    expect(worst).toBeLessThan(3e-4);
    expect(transposed).toBeGreaterThan(0.01);
  });

  it("says what a set has when asked for what it has not", async () => {
    const d = await loadDataset("sio2-vasp-cell");
    expect(() => d.trajectory()).toThrow(/has no "trajectory"; it has reference, displaced/);
    await expect(loadDataset("schmiedmayer-2024")).rejects.toThrow(DataError);
  });

  it("refuses a file that has been changed", async () => {
    await cp(`${dataFolder}h2o`, join(folder, "h2o"), { recursive: true });
    const path = join(folder, "h2o", "reference.xyz.gz");
    const bytes = await readFile(path);
    bytes[100]! ^= 1;
    await writeFile(path, bytes);
    await expect(loadDataset("h2o", { dataDir: folder })).rejects.toThrow(
      /h2o\/reference\.xyz\.gz: SHA-256 .*install the package again/,
    );
  });

  it("looks for fetched data in SPECTENSOR_DATA", () => {
    const before = process.env.SPECTENSOR_DATA;
    process.env.SPECTENSOR_DATA = "/some/where";
    expect(defaultCacheFolder()).toBe("/some/where");
    if (before === undefined) delete process.env.SPECTENSOR_DATA;
    else process.env.SPECTENSOR_DATA = before;
    expect(defaultCacheFolder()).toMatch(before ?? /spectensor/);
  });
});

const published = fileURLToPath(new URL("../../../shared/data/published/sio2-md-raman/", import.meta.url));
if (!existsSync(published)) console.log(`dataset.test.ts: no published files at ${published}, one test skipped`);

describe.skipIf(!existsSync(published))("the MD-Raman set", () => {
  it("as if fetched: 1000 frames of the trajectory belong to the 1000 rows of alpha.dat", async () => {
    const server = await fileServer();
    try {
      server.files.set("/XDATCAR", gunzipSync(await readFile(`${published}XDATCAR.gz`)));
      server.files.set("/alpha.dat", await readFile(`${published}alpha.dat`));
      const registered = findDataset("sio2-md-raman");
      const entry = {
        ...registered,
        files: registered.files.map((f) => ("url" in f ? { ...f, url: `${server.url}/${f.name}` } : f)),
      };
      await fetchDataset(entry, { cacheDir: folder });
      const d = await loadDataset(entry, { cacheDir: folder });
      expect(d.frames.length).toBe(1000);
      expect(d.frames[0]!.info!.step).toBe(10);
      const series = d.series("dielectric");
      expect([series.timestep, series.values.length, d.trajectory().timestep]).toEqual([10, 9000, 10]);
      expect(d.quantities).toEqual(["dielectric"]);
      expect(series.volume).toBeCloseTo(110.538, 2);
      const frames = await loadExtxyz([await readFile(`${published}sio2-300K.extxyz.gz`)]);
      expect(
        largestDifference(
          series.values,
          frames.flatMap((f) => [...f.dielectric!]),
        ),
      ).toBeLessThan(1e-5);
    } finally {
      await server.close();
    }
  });
});

describe("paper values", () => {
  it("Δ-ML never needs more frames than direct learning, and sizes are multiples of the step", () => {
    for (const { direct, delta, step } of trainingSizes) {
      expect(delta).toBeLessThanOrEqual(direct);
      expect([direct % step, delta % step]).toEqual([0, 0]);
    }
  });
});

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadDataset } from "../../src/dataset/load.js";
import { AbortedError, DataError, FormatError, OptionError } from "../../src/errors.js";
import { loadModel, saveModel } from "../../src/model/file/models.js";
import { evaluatePolarization } from "../../src/model/target/polarization/evaluate.js";
import type { PolarizationModel } from "../../src/model/target/polarization/polarization.js";
import { fitPolarization } from "../../src/model/target/polarization/polarization.js";
import { predictBornCharges } from "../../src/model/target/polarization/predict.js";
import type { Frame } from "../../src/structure/frame.js";
import { expectClose } from "../support/close.js";

let born: { train: Frame[]; test: Frame[] };
let dipoles: { train: Frame[]; test: Frame[] };
let fromBorn: PolarizationModel;
let folder: string;

const withoutDipole = ({ polarization: _, ...frame }: Frame): Frame => frame;

/** P is tested on 500 other configurations without a constant vector, Z* on 50. */
async function errors(model: PolarizationModel): Promise<{ p: number; z: number }> {
  return {
    p: (await evaluatePolarization(model, dipoles.test)).polarization!.rmspe,
    z: (await evaluatePolarization(model, born.test)).bornCharges!.rmspe,
  };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "spectensor-"));
  const { parts } = await loadDataset("water-dimer");
  const bare = parts.bec!.map(withoutDipole);
  born = { train: bare.filter((_, i) => i % 3 !== 1), test: bare.filter((_, i) => i % 3 === 1) };
  dipoles = { train: parts.dipoles!.filter((_, i) => i % 2 === 0), test: parts.dipoles!.filter((_, i) => i % 2 === 1) };
  fromBorn = await fitPolarization(born.train);
});
afterAll(() => rm(folder, { recursive: true }));

describe("the water dimer with the default settings", () => {
  it("gets P within 0.65 % and Z* within 2.0 % from 100 sets of Born charges alone", async () => {
    const { p, z } = await errors(fromBorn);
    expect(p).toBeLessThanOrEqual(0.0065);
    expect(z).toBeLessThanOrEqual(0.02);
  });

  it("gets them within 0.27 % and 2.2 % from 500 dipoles as well; from the dipoles alone Z* is clearly worse", async () => {
    const both = await errors(await fitPolarization([...dipoles.train, ...born.train]));
    expect(both.p).toBeLessThanOrEqual(0.0027);
    expect(both.z).toBeLessThanOrEqual(0.022);
    const alone = await errors(await fitPolarization(dipoles.train));
    expect(alone.p).toBeLessThan(0.0035);
    expect(alone.z).toBeGreaterThan(1.3 * both.z);
  });

  it("gets Z* within 0.8 % and P within 0.2 % from the same 100 sets with products, which cross-validation foretells", async () => {
    const products = await fitPolarization(born.train, {
      form: { kind: "products" },
      ridge: { kind: "validation", values: [1e-11, 1e-10] },
      validation: { kind: "fraction", fraction: 0.25 },
    });
    const { p, z } = await errors(products);
    expect(p).toBeLessThanOrEqual(0.002);
    expect(z).toBeLessThanOrEqual(0.008);
    const least = ({ training }: PolarizationModel): number =>
      Math.min(...training.trials.map((t) => t.validationError));
    expect(least(products)).toBeLessThan(0.6 * least(fromBorn));
  });

  it("returns nearly the charges of water, and warns about nothing", () => {
    const [h, o] = fromBorn.constants as unknown as [number, number];
    expectClose(o, -2 * h, { absolute: 1e-12 });
    expect(fromBorn.training.warnings).toEqual([]);
    expect(fromBorn.training.trials.length).toBeGreaterThan(10);
  });
});

describe("evaluatePolarization", () => {
  it("agrees with sums written out by hand", async () => {
    const test = born.test.slice(0, 4);
    const { bornCharges } = await evaluatePolarization(fromBorn, test);
    const pairs = test.flatMap((f) => {
      const z = predictBornCharges(fromBorn, f.structure).bornCharges;
      return Array.from(z, (x, p) => ({
        error: (x - f.bornCharges![p]!) ** 2,
        diagonal: Math.floor((p % 9) / 3) === p % 3,
        species: f.structure.species[Math.floor(p / 9)],
        value: f.bornCharges![p]!,
      }));
    });
    const rmse = (list: typeof pairs): number => Math.sqrt(list.reduce((s, x) => s + x.error, 0) / list.length);
    const mean = pairs.reduce((s, x) => s + x.value, 0) / pairs.length;
    const sigma = Math.sqrt(pairs.reduce((s, x) => s + (x.value - mean) ** 2, 0) / pairs.length);
    const found = bornCharges!;
    expect(found.frames).toBe(4);
    expectClose(
      [found.rmse, found.rmspe, found.rmseDiagonal, found.rmseOffDiagonal, found.bySpecies.H!, found.bySpecies.O!],
      [
        rmse(pairs),
        rmse(pairs) / sigma,
        rmse(pairs.filter((x) => x.diagonal)),
        rmse(pairs.filter((x) => !x.diagonal)),
        rmse(pairs.filter((x) => x.species === "H")),
        rmse(pairs.filter((x) => x.species === "O")),
      ],
      { relative: 1e-12 },
    );
  });

  it("ignores a constant vector only where differences are compared", async () => {
    const shifted = dipoles.test
      .slice(0, 20)
      .map((f) => ({ ...f, polarization: f.polarization!.map((p, a) => p + 5 * (a + 1)) }));
    const compared = async (polarization: "absolute" | "differences") =>
      evaluatePolarization(fromBorn, shifted, { polarization });
    const { polarization: absolute } = await compared("absolute");
    const { polarization: differences } = await compared("differences");
    expect(absolute!.rmse).toBeGreaterThan(5);
    expect(differences!.rmse).toBeLessThan(0.01);
    expect(differences!.r).toBeGreaterThan(0.999);
    const bare = [{ structure: shifted[0]!.structure }];
    await expect(evaluatePolarization(fromBorn, bare)).rejects.toThrow(DataError);
  });

  it("reports to the last frame, stops when aborted, and refuses options it does not know", async () => {
    const frames = born.test.slice(0, 3);
    const done: number[] = [];
    await evaluatePolarization(fromBorn, frames, { onProgress: (p) => done.push(p.done / p.total!) });
    expect(done.at(-1)).toBe(1);
    expect(done).toEqual([...new Set(done)].sort());
    const signal = AbortSignal.abort();
    await expect(evaluatePolarization(fromBorn, frames, { signal })).rejects.toThrow(AbortedError);
    await expect(evaluatePolarization(fromBorn, frames, { kind: "absolute" } as never)).rejects.toThrow(OptionError);
  });
});

describe("a polarization model file", () => {
  it("gives a model that predicts the same bits", async () => {
    for (const name of ["model.json", "model.json.gz"]) {
      const path = join(folder, name);
      await saveModel(path, fromBorn);
      const loaded = await loadModel(path, "polarization");
      expect(loaded.training).toEqual(fromBorn.training);
      for (const { structure } of born.test.slice(0, 3))
        expect(predictBornCharges(loaded, structure)).toEqual(predictBornCharges(fromBorn, structure));
    }
  });

  it("is refused when it is damaged, of another kind, or has other shapes than its settings say", async () => {
    const path = join(folder, "model.json");
    await saveModel(path, fromBorn);
    const json = JSON.parse(await readFile(path, "utf8"));
    const broken = async (change: (j: typeof json) => void): Promise<PolarizationModel> => {
      const copy = structuredClone(json);
      change(copy);
      const file = join(folder, "broken.json");
      await writeFile(file, JSON.stringify(copy));
      return loadModel(file, "polarization");
    };
    await expect(broken((j) => Object.assign(j, { kind: "forceField" }))).rejects.toThrow(/expected polarization/);
    await expect(broken((j) => Object.assign(j.settings.descriptor, { nMax: 7 }))).rejects.toThrow(FormatError);
    await expect(broken((j) => Object.assign(j.settings.descriptor, { cutoff: -1 }))).rejects.toThrow(FormatError);
    await expect(broken((j) => delete j.arrays.constants)).rejects.toThrow(/constants: array missing/);
    await expect(broken((j) => Object.assign(j.settings.training, { ridge: "x" }))).rejects.toThrow(/ridge/);
  });
});

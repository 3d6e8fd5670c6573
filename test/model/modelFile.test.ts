import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Dataset, loadDataset } from "../../src/dataset/load.js";
import { DataError, FormatError } from "../../src/errors.js";
import { formatModel, parseModel } from "../../src/model/file/modelFile.js";
import { loadModel, saveModel } from "../../src/model/file/models.js";
import { polarizabilityDocument, readPolarizability } from "../../src/model/file/polarizabilityDocument.js";
import { linearResponse } from "../../src/model/linearResponse/linearResponse.js";
import { predictTensor } from "../../src/model/predict.js";
import { constantStep } from "../../src/model/target/polarizability/firstStep.js";
import {
  fitDelta,
  fitPolarizability,
  type PolarizabilityModel,
} from "../../src/model/target/polarizability/polarizability.js";
import type { Frame } from "../../src/structure/frame.js";

const features = { cutoff: 3, nMax: 3, lMax: 2 };
let folder: string;
let water: Dataset;
let train: Frame[];
let text: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "spectensor-"));
  water = await loadDataset("h2o");
  train = water.frames.filter((_, i) => i % 100 === 0);
  const lrm = await linearResponse(water.reference!, water.displaced);
  text = formatModel(polarizabilityDocument(await fitDelta(lrm, train, { descriptor: features })));
});
afterAll(() => rm(folder, { recursive: true }));

async function sameAfterSaving(model: PolarizabilityModel): Promise<PolarizabilityModel> {
  const path = join(folder, "model.json");
  await saveModel(path, model);
  const loaded = await loadModel(path, "polarizability");
  for (const { structure } of water.frames.slice(3, 6))
    expect(predictTensor(loaded, structure)).toEqual(predictTensor(model, structure));
  return loaded;
}

describe("model file", () => {
  it("predicts the same bits after saving and loading, for every kind of model", async () => {
    const lrm = await linearResponse(water.reference!, water.displaced);
    const internal = await linearResponse(water.reference!, water.displaced, { frame: { kind: "internal" } });
    await sameAfterSaving(await fitPolarizability(train, { descriptor: features }));
    await sameAfterSaving(await fitDelta(lrm, train, { descriptor: features, firstStepScale: { kind: "fixed" } }));
    await sameAfterSaving(
      await fitDelta(lrm, train, { descriptor: features, firstStepScale: { kind: "fitted", deviation: 0.5 } }),
    );
    await sameAfterSaving(await fitDelta(internal, train, { descriptor: features, form: { kind: "full", zeta: 2 } }));
    const offset = constantStep([1, 0, 0, 0, 1, 0, 0, 0, 1]);
    await sameAfterSaving(
      await fitDelta(offset, train, { descriptor: features, form: { kind: "sparse", references: 5 } }),
    );
    const committee = await fitPolarizability(train, {
      descriptor: features,
      uncertainty: { kind: "committee", members: 3 },
    });
    expect((await sameAfterSaving(committee)).parts).toEqual(committee.parts);
    const variance = await fitDelta(lrm, train, { descriptor: features, uncertainty: { kind: "variance" } });
    expect((await sameAfterSaving(variance)).parts).toEqual(variance.parts);
  });

  it("is the same text for the same model, and readable JSON that says what it is", () => {
    const again = formatModel(polarizabilityDocument(readPolarizability(parseModel(text, "m"), "m")));
    expect(again).toBe(text);
    expect(JSON.parse(text)).toMatchObject({ format: "spectensor-model", version: 2, kind: "polarizability" });
  });

  it("leaves no temporary file behind", async () => {
    await sameAfterSaving(await fitPolarizability(train, { descriptor: features }));
    expect((await readdir(folder)).filter((f) => f.endsWith(".part"))).toEqual([]);
  });

  it("with a first step of the user's own cannot be written, and says so", async () => {
    const own = { name: "mine", predict: () => new Float64Array(9) };
    const model = await fitDelta(own, train, { descriptor: features });
    await expect(saveModel(join(folder, "own.json"), model)).rejects.toThrow(DataError);
    expect(await readdir(folder)).not.toContain("own.json");
  });
});

/** The text with one entry of the parsed JSON changed. */
function changed(change: (json: Record<string, never>) => void): string {
  const json = JSON.parse(text);
  change(json);
  return JSON.stringify(json);
}
const read = (t: string) => readPolarizability(parseModel(t, "model.json"), "model.json");

// biome-ignore lint/suspicious/noExplicitAny: damaged on purpose
const damages: readonly [string, RegExp, (json: any) => void][] = [
  ["another format", /format/, (j) => (j.format = "pickle")],
  ["a later version", /version 3, this package reads version 2/, (j) => (j.version = 3)],
  ["version 1", /fit the model again: spectensor fit polarizability/, (j) => (j.version = 1)],
  ["another kind", /kind "forceField"/, (j) => (j.kind = "forceField")],
  ["an unknown entry", /code/, (j) => (j.code = "process.exit()")],
  ["a missing array", /array missing/, (j) => delete j.arrays["order0.weights"]],
  [
    "another shape",
    /expected \[/,
    (j) => (j.arrays["order0.weights"].shape = [1, j.arrays["order0.weights"].shape[0]]),
  ],
  ["a shape that the data does not fill", /base64/, (j) => (j.arrays["order0.weights"].shape = [4])],
  ["a shape beyond all memory", /base64/, (j) => (j.arrays["order0.weights"].shape = [2 ** 40])],
  ["a negative length", /model\.json/, (j) => (j.arrays["order0.weights"].shape = [-1])],
  [
    "a changed byte",
    /checksum/,
    (j) => (j.arrays["order0.weights"].data = `AAAA${j.arrays["order0.weights"].data.slice(4)}`),
  ],
  ["an impossible descriptor", /cutoff/, (j) => (j.settings.descriptor.cutoff = -1)],
  ["an option that is not known", /unknown option/, (j) => (j.settings.training.options.zetta = 2)],
  ["text for a number", /intercept/, (j) => (j.settings.parts[0].intercept = "1")],
  ["a first step of another kind", /kind/, (j) => (j.settings.firstStep.kind = "function")],
];

describe("a damaged model file", () => {
  it.each(damages)("is refused: %s", (_, message, change) => {
    expect(() => read(changed(change))).toThrow(FormatError);
    expect(() => read(changed(change))).toThrow(message);
  });

  it("is refused when cut short or not there", async () => {
    const path = join(folder, "cut.json");
    await writeFile(path, text.slice(0, text.length / 2));
    await expect(loadModel(path)).rejects.toThrow(/not JSON/);
    await expect(loadModel(join(folder, "none.json"))).rejects.toThrow(/no such file/);
    expect((await readFile(path)).length).toBeGreaterThan(0);
  });

  it("holds no number that is not finite", () => {
    const nan = new Float64Array(8).fill(Number.NaN);
    const document = { kind: "polarizability", settings: {}, arrays: { x: { shape: [8], values: nan } } };
    expect(() => parseModel(formatModel(document), "m")).toThrow(/element 0 is NaN/);
  });
});

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadDataset } from "../../src/dataset/load.js";
import { FormatError, OptionError } from "../../src/errors.js";
import { formatModel, parseModel } from "../../src/model/file/modelFile.js";
import { polarizabilityDocument, readPolarizability } from "../../src/model/file/polarizabilityDocument.js";
import { predictTensor } from "../../src/model/predict.js";
import { fitPolarizability } from "../../src/model/target/polarizability/polarizability.js";
import { spectensorHere } from "../cli/run.js";

const folder = mkdtempSync(join(tmpdir(), "spectensor-hostile-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
/** Names that every object has. */
const INHERITED = ["constructor", "toString", "__proto__", "hasOwnProperty", "valueOf"];
let text: string;

beforeAll(async () => {
  const { frames } = await loadDataset("h2o");
  const train = frames.filter((_, k) => k % 100 === 0);
  text = formatModel(
    polarizabilityDocument(
      await fitPolarizability(train, { descriptor: { cutoff: 3, nMax: 2, lMax: 1 }, form: { kind: "full", zeta: 2 } }),
    ),
  );
});

describe("names that every object has are unknown names", () => {
  it.each(INHERITED)("%s as the kind of a model", async (kind) => {
    const file = join(folder, `${kind}.json`);
    writeFileSync(file, JSON.stringify({ ...JSON.parse(text), kind }));
    const { code, err } = await spectensorHere(["evaluate", file, file]);
    expect(code).toBe(1);
    expect(err).toMatch(/^FormatError: .*a model of kind/);
    expect(() => readPolarizability(parseModel(text.replace('"polarizability"', `"${kind}"`), "m"), "m")).toThrow(
      FormatError,
    );
  });

  it.each(INHERITED)("%s as the kind of an option", async (kind) => {
    const { frames } = await loadDataset("h2o");
    const descriptor = { cutoff: 3, nMax: 2, lMax: 1 };
    for (const name of ["ridge", "form", "uncertainty"]) {
      const options = { descriptor, [name]: { kind } } as never;
      await expect(fitPolarizability(frames.slice(0, 4), options), name).rejects.toThrow(OptionError);
    }
  });
});

describe("a model file with an entry less", () => {
  /** Every path of a document's settings that ends in an object's entry, lists by their first item. */
  function* paths(value: unknown, path: readonly string[] = []): Generator<readonly string[]> {
    if (typeof value !== "object" || value === null) return;
    for (const [name, inner] of Object.entries(Array.isArray(value) ? value.slice(0, 1) : value)) {
      if (!Array.isArray(value)) yield [...path, name];
      yield* paths(inner, [...path, name]);
    }
  }
  const without = (settings: unknown, path: readonly string[]): unknown => {
    const copy = structuredClone(settings);
    let at = copy as Record<string, unknown>;
    for (const name of path.slice(0, -1)) at = at[name] as Record<string, unknown>;
    delete at[path.at(-1)!];
    return copy;
  };

  it("is refused, or means the same model: never another", async () => {
    const structure = (await loadDataset("h2o")).frames[50]!.structure;
    const document = parseModel(text, "m");
    const whole = predictTensor(readPolarizability(document, "m"), structure);
    const refused: string[] = [];
    let same = 0;
    for (const path of paths(document.settings)) {
      const settings = without(document.settings, path) as typeof document.settings;
      try {
        expect(predictTensor(readPolarizability({ ...document, settings }, "m"), structure), path.join(".")).toEqual(
          whole,
        );
        same++;
      } catch (error) {
        if (!(error instanceof FormatError)) throw error;
        refused.push(path.join("."));
      }
    }
    expect(refused).toContain("training.options.form.zeta");
    expect(refused).toContain("descriptor.cutoffFunction");
    expect(refused.length).toBeGreaterThan(2 * same);
  });
});

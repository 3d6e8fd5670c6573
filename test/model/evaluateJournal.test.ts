import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadDataset } from "../../src/dataset/load.js";
import { AbortedError, DataError, FileError, OptionError } from "../../src/errors.js";
import { evaluateModel } from "../../src/model/evaluate.js";
import type { EvaluateOptions } from "../../src/model/stream/keptPredictions.js";
import { fitForceField } from "../../src/model/target/forceField/forceField.js";
import { fitDelta, fitPolarizability } from "../../src/model/target/polarizability/polarizability.js";
import { fitPolarization } from "../../src/model/target/polarization/polarization.js";
import type { Frame } from "../../src/structure/frame.js";
import { openResultJournal } from "../../src/system/resultJournal.js";

const folder = mkdtempSync(join(tmpdir(), "spectensor-evaluate-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

const descriptor = { cutoff: 3, nMax: 2, lMax: 1 };
const KINDS = ["polarizability", "polarization", "forceField"] as const;
const cases: Partial<Record<string, [Parameters<typeof evaluateModel>[0], readonly Frame[]]>> = {};
beforeAll(async () => {
  const molecules = (await loadDataset("h2o")).frames.slice(0, 40);
  const { parts } = await loadDataset("water-dimer");
  const dimers = [...parts.bec!.slice(0, 20), ...parts.dipoles!.slice(0, 20)];
  const quartz = (await loadDataset("sio2")).frames.filter((f) => f.forces).slice(0, 20);
  cases.polarizability = [await fitPolarizability(molecules.slice(0, 10), { descriptor }), molecules];
  cases.polarization = [await fitPolarization(dimers, { descriptor }), dimers];
  cases.forceField = [await fitForceField(quartz.slice(0, 8), { descriptor }), quartz];
});

describe.each(KINDS)("evaluation of a model: %s", (kind) => {
  const evaluate = (options: EvaluateOptions, change: (frames: readonly Frame[]) => readonly Frame[] = (f) => f) => {
    const [model, frames] = cases[kind]!;
    return evaluateModel(model, change(frames), options);
  };

  it("has the same bits for any number of workers, and from a journal that a kill left at any frame", async () => {
    const one = await evaluate({ workers: 0 });
    for (const workers of [1, 2, 3]) expect(await evaluate({ workers })).toEqual(one);
    const journal = at(`${kind}.json`);
    expect(await evaluate({ workers: 2, journal })).toEqual(one);
    const whole = readFileSync(journal, "utf8");
    const { results } = JSON.parse(whole) as { results: unknown[] };
    expect(results).toHaveLength(one.frames);
    for (const left of [[], results.slice(0, 1), results.slice(3, 9), results]) {
      writeFileSync(journal, JSON.stringify({ ...JSON.parse(whole), results: left }));
      const done: number[] = [];
      expect(await evaluate({ workers: 0, journal, onProgress: (p) => done.push(p.done) })).toEqual(one);
      if (left.length < one.frames) expect([Math.min(...done) > left.length, done.at(-1)]).toEqual([true, one.frames]);
      expect((JSON.parse(readFileSync(journal, "utf8")) as { results: unknown[] }).results).toHaveLength(one.frames);
    }
  });

  it("refuses a journal of other frames, or one that another run has", async () => {
    const journal = at(`${kind}-other.json`);
    await evaluate({ workers: 0, journal });
    await expect(evaluate({ workers: 0, journal }, (f) => f.slice(1))).rejects.toThrow(DataError);
    const other = await openResultJournal(at("held.json"), []);
    await expect(evaluate({ workers: 0, journal: at("held.json") })).rejects.toThrow(FileError);
    await other.close();
  });

  it("names the frame that fails, with the class of the error, and keeps what came before", async () => {
    const broken = (frames: readonly Frame[]): Frame[] =>
      frames.map((f, k) =>
        k === 12 ? { ...f, structure: { ...f.structure, species: ["Xx"].concat(f.structure.species.slice(1)) } } : f,
      );
    for (const workers of [0, 2]) {
      const journal = at(`${kind}-broken-${workers}.json`);
      const error = await evaluate({ workers, journal }, broken).catch((e: unknown) => e);
      expect(error).toBeInstanceOf(DataError);
      expect((error as DataError).message).toMatch(/^frame 12: .*Xx/);
    }
  });

  it("ends when it is aborted, and lets the journal go", async () => {
    const journal = at(`${kind}-aborted.json`);
    const controller = new AbortController();
    const options = { workers: 2, journal, signal: controller.signal, onProgress: () => controller.abort() };
    await expect(evaluate(options)).rejects.toThrow(AbortedError);
    expect(await evaluate({ workers: 0, journal })).toEqual(await evaluate({ workers: 0 }));
  });
});

it("no journal keeps what depends on a function", async () => {
  const frames = cases.polarizability![1];
  const step = { name: "none", predict: () => new Float64Array(9) };
  const model = await fitDelta(step, frames.slice(0, 10), { descriptor });
  await expect(evaluateModel(model, frames, { journal: at("function.json") })).rejects.toThrow(OptionError);
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadDataset } from "../../src/dataset/load.js";
import { DataError, FileError, OptionError } from "../../src/errors.js";
import { polarizabilityLearningCurve } from "../../src/model/target/polarizability/learningCurve.js";
import { type PolarizationSets, polarizationLearningCurve } from "../../src/model/target/polarization/learningCurve.js";
import type { Frame } from "../../src/structure/frame.js";
import { openResultJournal } from "../../src/system/resultJournal.js";

const folder = mkdtempSync(join(tmpdir(), "spectensor-journal-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

let frames: readonly Frame[];
let sets: readonly [PolarizationSets, PolarizationSets];
beforeAll(async () => {
  frames = (await loadDataset("h2o")).frames.slice(0, 80);
  const { parts } = await loadDataset("water-dimer");
  const bare = parts.bec!.map(({ polarization: _, ...frame }): Frame => frame);
  const set = (start: number): PolarizationSets => ({
    bornCharges: bare.slice(start, start + 12),
    polarization: parts.dipoles!.slice(start, start + 20),
  });
  sets = [set(0), set(30)];
});

const descriptor = { cutoff: 3, nMax: 2, lMax: 1 };
const curves = {
  polarizability: (options: object) =>
    polarizabilityLearningCurve(frames, { sizes: [10, 20], draws: 3, test: 30, model: { descriptor }, ...options }),
  polarization: (options: object) =>
    polarizationLearningCurve(...sets, { from: "both", sizes: [6, 20], draws: 3, model: { descriptor }, ...options }),
};

describe.each(["polarizability", "polarization"] as const)("a learning curve of the %s", (kind) => {
  const curve = curves[kind];

  it("has the same bits for any number of workers, and with a journal", async () => {
    const one = await curve({ workers: 0 });
    for (const workers of [1, 2, 3]) expect(await curve({ workers })).toEqual(one);
    const journal = at(`${kind}.json`);
    expect(await curve({ workers: 0, journal })).toEqual(one);
    const whole = readFileSync(journal, "utf8");
    const { results } = JSON.parse(whole) as { results: unknown[] };
    expect(results).toHaveLength(kind === "polarizability" ? 6 : 4);
    // What a run leaves that was killed after so many fits.
    for (const left of [1, 3]) {
      writeFileSync(journal, JSON.stringify({ ...JSON.parse(whole), results: results.slice(-left) }));
      let least = Number.POSITIVE_INFINITY;
      const onProgress = ({ label, done }: { label: string; done: number }): void => {
        if (label.startsWith("learning")) least = Math.min(least, done);
      };
      expect(await curve({ workers: 0, journal, onProgress })).toEqual(one);
      expect(least).toBe(left + 1);
    }
  });

  it("refuses a journal of other work, or one that another run has", async () => {
    const journal = at(`${kind}-other.json`);
    await curve({ workers: 0, journal, draws: 1 });
    await expect(curve({ workers: 0, journal, draws: 2 })).rejects.toThrow(DataError);
    const held = at(`${kind}-held.json`);
    const other = await openResultJournal(held, []);
    await expect(curve({ workers: 0, journal: held })).rejects.toThrow(FileError);
    await other.close();
    writeFileSync(held, "notes of mine\n");
    await expect(curve({ workers: 0, journal: held })).rejects.toThrow(/not JSON/);
    expect(readFileSync(held, "utf8")).toBe("notes of mine\n");
  });
});

describe("a journal of results", () => {
  it("keeps every number to the bit", async () => {
    const path = at("numbers.json");
    const result = { a: [Number.NaN, -0, 0, Number.NEGATIVE_INFINITY, 0.1 + 0.2], b: { c: 5e-324 }, d: null, e: "x" };
    const journal = await openResultJournal(path, ["this"]);
    journal.add(3, result);
    await journal.close();
    const again = await openResultJournal(path, ["this"]);
    expect(again.known).toEqual(new Map([[3, result]]));
    await again.close();
  });

  it("is not for a first step that is a function", async () => {
    const firstStep = () => ({ name: "none", predict: () => new Float64Array(9) });
    await expect(curves.polarizability({ journal: at("x.json"), firstStep })).rejects.toThrow(OptionError);
  });
});

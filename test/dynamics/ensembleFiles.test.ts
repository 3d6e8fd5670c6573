import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { mdEnsemble } from "../../src/dynamics/ensemble.js";
import { ensembleFileNames, mdEnsembleToFiles } from "../../src/dynamics/ensembleFiles.js";
import { loadExtxyz } from "../../src/io/extxyz.js";
import { jitteredQuartz, randomForceField } from "../support/forceFields.js";

const folder = mkdtempSync(join(tmpdir(), "spectensor-ensemble-"));
const hard = randomForceField();
const model = { ...hard, weights: hard.weights.map((w) => 0.1 * w) };
const start = jitteredQuartz(1, 0.02);
const options = { temperature: 50, runs: 3, steps: 30, equilibration: 20, between: 8, saveEvery: 5, seed: 6 };
const toFiles = (name: string, more: object = {}) =>
  mdEnsembleToFiles(start, model, { ...options, workers: 1, restartEvery: 7, trajectory: join(folder, name), ...more });

describe("an ensemble in files", () => {
  it("has the bits of the ensemble in memory, for any number of workers", async () => {
    const runs = await mdEnsemble(start, model, { ...options, workers: 1 });
    for (const workers of [1, 2]) {
      const files = await toFiles(`w${workers}.xyz.gz`, { workers });
      expect(files).toEqual(ensembleFileNames(join(folder, `w${workers}.xyz.gz`), 3));
      for (const [k, file] of files.runs.entries()) {
        const frames = await loadExtxyz(file);
        expect(frames.map((f) => f.info!.step)).toEqual([0, 5, 10, 15, 20, 25, 30]);
        const join = (list: readonly Float64Array[]) => Float64Array.from(list.flatMap((x) => [...x]));
        expect(join(frames.map((f) => f.structure.positions))).toEqual(runs[k]!.trajectory.positions);
        expect(join(frames.map((f) => f.velocities!))).toEqual(runs[k]!.trajectory.velocities);
        expect(Float64Array.from(frames, (f) => f.energy!)).toEqual(runs[k]!.potentialEnergy);
      }
    }
  });

  it("goes on to the same files from whatever a kill leaves behind", async () => {
    const whole = await toFiles("whole.xyz");
    const files = ensembleFileNames(join(folder, "killed.xyz"), 3);
    // as if killed in the canonical run, before its first restart file
    copyFileSync(whole.canonical, files.canonical);
    truncateSync(files.canonical, 1000);
    await toFiles("killed.xyz", { begin: "resume" });
    // as if killed in the second run, with the third not begun
    await expect(toFiles("killed.xyz", { begin: "resume", steps: 14 })).resolves.toBeDefined();
    rmSync(files.runs[2]!);
    rmSync(`${files.runs[2]}.restart.json`);
    await toFiles("killed.xyz", { begin: "resume" });
    for (const [k, file] of files.runs.entries())
      expect(readFileSync(file, "utf8")).toBe(readFileSync(whole.runs[k]!, "utf8"));
    expect(readFileSync(files.canonical, "utf8")).toBe(readFileSync(whole.canonical, "utf8"));
  });

  it("is not mixed with one of another seed or another force field", async () => {
    await toFiles("mixed.xyz");
    await expect(toFiles("mixed.xyz", { begin: "resume", seed: 7 })).rejects.toThrow(/the run had seed 6, now it is 7/);
    const other = mdEnsembleToFiles(start, hard, {
      ...options,
      trajectory: join(folder, "mixed.xyz"),
      begin: "resume",
    });
    await expect(other).rejects.toThrow(/the run had potential "[0-9a-f]{16}"/);
  });

  it("says which options make no sense", async () => {
    await expect(toFiles("x.xyz", { runs: 0 })).rejects.toThrow(/runs is 0/);
    await expect(toFiles("x.xyz", { between: 0.5 })).rejects.toThrow(/between is 0.5/);
    await expect(toFiles("x.xyz", { trajectry: "y" })).rejects.toThrow(/did you mean "trajectory"/);
  });

  it("numbers its files before the ending", () => {
    expect(ensembleFileNames("a.b/nve.xyz.gz", 2)).toEqual({
      canonical: "a.b/nve-nvt.xyz.gz",
      runs: ["a.b/nve-01.xyz.gz", "a.b/nve-02.xyz.gz"],
    });
    expect(ensembleFileNames("run", 100).runs[99]).toBe("run-100");
  });
});

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { loadExtxyz } from "../../src/io/extxyz.js";
import { writeExtxyz } from "../../src/io/extxyzWrite.js";
import { computedFrames, jitteredQuartz, randomForceField, SMALL } from "../support/forceFields.js";
import { spectensorHere, temporaryFolder } from "./run.js";

const folder = temporaryFolder();
const path = (name: string): string => join(folder, name);
const options = JSON.stringify({ ...SMALL, ridge: 1e-12 });

const spectensor = (...args: string[]) => spectensorHere(args);

beforeAll(async () => {
  // A soft force field, so that jittered quartz is a fair start.
  const soft = randomForceField();
  const truth = { ...soft, weights: soft.weights.map((w) => 0.1 * w) };
  const structures = Array.from({ length: 12 }, (_, k) => jitteredQuartz(k));
  await writeExtxyz(path("train.xyz.gz"), computedFrames(truth, structures));
  await writeExtxyz(path("test.xyz"), computedFrames(truth, [jitteredQuartz(90), jitteredQuartz(91)]));
});

describe("spectensor fit forcefield and md", () => {
  it("fits, tests, prints one JSON object with units, and evaluates the file the same way", async () => {
    const args = ["--train", path("train.xyz.gz"), "--test", path("test.xyz"), "--options", options];
    const fit = await spectensor("fit", "forcefield", ...args, "--out", path("ff.json"), "--posterior", "--json");
    expect([fit.code, fit.err]).toEqual([0, ""]);
    const report = JSON.parse(fit.out);
    expect(report.train.frames).toBe(12);
    expect(report.test.frames).toBe(2);
    expect(report.test.forceRmse).toBeGreaterThan(0);
    expect(report.test.forceRmse).toBeLessThan(1); // meV/Å: the data are of the model's own form
    expect(report.units.energyRmse).toBe("meV/atom");
    expect(report.seconds).toBeGreaterThan(0);
    expect(report.peakMemoryMB).toBeGreaterThan(10);
    const again = await spectensor("evaluate", path("ff.json"), path("test.xyz"), "--json");
    expect(JSON.parse(again.out)).toEqual(report.test);
  });

  it("rejects unknown options with a suggestion and leaves no file", async () => {
    const args = ["--train", path("train.xyz.gz"), "--out", path("none.json")];
    const { code, err } = await spectensor("fit", "forcefield", ...args, "--options", '{"cutof": 4}');
    expect(code).toBe(2);
    expect(err).toMatch(/did you mean "cutoff"/);
    expect(existsSync(path("none.json"))).toBe(false);
  });

  it("runs dynamics, refuses to overwrite an unfinished run, and goes on to the bits of an uninterrupted one", async () => {
    const start = [path("ff.json"), path("test.xyz"), "--ensemble", "nvt", "--temperature", "100"];
    const often = ["--save-every", "2", "--restart-every", "5", "--seed", "3"];
    const md = (steps: number, out: string, ...more: string[]) =>
      spectensor("md", ...start, ...often, "--steps", `${steps}`, "--out", path(out), ...more);
    expect((await md(20, "whole.xyz.gz", "--json")).code).toBe(0);
    const first = await md(13, "part.xyz.gz", "--json");
    expect(JSON.parse(first.out).steps).toBe(13);
    const again = await md(20, "part.xyz.gz");
    expect(again.code).toBe(2);
    expect(again.err).toMatch(/stopped at step 13 of 20; go on with --restart/);
    expect((await md(20, "part.xyz.gz", "--restart")).code).toBe(0);
    const whole = await loadExtxyz(path("whole.xyz.gz"));
    expect(whole.length).toBe(11);
    expect(await loadExtxyz(path("part.xyz.gz"))).toEqual(whole);
    expect(JSON.parse(readFileSync(path("part.xyz.gz.restart.json"), "utf8")).step).toBe(20);
  });

  it("takes the velocities of the file for nve without a temperature", async () => {
    const common = ["--ensemble", "nve", "--steps", "1", "--out", path("nve.xyz")];
    const { code } = await spectensor("md", path("ff.json"), path("whole.xyz.gz"), ...common);
    expect(code).toBe(0);
    const [from] = await loadExtxyz(path("whole.xyz.gz"));
    const [to] = await loadExtxyz(path("nve.xyz"));
    expect(to!.velocities).toEqual(from!.velocities);
    const cold = await spectensor("md", path("ff.json"), path("test.xyz"), ...common);
    expect([cold.code, cold.err]).toEqual([2, expect.stringMatching(/no start velocities/)]);
  });

  it("says which option does not fit the ensemble, and stops at the error estimate", async () => {
    const md = (...more: string[]) => spectensor("md", path("ff.json"), path("test.xyz"), "--steps", "9", ...more);
    const out = ["--out", path("x.xyz")];
    expect((await md("--ensemble", "nvt", ...out)).err).toMatch(/--temperature: needed/);
    expect((await md("--ensemble", "nvt", "--temperature", "9", "--pressure", "1", ...out)).err).toMatch(/--pressure/);
    expect((await md("--ensemble", "nose", ...out)).err).toMatch(/expected nve, nvt or npt/);
    const limited = await md("--ensemble", "nve", "--temperature", "9", "--max-uncertainty", "1e-9", ...out);
    expect(limited.code).toBe(1);
    expect(limited.err).toMatch(/error estimate of the forces.*add it to the training set/);
    expect((await loadExtxyz(path("x.xyz"))).length).toBe(1);
  });
});

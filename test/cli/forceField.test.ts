import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { loadExtxyz } from "../../src/io/extxyz.js";
import { writeExtxyz } from "../../src/io/extxyzWrite.js";
import { computedFrames, jitteredQuartz, randomForceField, SMALL } from "../support/forceFields.js";
import { MAIN, spectensorHere, temporaryFolder } from "./run.js";

const folder = temporaryFolder();
const path = (name: string): string => join(folder, name);
const options = JSON.stringify({ ...SMALL, ridge: { kind: "fixed", value: 1e-12 } });

const spectensor = (...args: string[]) => spectensorHere(args);

// Every command listens for Ctrl-C until its process ends; here many run in one.
afterEach(() => void process.removeAllListeners("SIGINT"));

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
    expect(Object.keys(report)).toEqual(["train", "test", "options", "seconds", "peakMemoryMB"]);
    expect(Object.keys(report.test)).toEqual(["frames", "energy", "forces", "stress"]);
    expect(report.test.forces.rmse).toBeGreaterThan(0);
    expect(report.test.forces.rmse).toBeLessThan(1); // meV/Å: the data are of the model's own form
    expect([report.test.energy.unit, report.test.forces.unit]).toEqual(["meV/atom", "meV/Å"]);
    expect(report.seconds).toBeGreaterThan(0);
    expect(report.peakMemoryMB).toBeGreaterThan(10);
    const again = await spectensor("evaluate", path("ff.json"), path("test.xyz"), "--json");
    expect(JSON.parse(again.out).test).toEqual(report.test);
    const predicted = ["predict", path("ff.json"), path("test.xyz"), "--out", path("forces.xyz"), "--json"];
    expect(JSON.parse((await spectensor(...predicted)).out).quantities).toEqual(["energy", "forces", "stress"]);
    const [frame] = await loadExtxyz(path("forces.xyz"));
    expect(frame!.forces!.length).toBe(27);
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

  it("survives being killed again and again: the resumed run leaves the file of an undisturbed one", async () => {
    const args = (out: string) => [
      ...["md", path("ff.json"), path("test.xyz"), "--ensemble", "nvt", "--temperature", "100", "--steps", "4000"],
      ...["--save-every", "20", "--restart-every", "40", "--out", path(out)],
    ];
    expect((await spectensor(...args("undisturbed.xyz.gz"))).code).toBe(0);
    let kills = 0;
    for (let resume = false; ; resume = existsSync(path("killed.xyz.gz.restart.json"))) {
      const child = spawn(process.execPath, [MAIN, ...args("killed.xyz.gz"), ...(resume ? ["--restart"] : [])], {
        stdio: "ignore",
      });
      const ended = new Promise<number | null>((done) => child.on("exit", (code) => done(code)));
      // The first four end at moments that nothing was prepared for, once the run has begun to write.
      const last = kills === 4;
      const timer = setInterval(
        () => {
          if (!last && existsSync(path("killed.xyz.gz.restart.json"))) child.kill("SIGKILL");
        },
        150 + 37 * kills,
      );
      const code = await ended;
      clearInterval(timer);
      if (code === 0) break;
      expect(code).toBeNull(); // killed, not failed
      kills++;
    }
    expect(kills).toBeGreaterThan(0);
    expect(await loadExtxyz(path("killed.xyz.gz"))).toEqual(await loadExtxyz(path("undisturbed.xyz.gz")));
  }, 120_000);

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

  it("makes hydrogen heavy and keeps atoms fixed", async () => {
    const md = (...more: string[]) =>
      spectensor(
        "md",
        path("ff.json"),
        path("test.xyz"),
        "--ensemble",
        "nvt",
        "--temperature",
        "300",
        "--steps",
        "3",
        "--out",
        path("heavy.xyz"),
        ...more,
      );
    expect((await md("--mass", "O=17.999", "--mass", "Si=29.5", "--fixed", "0,3-5")).err).toBe("");
    const { masses } = JSON.parse(readFileSync(path("heavy.xyz.restart.json"), "utf8"));
    expect(masses).toEqual([null, 29.5, 29.5, null, null, null, 17.999, 17.999, 17.999]);
    const [first, last] = [(await loadExtxyz(path("heavy.xyz")))[0]!, (await loadExtxyz(path("heavy.xyz"))).at(-1)!];
    const moved = Array.from(
      { length: 9 },
      (_, i) => first.structure.positions[3 * i] !== last.structure.positions[3 * i],
    );
    expect(moved).toEqual([false, true, true, false, false, false, true, true, true]);
    for (const [flags, message] of [
      [["--mass", "O"], /expected SYMBOL=MASS.*H=2.014/],
      [["--mass", "O=-1"], /above 0/],
      [["--mass", "H=2"], /given for H, which the structure does not hold/],
      [["--fixed", "1,x"], /expected indices from 0 such as 0,1,5-8/],
      [["--fixed", "5-3"], /expected indices/],
      [["--fixed", "9"], /fixed atom 9 does not exist/],
      [["--fixd", "1"], /unknown option '--fixd'[\s\S]*--fixed/],
      [["--between", "1"], /--between: only with --runs/],
    ] as const) {
      const { code, err } = await md(...flags);
      expect(err).toMatch(message);
      expect(code).toBe(2);
    }
  });

  it("runs an ensemble from snapshots of a Langevin run, and does not overwrite one", async () => {
    const md = (...more: string[]) =>
      spectensor(
        "md",
        path("ff.json"),
        path("test.xyz"),
        "--ensemble",
        "nve",
        "--steps",
        "8",
        "--out",
        path("runs.xyz.gz"),
        ...more,
      );
    const few = ["--runs", "2", "--equilibration", "4", "--between", "2", "--save-every", "4", "--workers", "1"];
    const { code, out } = await md("--temperature", "100", ...few, "--json");
    expect(code).toBe(0);
    const report = JSON.parse(out);
    expect(report.out).toEqual([path("runs-01.xyz.gz"), path("runs-02.xyz.gz")]);
    for (const file of report.out) expect((await loadExtxyz(file)).map((f) => f.info!.step)).toEqual([0, 4, 8]);
    expect((await md("--temperature", "100", ...few)).err).toMatch(
      /runs-nvt.xyz.gz: is there already; go on with --restart/,
    );
    expect((await md("--temperature", "100", ...few, "--restart")).code).toBe(0);
    expect((await md(...few)).err).toMatch(/--temperature: needed with --runs/);
    expect((await md("--temperature", "9", ...few, "--fixed", "1")).err).toMatch(/--fixed: not with --runs/);
  });

  it("says which atom of the start the force field does not know, and which number is none", async () => {
    const text = readFileSync(path("test.xyz"), "utf8").split("\n").slice(0, 11).concat("");
    const md = () =>
      spectensor(
        "md",
        path("ff.json"),
        path("odd.xyz"),
        "--ensemble",
        "nve",
        "--temperature",
        "9",
        "--steps",
        "1",
        "--out",
        path("o.xyz"),
      );
    writeFileSync(path("odd.xyz"), text.map((line, k) => (k === 4 ? line.replace(/^\w+/, "Ge") : line)).join("\n"));
    expect((await md()).err).toMatch(/atom 2: species Ge is not among those of the .* \(O, Si\)/);
    writeFileSync(path("odd.xyz"), text.map((line, k) => (k === 4 ? line.replace(/ \S+/, " NaN") : line)).join("\n"));
    expect((await md()).err).toMatch(/odd.xyz:5: .*NaN/);
    expect(existsSync(path("o.xyz"))).toBe(false);
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

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { loadDataset } from "../../src/dataset/load.js";
import { writeExtxyz } from "../../src/io/extxyzWrite.js";
import { readFrames } from "../../src/io/load.js";
import { rmse } from "../../src/model/diagnostics.js";
import type { Frame } from "../../src/structure/frame.js";
import { type Outcome, spectensor, spectensorHere, temporaryFolder } from "./run.js";

const cwd = temporaryFolder();
const FIT = ["fit", "polarizability", "--method", "direct", "--data", "training.extxyz", "--train", "24"];
const SMALL = ["--validation", "4", "--test", "12", "--options", '{"features": {"cutoff": 4, "nMax": 4, "lMax": 2}}'];
let frames: readonly Frame[];
let fit: Outcome;

beforeAll(async () => {
  frames = (await loadDataset("h2o")).frames;
  // Every 25th frame to learn from, 30 others in the order of time to predict.
  await writeExtxyz(
    join(cwd, "training.extxyz"),
    frames.filter((_, i) => i % 25 === 0),
  );
  await writeExtxyz(join(cwd, "trajectory.extxyz"), frames.slice(301, 325));
  fit = await spectensor([...FIT, ...SMALL, "--out", "model.json", "--json"], { cwd });
});

describe("spectensor fit polarizability", () => {
  it("prints one JSON object with test errors, and writes the model", () => {
    expect(fit).toMatchObject({ code: 0, err: "" });
    const report = JSON.parse(fit.out);
    expect(report).toMatchObject({ quantity: "polarizability", method: "direct-ML", train: 24, validation: 4 });
    expect(report.test).toMatchObject({ frames: 12 });
    expect(report.test.r2.a).toBeGreaterThan(0.999);
    expect(report.units).toEqual({ rmse: "Å³", gamma2: "Å⁶" });
    expect(report.seconds).toBeGreaterThan(0);
    expect(JSON.parse(readFileSync(join(cwd, "model.json"), "utf8"))).toMatchObject({ kind: "polarizability" });
  });

  it("gives the same model again", async () => {
    const again = await spectensor([...FIT, ...SMALL, "--out", "again.json", "--json"], { cwd });
    expect(JSON.parse(again.out).test).toEqual(JSON.parse(fit.out).test);
    expect(readFileSync(join(cwd, "again.json"), "utf8")).toBe(readFileSync(join(cwd, "model.json"), "utf8"));
  });

  it("says how much of the linear response Δ-ML has taken", async () => {
    const out = join(cwd, "delta.json");
    const delta = ["fit", "polarizability", "--method", "delta", "--data", "ch3oh", "--train", "5"];
    const text = await spectensorHere([
      ...delta,
      "--test",
      "20",
      "--options",
      '{"cutoff": 4, "nMax": 4, "lMax": 2}',
      "--out",
      out,
    ]);
    expect(text.code).toBe(0);
    const parts = /part of the linear response taken: (\S+) of the trace, (\S+) of the traceless part/.exec(text.out)!;
    for (const part of parts.slice(1).map(Number)) {
      expect(part).toBeGreaterThan(0.2);
      expect(part).toBeLessThanOrEqual(1);
    }
    expect(existsSync(out)).toBe(true);
  });

  it.each([
    ["an unknown method", ["--method", "magic"], 2, /^OptionError: --method.*magic/],
    ["more frames than there are", ["--train", "4000"], 2, /^OptionError: .*4000/],
    ["options that are not JSON", ["--options", "cutoff=5"], 2, /^OptionError: --options/],
    ["an unknown setting", ["--options", '{"cutof": 5}'], 2, /^OptionError: .*"cutof".*did you mean "cutoff"/s],
    ["an unknown setting of the fit", ["--options", '{"zetta": 2}'], 2, /"zetta".*did you mean "zeta"/s],
    ["an unknown feature", ["--options", '{"features": {"nmax": 5}}'], 2, /"nmax".*did you mean "nMax"/s],
    ["data without the tensor", ["--data", join(cwd, "bare.extxyz")], 1, /^DataError: .*polarizability/],
  ])("says what is wrong with %s and writes no model", async (_, args, exit, message) => {
    await writeExtxyz(
      join(cwd, "bare.extxyz"),
      frames.slice(0, 50).map(({ structure }) => ({ structure })),
    );
    const files = ["--data", join(cwd, "training.extxyz"), "--out", join(cwd, "none.json")];
    const { code, out, err } = await spectensorHere([...FIT, ...SMALL, ...files, ...args]);
    expect([code, out]).toEqual([exit, ""]);
    expect(err).toMatch(message);
    expect(existsSync(join(cwd, "none.json"))).toBe(false);
  });
});

describe("spectensor predict and evaluate", () => {
  it("predict writes structures with tensors, whose errors are those that evaluate prints", async () => {
    const [predicted, evaluated] = await Promise.all([
      spectensor(["predict", "model.json", "trajectory.extxyz", "--out", "series.extxyz.gz", "--json"], { cwd }),
      spectensor(["evaluate", "model.json", "trajectory.extxyz", "--json"], { cwd }),
    ]);
    expect(predicted).toMatchObject({ code: 0, err: "" });
    expect(JSON.parse(predicted.out)).toMatchObject({ frames: 24, quantities: ["polarizability"] });
    const read = await readFrames(join(cwd, "series.extxyz.gz"));
    expect(read.map((f) => f.structure.positions)).toEqual(frames.slice(301, 325).map((f) => f.structure.positions));
    const xx = (list: readonly Frame[]) => Float64Array.from(list, (f) => f.polarizability![0]!);
    const { test } = JSON.parse(evaluated.out);
    expect(test.frames).toBe(24);
    expect(rmse(xx(frames.slice(301, 325)), xx(read))).toBeCloseTo(test.rmse.components.xx, 12);
  });

  it("evaluate without --json prints a table", async () => {
    const { code, out } = await spectensorHere(["evaluate", join(cwd, "model.json"), join(cwd, "trajectory.extxyz")]);
    expect(code).toBe(0);
    expect(out).toMatch(/^test on 24 frames; unit of the RMSE: Å³, of gamma2: Å⁶\n +a +gamma2 +xx.*\nr2 +(0\.99|1\.0)/);
  });

  it("a file that is no model is named", async () => {
    const { code, err } = await spectensorHere([
      "evaluate",
      join(cwd, "training.extxyz"),
      join(cwd, "trajectory.extxyz"),
    ]);
    expect(code).toBe(1);
    expect(err).toMatch(/^FormatError: .*training\.extxyz/);
  });
});

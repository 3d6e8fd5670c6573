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
const FIT = ["fit", "polarizability", "--method", "direct", "--frames", "24"];
const TRAIN = ["--train", "training.extxyz"];
const SMALL = ["--validation", "4", "--test", "12", "--options", '{"descriptor": {"cutoff": 4, "nMax": 4, "lMax": 2}}'];
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
  fit = await spectensor([...FIT, ...TRAIN, ...SMALL, "--out", "model.json", "--json"], { cwd });
});

describe("spectensor fit polarizability", () => {
  it("prints one JSON object with test errors, and writes the model", () => {
    expect(fit.code).toBe(0);
    // Nothing but advice, here that the least ridge tried is the best.
    for (const line of fit.err.split("\n").filter(Boolean)) expect(line).toMatch(/^warning: the best ridge/);
    const report = JSON.parse(fit.out);
    expect(Object.keys(report)).toEqual(["train", "test", "options", "seconds", "peakMemoryMB"]);
    expect(report.options).toMatchObject({ quantity: "polarizability", method: "direct-ML", frames: 24 });
    expect(report.options.validationFrames).toBe(4);
    for (const [set, count] of [
      ["train", 24],
      ["test", 12],
    ] as const) {
      expect(Object.keys(report[set])).toEqual(["frames", "polarizability"]);
      expect(report[set].frames).toBe(count);
      const { r2, rmse, unit } = report[set].polarizability;
      expect(r2.a).toBeGreaterThan(0.999);
      expect(Object.keys(r2)).toEqual(["a", "gamma2", "components"]);
      expect([rmse > 0 && rmse < 0.01, unit]).toEqual([true, "Å³"]);
    }
    expect(report.seconds).toBeGreaterThan(0);
    expect(JSON.parse(readFileSync(join(cwd, "model.json"), "utf8"))).toMatchObject({ kind: "polarizability" });
  });

  it("gives the same model again", async () => {
    const again = await spectensor([...FIT, ...TRAIN, ...SMALL, "--out", "again.json", "--json"], { cwd });
    expect(JSON.parse(again.out).test).toEqual(JSON.parse(fit.out).test);
    expect(readFileSync(join(cwd, "again.json"), "utf8")).toBe(readFileSync(join(cwd, "model.json"), "utf8"));
  });

  it("writes the same model with any number of threads", async () => {
    for (const workers of ["0", "3"]) {
      const out = `threads-${workers}.json`;
      const { code } = await spectensor([...FIT, ...TRAIN, ...SMALL, "--workers", workers, "--out", out], { cwd });
      expect(code).toBe(0);
      expect(readFileSync(join(cwd, out), "utf8")).toBe(readFileSync(join(cwd, "model.json"), "utf8"));
    }
  });

  it("says how much of the linear response Δ-ML has taken", async () => {
    const out = join(cwd, "delta.json");
    const delta = ["fit", "polarizability", "--method", "delta", "--train", "ch3oh", "--frames", "5"];
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

  it("without --method takes the linear response where displaced structures are there", async () => {
    const method = async (train: string) => {
      const command = ["fit", "polarizability", "--train", train, "--frames", "24", ...SMALL, "--json"];
      return JSON.parse((await spectensorHere([...command, "--out", join(cwd, "default.json")])).out).options.method;
    };
    expect(await method("ch3oh")).toBe("Δ-ML");
    expect(await method(join(cwd, "training.extxyz"))).toBe("direct-ML");
  });

  it.each([
    ["an unknown method", ["--method", "magic"], 2, /^OptionError: --method.*magic/],
    ["more frames than there are", ["--frames", "4000"], 2, /^OptionError: .*4000/],
    ["options that are not JSON", ["--options", "cutoff=5"], 2, /^OptionError: --options/],
    ["an unknown setting", ["--options", '{"cutof": 5}'], 2, /^OptionError: .*"cutof".*did you mean "cutoff"/s],
    ["an unknown setting of the fit", ["--options", '{"from": 2}'], 2, /"from".*did you mean "form"/s],
    ["an unknown feature", ["--options", '{"descriptor": {"nmax": 5}}'], 2, /"nmax".*did you mean "nMax"/s],
    ["data without the tensor", ["--train", join(cwd, "bare.extxyz")], 1, /^DataError: .*polarizability/],
  ])("says what is wrong with %s and writes no model", async (_, args, exit, message) => {
    await writeExtxyz(
      join(cwd, "bare.extxyz"),
      frames.slice(0, 50).map(({ structure }) => ({ structure })),
    );
    const train = args.includes("--train") ? [] : ["--train", join(cwd, "training.extxyz")];
    const files = [...train, "--out", join(cwd, "none.json")];
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
    const all = (list: readonly Frame[]) => Float64Array.from(list.flatMap((f) => [...f.polarizability!]));
    const report = JSON.parse(evaluated.out);
    expect(Object.keys(report)).toEqual(["test", "options", "seconds", "peakMemoryMB"]);
    expect(report.test.frames).toBe(24);
    expect(rmse(all(frames.slice(301, 325)), all(read))).toBeCloseTo(report.test.polarizability.rmse, 12);
  });

  it("evaluate without --json prints a table", async () => {
    const { code, out } = await spectensorHere(["evaluate", join(cwd, "model.json"), join(cwd, "trajectory.extxyz")]);
    expect(code).toBe(0);
    expect(out).toMatch(/^R² and RMSE of all elements, Å³\nset +frames +a +gamma2 +xx.*RMSE\ntest +24 +(0\.99|1\.0)/);
  });

  it("ids of data sets work wherever a file does, and options for files are refused with them", async () => {
    const out = join(cwd, "id.json");
    const few = ["--frames", "20", "--test", "30", "--options", '{"cutoff": 4, "nMax": 4, "lMax": 2}', "--out", out];
    for (const [kind, quantity] of [
      ["polarization", "polarization"],
      ["polarizability", "polarizability"],
    ] as const) {
      const method = kind === "polarizability" ? ["--method", "direct"] : [];
      const fitted = await spectensorHere(["fit", kind, ...method, "--train", "h2o", ...few, "--json"]);
      expect([fitted.code, fitted.err]).toEqual([0, expect.not.stringContaining("Error")]);
      const report = JSON.parse(fitted.out);
      expect([report.train.frames, report.test.frames]).toEqual([20, 30]);
      expect(report.test[quantity].rmse).toBeGreaterThan(0);
    }
    expect((await spectensorHere(["evaluate", out, "h2o"])).code).toBe(0);
    const series = ["predict", out, "h2o", "--stride", "100", "--out", join(cwd, "id.xyz"), "--json"];
    expect(JSON.parse((await spectensorHere(series)).out).frames).toBe(11);
    for (const flag of [
      ["--timestep", "99"],
      ["--key", "polarizability=nope"],
    ])
      for (const command of [
        ["raman", "h2o"],
        ["predict", out, "h2o", "--out", join(cwd, "no.xyz")],
      ]) {
        if (command[0] === "predict" && flag[0] === "--key") continue;
        const { code, err } = await spectensorHere([...command, ...flag]);
        expect([code, err]).toEqual([
          2,
          expect.stringMatching(new RegExp(`^OptionError: ${flag[0]}: h2o is a data set`)),
        ]);
      }
    const key = ["--key", "polarizability=nope"];
    const refused = await spectensorHere(["fit", "polarization", "--train", "h2o", ...few, ...key]);
    expect([refused.code, refused.err]).toEqual([2, expect.stringMatching(/--key/)]);
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

import { beforeAll, describe, expect, it } from "vitest";
import { loadExtxyz } from "../../src/io/extxyz.js";
import { writeExtxyz } from "../../src/io/extxyzWrite.js";
import { saveModel } from "../../src/model/file/models.js";
import { fitForceField } from "../../src/model/target/forceField/forceField.js";
import { computedFrames, jitteredQuartz, randomForceField, SMALL } from "../support/forceFields.js";
import { spectensorHere, temporaryFolder } from "./run.js";

const folder = temporaryFolder();
const path = (name: string): string => `${folder}/${name}`;
const near = [jitteredQuartz(60, 0.02), jitteredQuartz(61, 0.02), jitteredQuartz(62, 0.02)];
const [far, farther] = [jitteredQuartz(63, 0.2), jitteredQuartz(64, 0.3)] as const;

beforeAll(async () => {
  const train = Array.from({ length: 10 }, (_, k) => jitteredQuartz(k, 0.05));
  const model = await fitForceField(computedFrames(randomForceField(), train), {
    descriptor: SMALL,
    ridge: { kind: "fixed", value: 1e-9 },
  });
  await saveModel(path("ff.json"), model, { posterior: "keep" });
  await saveModel(path("bare.json"), model);
  await writeExtxyz(
    path("candidates.xyz.gz"),
    [near[0]!, far, near[1]!, farther, near[2]!].map((structure) => ({ structure, energy: 1 })),
  );
  await writeExtxyz(path("waiting.xyz"), [{ structure: farther }]);
});

const select = (...more: string[]) =>
  spectensorHere(["select", path("ff.json"), path("candidates.xyz.gz"), "--out", path("picks.xyz"), ...more]);

describe("spectensor select", () => {
  it("writes the structures that would teach most, without the results that the candidates carry", async () => {
    const { code, out, err } = await select("--count", "2", "--json");
    expect([code, err]).toEqual([0, ""]);
    const report = JSON.parse(out);
    expect(report.picks.map((p: { frame: number }) => p.frame)).toEqual([3, 1]);
    expect(report.picks[0].gain).toBeGreaterThan(report.picks[1].gain);
    expect(report.units).toEqual({ gain: "nats", forceError: "eV/Å" });
    const picks = await loadExtxyz(path("picks.xyz"));
    expect(picks.map((p) => p.structure.positions)).toEqual([farther.positions, far.positions]);
    expect(picks[0]!.energy).toBeUndefined();
    expect(picks[0]!.info).toMatchObject({ frame: 3, gain: report.picks[0].gain });
  });

  it("does not choose again what is being computed already", async () => {
    const { out } = await select("--count", "1", "--already", path("waiting.xyz"), "--json");
    expect(JSON.parse(out).picks[0].frame).toBe(1);
  });

  it("thins the candidates, and prints a table", async () => {
    const { out } = await select("--count", "3", "--every", "2");
    expect(out).toMatch(/3 of 3 candidates/);
    expect((await loadExtxyz(path("picks.xyz"))).map((p) => p.info!.frame).sort()).toEqual([0, 2, 4]);
  });

  it("says what is missing", async () => {
    const few = await select("--count", "9");
    expect([few.code, few.err]).toEqual([1, expect.stringMatching(/5 candidates, fewer than the 9 asked for/)]);
    const bare = await spectensorHere([
      "select",
      path("bare.json"),
      path("waiting.xyz"),
      "--count",
      "1",
      "--out",
      path("x.xyz"),
    ]);
    expect([bare.code, bare.err]).toEqual([
      2,
      expect.stringMatching(/error estimate: the model has none.*save it with its posterior/),
    ]);
  });
});

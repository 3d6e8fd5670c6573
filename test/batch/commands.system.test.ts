/** Batches of the real commands, run by local processes. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { loadDataset } from "../../src/dataset/load.js";
import { writeExtxyz } from "../../src/io/extxyzWrite.js";
import { MAIN, spectensor, spectensorHere, temporaryFolder } from "../cli/run.js";

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);
const SMALL = '{"descriptor": {"cutoff": 3, "nMax": 2, "lMax": 1}}';

beforeAll(async () => {
  const { frames } = await loadDataset("h2o");
  // Without times: they must come from the number of the frame in the file.
  const bare = frames.slice(0, 50).map(({ time: _, ...frame }) => frame);
  await writeExtxyz(at("water.xyz"), bare);
  await writeExtxyz(
    at("train.xyz"),
    frames.filter((_, k) => k % 50 === 0),
  );
  for (const kind of ["polarization", "forcefield"]) {
    const words = ["fit", kind, "--train", at("train.xyz"), "--options", SMALL, "--out", at(`${kind}.json`)];
    expect(await spectensorHere(words)).toMatchObject({ code: 0 });
  }
}, 120_000);

/** Plans, runs and collects a batch. @returns what `collect` wrote */
async function batch(name: string, plan: readonly string[], words: readonly string[], out: string): Promise<string> {
  const run = async (args: readonly string[]): Promise<void> => {
    const { code, err } = await spectensor(["batch", ...args]);
    expect(code, err).toBe(0);
  };
  await run(["plan", at(name), ...plan, "--", ...words]);
  await run(["submit", at(name), "--engine", "local", "--workers", "2"]);
  await run(["status", at(name)]);
  await run(["collect", at(name), "--out", at(out)]);
  const bytes = readFileSync(at(out));
  return (out.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString();
}

describe("a batch of", { timeout: 240_000 }, () => {
  it("predictions is what one process writes, with a stride and times by the number in the file", async () => {
    const words = ["predict", at("polarization.json"), at("water.xyz"), "--timestep", "0.5", "--stride", "3"];
    const joined = await batch("predict", ["--shards", "3"], words, "joined.xyz.gz");
    execFileSync(process.execPath, [MAIN, ...words, "--out", at("one.xyz")], { stdio: "pipe" });
    expect(joined).toBe(readFileSync(at("one.xyz"), "utf8"));
    expect(joined.match(/ time=\S+/g)).toEqual(Array.from({ length: 17 }, (_, k) => ` time=${1.5 * k}`));
  });

  it("predictions refuses words that make no sense, before anything is run", async () => {
    const plan = (words: readonly string[]) =>
      spectensorHere(["batch", "plan", at("none"), "--shards", "2", "--", ...words]);
    const model = at("polarization.json");
    const [source, one] = [at("water.xyz"), ["predict", model]];
    expect((await plan(one)).err).toContain("without a trajectory to cut");
    expect((await plan([...one, source, "--frames", "0:5"])).err).toContain("--frames among the words");
    expect((await plan([...one, source, "--frame", "0:5"])).err).toContain("predict has no option --frame");
    expect((await plan([...one, source, "--stride", "40"])).code).toBe(0); // two frames are left
  });

  it("learning curves and searches is a table of every combination, each as one process gives it", async () => {
    const words = ["fit", "forcefield", "--train", at("train.xyz"), "--test", "5", "--options", SMALL];
    const vary = ["--vary", "frames=6,12", "--vary", "seed=1,2"];
    const { shards } = JSON.parse(await batch("curve", vary, words, "curve.json")) as {
      shards: readonly { vary: object; result: { test: { energy: { rmse: number } } } }[];
    };
    expect(shards.map((s) => s.vary)).toEqual([
      { frames: "6", seed: "1" },
      { frames: "6", seed: "2" },
      { frames: "12", seed: "1" },
      { frames: "12", seed: "2" },
    ]);
    const alone = await spectensorHere([
      ...[...words, "--frames", "12", "--seed", "1", "--json"],
      ...["--out", at("alone.json")],
    ]);
    expect(shards[2]!.result.test).toEqual(JSON.parse(alone.out).test);
    expect(new Set(shards.map((s) => s.result.test.energy.rmse)).size).toBe(4);
  });

  it("runs of molecular dynamics has each run's trajectory as one process leaves it", async () => {
    const words = [
      ...["md", at("forcefield.json"), at("water.xyz"), "--ensemble", "nvt", "--temperature", "300", "--steps", "20"],
    ];
    await batch("md", ["--vary", "seed=1,2"], words, "md.json");
    const { shards } = JSON.parse(readFileSync(at("md.json"), "utf8")) as { shards: readonly { file: string }[] };
    await spectensorHere([...words, "--seed", "2", "--out", at("md.xyz")]);
    expect(gunzipSync(readFileSync(shards[1]!.file)).toString()).toBe(readFileSync(at("md.xyz"), "utf8"));
    expect(gunzipSync(readFileSync(shards[0]!.file)).toString()).not.toBe(readFileSync(at("md.xyz"), "utf8"));
  });
});

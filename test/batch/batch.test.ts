import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { collectShards, joinFiles, ranges } from "../../src/batch/collect.js";
import { runLocally } from "../../src/batch/local.js";
import { readManifest, shardFolder } from "../../src/batch/manifest.js";
import { type Cut, planBatch } from "../../src/batch/plan.js";
import { runShard } from "../../src/batch/shard.js";
import { type EngineState, shardStates, waiting } from "../../src/batch/state.js";

const TOY = [process.execPath, fileURLToPath(new URL("./toy.mjs", import.meta.url))];
const scratch = mkdtempSync(join(tmpdir(), "spectensor-batch-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
let folder = "";
let count = 0;
beforeEach(() => {
  folder = join(scratch, String(count++));
});
const VARY: Cut = { kind: "vary", options: { seed: ["1", "2", "3"] } };
const plan = (args: readonly string[] = ["fit"], cut: Cut = VARY) => planBatch(folder, args, cut, "1");
const none = new Map<number, EngineState>();
const kinds = (engine: ReadonlyMap<number, EngineState> = none) =>
  shardStates(folder, readManifest(folder), engine).map((s) => s.kind);
const local = async (workers = 2) => {
  const batch = readManifest(folder);
  await runLocally(folder, batch, waiting(shardStates(folder, batch, none)), TOY, "1", { workers });
};

describe("a plan", () => {
  it("has a shard for every combination of values", async () => {
    const { shards } = await plan(["fit", "x"], { kind: "vary", options: { frames: ["10", "20"], seed: ["1", "2"] } });
    expect(shards.map((s) => s.args.join(" "))).toEqual([
      "fit x --frames 10 --seed 1",
      "fit x --frames 10 --seed 2",
      "fit x --frames 20 --seed 1",
      "fit x --frames 20 --seed 2",
    ]);
  });

  it("cuts a trajectory into pieces that differ by one frame at most and leave none out", async () => {
    const { shards } = await plan(["predict", "m", "t"], { kind: "frames", frames: 10, shards: 3 });
    expect(shards.map((s) => s.vary.frames)).toEqual(["0:3", "3:6", "6:10"]);
    // Every third frame, 0, 3, 6 and 9: two for each shard.
    folder = join(scratch, "strided");
    const strided = await plan(["predict", "m", "t"], { kind: "frames", frames: 10, stride: 3, shards: 2 });
    expect(strided.shards.map((s) => s.vary.frames)).toEqual(["0:6", "6:10"]);
  });

  it("refuses more shards than frames, an output, a command that cannot be cut, and a folder in use", async () => {
    await expect(plan(["predict", "m", "t"], { kind: "frames", frames: 2, shards: 3 })).rejects.toThrow(
      "3 shards of 2",
    );
    await expect(plan(["fit", "--out", "x"])).rejects.toThrow("--out");
    await expect(plan(["raman"])).rejects.toThrow('"raman" cannot be cut');
    await expect(plan(["constructor"])).rejects.toThrow("cannot be cut");
    await expect(plan(["predict", "m"])).rejects.toThrow("not cut by vary");
    await plan();
    await expect(plan()).rejects.toThrow("there is a batch in that folder");
  });

  it("is read as data: a damaged manifest is named", async () => {
    await plan();
    writeFileSync(join(folder, "batch.json"), '{"version": 1}');
    expect(() => readManifest(folder)).toThrow(/batch\.json/);
    writeFileSync(join(folder, "batch.json"), "{");
    expect(() => readManifest(folder)).toThrow("not JSON");
    expect(() => readManifest(scratch)).toThrow("this is no batch");
  });
});

describe("shards on this machine", () => {
  it("run once each, and not again", async () => {
    const log = join(scratch, `log${count}`);
    await plan(["fit", "--log", log]);
    expect(kinds()).toEqual(["planned", "planned", "planned"]);
    await local();
    expect(kinds()).toEqual(["done", "done", "done"]);
    await local();
    await runShard(folder, readManifest(folder), 1, TOY, "1");
    expect(readFileSync(log, "utf8").trim().split("\n").sort()).toEqual(["1", "2", "3"]);
    const shards = await collectShards(folder, readManifest(folder));
    expect(shards.map((s) => s.result)).toEqual([{ seed: 1 }, { seed: 2 }, { seed: 3 }]);
    expect(readFileSync(shards[2]!.file!, "utf8")).toBe("model of seed 3\n");
  });

  it("that fail are named with their reason, leave the others alone and are queued again", async () => {
    await plan(["fit", "--fail-once", join(scratch, `failed${count}`)]);
    await local();
    expect(kinds()).toEqual(["done", "failed", "done"]);
    const [, failed] = shardStates(folder, readManifest(folder), none);
    expect(failed).toMatchObject({ reason: expect.stringContaining("seed 2 fails the first time") });
    await expect(collectShards(folder, readManifest(folder))).rejects.toThrow("shards 1 are not done");
    await local();
    expect(kinds()).toEqual(["done", "done", "done"]);
  });

  it("refuse inputs that changed, and another version", async () => {
    const input = join(scratch, `input${count}`);
    writeFileSync(input, "a");
    const batch = await plan(["fit", input]);
    await expect(runShard(folder, batch, 0, TOY, "2")).rejects.toThrow("planned with version 1");
    writeFileSync(input, "b");
    await expect(runShard(folder, batch, 0, TOY, "1")).rejects.toThrow("changed since");
    rmSync(input);
    await expect(runShard(folder, batch, 0, TOY, "1")).rejects.toThrow("not there");
    await expect(runShard(folder, batch, 7, TOY, "1")).rejects.toThrow("no shard 7");
    expect(kinds()[0]).toBe("failed");
  });

  it("are run by one process at a time", async () => {
    const batch = await plan(["fit", "--slow", "500"]);
    const first = runShard(folder, batch, 0, TOY, "1");
    await expect(runShard(folder, batch, 0, TOY, "1")).rejects.toThrow();
    await first;
    expect(kinds()[0]).toBe("done");
  });

  it("end with an interrupt, and go on afterwards", async () => {
    const batch = await plan(["fit", "--slow", "20000"]);
    const controller = new AbortController();
    const running = runLocally(folder, batch, [0, 1], TOY, "1", { workers: 2, signal: controller.signal });
    setTimeout(() => controller.abort(), 300);
    await expect(running).rejects.toThrow("interrupted");
    expect(kinds()).toEqual(["planned", "planned", "planned"]);
  });

  it("whose files were damaged are found out", async () => {
    await plan();
    await local();
    writeFileSync(join(shardFolder(folder, 1), "model.json"), "other");
    await expect(collectShards(folder, readManifest(folder))).rejects.toThrow("not what the shard wrote");
  });
});

describe("states", () => {
  it("follow the engine while it knows a shard, and the files otherwise", async () => {
    await plan();
    await local();
    rmSync(join(shardFolder(folder, 1), "done.json"));
    rmSync(join(shardFolder(folder, 2), "done.json"));
    const engine = new Map<number, EngineState>([
      [0, { kind: "queued", detail: "" }],
      [1, { kind: "running", detail: "7_1 RUNNING" }],
      [2, { kind: "gone", detail: "7_2 NODE_FAIL" }],
    ]);
    expect(kinds(engine)).toEqual(["done", "running", "lost"]);
    expect(waiting(shardStates(folder, readManifest(folder), engine))).toEqual([2]);
  });
});

describe("collecting", () => {
  it("joins gzipped pieces in order, plain or gzipped", async () => {
    const pieces = ["a\n", "b\n", "c\n"].map((text, id) => {
      const file = join(scratch, `piece${id}.gz`);
      writeFileSync(file, gzipSync(text));
      return { id, vary: {}, file, result: undefined };
    });
    const [plain, zipped] = [join(scratch, "all.xyz"), join(scratch, "all.xyz.gz")];
    await joinFiles(pieces, plain);
    await joinFiles(pieces, zipped);
    expect(readFileSync(plain, "utf8")).toBe("a\nb\nc\n");
    expect(gunzipSync(readFileSync(zipped)).toString()).toBe("a\nb\nc\n");
    writeFileSync(pieces[1]!.file, "no gzip");
    await expect(joinFiles(pieces, join(scratch, "none.gz"))).rejects.toThrow();
    expect(existsSync(join(scratch, "none.gz"))).toBe(false);
  });

  it("writes ranges", () => {
    expect(ranges([0, 1, 2, 5, 7, 8])).toBe("0–2, 5, 7–8");
  });
});

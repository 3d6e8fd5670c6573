import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { collectShards } from "../../src/batch/collect.js";
import { readManifest } from "../../src/batch/manifest.js";
import { planBatch } from "../../src/batch/plan.js";
import { slurmStates, submitToSlurm } from "../../src/batch/slurm.js";
import { type ShardState, shardStates, waiting } from "../../src/batch/state.js";
import { type Cluster, startCluster, whyNoCluster } from "./cluster.js";

const why = whyNoCluster();
if (why) console.log(`Slurm tests skipped: ${why}`);

const scratch = mkdtempSync(join(tmpdir(), "spectensor-slurm-batch-"));
const TOY = new URL("./toy.mjs", import.meta.url).pathname;

/** Runs one shard with the toy as program. */
const RUNNER = `
import { readManifest } from "${new URL("../../dist/batch/manifest.js", import.meta.url).pathname}";
import { runShard } from "${new URL("../../dist/batch/shard.js", import.meta.url).pathname}";
const [folder, id] = process.argv.slice(2);
await runShard(folder, readManifest(folder), Number(id), [process.execPath, ${JSON.stringify(TOY)}], "1");
`;

describe.skipIf(why !== undefined)("a batch under Slurm", () => {
  let cluster: Cluster;
  const before = process.env.SLURM_CONF;
  beforeAll(async () => {
    cluster = await startCluster();
    process.env.SLURM_CONF = cluster.env.SLURM_CONF;
    writeFileSync(join(scratch, "runner.mjs"), RUNNER);
  }, 60_000);
  afterAll(() => {
    cluster?.stop();
    if (before === undefined) delete process.env.SLURM_CONF;
    else process.env.SLURM_CONF = before;
    rmSync(scratch, { recursive: true, force: true });
  });

  const runner = (folder: string) => [process.execPath, join(scratch, "runner.mjs"), folder];
  const states = async (folder: string) => shardStates(folder, readManifest(folder), await slurmStates(folder));
  const until = async (folder: string, test: (s: readonly ShardState[]) => boolean) => {
    for (let i = 0; i < 300; i++) {
      const now = await states(folder);
      if (test(now)) return now;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    throw new Error(`still ${JSON.stringify(await states(folder))}`);
  };
  const plan = async (name: string, args: readonly string[], seeds: number) => {
    const folder = join(scratch, name);
    const options = { seed: Array.from({ length: seeds }, (_, i) => String(i + 1)) };
    await planBatch(folder, ["fit", ...args], { kind: "vary", options }, "1");
    return folder;
  };
  const settled = (s: readonly ShardState[]) => s.every((x) => x.kind !== "queued" && x.kind !== "running");

  it("runs as an array; what failed is named, queued again and collected", async () => {
    const folder = await plan("fails", ["--fail-once", join(scratch, "failed")], 4);
    const options = { partition: "main", time: "00:05:00", memory: "100M", cores: 1 };
    const [job] = await submitToSlurm(folder, [0, 1, 2, 3], runner(folder), options);
    expect((await states(folder)).map((s) => s.kind)).not.toContain("planned");
    const first = await until(folder, settled);
    expect(first.map((s) => s.kind)).toEqual(["done", "failed", "done", "done"]);
    expect(first[1]).toMatchObject({ reason: expect.stringContaining("seed 2 fails") });
    const again = waiting(first);
    expect(again).toEqual([1]);
    const [second] = await submitToSlurm(folder, again, runner(folder), options);
    expect(Number(second)).toBeGreaterThan(Number(job));
    await until(folder, (s) => s.every((x) => x.kind === "done"));
    const shards = await collectShards(folder, readManifest(folder));
    expect(shards.map((s) => s.result)).toEqual([1, 2, 3, 4].map((seed) => ({ seed })));
  }, 200_000);

  it("loses a node in the middle and ends with the result of one process", async () => {
    const folder = await plan("lost", ["--slow", "4000"], 6);
    await submitToSlurm(folder, [0, 1, 2, 3, 4, 5], runner(folder), {});
    await until(folder, () => cluster.busyNodes().includes("n2"));
    cluster.loseNode("n2");
    // Slurm lets what it queues again after a lost node wait for two minutes; the test does not.
    let now = await until(folder, (s) => {
      cluster.startWaiting();
      return settled(s);
    });
    // A shard that went with the node is queued again by Slurm, or is lost and named; in that case it is submitted anew.
    while (waiting(now).length > 0) {
      await submitToSlurm(folder, waiting(now), runner(folder), {});
      now = await until(folder, settled);
    }
    const shards = await collectShards(folder, readManifest(folder));
    expect(shards.map((s) => readFileSync(s.file!, "utf8"))).toEqual(
      [1, 2, 3, 4, 5, 6].map((seed) => `model of seed ${seed}\n`),
    );
  }, 300_000);

  it("says what Slurm says when it refuses", async () => {
    const folder = await plan("refused", [], 1);
    await expect(submitToSlurm(folder, [0], runner(folder), { partition: "none" })).rejects.toThrow(
      /sbatch.*partition/i,
    );
    expect((await states(folder)).map((s) => s.kind)).toEqual(["planned"]);
  }, 60_000);

  it("takes a template with a place for the command, and no other", async () => {
    const folder = await plan("template", [], 1);
    const template = "#!/bin/sh\nexport FROM_TEMPLATE=1\n@COMMAND@\n";
    await submitToSlurm(folder, [0], runner(folder), { template });
    await until(folder, (s) => s.every((x) => x.kind === "done"));
    for (const wrong of ["#!/bin/sh\n", "@COMMAND@"])
      await expect(submitToSlurm(folder, [0], runner(folder), { template: wrong })).rejects.toThrow("--template");
  }, 100_000);
});

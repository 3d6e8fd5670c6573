/** `spectensor batch`: one command as many independent shards, on this machine or on a cluster. */
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Command, Option } from "commander";
import { collectShards, joinFiles, ranges } from "../batch/collect.js";
import { runLocally } from "../batch/local.js";
import { type BatchManifest, readManifest } from "../batch/manifest.js";
import { type Cut, planBatch } from "../batch/plan.js";
import { runShard } from "../batch/shard.js";
import { type SlurmOptions, slurmStates, submitToSlurm } from "../batch/slurm.js";
import { type ShardState, shardStates, waiting } from "../batch/state.js";
import { OptionError, SpectensorError } from "../errors.js";
import { lockOutput } from "../system/lock.js";
import { writeWhole } from "../system/wholeFile.js";
import { mdCommand } from "./md.js";
import { fitCommand, type PredictFlags, predictCommand } from "./model.js";
import { interruptSignal, print, printJson, printTable, progressLine } from "./output.js";
import { integerOption } from "./parse.js";
import { sourceFrames } from "./source.js";
import { packageVersion } from "./version.js";

/** Words that start this command line in another process. */
const PROGRAM: readonly string[] = [process.execPath, fileURLToPath(new URL("./main.js", import.meta.url))];

/** `spectensor batch …` */
export function batchCommand(): Command {
  return new Command("batch")
    .description("one command as many shards: planned, run here or by Slurm, collected")
    .addCommand(planCommand())
    .addCommand(submitCommand())
    .addCommand(statusCommand())
    .addCommand(collectCommand())
    .addCommand(shardCommand());
}

interface PlanFlags {
  readonly shards?: number;
  readonly vary?: Readonly<Record<string, readonly string[]>>;
  readonly json?: boolean;
}

function planCommand(): Command {
  return new Command("plan")
    .description("cut a command into shards; nothing is run yet")
    .argument("<folder>", "folder of the batch, which every machine must see")
    .argument("<command...>", "behind --: predict MODEL SOURCE, fit … or md …, without --out")
    .option("--shards <n>", "pieces of the trajectory of predict", integerOption("shards", 1))
    .option("--vary <option=a,b,…>", "one shard for every value; may be repeated, for every combination", varyOption)
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      `
Examples:
  $ spectensor batch plan work --shards 100 -- predict model.json md.extxyz.gz
  $ spectensor batch plan curve --vary frames=10,20,40 --vary seed=1,2,3 -- fit polarizability --train sio2 --test 100
  $ spectensor batch plan runs --vary seed=1,2,3,4 -- md field.json start.xyz --ensemble nvt --temperature 300 --steps 10000`,
    )
    .action(async (folder: string, words: string[], flags: PlanFlags) => {
      const cut = await cutOf(words, flags);
      await refuseMisspelled(words, cut);
      const batch = await planBatch(folder, words, cut, packageVersion());
      const { length } = batch.shards;
      if (flags.json) printJson({ folder: resolve(folder), shards: length, inputs: batch.inputs });
      else print(`${length} shards in ${folder}; start them with batch submit ${folder}`);
    });
}

/**
 * Refuses a command that every shard would refuse, before it waits in a queue.
 * @throws CommanderError naming what is missing or unknown, which commander prints
 */
async function refuseMisspelled([name = "", ...words]: readonly string[], cut: Cut): Promise<void> {
  const commands: Readonly<Record<string, () => Command>> = { predict: predictCommand, fit: fitCommand, md: mdCommand };
  const command = commands[name]?.();
  if (!command) return; // planBatch says so
  const idle = (c: Command): void => {
    c.exitOverride();
    if (c.commands.length === 0) c.action(() => {});
    c.commands.forEach(idle);
  };
  idle(command);
  const own = cut.kind === "vary" ? Object.entries(cut.options).flatMap(([o, values]) => [`--${o}`, values[0]!]) : [];
  await command.parseAsync([...words, ...own, "--out", "out"], { from: "user" });
}

async function cutOf(words: readonly string[], flags: PlanFlags): Promise<Cut> {
  if ((flags.shards === undefined) === (flags.vary === undefined))
    throw new OptionError({ where: "batch plan", problem: "give either --shards (for predict) or --vary" });
  if (flags.vary) return { kind: "vary", options: flags.vary };
  const command = predictCommand();
  const { operands, unknown } = command.parseOptions(words.slice(1));
  const source = operands[1];
  if (words[0] !== "predict" || source === undefined || unknown.length > 0)
    throw new OptionError({
      where: "batch plan",
      problem: unknown.length > 0 ? `predict has no option ${unknown[0]}` : "--shards without a trajectory to cut",
      advice: "write batch plan FOLDER --shards N -- predict MODEL SOURCE",
    });
  const { frames: range, stride } = command.opts<PredictFlags>();
  if (range !== undefined)
    throw new OptionError({
      where: "batch plan",
      problem: "--frames among the words of the command",
      advice: "leave it out: it is what the shards differ in",
    });
  let frames = 0;
  const found = await sourceFrames(source, command.opts<PredictFlags>(), interruptSignal());
  for await (const _ of "text" in found ? found.frames() : found) frames++;
  return { kind: "frames", frames, shards: flags.shards!, ...(stride !== undefined && { stride }) };
}

interface SubmitFlags extends SlurmOptions {
  readonly engine: "slurm" | "local";
  readonly workers?: number;
  readonly json?: boolean;
}

function submitCommand(): Command {
  return new Command("submit")
    .description("queue every shard that is not done and not on its way; again after failures")
    .argument("<folder>", "folder of the batch")
    .addOption(new Option("--engine <name>", "what runs the shards").choices(["slurm", "local"]).default("local"))
    .option("--workers <n>", "local: shards at a time (default: all cores)", integerOption("workers", 1))
    .option("--account <name>", "Slurm: account")
    .option("--partition <name>", "Slurm: partition")
    .option("--time <limit>", "Slurm: time limit of a shard, e.g. 02:00:00")
    .option("--memory <size>", "Slurm: memory of a shard, e.g. 4G")
    .option("--cores <n>", "Slurm: cores of a shard", integerOption("cores", 1))
    .option("--template <file>", "Slurm: job script in which @COMMAND@ stands for the shard's command")
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      "\nExample:\n  $ spectensor batch submit work --engine slurm --partition batch --time 01:00:00 --memory 4G",
    )
    .action(async (folder: string, flags: SubmitFlags) => {
      const batch = readManifest(folder);
      const lock = await lockOutput(resolve(folder, "submit"));
      try {
        const shards = waiting(await statesOf(folder, batch));
        if (flags.engine === "slurm") {
          const command = [...PROGRAM, "batch", "shard", resolve(folder)];
          const template = flags.template === undefined ? {} : { template: readFileSync(flags.template, "utf8") };
          const jobs = shards.length > 0 ? await submitToSlurm(folder, shards, command, { ...flags, ...template }) : [];
          if (flags.json) printJson({ queued: shards, jobs });
          else
            print(jobs.length > 0 ? `shards ${ranges(shards)} queued as job ${jobs.join(", ")}` : "nothing to queue");
          return;
        }
        const run = { signal: interruptSignal(), onProgress: progressLine(flags.json === true) };
        const workers = flags.workers ?? availableParallelism();
        const failed = await runLocally(folder, batch, shards, PROGRAM, packageVersion(), { ...run, workers });
        // A reason that could not be written down is known here.
        const states = (await statesOf(folder, batch)).map((s, id): ShardState => {
          const reason = s.kind === "planned" ? failed.get(id) : undefined;
          return reason === undefined ? s : { kind: "failed", reason };
        });
        report(batch, states, flags.json === true);
      } finally {
        lock.release();
      }
    });
}

function statusCommand(): Command {
  return new Command("status")
    .description("what each shard is up to; exit code 1 if one failed or is lost")
    .argument("<folder>", "folder of the batch")
    .option("--json", "print one JSON object")
    .addHelpText("after", "\nExample:\n  $ spectensor batch status work")
    .action(async (folder: string, flags: { readonly json?: boolean }) => {
      const batch = readManifest(folder);
      report(batch, await statesOf(folder, batch), flags.json === true);
    });
}

async function statesOf(folder: string, batch: BatchManifest): Promise<readonly ShardState[]> {
  return shardStates(folder, batch, await slurmStates(folder));
}

function report(batch: BatchManifest, states: readonly ShardState[], json: boolean): void {
  const of = (kind: ShardState["kind"]): number[] => states.flatMap((s, id) => (s.kind === kind ? [id] : []));
  const kinds = ["done", "running", "queued", "planned", "failed", "lost"] as const;
  if (of("failed").length + of("lost").length > 0) process.exitCode = 1;
  if (json) {
    printJson({ shards: states.map((s, id) => ({ id, vary: batch.shards[id]!.vary, ...s })) });
    return;
  }
  printTable(
    ["state", "shards", "which"],
    kinds.flatMap((kind) => (of(kind).length > 0 ? [[kind, of(kind).length, ranges(of(kind))]] : [])),
  );
  for (const [id, s] of states.entries())
    if (s.kind === "failed" || s.kind === "lost") print(`shard ${id} ${s.kind}: ${s.reason}`);
  if (of("failed").length + of("lost").length > 0) print("batch submit queues them again");
}

function collectCommand(): Command {
  return new Command("collect")
    .description("check what the shards wrote and merge it")
    .argument("<folder>", "folder of the batch")
    .requiredOption("--out <file>", "predict: the whole series (extended XYZ); fit and md: a JSON table of all shards")
    .option("--json", "print one JSON object")
    .addHelpText("after", "\nExample:\n  $ spectensor batch collect work --out series.extxyz.gz")
    .action(async (folder: string, flags: { readonly out: string; readonly json?: boolean }) => {
      const batch = readManifest(folder);
      const shards = await collectShards(folder, batch);
      const joined = batch.shards[0]?.args[0] === "predict";
      if (joined) await joinFiles(shards, flags.out, interruptSignal());
      else await writeWhole(flags.out, `${JSON.stringify({ shards }, undefined, 1)}\n`);
      if (flags.json) printJson({ out: flags.out, shards: shards.length });
      else print(`${shards.length} shards: ${flags.out}`);
    });
}

function shardCommand(): Command {
  return new Command("shard")
    .description("run one shard; what the engines call")
    .argument("<folder>", "folder of the batch")
    .argument("<number>", "number of the shard, from 0", integerOption("number", 0))
    .addHelpText("after", "\nExample:\n  $ spectensor batch shard work 17")
    .action(async (folder: string, id: number) => {
      const { seconds } = await runShard(
        folder,
        readManifest(folder),
        id,
        PROGRAM,
        packageVersion(),
        interruptSignal(),
      );
      print(`shard ${id}: done (${seconds} s)`);
    });
}

function varyOption(text: string, previous: Readonly<Record<string, readonly string[]>> = {}): typeof previous {
  const at = text.indexOf("=");
  const [name, values] = [text.slice(0, at), text.slice(at + 1).split(",")];
  if (at < 1 || values.some((v) => v === ""))
    throw new SpectensorError({
      where: "--vary",
      problem: `"${text}"`,
      advice: "write option=value,value, e.g. seed=1,2,3",
    });
  return { ...previous, [name.replace(/^--/, "")]: values };
}

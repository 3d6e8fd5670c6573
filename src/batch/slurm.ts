/** Slurm as engine: job arrays by sbatch, states by squeue, reasons by sacct where accounting runs. */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { DataError, OptionError, SpectensorError } from "../errors.js";
import { readDocument, record } from "../options/record.js";
import { integer, list, text } from "../options/values.js";
import { WORKERS_VARIABLE as WORKERS } from "../system/threads.js";
import { writeWhole } from "../system/wholeFile.js";
import type { EngineState } from "./state.js";

/** What is asked of the cluster; absent: its defaults. */
export interface SlurmOptions {
  readonly account?: string;
  readonly partition?: string;
  /** As `--time` of sbatch takes it, e.g. "02:00:00". */
  readonly time?: string;
  /** Per shard, as `--mem` takes it, e.g. "4G". */
  readonly memory?: string;
  /** Cores per shard. */
  readonly cores?: number;
  /** Text of a job script in which `@COMMAND@` stands for the shard's command; for modules, containers, scratch disks. */
  readonly template?: string;
}

interface Submission {
  readonly job: string;
  /** Shard of each index of the array. */
  readonly shards: readonly number[];
}

const submission = record({ job: text(), shards: list(integer({ atLeast: 0 })) });

/** Indices of one array: what every Slurm takes (MaxArraySize is 1001 unless set). */
const ARRAY = 1000;
const PLACE = "@COMMAND@";
const run = promisify(execFile);

/**
 * Queues shards as job arrays of at most 1000.
 * @param command words that run a shard when its number follows
 * @returns the numbers of the jobs
 * @throws OptionError for a template without its place
 * @throws SpectensorError if there is no sbatch, or it refuses
 */
export async function submitToSlurm(
  folder: string,
  shards: readonly number[],
  command: readonly string[],
  options: SlurmOptions,
): Promise<readonly string[]> {
  const jobs: string[] = [];
  const place = join(folder, "slurm");
  mkdirSync(join(place, "log"), { recursive: true });
  for (let from = 0; from < shards.length; from += ARRAY) {
    const part = shards.slice(from, from + ARRAY);
    const script = join(place, `array-${readdirSync(place).filter((f) => f.endsWith(".sh")).length}.sh`);
    await writeWhole(script, jobScript(part, command, options.template));
    const { stdout } = await slurm("sbatch", [
      "--parsable",
      `--array=0-${part.length - 1}`,
      "--job-name=spectensor",
      "--open-mode=append",
      `--output=${resolve(place)}/log/%A_%a.txt`,
      ...(options.account ? [`--account=${options.account}`] : []),
      ...(options.partition ? [`--partition=${options.partition}`] : []),
      ...(options.time ? [`--time=${options.time}`] : []),
      ...(options.memory ? [`--mem=${options.memory}`] : []),
      ...(options.cores ? [`--cpus-per-task=${options.cores}`] : []),
      script,
    ]);
    // "123" or, on a federation, "123;cluster"
    const job = /^\d+/.exec(stdout.trim())?.[0];
    if (job === undefined)
      throw new DataError({ where: "sbatch", problem: `answered "${stdout.trim()}", no job number` });
    await writeWhole(join(place, `job-${job}.json`), JSON.stringify({ job, shards: part } satisfies Submission));
    jobs.push(job);
  }
  return jobs;
}

function jobScript(shards: readonly number[], command: readonly string[], template?: string): string {
  const words = command.map((w) => `'${w.replaceAll("'", "'\\''")}'`).join(" ");
  // The number of the shard is looked up by the index of the array.
  const line = [
    `set -- ${shards.join(" ")}`,
    'shift "$SLURM_ARRAY_TASK_ID"',
    // As many threads as cores were asked for, not as the node has.
    `export ${WORKERS}="\${${WORKERS}:-\${SLURM_CPUS_PER_TASK:-1}}"`,
    `exec ${words} "$1"`,
  ].join("\n");
  if (template === undefined) return `#!/bin/sh\n${line}\n`;
  if (!template.startsWith("#!") || !template.includes(PLACE))
    throw new OptionError({
      where: "--template",
      problem: template.startsWith("#!")
        ? `${PLACE} does not occur in it`
        : "its first line names no shell (#!/bin/sh)",
      advice: `write a job script in which a line ${PLACE} stands where the shard is to run`,
    });
  return template.replace(PLACE, () => line);
}

/** What Slurm knows of every shard that was handed to it; later submissions count more. */
export async function slurmStates(folder: string): Promise<ReadonlyMap<number, EngineState>> {
  const place = join(folder, "slurm");
  const states = new Map<number, EngineState>();
  const all = existsSync(place) ? readdirSync(place).filter((f) => /^job-\d+\.json$/.test(f)) : [];
  const submissions = all
    .map((f) => readDocument(submission, JSON.parse(readFileSync(join(place, f), "utf8")), join(place, f)))
    .sort((a, b) => Number(a.job) - Number(b.job));
  if (submissions.length === 0) return states;
  const queue = await queued();
  const reasons = await endings(submissions.map((s) => s.job));
  for (const { job, shards } of submissions)
    for (const [index, shard] of shards.entries()) {
      const task = `${job}_${index}`;
      const word = queue.get(task);
      states.set(
        shard,
        word !== undefined
          ? { kind: word === "RUNNING" || word === "COMPLETING" ? "running" : "queued", detail: `${task} ${word}` }
          : { kind: "gone", detail: `${task} ${reasons.get(task) ?? "is no longer known to Slurm"}` },
      );
    }
  return states;
}

/** State by task of everything in the queue; a task that has ended but lingers there is none. */
async function queued(): Promise<ReadonlyMap<string, string>> {
  const { stdout } = await slurm("squeue", ["--noheader", "--array", "--format=%i %T", "--states=all"]);
  const ended = /^(COMPLETED|FAILED|CANCELLED|TIMEOUT|NODE_FAIL|OUT_OF_MEMORY|DEADLINE|BOOT_FAIL|PREEMPTED)/;
  const rows = stdout.split("\n").map((l) => l.trim().split(/\s+/));
  return new Map(rows.flatMap(([task, word]) => (task && word && !ended.test(word) ? [[task, word]] : [])));
}

/** How tasks ended, where accounting runs; without it (no slurmdbd) nothing. */
async function endings(jobs: readonly string[]): Promise<ReadonlyMap<string, string>> {
  try {
    const { stdout } = await run("sacct", [
      "--noheader",
      "--parsable2",
      "--allocations",
      "--array",
      "--format=JobID,State",
      `--jobs=${jobs.join(",")}`,
    ]);
    return new Map(stdout.split("\n").flatMap((l) => (l.includes("|") ? [l.split("|") as [string, string]] : [])));
  } catch {
    return new Map();
  }
}

async function slurm(program: string, args: readonly string[]): Promise<{ stdout: string }> {
  try {
    return await run(program, args, { maxBuffer: 1 << 26 });
  } catch (cause) {
    const { code, stderr } = cause as { code?: unknown; stderr?: string };
    throw new SpectensorError({
      where: program,
      problem: code === "ENOENT" ? "no such program on this machine" : (stderr?.trim() ?? String(cause)),
      advice:
        code === "ENOENT"
          ? "log in to a node of the cluster that has Slurm's commands, or use --engine local"
          : "mend what Slurm says, then run batch submit again",
      cause,
    });
  }
}

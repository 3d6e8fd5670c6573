/** A Slurm cluster of two nodes on the loopback of this machine, for tests; needs root and Debian's slurm-wlm and munge. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";

const PROGRAMS = ["munged", "slurmctld", "slurmd", "sbatch", "squeue", "sinfo", "scontrol"];

/** Why there can be no cluster here; `undefined` if there can. */
export function whyNoCluster(): string | undefined {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return "Slurm's daemons need root";
  const missing = PROGRAMS.filter((p) => spawnSync("sh", ["-c", `command -v ${p}`]).status !== 0);
  return missing.length > 0 ? `missing ${missing.join(", ")} (apt-get install slurm-wlm munge)` : undefined;
}

export interface Cluster {
  /** Environment in which Slurm's commands find it. */
  readonly env: NodeJS.ProcessEnv;
  /** Kills a node with everything that runs on it, as a power cut does. */
  loseNode(name: "n1" | "n2"): void;
  /** Nodes on which tasks run now. */
  busyNodes(): string[];
  /** Lets tasks begin that Slurm makes wait. */
  startWaiting(): void;
  stop(): void;
}

const free = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

export async function startCluster(): Promise<Cluster> {
  const dir = mkdtempSync(join(tmpdir(), "spectensor-slurm-"));
  for (const folder of ["state", "spool.n1", "spool.n2", "log"]) mkdirSync(join(dir, folder));
  const host = hostname().split(".")[0]!;
  const [control, first, second] = [await free(), await free(), await free()];
  const conf = join(dir, "slurm.conf");
  const node = (name: string, port: number): string =>
    `NodeName=${name} NodeHostname=${host} NodeAddr=127.0.0.1 Port=${port} CPUs=1 RealMemory=2000 State=UNKNOWN`;
  writeFileSync(
    conf,
    `ClusterName=t
SlurmctldHost=${host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
StateSaveLocation=${dir}/state
SlurmdSpoolDir=${dir}/spool.%n
SlurmctldPidFile=${dir}/ctld.pid
SlurmdPidFile=${dir}/slurmd.%n.pid
SlurmctldLogFile=${dir}/log/ctld.log
SlurmdLogFile=${dir}/log/slurmd.%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
SlurmdTimeout=10
MpiDefault=none
SlurmctldPort=${control}
${node("n1", first)}
${node("n2", second)}
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
`,
  );
  const env = { ...process.env, SLURM_CONF: conf };
  const run = (program: string, ...args: string[]): string =>
    execFileSync(program, args, { env, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  const ownMunge = spawnSync("munge", ["-n"]).status !== 0;
  if (ownMunge) {
    if (!existsSync("/etc/munge/munge.key")) run("mungekey", "--create");
    mkdirSync("/run/munge", { recursive: true });
    run("chown", "munge", "/etc/munge/munge.key", "/run/munge");
    run("su", "munge", "-s", "/bin/sh", "-c", "munged --force");
  }
  run("slurmctld", "-f", conf);
  for (const name of ["n1", "n2"]) run("slurmd", "-f", conf, "-N", name);
  const pid = (file: string): number => Number(readFileSync(join(dir, file), "utf8"));
  const kill = (file: string): void => {
    if (existsSync(join(dir, file))) spawnSync("kill", ["-9", String(pid(file))]);
  };
  const cluster: Cluster = {
    env,
    loseNode(name) {
      kill(`slurmd.${name}.pid`);
      // Steps of a node are children of slurmstepd, whose command line names the node's job; both go.
      for (const line of run("ps", "-eo", "pid=,args=").split("\n"))
        if (line.includes("slurmstepd:")) {
          const job = /\[(\d+)\./.exec(line)?.[1];
          if (job && run("scontrol", "show", "job", job).includes(`NodeList=${name}`)) {
            const parent = line.trim().split(/\s+/)[0]!;
            spawnSync("pkill", ["-9", "-P", parent]);
            spawnSync("kill", ["-9", parent]);
          }
        }
    },
    busyNodes: () =>
      run("squeue", "--noheader", "--states=RUNNING", "--format=%N")
        .split("\n")
        .filter((l) => l !== ""),
    startWaiting() {
      for (const job of run("squeue", "--noheader", "--array", "--states=PENDING", "--format=%i").split("\n"))
        if (job.trim() !== "") spawnSync("scontrol", ["update", `JobId=${job.trim()}`, "StartTime=now"], { env });
    },
    stop() {
      spawnSync("scancel", ["--user=root"], { env });
      for (const file of ["slurmd.n1.pid", "slurmd.n2.pid", "ctld.pid"]) kill(file);
      if (ownMunge) spawnSync("pkill", ["-x", "munged"]);
      rmSync(dir, { recursive: true, force: true });
    },
  };
  for (let i = 0; i < 60; i++) {
    if (run("sinfo", "--noheader", "--Node", "--format=%T").trim() === "idle\nidle") return cluster;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  cluster.stop();
  throw new Error("the nodes of the test cluster did not come up");
}

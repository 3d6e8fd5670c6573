/** A tslab kernel in a process of its own, spoken to over ZeroMQ as Jupyter does. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AbortedError, SpectensorError } from "../errors.js";
import { PARENT_VARIABLE, SCRATCH_PREFIX } from "./kernelProcess.js";
import { decode, encode, type Message, request } from "./messages.js";
import { findTslab, loadZeroMq, type Socket } from "./tslab.js";

export interface KernelOptions {
  /** Working folder of the kernel; imports of cells resolve from here. */
  readonly folder: string;
  /** Added to the environment of the kernel. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface ExecuteOptions {
  /** Called with every message that the cell causes: streams, displays, errors. */
  readonly onMessage: (message: Message) => void;
  /** Seconds until the cell is interrupted. */
  readonly timeout: number;
  readonly signal?: AbortSignal;
}

export interface ExecuteReply {
  readonly status: "ok" | "error";
  readonly count: number | null;
}

export interface Kernel {
  /**
   * Runs one cell.
   * @throws AbortedError if `signal` was aborted, or after `timeout` seconds
   * @throws SpectensorError if the kernel process dies
   */
  execute(code: string, options: ExecuteOptions): Promise<ExecuteReply>;
  /** Ends the process; nothing of it is left. */
  shutdown(): Promise<void>;
}

/** Time that a cell has to react to an interrupt before the kernel is killed, and a new kernel to answer, ms. */
const GRACE = 5_000;
const START = 180_000;
const PORTS = ["shell_port", "iopub_port", "stdin_port", "control_port", "hb_port"] as const;

interface Pending {
  readonly onMessage: (message: Message) => void;
  readonly resolve: (reply: Message) => void;
  readonly reject: (error: Error) => void;
  reply?: Message;
  idle?: boolean;
}

/**
 * Starts a kernel and waits until it answers.
 * @throws SpectensorError if tslab is not installed, its process dies or it does not answer within three minutes
 */
export async function startKernel(options: KernelOptions): Promise<Kernel> {
  const program = findTslab(options.folder);
  const zmq = loadZeroMq(program);
  const key = randomBytes(24).toString("hex");
  const ports = await freePorts(PORTS.length);
  const connection = { transport: "tcp", ip: "127.0.0.1", key, signature_scheme: "hmac-sha256", kernel_name: "tslab" };
  const scratch = mkdtempSync(join(tmpdir(), SCRATCH_PREFIX));
  const connectionFile = join(scratch, "connection.json");
  const portOf = Object.fromEntries(PORTS.map((name, i) => [name, ports[i]!]));
  writeFileSync(connectionFile, JSON.stringify({ ...connection, ...portOf }), { mode: 0o600 });

  const child = spawn(process.execPath, [...program.argv, "--config-path", connectionFile], {
    cwd: options.folder,
    env: { ...process.env, ...options.env, [PARENT_VARIABLE]: String(process.pid) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const shell = new zmq.Dealer({ linger: 0 });
  const iopub = new zmq.Subscriber({ linger: 0 });
  shell.connect(`tcp://127.0.0.1:${portOf.shell_port}`);
  iopub.connect(`tcp://127.0.0.1:${portOf.iopub_port}`);
  iopub.subscribe();

  const session = randomUUID();
  const pending = new Map<string, Pending>();
  const death = watchDeath(child, pending);
  void receive(shell, key, (message) => {
    const waiting = pending.get(message.parent.msg_id ?? "");
    if (waiting) settle({ waiting, reply: message });
  });
  void receive(iopub, key, (message) => {
    const waiting = pending.get(message.parent.msg_id ?? "");
    if (!waiting) return;
    if (message.header.msg_type !== "status") waiting.onMessage(message);
    else if (message.content.execution_state === "idle") settle({ waiting, idle: true });
  });

  const send = (type: string, content: Record<string, unknown>, onMessage: Pending["onMessage"] = () => {}) => {
    const message = request(type, session, content);
    const answered = new Promise<Message>((resolve, reject) => {
      pending.set(message.header.msg_id, { onMessage, resolve, reject });
      const error = death.error();
      if (error) reject(error);
      else shell.send(encode(message, key)).catch(reject);
    }).finally(() => pending.delete(message.header.msg_id));
    return answered;
  };
  const close = (): void => {
    killNow(child);
    shell.close();
    iopub.close();
    rmSync(scratch, { recursive: true, force: true });
    process.off("exit", close);
  };
  process.once("exit", close);

  try {
    await handshake(() => send("kernel_info_request", {}), death);
  } catch (error) {
    close();
    throw error;
  }
  return {
    execute: async (code, { onMessage, timeout, signal }) => {
      const content = {
        code,
        silent: false,
        store_history: true,
        user_expressions: {},
        allow_stdin: false,
        stop_on_error: true,
      };
      for (;;) {
        const reply = await interruptible(child, timeout, signal, () => send("execute_request", content, onMessage));
        // For 200 ms after a failed cell tslab turns requests away as "abort…": ask again.
        if (/^abort/.test(String(reply.content.status))) await sleep(50);
        else
          return {
            status: reply.content.status === "ok" ? "ok" : "error",
            count: (reply.content.execution_count as number) ?? null,
          };
      }
    },
    shutdown: async () => {
      if (!death.error())
        await Promise.race([send("shutdown_request", { restart: false }).catch(() => {}), sleep(2000)]);
      close();
    },
  };
}

function settle({ waiting, reply, idle }: { waiting: Pending; reply?: Message; idle?: boolean }): void {
  if (reply) waiting.reply = reply;
  if (idle) waiting.idle = true;
  if (waiting.reply && waiting.idle) waiting.resolve(waiting.reply);
}

async function receive(socket: Socket, key: string, onMessage: (message: Message) => void): Promise<void> {
  try {
    for await (const frames of socket) onMessage(decode(frames, key));
  } catch {
    // the socket was closed at shutdown, or the message is not from our kernel; waiting requests end by time-out
  }
}

/** Asks until the answer arrives on both sockets: the subscription may still be under way. */
async function handshake(ask: () => Promise<Message>, death: { error(): Error | undefined }): Promise<void> {
  const start = Date.now();
  while (Date.now() - start < START) {
    const answered = await Promise.race([ask().then(() => true), sleep(300).then(() => false)]).catch(() => false);
    if (answered) return;
    const error = death.error();
    if (error) throw error;
  }
  throw new SpectensorError({ where: "notebook kernel", problem: `no answer within ${START / 1000} s of its start` });
}

/** Remembers the end of the process with the last lines it wrote, and fails the requests that wait for it. */
function watchDeath(child: ChildProcess, pending: Map<string, Pending>): { error(): Error | undefined } {
  let error: Error | undefined;
  let words = "";
  const listen = (chunk: Buffer): void => {
    words = (words + chunk).slice(-2000);
  };
  child.stdout?.on("data", listen);
  child.stderr?.on("data", listen);
  const died = (how: string): void => {
    const last = words.trim();
    error ??= new SpectensorError({
      where: "notebook kernel",
      problem: `its process ${how}${last ? `; its last words were:\n${last}` : ""}`,
    });
    for (const waiting of pending.values()) waiting.reject(error);
  };
  child.on("error", (cause) => died(`could not start (${cause.message})`));
  child.on("close", (code, signal) => died(signal ? `was ended by ${signal}` : `ended with exit code ${code}`));
  return { error: () => error };
}

/** Sends SIGINT on abort or time-out, as Jupyter's stop button does, and kills a kernel that does not react. */
async function interruptible(
  child: ChildProcess,
  timeout: number,
  signal: AbortSignal | undefined,
  run: () => Promise<Message>,
): Promise<Message> {
  let reason: string | undefined;
  let kill: NodeJS.Timeout | undefined;
  const interrupt = (why: string): void => {
    if (reason !== undefined) return;
    reason = why;
    child.kill("SIGINT");
    kill = setTimeout(() => killNow(child), GRACE);
  };
  const onAbort = (): void => interrupt("interrupted");
  const timer = setTimeout(() => interrupt(`still running after ${timeout} s`), timeout * 1000);
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    if (signal?.aborted) onAbort();
    const reply = await run();
    if (reason !== undefined) throw new AbortedError({ where: "cell", problem: reason });
    return reply;
  } catch (cause) {
    if (reason === undefined || cause instanceof AbortedError) throw cause;
    throw new AbortedError({ where: "cell", problem: `${reason}, and its kernel had to be ended`, cause });
  } finally {
    clearTimeout(timer);
    clearTimeout(kill);
    signal?.removeEventListener("abort", onAbort);
  }
}

function killNow(child: ChildProcess): void {
  if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, () => {
      const server = createServer();
      return new Promise<typeof server>((resolve, reject) => {
        server.once("error", reject);
        server.listen(0, "127.0.0.1", () => resolve(server));
      });
    }),
  );
  const ports = servers.map((s) => (s.address() as { port: number }).port);
  await Promise.all(servers.map((s) => new Promise((resolve) => s.close(resolve))));
  return ports;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

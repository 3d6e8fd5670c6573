/**
 * Threads that share the work of one kernel call: products and factorisations of large matrices, in one memory, without a copy. The thread
 * that calls waits for the others, so that callers see an ordinary function. Results do not depend on the number of threads, as every
 * element is summed by one thread in one order.
 */
import { isMainThread, Worker } from "node:worker_threads";
import { SpectensorError } from "../errors.js";
import { compiledModule } from "../system/compiledModule.js";
import type { SharedKernel } from "./load.js";
import {
  claim,
  DOUBLES,
  FUNCTIONS,
  MOST_CALLS,
  MOST_VALUES,
  perform,
  publish,
  type SharedFunction,
  type TeamMessage,
  type TeamSetup,
  WORD,
  WORDS,
  WORK,
} from "./teamProtocol.js";

/** A kernel on a memory that the team can work in. */
export interface TeamKernel {
  readonly id: number;
  readonly shared: SharedKernel;
  readonly exports: object;
}

/** Workspace of the threads: `start + member · bytes` is handed to a call as its last parameter. */
export interface TeamWorkspace {
  readonly start: number;
  readonly bytes: number;
}

let lastKernel = 0;
/** Of kernels that nobody can reach any more the other threads let go the memory. */
const gone = new FinalizationRegistry<number>((id) => {
  for (const team of teams) team.tell({ kind: "drop", id });
});
const teams: Team[] = [];

/** Makes a kernel known. @param owner lives as long as the kernel is used */
export function teamKernel(shared: SharedKernel, exports: object, owner: object): TeamKernel {
  const id = ++lastKernel;
  gone.register(owner, id);
  return { id, shared, exports };
}

/** A calling thread and its helpers. */
export class Team {
  readonly #words = new Int32Array(new SharedArrayBuffer(4 * WORDS));
  readonly #doubles = new Float64Array(new SharedArrayBuffer(8 * DOUBLES));
  readonly #workers: Worker[] = [];
  readonly #known = new Set<number>();
  #job = 0;

  /** @param helpers threads beside the calling one */
  constructor(helpers: number) {
    const url = compiledModule(new URL("./teamWorker.js", import.meta.url));
    if (!url || !isMainThread) return;
    for (let member = 1; member <= helpers; member++) {
      const workerData: TeamSetup = {
        words: this.#words.buffer as unknown as SharedArrayBuffer,
        doubles: this.#doubles.buffer as unknown as SharedArrayBuffer,
        member,
      };
      const worker = new Worker(url, { workerData, execArgv: [] });
      worker.unref();
      worker.on("error", () => {}); // it has claimed nothing, or the call reports it
      this.#workers.push(worker);
    }
    teams.push(this);
  }

  /** Threads, with the calling one. */
  get size(): number {
    return 1 + this.#workers.length;
  }

  tell(message: TeamMessage): void {
    for (const worker of this.#workers) worker.postMessage(message);
    if (message.kind === "drop") this.#known.delete(message.id);
  }

  /** Ends the helpers. */
  async end(): Promise<void> {
    teams.splice(teams.indexOf(this), 1);
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  /**
   * Does calls of one function, in any order and several at once; they must not depend on each other.
   * @param calls parameters of each, without the workspace
   */
  run(kernel: TeamKernel, name: SharedFunction, calls: readonly (readonly number[])[], work?: TeamWorkspace): void {
    for (let from = 0; from < calls.length; from += MOST_CALLS)
      this.#runSome(kernel, name, calls.slice(from, from + MOST_CALLS), work);
  }

  #runSome(
    kernel: TeamKernel,
    name: SharedFunction,
    calls: readonly (readonly number[])[],
    work?: TeamWorkspace,
  ): void {
    const control = { words: this.#words, doubles: this.#doubles };
    if (!this.#known.has(kernel.id)) {
      this.tell({ kind: "memory", id: kernel.id, ...kernel.shared });
      this.#known.add(kernel.id);
    }
    calls.forEach((values, k) => {
      this.#doubles.set(values, WORK.calls + k * MOST_VALUES);
    });
    this.#doubles[WORK.start] = work?.start ?? 0;
    this.#doubles[WORK.bytes] = work?.bytes ?? 0;
    Atomics.store(this.#words, WORD.function, FUNCTIONS.indexOf(name));
    Atomics.store(this.#words, WORD.values, calls[0]!.length);
    Atomics.store(this.#words, WORD.memory, kernel.id);
    Atomics.store(this.#words, WORD.work, work ? 1 : 0);
    Atomics.store(this.#words, WORD.failed, 0);
    this.#job = (this.#job + 1) & 0x7ff;
    publish(control, this.#job, calls.length);
    for (let call = claim(control); call >= 0; call = claim(control)) perform(control, call, 0, () => kernel.exports);
    for (let done = 0; done < calls.length; done = Atomics.load(this.#words, WORD.done))
      Atomics.wait(this.#words, WORD.done, done);
    if (Atomics.load(this.#words, WORD.failed) !== 0)
      throw new SpectensorError({ where: name, problem: "a thread failed in a kernel" });
  }
}

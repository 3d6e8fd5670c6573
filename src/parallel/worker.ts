/** The side of parallelMap.ts that runs in a worker thread. */
import { workerData } from "piscina";
import { takeTables } from "./processTables.js";
import type { ItemOutcome, ItemRequest, Prepare, WorkerSetup } from "./task.js";

type Run = ReturnType<Prepare<unknown, unknown, unknown>>;
let prepared: Promise<Run> | undefined;

/** Called by the pool for each item. */
export async function runItem({ item, index }: ItemRequest): Promise<ItemOutcome> {
  try {
    prepared ??= prepareModule(workerData as WorkerSetup);
    const run = await prepared;
    return { kind: "result", result: await run(item, index) };
  } catch (error) {
    if (!(error instanceof Error)) return { kind: "failure", name: "", message: String(error), stack: undefined };
    return { kind: "failure", name: error.name, message: error.message, stack: error.stack };
  }
}

async function prepareModule({ module, shared, tables }: WorkerSetup): Promise<Run> {
  takeTables(tables);
  const { prepare } = (await import(module)) as { prepare: Prepare<unknown, unknown, unknown> };
  return prepare(shared);
}

import { describe, expect, test } from "vitest";
import { AbortedError, DataError, OptionError, SpectensorError } from "../../src/errors.js";
import { type ParallelOptions, parallelMap } from "../../src/parallel/parallelMap.js";
import { sharedDoubles, toSharedDoubles } from "../../src/parallel/sharedDoubles.js";
import type { Progress } from "../../src/progress.js";
import { prepare, type TestItem } from "./task.mjs";

type Options = ParallelOptions<{ out: Float64Array; seed: number }, TestItem, number>;

function run(items: readonly TestItem[], options: Partial<Options> = {}, out = sharedDoubles(items.length)) {
  const workerModule = new URL("./task.mjs", import.meta.url);
  return parallelMap({ workerModule, prepare, shared: { out, seed: 0.25 }, items, itemName: "frame", ...options });
}

const waves = Array.from({ length: 40 }, (_, i): TestItem => ({ kind: "wave", x: 0.1 * i }));
const waits = Array.from({ length: 6 }, (): TestItem => ({ kind: "wait", ms: 2 }));

describe("parallelMap", () => {
  test("gives the same bits, in the items' order, for any number of workers", async () => {
    const expected = Float64Array.from(waves, (_, i) => Math.sin(0.25 + 0.1 * i));
    for (const workers of [0, 1, 2, 3]) {
      const out = sharedDoubles(waves.length);
      expect(await run(waves, { workers }, out)).toEqual(waves.map((_, i) => i));
      expect(Float64Array.from(out)).toEqual(expected);
    }
  });

  test("of nothing is nothing", async () => {
    expect(await run([])).toEqual([]);
  });

  test.each([1, 2])("reports every item done, with %i workers", async (workers) => {
    const seen: Progress[] = [];
    await run(waits, { workers, label: "features", onProgress: (p) => seen.push(p) });
    expect(seen.map((p) => p.done)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(seen[5]).toEqual({ label: "features", done: 6, total: 6, unit: "frames" });
  });

  test.each([1, 2])("reports the first item that fails, with its class, %i workers", async (workers) => {
    const items = [...waits];
    items[3] = { kind: "throw", name: "DataError", message: "atoms 4 and 7 coincide" };
    items[4] = { kind: "throw", name: "Error", message: "another" };
    const error = await run(items, { workers }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(DataError);
    expect((error as DataError).message).toBe("frame 3: atoms 4 and 7 coincide");
    items[3] = { kind: "throw", name: "TypeError", message: "x is undefined" };
    await expect(run(items, { workers })).rejects.toThrow(SpectensorError);
  });

  test("reports a thread that ends by the item it had, and does not hang", async () => {
    const items = [...waits];
    items[2] = { kind: "exit" };
    const error = await run(items, { workers: 2 }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(SpectensorError);
    expect((error as SpectensorError).message).toMatch(/^frame 2: its worker thread failed: .*exited with code: 3/);
  });

  test.each([0, 2])("stops when aborted, %i workers, even in items that never end", async (workers) => {
    const controller = new AbortController();
    const items: TestItem[] = workers === 0 ? waits : [{ kind: "spin" }, ...waits, { kind: "spin" }, ...waits];
    const running = run(items, {
      workers,
      signal: controller.signal,
      onProgress: ({ done }) => {
        if (done === 4) controller.abort();
      },
    });
    await expect(running).rejects.toThrow(AbortedError);
  });

  test("begins nothing when aborted before", async () => {
    const items: TestItem[] = [{ kind: "throw", name: "Error", message: "was begun" }];
    await expect(run(items, { signal: AbortSignal.abort() })).rejects.toThrow(AbortedError);
  });

  test("rejects a fractional number of workers and a missing module", async () => {
    await expect(run(waves, { workers: 1.5 })).rejects.toThrow(OptionError);
    const workerModule = new URL("./absent.js", import.meta.url);
    await expect(run(waves, { workers: 2, workerModule })).rejects.toThrow(/absent.js: the worker module is missing/);
  });
});

test("toSharedDoubles copies into shared memory once", () => {
  const shared = toSharedDoubles(Float64Array.of(1, 2, 3));
  expect(shared.buffer).toBeInstanceOf(SharedArrayBuffer);
  expect([...shared]).toEqual([1, 2, 3]);
  expect(toSharedDoubles(shared)).toBe(shared);
});

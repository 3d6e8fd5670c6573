import { describe, expect, test } from "vitest";
import { AbortedError, DataError, SpectensorError } from "../../src/errors.js";
import { parallelStream, type StreamOptions } from "../../src/parallel/parallelStream.js";
import { sharedDoubles } from "../../src/parallel/sharedDoubles.js";
import { prepare, type TestItem } from "./task.mjs";

/** The items as a stream that counts how many were taken and whether it was ended. */
function streamed(items: readonly TestItem[]) {
  const seen = { taken: 0, ended: false };
  async function* stream(): AsyncGenerator<TestItem, void, void> {
    try {
      for (const item of items) {
        seen.taken++;
        yield item;
      }
    } finally {
      seen.ended = true;
    }
  }
  return { seen, stream: stream() };
}

function run(
  items: AsyncIterable<TestItem>,
  options: Partial<StreamOptions<TestItem, number>> = {},
  out = sharedDoubles(100),
) {
  const shared = { out, seed: 0.25 };
  const workerModule = new URL("./task.mjs", import.meta.url);
  return parallelStream<TestItem, number>({
    workerModule,
    here: () => prepare(shared),
    shared: () => shared,
    items,
    label: "testing",
    itemName: "frame",
    ...options,
  });
}

async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const value of values) list.push(value);
  return list;
}

const waves = Array.from({ length: 40 }, (_, i): TestItem => ({ kind: "wave", x: 0.1 * i }));
const waits = (count: number): TestItem[] => Array.from({ length: count }, (_, i) => ({ kind: "wait", ms: i % 3 }));

describe("parallelStream", () => {
  test("gives the same bits, in the items' order, for any number of workers", async () => {
    for (const workers of [0, 1, 2, 3]) {
      const out = sharedDoubles(waves.length);
      expect(await all(run(streamed(waves).stream, { workers }, out))).toEqual(waves.map((_, i) => i));
      expect(Float64Array.from(out)).toEqual(Float64Array.from(waves, (_, i) => Math.sin(0.25 + 0.1 * i)));
    }
  });

  test.each([1, 2, 3])("never reads far ahead of what is taken: memory is bounded, %i workers", async (workers) => {
    const { seen, stream } = streamed(waits(60));
    let got = 0;
    let most = 0;
    for await (const _ of run(stream, { workers })) most = Math.max(most, seen.taken - got++);
    expect(got).toBe(60);
    expect(most).toBeLessThanOrEqual(3 * workers + 1);
  });

  test.each([1, 2])(
    "reports the first item that fails, with its class, and ends the stream, %i workers",
    async (workers) => {
      const items = waits(9);
      items[3] = { kind: "throw", name: "DataError", message: "atoms 4 and 7 coincide" };
      items[4] = { kind: "throw", name: "Error", message: "another" };
      const { seen, stream } = streamed(items);
      const got: number[] = [];
      const error = await (async () => {
        for await (const value of run(stream, { workers })) got.push(value);
      })().catch((e: unknown) => e);
      expect(got).toEqual([0, 1, 2]);
      expect(error).toBeInstanceOf(DataError);
      expect((error as DataError).message).toBe("frame 3: atoms 4 and 7 coincide");
      expect(seen.ended).toBe(true);
    },
  );

  test("reports a thread that ends, and does not hang", async () => {
    const items = waits(6);
    items[2] = { kind: "exit" };
    const error = await all(run(streamed(items).stream, { workers: 2 })).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(SpectensorError);
    expect((error as SpectensorError).message).toMatch(/^frame 2: its worker thread failed/);
  });

  test("an error of the stream itself comes out, after nothing is left running", async () => {
    async function* broken(): AsyncGenerator<TestItem, void, void> {
      yield* waits(3);
      throw new DataError("the file ends early");
    }
    await expect(all(run(broken(), { workers: 2 }))).rejects.toThrow("the file ends early");
  });

  test.each([0, 2])("stops when aborted, %i workers, even in items that never end", async (workers) => {
    const controller = new AbortController();
    const items: TestItem[] = [...waits(4), ...(workers === 0 ? waits(4) : [{ kind: "spin" } as const])];
    const { seen, stream } = streamed(items);
    const running = (async () => {
      for await (const value of run(stream, { workers, signal: controller.signal }))
        if (value === 3) setTimeout(() => controller.abort(), 1);
    })();
    if (workers === 0) controller.abort();
    await expect(running).rejects.toThrow(AbortedError);
    expect(seen.ended).toBe(true);
  });

  test("whoever stops early ends the stream", async () => {
    const { seen, stream } = streamed(waits(60));
    for await (const value of run(stream, { workers: 2 })) if (value === 5) break;
    expect(seen.ended).toBe(true);
    expect(seen.taken).toBeLessThan(20);
  });
});

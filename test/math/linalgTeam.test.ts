import { afterEach, describe, expect, it, vi } from "vitest";
import { ConvergenceError, OptionError } from "../../src/errors.js";
import { cholesky, choleskySolve } from "../../src/math/cholesky.js";
import { gramAccumulator } from "../../src/math/gramAccumulator.js";
import { withThreads } from "../../src/math/linalgTeam.js";
import { gemm, matrix } from "../../src/math/matrix.js";
import { Team } from "../../src/wasm/team.js";
import { noise } from "../support/noise.js";

afterEach(() => vi.restoreAllMocks());

const bytesOf = (x: Float64Array): Buffer => Buffer.from(x.buffer, x.byteOffset, x.byteLength);

/** One array of several. */
function joined(...arrays: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(arrays.reduce((n, a) => n + a.length, 0));
  let at = 0;
  for (const a of arrays) {
    all.set(a, at);
    at += a.length;
  }
  return all;
}

/** Runs without and with threads, sees that these had something to do, and returns the result, the same bits each time. */
async function same(call: () => Float64Array): Promise<Float64Array> {
  const alone = await withThreads(0, async () => call());
  for (const workers of [2, 3]) {
    const runs = vi.spyOn(Team.prototype, "run");
    const together = await withThreads(workers, async () => call());
    expect(Buffer.compare(bytesOf(together), bytesOf(alone))).toBe(0);
    expect(runs.mock.calls.flatMap(([, , calls]) => calls).length).toBeGreaterThan(1);
    runs.mockRestore();
  }
  return alone;
}

describe("threads that share kernel calls give the bits of one", () => {
  it("in products of every shape, either factor transposed, deeper and wider than every block", async () => {
    for (const [m, n, k] of [[700, 300, 400], [130, 1100, 257], [2100, 97, 530], [301, 303, 2051]] as const) // biome-ignore format: one line
      for (const transposed of ["none", "a", "b"] as const) {
        const a = transposed === "a" ? matrix(k, m, noise(m * k, 1)) : matrix(m, k, noise(m * k, 1));
        const b = transposed === "b" ? matrix(n, k, noise(n * k, 2)) : matrix(k, n, noise(n * k, 2));
        const c = await same(() => gemm(a, b, transposed).values);
        // One element by its definition: |c| is about √k/3, rounding about k·ε of that.
        let sum = 0;
        for (let p = 0; p < k; p++)
          sum +=
            a.values[transposed === "a" ? p * m + m - 1 : (m - 1) * k + p]! *
            b.values[transposed === "b" ? (n - 1) * k + p : p * n + n - 1]!;
        expect(Math.abs(c[m * n - 1]! - sum)).toBeLessThan(1e-11);
      }
  });

  it("in sums of normal equations, rows in pieces of any length", async () => {
    const columns = 333;
    const rows = noise(1500 * columns, 3);
    const targets = noise(1500 * 2, 4);
    await same(() => {
      const sums = gramAccumulator({ columns, targets: 2 });
      for (const [from, to] of [[0, 100], [100, 777], [777, 1500]] as const) // biome-ignore format: one line
        sums.add(rows.subarray(from * columns, to * columns), targets.subarray(2 * from, 2 * to));
      const { gram, moments, squares } = sums.normalEquations();
      const { coefficients } = sums.solve(1e-6);
      return joined(gram.values, moments.values, squares, coefficients.values);
    });
  });

  it("in Cholesky factors and their solutions", async () => {
    const n = 650;
    const x = matrix(n, n, noise(n * n, 5));
    const a = gemm(x, x, "b");
    for (let i = 0; i < n; i++) a.values[i * (n + 1)]! += 1;
    const lower = matrix(n, n, await same(() => cholesky(a).lower.values));
    const b = matrix(n, 400, noise(n * 400, 6));
    const found = await same(() => choleskySolve({ lower }, b).values);
    const back = gemm(a, matrix(n, 400, found));
    // Condition number about 1e3 · n.
    expect(back.values.every((v, p) => Math.abs(v - b.values[p]!) < 1e-8)).toBe(true);
  });

  it("also where a pivot fails, which is named", async () => {
    const n = 500;
    const a = matrix(n, n);
    for (let i = 0; i < n; i++) a.values[i * (n + 1)] = i === 321 ? -1 : 1;
    for (const workers of [0, 2])
      await withThreads(workers, async () => {
        expect(() => cholesky(a)).toThrow(ConvergenceError);
        expect(() => cholesky(a)).toThrow("row 321 of 500");
      });
  });

  it("in many jobs one after the other on several memories", async () => {
    const [a, b] = [matrix(200, 400, noise(80_000, 7)), matrix(400, 200, noise(80_000, 8))];
    await same(() => {
      const sums = Array.from({ length: 4 }, () => gramAccumulator({ columns: 200 }));
      let total = new Float64Array(40_000);
      for (let k = 0; k < 40; k++) {
        const product = gemm(a, b).values;
        sums[k % 4]!.add(product, a.values.subarray(0, 200));
        total = total.map((v, p) => v + product[p]!);
      }
      return joined(total, ...sums.map((s) => s.normalEquations().gram.values));
    });
  });

  it("and a number of threads that is none is refused", async () => {
    await expect(withThreads(1.5, async () => gemm(matrix(300, 300), matrix(300, 300)))).rejects.toThrow(OptionError);
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { newLinalgKernels } from "../../src/math/linalgKernels.js";
import { type LinalgExports, referenceLinalgKernels } from "../../src/math/linalgReference.js";
import type { KernelInstance } from "../../src/wasm/load.js";
import { loadKernels } from "../../src/wasm/load.js";
import { expectClose } from "../support/close.js";
import { noise } from "../support/noise.js";

type Run = (kernels: KernelInstance<LinalgExports>, place: (values: Float64Array) => number, work: number) => number;

/** Runs the same calls on the WebAssembly kernels and on the TypeScript ones; compares `length` doubles of the result. */
function compare(length: number, workColumns: number, workRows: number, run: Run, tolerance = 1e-12): void {
  const [wasm, reference] = [newLinalgKernels(), referenceLinalgKernels()].map((kernels) => {
    const { arena, exports } = kernels;
    const work = arena.reserve(exports.foldQrBytes(workColumns, workRows));
    const place = (values: Float64Array): number => {
      const pointer = arena.reserveDoubles(values.length);
      arena.doubles(pointer, values.length).set(values);
      return pointer;
    };
    return arena.doubles(run(kernels, place, work), length);
  });
  expectClose(wasm!, reference!, { absolute: tolerance, relative: tolerance });
}

const size = fc.integer({ min: 1, max: 40 });

describe("WebAssembly kernels equal the TypeScript ones to 1e-12", () => {
  test("and are really loaded here", () => {
    expect(loadKernels("linalg")).toBeDefined();
    expect(newLinalgKernels().exports.workBytes()).toBeGreaterThan(0);
  });

  test("gemm: any shape, either factor transposed, full and lower triangle, rows with gaps", () => {
    fc.assert(
      fc.property(
        size,
        size,
        size,
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        fc.nat(3),
        (m, n, k, ta, tb, low, gap) => {
          compare(m * (n + gap), 1, 1, ({ exports }, place, work) => {
            const [a, b, c] = [place(noise(m * k, 1)), place(noise(k * n, 2)), place(noise(m * (n + gap), 3))];
            const [aRow, aColumn] = ta ? [1, m] : [k, 1];
            const [bRow, bColumn] = tb ? [1, k] : [n, 1];
            exports.gemm(m, n, k, -0.7, a, aRow, aColumn, b, bRow, bColumn, c, n + gap, low ? 1 : 0, work);
            return c;
          });
        },
      ),
      { seed: 1, numRuns: 200 },
    );
  });

  test("gemm: shapes beyond every block size", () => {
    for (const [m, n, k, lower] of [
      [100, 2051, 3, 0],
      [201, 7, 530, 0],
      [210, 210, 300, 1],
    ] as const) {
      compare(m * n, 1, 1, ({ exports }, place, work) => {
        const [a, b, c] = [place(noise(m * k, 4)), place(noise(k * n, 5)), place(noise(m * n, 6))];
        exports.gemm(m, n, k, 1, a, k, 1, b, n, 1, c, n, lower, work);
        return c;
      });
    }
  });

  test("cholesky and triangular solves, with any strides", () => {
    for (const n of [1, 2, 5, 64, 65, 97, 200, 230]) {
      const m = 3;
      const row = n + 2;
      const a = noise(n * row, n);
      for (let i = 0; i < n; i++) a[i * row + i]! += 3 * n;
      compare(n * row, 1, 1, ({ exports }, place, work) => {
        const p = place(a);
        expect(exports.cholesky(n, p, row, work)).toBe(0);
        return p;
      });
      for (const [lRow, lColumn] of [
        [row, 1],
        [1, row],
      ] as const) {
        for (const solve of ["solveLower", "solveLowerTransposed"] as const) {
          compare(n * m, 1, 1, ({ exports }, place, work) => {
            const [l, b] = [place(a), place(noise(n * m, 7))];
            exports[solve](n, m, l, lRow, lColumn, b, m, work);
            return b;
          });
        }
      }
    }
  });

  test("cholesky leaves the upper triangle alone and numbers the pivot that fails", () => {
    for (const kernels of [newLinalgKernels(), referenceLinalgKernels()]) {
      const { arena, exports } = kernels;
      const work = arena.reserve(exports.workBytes());
      const n = 150;
      const pointer = arena.reserveDoubles(n * n);
      const a = arena.doubles(pointer, n * n).fill(0);
      for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) a[i * n + j] = i === j ? 4 : j > i ? 77 : 0.01;
      expect(exports.cholesky(n, pointer, n, work)).toBe(0);
      for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) expect(a[i * n + j]).toBe(77);
      for (const bad of [3, 120]) {
        a.fill(0);
        for (let i = 0; i < n; i++) a[i * n + i] = i === bad ? -1 : 1;
        expect(exports.cholesky(n, pointer, n, work)).toBe(bad + 1);
        a[bad * n + bad] = Number.NaN;
        expect(exports.cholesky(n, pointer, n, work)).toBe(bad + 1);
      }
    }
  });

  test("foldQr: triangle, right-hand sides and remainder, with rows with gaps", () => {
    for (const [n, targets, m] of [
      [1, 0, 1],
      [5, 1, 3],
      [48, 2, 20],
      [70, 3, 130],
      [120, 1, 256],
    ] as const) {
      const width = n + targets;
      const [rRow, bRow] = [width + 1, width + 2];
      const start = noise(n * rRow, 8);
      for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) start[i * rRow + j] = 0;
      compare(n * rRow, width, m, ({ exports }, place, work) => {
        const [r, b] = [place(start), place(noise(m * bRow, 9))];
        exports.foldQr(n, width, r, rRow, m, b, bRow, work);
        return r;
      });
      if (targets === 0) continue;
      const remainder = (kernels: KernelInstance<LinalgExports>): Float64Array => {
        const { arena, exports } = kernels;
        const work = arena.reserve(exports.foldQrBytes(width, m));
        const [r, b] = [arena.reserveDoubles(n * rRow), arena.reserveDoubles(m * bRow)];
        arena.doubles(r, n * rRow).set(start);
        arena.doubles(b, m * bRow).set(noise(m * bRow, 9));
        exports.foldQr(n, width, r, rRow, m, b, bRow, work);
        const left = arena.doubles(b, m * bRow);
        return Float64Array.from(
          { length: m * targets },
          (_, i) => left[Math.floor(i / targets) * bRow + n + (i % targets)]!,
        );
      };
      expectClose(remainder(newLinalgKernels()), remainder(referenceLinalgKernels()), { absolute: 1e-12 });
    }
  });
});

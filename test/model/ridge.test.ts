import { describe, expect, it } from "vitest";
import { AbortedError, DataError } from "../../src/errors.js";
import { gemm, gram, matrix, transpose } from "../../src/math/matrix.js";
import { random } from "../../src/math/random.js";
import { type RidgeProblem, solveRidge } from "../../src/model/train/dual.js";
import { expectClose } from "../support/close.js";

/** A kernel problem of `frames` blocks of `block` rows with a planted linear law in `features` dimensions and some noise. */
function planted(frames: number, block: number, features: number, noise: number, seed: number) {
  const r = random(seed);
  const phi = matrix(
    frames * block,
    features,
    Float64Array.from({ length: frames * block * features }, () => r.normal()),
  );
  const w = matrix(
    features,
    1,
    Float64Array.from({ length: features }, () => r.normal()),
  );
  const targets = gemm(phi, w).values.map((v) => v + (block === 1 ? 5 : 0) + noise * r.normal());
  const kernel = gram(transpose(phi));
  return { phi, targets, problem: { kernel, targets, block, intercept: block === 1 } as RidgeProblem };
}

/** The problem without frame `out`, and that frame's kernel rows against the rest. */
function without(problem: RidgeProblem, out: number): { rest: RidgeProblem; rows: Float64Array[] } {
  const { block, kernel, targets } = problem;
  const keep = [...targets.keys()].filter((i) => Math.floor(i / block) !== out);
  const pick = (i: number) => Float64Array.from(keep, (j) => kernel.values[i * kernel.columns + j]!);
  const values = Float64Array.from(keep.flatMap((i) => [...pick(i)]));
  return {
    rest: {
      ...problem,
      kernel: matrix(keep.length, keep.length, values),
      targets: Float64Array.from(keep, (i) => targets[i]!),
    },
    rows: Array.from({ length: block }, (_, b) => pick(out * block + b)),
  };
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((s, v, i) => s + v * b[i]!, 0);

describe("kernel ridge", () => {
  for (const block of [1, 5])
    it(`takes that part f of a first step in [0, 1] that errs least on frames left out and held back (${block} rows per frame)`, async () => {
      const { problem } = planted(12, block, 200, 0.3, 6);
      const r = random(8);
      const size = problem.targets.length;
      const first = problem.targets.map((y) => 1.7 * y + 4 * r.normal());
      // The last two frames are held back.
      const [kept, held] = [size - 2 * block, 2 * block];
      const block2 = (from: number, rows: number) =>
        matrix(
          rows,
          kept,
          Float64Array.from({ length: rows * kept }, (_, p) => {
            const row = from + Math.floor(p / kept);
            return problem.kernel.values[row * size + (p % kept)]!;
          }),
        );
      const part = (y: Float64Array) => ({ own: y.slice(0, kept), held: y.slice(kept) });
      const solve = (f: number) => {
        const y = part(problem.targets.map((v, i) => v - f * first[i]!));
        const validation = { kernel: block2(kept, held), targets: y.held };
        return solveRidge(
          { ...problem, kernel: block2(0, kept), targets: y.own, validation },
          { least: 0.1, greatest: 0.1 },
        );
      };
      const [y, t] = [part(problem.targets), part(first)];
      const chosen = await solveRidge(
        {
          ...problem,
          kernel: block2(0, kept),
          targets: y.own,
          first: t.own,
          validation: { kernel: block2(kept, held), targets: y.held, first: t.held },
        },
        { least: 0.1, greatest: 0.1 },
      );
      const f = chosen.firstStepWeight;
      expect(f).toBeGreaterThan(0.05);
      expect(f).toBeLessThan(0.95);
      const own = await solve(f);
      expectClose(chosen.dual, own.dual, { absolute: 1e-9 });
      expectClose(chosen.intercept, own.intercept, { absolute: 1e-9 });
      expectClose(chosen.curve[0]!.error, own.curve[0]!.error, { relative: 1e-9 });
      for (const other of [0, f - 0.05, f + 0.05, 1])
        expect((await solve(other)).curve[0]!.error).toBeGreaterThan(chosen.curve[0]!.error);
    });

  for (const block of [1, 5])
    it(`leave-one-out residuals in closed form are those of refitting without each frame (${block} rows per frame)`, async () => {
      const { problem } = planted(9, block, 12, 0.3, 4);
      const full = await solveRidge(problem, { least: 0.03, greatest: 0.03 });
      for (let f = 0; f < 9; f++) {
        const { rest, rows } = without(problem, f);
        // The same σ², not the same ratio: the mean diagonal changes with the frames.
        const reference = await solveRidge(rest, { least: 1e-3, greatest: 1e-3 });
        const ridge = (full.noise * reference.ridge) / reference.noise;
        const refit = await solveRidge(rest, { least: ridge, greatest: ridge });
        rows.forEach((row, b) => {
          const missed = problem.targets[f * block + b]! - refit.intercept - dot(row, refit.dual);
          expectClose(full.leaveOneOut[f * block + b]!, missed, { absolute: 1e-8 });
        });
      }
    });

  it("equals ridge regression on the features: dual and primal agree", async () => {
    const { problem, phi, targets } = planted(30, 1, 4, 0.1, 8);
    const { dual, intercept, noise } = await solveRidge(problem, { least: 1e-3, greatest: 1e-3 });
    const weights = gemm(transpose(phi), matrix(30, 1, dual)).values;
    // The gradient of Σ (y − c − φ·w)² + σ²|w|² vanishes.
    const residuals = targets.map((y, i) => y - intercept - dot(phi.values.subarray(4 * i, 4 * i + 4), weights));
    expectClose(
      residuals.reduce((s, v) => s + v, 0),
      0,
      { absolute: 1e-7 },
    );
    for (let k = 0; k < 4; k++) {
      const g = residuals.reduce((s, v, i) => s + v * phi.values[4 * i + k]!, 0) - noise * weights[k]!;
      expectClose(g, 0, { absolute: 1e-7 });
    }
  });

  it("chooses a larger σ² for noisier targets, from a recorded curve", async () => {
    const range = { least: 1e-8, greatest: 1 };
    const clean = await solveRidge(planted(20, 1, 40, 0, 2).problem, range);
    const noisy = await solveRidge(planted(20, 1, 40, 30, 2).problem, range);
    expect(noisy.ridge).toBeGreaterThan(clean.ridge);
    expect(noisy.curve.length).toBeGreaterThan(8);
    expect(Math.min(...noisy.curve.map((p) => p.error))).toBe(noisy.curve.find((p) => p.ridge === noisy.ridge)!.error);
  });

  it("returns the mean for a kernel that vanishes", async () => {
    const targets = Float64Array.of(1, 2, 6);
    const s = await solveRidge(
      { kernel: matrix(3, 3), targets, block: 1, intercept: true },
      { least: 1e-8, greatest: 1 },
    );
    expect(s.intercept).toBe(3);
    expectClose(s.leaveOneOut, [-3, -1.5, 4.5], { absolute: 1e-7 });
  });

  it("reports every value tried and can be interrupted", async () => {
    const { problem } = planted(20, 1, 40, 1, 2);
    const stop = new AbortController();
    const seen: number[] = [];
    const run = {
      signal: stop.signal,
      onProgress: ({ done }: { done: number }) => {
        seen.push(done);
        if (done === 3) stop.abort();
      },
    };
    await expect(solveRidge(problem, { least: 1e-8, greatest: 1 }, run)).rejects.toThrow(AbortedError);
    expect(seen).toEqual([1, 2, 3]);
  });

  it("refuses a single frame", async () => {
    const { problem } = planted(1, 5, 3, 0, 1);
    await expect(solveRidge(problem, { least: 1e-8, greatest: 1 })).rejects.toThrow(DataError);
  });
});

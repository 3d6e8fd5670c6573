import { describe, expect, it } from "vitest";
import { cholesky, choleskySolve } from "../../src/math/cholesky.js";
import { dot, gemm, gemv, gram, type Matrix, matrix, transpose } from "../../src/math/matrix.js";
import { random } from "../../src/math/random.js";
import { coverageOf } from "../../src/model/train/coverage.js";
import { type RidgeProblem, solveRidge, solveWithNoise } from "../../src/model/train/dual.js";
import { expectClose } from "../support/close.js";

/** Rows of features whose size falls off, as those of a smooth density do, and a law that is linear in them. */
function planted(frames: number, block: number, noise: number, seed: number, features = 60) {
  const r = random(seed);
  const phi = matrix(
    frames * block,
    features,
    Float64Array.from({ length: frames * block * features }, (_, p) => r.normal() / (1 + (p % features)) ** 1.5),
  );
  const w = Float64Array.from({ length: features }, () => r.normal());
  const targets = gemv(phi, w).map((y) => y + noise * r.normal());
  return { kernel: gram(transpose(phi)), targets };
}

/** Errors on frames `out` of a fit to the others, with a given σ². */
function brute({ kernel, block, intercept }: RidgeProblem, y: Float64Array, out: readonly number[], noise: number) {
  const rows = [...y.keys()];
  const left = rows.filter((i) => out.includes(Math.floor(i / block)));
  const kept = rows.filter((i) => !out.includes(Math.floor(i / block)));
  const pick = (a: number[], b: number[]): Matrix =>
    matrix(a.length, b.length, Float64Array.from(a.flatMap((i) => b.map((j) => kernel.values[i * rows.length + j]!))));
  const own = pick(kept, kept);
  const targets = Float64Array.from(kept, (i) => y[i]!);
  const { dual, constant } = solveWithNoise({ kernel: own, targets, intercept }, noise);
  const between = pick(left, kept);
  const errors = gemv(between, dual).map((p, k) => y[left[k]!]! - p - constant);
  const shifted = matrix(
    own.rows,
    own.rows,
    own.values.map((v, p) => v + (p % (own.rows + 1) === 0 ? noise : 0)),
  );
  const known = gemm(between, choleskySolve(cholesky(shifted), transpose(between)));
  const variance = pick(left, left);
  for (let k = 0; k < variance.values.length; k++)
    variance.values[k] = variance.values[k]! - known.values[k]! + (k % (left.length + 1) === 0 ? noise : 0);
  return { errors, variance };
}

describe("errors that had no say in the ridge", () => {
  for (const [block, intercept] of [
    [1, true],
    [1, false],
    [3, false],
  ] as const)
    it(`are those of choosing σ² and f anew without each frame (${block} rows per frame, ${intercept ? "with" : "without"} a constant)`, async () => {
      const frames = 7;
      const { kernel, targets } = planted(frames, block, 0.2, 3 + block);
      const r = random(5);
      const first = targets.map((y) => 1.4 * y + 0.8 * r.normal());
      const values = [1e-4, 1e-3, 1e-2, 1e-1, 1];
      const problem: RidgeProblem = { kernel, targets, first, block, intercept, calibrated: true };
      const found = await solveRidge(problem, { values });
      const scale = found.noise / found.ridge;
      let [error, scaled] = [0, 0];
      const chosen = new Set<number>();
      for (let i = 0; i < frames; i++) {
        let best = { square: Number.POSITIVE_INFINITY, f: 0, noise: 0 };
        for (const noise of values.map((v) => v * scale)) {
          const others = [...Array(frames).keys()].filter((j) => j !== i);
          const all = (y: Float64Array) =>
            Float64Array.from(
              others.flatMap((j) =>
                [...brute(problem, y, [i, j], noise).errors].slice(i < j ? block : 0).slice(0, block),
              ),
            );
          const [y, t] = [all(targets), all(first)];
          const f = Math.min(1, Math.max(0, dot(y, t) / dot(t, t)));
          const e = y.map((v, k) => v - f * t[k]!);
          if (dot(e, e) < best.square) best = { square: dot(e, e), f, noise };
        }
        chosen.add(best.noise);
        const { errors, variance } = brute(
          problem,
          targets.map((v, k) => v - best.f * first[k]!),
          [i],
          best.noise,
        );
        error += dot(errors, errors) / targets.length;
        const column = matrix(block, 1, errors);
        scaled += dot(errors, choleskySolve(cholesky(variance), column).values) / targets.length;
      }
      expect(chosen.size).toBeGreaterThan(1);
      expectClose(found.calibration!.error, error, { relative: 1e-8 });
      // The constant adds to the variance what `brute` leaves out.
      if (!intercept) expectClose(found.calibration!.scale, scaled, { relative: 1e-8 });
    });

  it("are as noisy as χ² with the degrees of freedom stated", async () => {
    const [frames, block] = [12, 2];
    const n = frames * block;
    const { kernel } = planted(frames, block, 0, 9);
    const r = random(1);
    const values = [1e-3];
    const anything = Float64Array.from({ length: n }, () => r.normal());
    const problem = { block, intercept: false, calibrated: true };
    const { noise, calibration } = await solveRidge({ kernel, targets: anything, ...problem }, { values });
    const nu = calibration!.degreesOfFreedom;
    const one = matrix(
      n,
      n,
      kernel.values.map((_, p) => (p % (n + 1) === 0 ? 1 : 0)),
    );
    const shifted = matrix(
      n,
      n,
      kernel.values.map((v, p) => v + noise * one.values[p]!),
    );
    const g = choleskySolve(cholesky(shifted), one);
    // w ~ N(0, G), z² = w_gᵀ G_gg⁻¹ w_g in two dimensions.
    const { lower } = cholesky(g);
    const sums = Float64Array.from({ length: 4000 }, () => {
      const w = gemv(
        lower,
        Float64Array.from({ length: n }, () => r.normal()),
      );
      let sum = 0;
      for (let f = 0; f < n; f += 2) {
        const [a, b, d] = [g.values[f * n + f]!, g.values[f * n + f + 1]!, g.values[(f + 1) * n + f + 1]!];
        const [x, y] = [w[f]!, w[f + 1]!];
        sum += (d * x * x - 2 * b * x * y + a * y * y) / (a * d - b * b);
      }
      return sum;
    });
    const mean = sums.reduce((s, v) => s + v, 0) / sums.length;
    const variance = sums.reduce((s, v) => s + (v - mean) ** 2, 0) / sums.length;
    // 4000 values of χ² with about ten degrees of freedom: errors of √(2/ν/4000) of the mean and 3 % of the variance; three times that.
    expectClose(mean, n, { relative: 0.03 });
    expectClose((2 * mean ** 2) / variance, nu, { relative: 0.1 });
    expect(nu).toBeLessThan(0.8 * n);
    // Frames that say nothing of each other count each with all of its components.
    const alone = matrix(
      12,
      12,
      Float64Array.from({ length: 144 }, (_, p) => (p % 13 === 0 ? 1 : 0)),
    );
    const targets = Float64Array.from({ length: 12 }, () => r.normal());
    const apart = await solveRidge(
      { kernel: alone, targets, block: 3, intercept: false, calibrated: true },
      { values },
    );
    expectClose(apart.calibration!.degreesOfFreedom, 12, { relative: 1e-12 });
  });

  it("give error bars that cover with ten frames, where those that chose the ridge are too small", async () => {
    const [train, test] = [10, 30];
    const [now, before]: number[][] = [[], []];
    for (let seed = 0; seed < 40; seed++) {
      const { kernel: all, targets: y } = planted(train + test, 1, 1e-3, 100 + seed);
      const n = train + test;
      const kernel = matrix(
        train,
        train,
        Float64Array.from({ length: train ** 2 }, (_, p) => all.values[Math.floor(p / train) * n + (p % train)]!),
      );
      const targets = y.slice(0, train);
      const problem: RidgeProblem = { kernel, targets, block: 1, intercept: false, calibrated: true };
      const found = await solveRidge(problem, { least: 1e-8, greatest: 1 });
      const nu = Math.max(3, found.calibration!.degreesOfFreedom);
      const own = dot(found.leaveOneOut, found.dual) / train;
      const full: RidgeProblem = { ...problem, kernel: all, targets: y };
      const out = Array.from({ length: test }, (_, k) => train + k);
      const { errors, variance } = brute(full, y, out, found.noise);
      errors.forEach((e, k) => {
        const sigma = variance.values[k * (test + 1)]!;
        now!.push(e / Math.sqrt((found.calibration!.scale * nu * sigma) / (nu - 2)));
        before!.push(e / Math.sqrt(own * sigma));
      });
    }
    const [a, b] = [coverageOf(now!), coverageOf(before!)];
    // 40 independent draws of the scale: an error of some 3 % of the coverage.
    expect(a.twoSigma).toBeGreaterThan(0.9);
    expect(a.twoSigma).toBeGreaterThan(b.twoSigma + 0.03);
    expect(a.scale).toBeLessThan(b.scale);
  });
});

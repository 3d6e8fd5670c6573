import { beforeAll, describe, expect, it } from "vitest";
import { loadDataset } from "../../src/dataset/load.js";
import { createDescriptor } from "../../src/descriptor/descriptor.js";
import { cholesky, choleskySolve } from "../../src/math/cholesky.js";
import { gemm, matrix } from "../../src/math/matrix.js";
import { POLARIZABILITY_DESCRIPTOR, polarizabilitySettings } from "../../src/model/target/polarizability/options.js";
import { componentsPerAtom } from "../../src/model/target/polarizability/tensorData.js";
import { type FittedPart, fitPart } from "../../src/model/train/kernelFit.js";
import { type PreparedFrames, prepareFrames } from "../../src/model/train/preparedFrames.js";

/** What the fit without one frame misses there: features centred on the other frames' mean, then kernel ridge regression. */
function refitWithout(fitted: FittedPart, train: PreparedFrames, out: number): Float64Array {
  const { order } = fitted.part;
  const block = 2 * order + 1;
  const { columns, values } = train.means[order]!;
  const scale = fitted.factors.map((f) => f * Math.sqrt(fitted.amplitude));
  const row = (i: number): Float64Array => values.slice(i * columns, (i + 1) * columns).map((x, c) => x * scale[c]!);
  const frames = [...Array(train.count).keys()].filter((f) => f !== out);
  const rowsOf = (f: number) => Array.from({ length: block }, (_, b) => f * block + b);
  const kept = frames.flatMap(rowsOf);
  const targets = train.targets[order]!;
  const mean = new Float64Array(columns);
  let constant = 0;
  if (order === 0)
    for (const i of kept) {
      row(i).forEach((x, c) => {
        mean[c]! += x / kept.length;
      });
      constant += targets[i]! / kept.length;
    }
  const centred = (i: number): Float64Array => row(i).map((x, c) => x - mean[c]!);
  const stack = (list: number[]) =>
    matrix(list.length, columns, Float64Array.from(list.flatMap((i) => [...centred(i)])));
  const own = stack(kept);
  const k = gemm(own, own, "b");
  for (let i = 0; i < k.rows; i++) k.values[i * k.rows + i]! += fitted.solution.noise;
  const y = Float64Array.from(kept, (i) => targets[i]! - constant);
  const dual = choleskySolve(cholesky(k), matrix(k.rows, 1, y));
  const left = rowsOf(out);
  const predicted = gemm(gemm(stack(left), own, "b"), dual).values;
  return Float64Array.from(left, (i, b) => targets[i]! - constant - predicted[b]!);
}

describe("leave-one-out errors of AlN, ten frames", () => {
  let train: PreparedFrames;
  beforeAll(async () => {
    const { frames } = await loadDataset("aln");
    const d = createDescriptor({ species: ["Al", "N"], ...POLARIZABILITY_DESCRIPTOR });
    train = await prepareFrames(
      frames.filter((_, i) => i % 20 === 0).slice(0, 10),
      (f) => componentsPerAtom(f.dielectric!, "dielectric", f.structure),
      { descriptor: d, bases: { 0: { kind: "features" }, 2: { kind: "features" } } },
    );
  });

  it.each([0, 2] as const)(
    "of λ = %i are those of refitting without each frame, to 1e-6 down to the floor",
    async (order) => {
      const tried: number[] = [];
      // Far below rounding: the floor is taken instead.
      for (const value of [1e-2, 1e-5, 1e-8, 1e-30]) {
        const settings = polarizabilitySettings({ ridge: { kind: "fixed", value } }, "fitPolarizability");
        const fitted = await fitPart(order, train, undefined, settings);
        tried.push(fitted.part.ridge);
        const closed = fitted.solution.leaveOneOut;
        const brute = Float64Array.from(
          [...Array(train.count).keys()].flatMap((f) => [...refitWithout(fitted, train, f)]),
        );
        const norm = (x: Float64Array): number => Math.sqrt(x.reduce((s, v) => s + v * v, 0));
        expect(norm(closed.map((v, i) => v - brute[i]!)) / norm(brute), `ridge ${fitted.part.ridge}`).toBeLessThan(
          1e-6,
        );
      }
      expect(tried.slice(0, 2)).toEqual([1e-2, 1e-5]);
      expect(tried[3]).toBeGreaterThan(1e-16);
      expect(tried[3]).toBeLessThan(1e-7);
    },
  );

  it("choose a ridge whose left-out error is no rounding noise, and say so where it is the least tried", async () => {
    const settings = polarizabilitySettings({}, "fitPolarizability");
    for (const order of [0, 2] as const) {
      const { part, warnings, solution } = await fitPart(order, train, undefined, settings);
      const least = solution.curve[0]!.ridge;
      expect(warnings.some((w) => /is the least of those tried/.test(w))).toBe(part.ridge === least);
    }
  });
});

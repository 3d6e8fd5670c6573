import { beforeAll, describe, expect, it } from "vitest";
import { loadDataset } from "../../src/dataset/load.js";
import { createDescriptor } from "../../src/descriptor/descriptor.js";
import { DataError, OptionError } from "../../src/errors.js";
import { cholesky, choleskySolve } from "../../src/math/cholesky.js";
import { gemm, matrix } from "../../src/math/matrix.js";
import { polarizabilityDocument, readPolarizability } from "../../src/model/file/polarizabilityDocument.js";
import { predictUncertainty } from "../../src/model/predict.js";
import { polarizabilitySettings } from "../../src/model/target/polarizability/options.js";
import type { PolarizabilityModel } from "../../src/model/target/polarizability/polarizability.js";
import { fitPolarizability } from "../../src/model/target/polarizability/polarizability.js";
import { predictCommittee, predictPolarizability } from "../../src/model/target/polarizability/predictSeries.js";
import { componentsPerAtom } from "../../src/model/target/polarizability/tensorData.js";
import { fitPart } from "../../src/model/train/kernelFit.js";
import { prepareFrames, selectPrepared } from "../../src/model/train/preparedFrames.js";
import { degreesOf } from "../../src/model/train/variance.js";
import type { Frame } from "../../src/structure/frame.js";
import { createTrajectory } from "../../src/structure/trajectory.js";
import { expectClose } from "../support/close.js";

const features = { cutoff: 4, nMax: 4, lMax: 3 };
let train: Frame[];
let test: Frame[];
let committee: PolarizabilityModel;
const along = (frames: readonly Frame[]) =>
  createTrajectory(
    frames.map((f) => f.structure),
    2,
  );

beforeAll(async () => {
  const { frames } = await loadDataset("h2o");
  train = frames.filter((_, i) => i % 66 === 0).slice(0, 14);
  test = frames.filter((_, i) => i % 10 === 5);
  committee = await fitPolarizability(train, {
    descriptor: features,
    uncertainty: { kind: "committee", members: 24, seed: 2 },
  });
});

describe("committee", () => {
  it("leaves the prediction as it is, and its members average to it", async () => {
    const plain = await predictPolarizability(await fitPolarizability(train, { descriptor: features }), along(test));
    const { mean, members } = await predictCommittee(committee, along(test));
    expect(mean.values).toEqual(plain.values);
    const average = mean.values.map((_, i) => members.reduce((s, m) => s + m.values[i]!, 0) / members.length);
    expectClose(average, mean.values, { absolute: 1e-9 });
  });

  it("spreads as much as the model errs, within a factor of three, and more where it errs more", async () => {
    const { mean, members } = await predictCommittee(committee, along(test));
    const expected = Float64Array.from(test.flatMap((f) => [...f.polarizability!]));
    const error = mean.values.map((v, i) => Math.abs(v - expected[i]!));
    const spread = mean.values.map((v, i) =>
      Math.sqrt(members.reduce((s, m) => s + (m.values[i]! - v) ** 2, 0) / (members.length - 1)),
    );
    const rms = (x: Float64Array): number => Math.sqrt(x.reduce((s, v) => s + v * v, 0) / x.length);
    expect(rms(spread) / rms(error)).toBeGreaterThan(1 / 3);
    expect(rms(spread) / rms(error)).toBeLessThan(3);
    // Frames by committee spread: the error of the upper half exceeds that of the lower.
    const frame = (x: Float64Array, f: number): number => rms(x.slice(9 * f, 9 * f + 9));
    const order = [...test.keys()].sort((a, b) => frame(spread, a) - frame(spread, b));
    const half = (part: number[]): number => part.reduce((s, f) => s + frame(error, f) ** 2, 0) / part.length;
    expect(half(order.slice(order.length / 2))).toBeGreaterThan(half(order.slice(0, order.length / 2)));
  });

  it("is the same for the same seed only", async () => {
    const again = (seed: number) =>
      fitPolarizability(train, { descriptor: features, uncertainty: { kind: "committee", members: 24, seed } });
    expect((await again(2)).parts).toEqual(committee.parts);
    expect((await again(3)).parts).not.toEqual(committee.parts);
  });

  it("is refused without members, and asked for only where there is one", async () => {
    const wrong = fitPolarizability(train, { descriptor: features, uncertainty: { kind: "committee", members: 1 } });
    await expect(wrong).rejects.toThrow(OptionError);
    const two = await fitPolarizability(train, {
      descriptor: features,
      uncertainty: { kind: "committee", members: 2 },
    });
    expect(two.training.warnings.join()).toMatch(/2 members.*at least 4/);
    await expect(
      predictCommittee(await fitPolarizability(train, { descriptor: features }), along(test)),
    ).rejects.toThrow(DataError);
    const curved = fitPolarizability(train, {
      descriptor: features,
      form: { kind: "full", zeta: 2 },
      uncertainty: { kind: "variance" },
    });
    await expect(curved).rejects.toThrow(/linear kernel/);
  });
});

describe("predictive variance", () => {
  it("is s²(k(x,x) − k(x)ᵀ(K + σ²)⁻¹k(x) + σ²) of the kernel", async () => {
    const model = await fitPolarizability(train, { descriptor: features, uncertainty: { kind: "variance" } });
    const d = createDescriptor({ ...features, species: ["H", "O"] });
    const all = await prepareFrames(
      [...train, ...test.slice(0, 3)],
      (f) => componentsPerAtom(f.polarizability!, "polarizability", f.structure),
      { descriptor: d, bases: { 0: { kind: "features" }, 2: { kind: "features" } } },
    );
    const fitted = await fitPart(
      2,
      selectPrepared(all, [...train.keys()]),
      undefined,
      polarizabilitySettings({ uncertainty: { kind: "variance" } }, "fitPolarizability"),
    );
    const rows = selectPrepared(all, [14, 15, 16]).means[2]!;
    const scale = (m: typeof rows) => {
      const count = m.columns / 2;
      return matrix(
        m.rows,
        m.columns,
        m.values.map((x, p) => x * fitted.kernel.scales[Math.floor((p % m.columns) / count)]!),
      );
    };
    const [x, t] = [scale(rows), scale(selectPrepared(all, [...train.keys()]).means[2]!)];
    const k = gemm(x, t, "b").values.map((v) => fitted.amplitude * v);
    const own = gemm(x, x, "b");
    const shifted = matrix(fitted.gram.rows, fitted.gram.rows, fitted.gram.values.slice());
    for (let i = 0; i < shifted.rows; i++) shifted.values[i * shifted.rows + i]! += fitted.solution.noise;
    const solved = choleskySolve(cholesky(shifted), matrix(t.rows, x.rows, transposed(k, x.rows, t.rows)));
    // s²: nestedErrors.test.ts forms it by refits without each frame and pair of frames.
    const amplitude = degreesOf(fitted).inflation * fitted.solution.calibration!.scale;
    const traceless = test.slice(0, 3).flatMap((f) => [...predictUncertainty(model, f.structure).traceless]);
    for (let i = 0; i < x.rows; i++) {
      let explained = 0;
      for (let j = 0; j < t.rows; j++) explained += k[i * t.rows + j]! * solved.values[j * x.rows + i]!;
      const variance = amplitude * (fitted.amplitude * own.values[i * x.rows + i]! - explained + fitted.solution.noise);
      expectClose(traceless[i]!, 3 * Math.sqrt(Math.max(0, variance)), { relative: 1e-3, absolute: 1e-7 });
    }
  });

  it("knows how many errors its scale rests on, also from a file; one of an old file is taken as it is", async () => {
    const model = await fitPolarizability(train, { descriptor: features, uncertainty: { kind: "variance" } });
    const { structure } = test[0]!;
    const { degreesOfFreedom, ...sigma } = predictUncertainty(model, structure);
    expect(degreesOfFreedom.scalar).toBeGreaterThanOrEqual(3);
    expect(degreesOfFreedom.scalar).toBeLessThanOrEqual(14);
    expect(degreesOfFreedom.traceless).toBeLessThanOrEqual(70);
    const { settings, ...document } = polarizabilityDocument(model);
    expect(predictUncertainty(readPolarizability({ settings, ...document }, "m"), structure)).toEqual({
      degreesOfFreedom,
      ...sigma,
    });
    const old = JSON.parse(JSON.stringify(settings));
    for (const part of old.parts) delete part.variance.degreesOfFreedom;
    const read = readPolarizability({ settings: old, ...document }, "old");
    const infinite = { scalar: Number.POSITIVE_INFINITY, traceless: Number.POSITIVE_INFINITY };
    expect(predictUncertainty(read, structure)).toEqual({ ...sigma, degreesOfFreedom: infinite });
    expect(polarizabilityDocument(read).settings).toEqual(old);
  });

  it("leaves out copies of a frame together, and says which frames they are", async () => {
    const few = train.slice(0, 10);
    const settings = { descriptor: features, uncertainty: { kind: "variance" } } as const;
    const plain = await fitPolarizability(few, settings);
    // Moved, so that features differ by rounding.
    const copies = few.map((f) => {
      const positions = f.structure.positions.map((x, p) => x + [0.3, -1.7, 0.9][p % 3]!);
      return { ...f, structure: { ...f.structure, positions } };
    });
    const twice = await fitPolarizability([...few, ...copies], settings);
    expect(plain.training.warnings.join()).not.toMatch(/same features/);
    expect(twice.training.warnings.join()).toMatch(
      /training frames 0 and 10; 1 and 11; 2 and 12, and 7 more such groups/,
    );
    for (const k of [0, 1] as const) {
      // One at a time the error would be a hundredth and less. The ridge counts for half, since every frame is there twice.
      const ratio = twice.parts[k].leaveOneOut / plain.parts[k].leaveOneOut;
      expect(ratio).toBeGreaterThan(0.7);
      expect(ratio).toBeLessThan(1.5);
    }
    const deviation = (model: PolarizabilityModel): number => predictUncertainty(model, test[1]!.structure).scalar;
    expect(deviation(twice) / deviation(plain)).toBeGreaterThan(0.5);
    expect(deviation(twice) / deviation(plain)).toBeLessThan(2);
    const alike = await fitPolarizability([few[0]!, few[0]!, few[0]!], settings);
    expect(alike.training.warnings.join()).toMatch(/left-out errors say nothing/);
    const folds = await fitPolarizability([...few, ...copies], { ...settings, ridge: { kind: "validation" } });
    expect(folds.parts[0].leaveOneOut / plain.parts[0].leaveOneOut).toBeGreaterThan(0.5);
  });

  it("is smaller at training frames than at others", async () => {
    const model = await fitPolarizability(train, { descriptor: features, uncertainty: { kind: "variance" } });
    const mean = async (frames: Frame[]): Promise<number> => {
      const scalar = frames.map((f) => predictUncertainty(model, f.structure).scalar);
      return scalar.reduce((s, v) => s + v, 0) / scalar.length;
    };
    expect(await mean(train)).toBeLessThan(0.7 * (await mean(test)));
  });
});

function transposed(values: Float64Array, rows: number, columns: number): Float64Array {
  const out = new Float64Array(values.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) out[j * rows + i] = values[i * columns + j]!;
  return out;
}

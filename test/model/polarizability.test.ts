import { beforeAll, describe, expect, it } from "vitest";
import { type Dataset, loadDataset } from "../../src/dataset/load.js";
import { createDescriptor } from "../../src/descriptor/descriptor.js";
import { AbortedError, DataError, OptionError, UnitError } from "../../src/errors.js";
import { gemm, matrix } from "../../src/math/matrix.js";
import { random } from "../../src/math/random.js";
import { structureKernel } from "../../src/model/basis/structureKernel.js";
import { linearResponse } from "../../src/model/linearResponse/linearResponse.js";
import { evaluatePolarizability } from "../../src/model/target/polarizability/evaluate.js";
import { evaluateTensors } from "../../src/model/target/polarizability/evaluation.js";
import { constantStep, linearResponseStep } from "../../src/model/target/polarizability/firstStep.js";
import { polarizabilitySettings } from "../../src/model/target/polarizability/options.js";
import type { PolarizabilityModel } from "../../src/model/target/polarizability/polarizability.js";
import { fitDelta, fitPolarizability } from "../../src/model/target/polarizability/polarizability.js";
import { polarizabilityTensor } from "../../src/model/target/polarizability/predict.js";
import { predictCommittee, predictPolarizability } from "../../src/model/target/polarizability/predictSeries.js";
import { componentsPerAtom } from "../../src/model/target/polarizability/tensorData.js";
import { fitPart, predictPart } from "../../src/model/train/kernelFit.js";
import { prepareFrames, selectPrepared } from "../../src/model/train/preparedFrames.js";
import { supercell } from "../../src/structure/cell.js";
import type { Frame } from "../../src/structure/frame.js";
import type { Structure } from "../../src/structure/structure.js";
import { createTrajectory } from "../../src/structure/trajectory.js";
import { expectClose } from "../support/close.js";

const features = { cutoff: 4, nMax: 4, lMax: 3, smearing: 0.5 };
let water: Dataset;
let train: Frame[];
let test: Frame[];
let direct: PolarizabilityModel;
let delta: PolarizabilityModel;

const response = (d: Dataset) => linearResponse(d.reference!, d.displaced);
const every = (frames: readonly Frame[], stride: number, first: number, count: number): Frame[] =>
  Array.from({ length: count }, (_, i) => frames[first + i * stride]!);

beforeAll(async () => {
  water = await loadDataset("h2o");
  train = every(water.frames, 30, 0, 20);
  test = every(water.frames, 30, 7, 30);
  direct = await fitPolarizability(train, { descriptor: features });
  delta = await fitDelta(await response(water), train, { descriptor: features });
});

/** R x for positions and cell, R T Rᵀ for tensors. */
function turn(s: Structure, r: Float64Array): Structure {
  const apply = (x: Float64Array): Float64Array => gemm(matrix(x.length / 3, 3, x), matrix(3, 3, r), "b").values;
  return { ...s, positions: apply(s.positions), ...(s.cell && { cell: apply(s.cell) }) };
}
function turnTensor(t: Float64Array, r: Float64Array): Float64Array {
  return gemm(gemm(matrix(3, 3, r), matrix(3, 3, t)), matrix(3, 3, r), "b").values;
}

describe("machine-learnt polarizability of water", () => {
  it("predicts frames it has not seen, directly and with a linear-response model as first step", async () => {
    for (const model of [direct, delta]) {
      const { r2, rmse } = await evaluatePolarizability(model, test);
      expect(r2.a).toBeGreaterThan(0.95);
      expect(r2.gamma2).toBeGreaterThan(0.9);
      for (const r of Object.values(r2.components)) expect(r).toBeGreaterThan(0.9);
      expect(rmse.a).toBeLessThan(0.01);
    }
  });

  it("turns with the structure: α(Rx) = R α(x) Rᵀ, for every kind of kernel", async () => {
    const curved = await fitDelta(await response(water), train.slice(0, 8), {
      descriptor: features,
      form: { kind: "full", zeta: 2 },
    });
    const sparse = await fitPolarizability(train.slice(0, 8), {
      descriptor: features,
      form: { kind: "sparse", references: 4 },
    });
    const r = random(3).rotation();
    for (const model of [direct, delta, curved, sparse])
      for (const { structure } of test.slice(0, 3))
        expectClose(
          polarizabilityTensor(model, turn(structure, r)),
          turnTensor(polarizabilityTensor(model, structure), r),
          {
            absolute: 1e-9,
          },
        );
  });

  it("has the same error on a turned copy of the test set", async () => {
    const stream = random(9);
    const turned = test.map((f): Frame => {
      const r = stream.rotation();
      return { structure: turn(f.structure, r), polarizability: turnTensor(f.polarizability!, r) };
    });
    for (const model of [direct, delta]) {
      const [a, b] = [await evaluatePolarizability(model, test), await evaluatePolarizability(model, turned)];
      expectClose([b.rmse.a, b.rmse.gamma2], [a.rmse.a, a.rmse.gamma2], { relative: 1e-6 });
    }
  });

  it("reports how many frames are tested, stops when aborted, and refuses options it does not know", async () => {
    const done: number[] = [];
    const frames = Array.from({ length: 400 }, (_, k) => test[k % test.length]!);
    await evaluatePolarizability(direct, frames, { onProgress: (p) => done.push(p.done) });
    expect(done.length).toBeGreaterThan(1);
    expect(done.at(-1)).toBe(frames.length);
    const signal = AbortSignal.abort();
    await expect(evaluatePolarizability(direct, frames, { signal })).rejects.toThrow(AbortedError);
    await expect(evaluatePolarizability(direct, frames, { sgnal: signal } as never)).rejects.toThrow(/"signal"/);
  });

  it("learns nothing from shuffled targets", async () => {
    const shuffled = random(5).shuffle(train);
    const wrong = train.map((f, i): Frame => ({ ...f, polarizability: shuffled[i]!.polarizability! }));
    const { r2 } = await evaluatePolarizability(await fitPolarizability(wrong, { descriptor: features }), test);
    expect(r2.a).toBeLessThan(0.2);
    expect(r2.gamma2).toBeLessThan(0.2);
  });

  it("adds no correction to a first step that is exact", async () => {
    const exact = linearResponseStep(await response(water));
    const frames = train.map((f): Frame => ({ structure: f.structure, polarizability: exact.predict(f.structure) }));
    const model = await fitDelta(exact, frames, { descriptor: features, uncertainty: { kind: "committee" } });
    for (const { structure } of test)
      expectClose(polarizabilityTensor(model, structure), exact.predict(structure), { absolute: 1e-12 });
    const { mean, members } = await predictCommittee(model, createTrajectory([test[0]!.structure], 1));
    for (const m of members) expectClose(m.values, mean.values, { absolute: 1e-12 });
  });

  it("is direct learning with an offset when the first step is a constant scalar tensor", async () => {
    const offset = Float64Array.of(0.7, 0, 0, 0, 0.7, 0, 0, 0, 0.7);
    const shifted = await fitDelta(constantStep(offset), train, {
      descriptor: features,
      firstStepScale: { kind: "fixed" },
    });
    for (const { structure } of test.slice(0, 5))
      expectClose(polarizabilityTensor(shifted, structure), polarizabilityTensor(direct, structure), {
        absolute: 1e-9,
      });
  });

  it("does not follow a first step that has nothing to do with the structure", async () => {
    const r = random(11);
    const step = {
      name: "noise",
      predict: () => {
        const [x, y, z] = [r.normal(), r.normal(), r.normal()];
        return Float64Array.of(x, y, z, y, z, x, z, x, y);
      },
    };
    const {
      parts: [scalar, traceless],
    } = await fitDelta(step, train, { descriptor: features });
    expect(1 + scalar.firstStepFactor).toBeLessThan(0.01);
    expect(1 + traceless.firstStepFactor).toBeLessThan(0.01);
    const trusting = await fitDelta(step, train, { descriptor: features, firstStepScale: { kind: "fixed" } });
    expect((await evaluatePolarizability(trusting, test)).r2.a).toBeLessThan(0);
  });

  it("takes another model as first step", async () => {
    const first = await fitPolarizability(train.slice(0, 5), { descriptor: features });
    const model = await fitDelta({ name: "direct-ML", predict: (s) => polarizabilityTensor(first, s) }, train, {
      descriptor: features,
    });
    expect((await evaluatePolarizability(model, test)).r2.a).toBeGreaterThan(0.95);
  });

  it("predicts in the primal form what the dual form predicts", async () => {
    const d = createDescriptor({ ...features, species: ["H", "O"] });
    const all = await prepareFrames(
      [...train, ...test],
      (f) => componentsPerAtom(f.polarizability!, "polarizability", f.structure),
      { descriptor: d, bases: { 0: { kind: "features" }, 2: { kind: "features" } }, keepEnvironments: true },
    );
    const [a, b] = [
      selectPrepared(all, [...train.keys()]),
      selectPrepared(
        all,
        [...test.keys()].map((i) => i + train.length),
      ),
    ];
    for (const order of [0, 2] as const) {
      const fitted = await fitPart(
        order,
        a,
        undefined,
        polarizabilitySettings({ descriptor: features }, "fitPolarizability"),
      );
      const k = structureKernel(b.environments!, a.environments!, fitted.kernel);
      const dual = gemm(k, matrix(k.columns, 1, fitted.solution.dual)).values.map(
        (x) => fitted.amplitude * x + fitted.part.intercept,
      );
      expectClose(predictPart(fitted.part, b), dual, { absolute: 1e-10 });
      // The same through the general pair sum of the non-linear kernel, as ζ goes to 1.
      const pairs = structureKernel(b.environments!, a.environments!, { ...fitted.kernel, zeta: 1 + 1e-13 });
      expectClose(pairs.values, k.values, { absolute: 1e-10 });
    }
  });

  it("with every atom as reference environment, the sparse model is the full one", async () => {
    const few = train.slice(0, 6);
    const ridge = { kind: "fixed", value: 1e-4 } as const;
    for (const zeta of [1, 2]) {
      const full = await fitPolarizability(few, { descriptor: features, form: { kind: "full", zeta }, ridge });
      const sparse = await fitPolarizability(few, {
        descriptor: features,
        form: { kind: "sparse", references: 12, zeta },
        ridge,
      });
      for (const { structure } of test.slice(0, 5))
        expectClose(polarizabilityTensor(sparse, structure), polarizabilityTensor(full, structure), { absolute: 1e-5 });
    }
  });

  it("gives the same bits when fitted again", async () => {
    const again = await fitDelta(await response(water), train, { descriptor: features });
    expect(again.parts).toEqual(delta.parts);
  });
});

describe("predictions along a trajectory", () => {
  it("are those of each frame, with the time step and a name for legends", async () => {
    const t = createTrajectory(
      test.map((f) => f.structure),
      2,
    );
    const series = await predictPolarizability(delta, t);
    expect(series).toMatchObject({
      quantity: "polarizability",
      unit: "Å³",
      timestep: 2,
      origin: "Δ-ML",
      shape: [3, 3],
    });
    test.forEach((f, i) => {
      expectClose(series.values.subarray(9 * i, 9 * i + 9), polarizabilityTensor(delta, f.structure), {
        absolute: 1e-12,
      });
    });
  });

  it("report progress and can be interrupted", async () => {
    const t = createTrajectory(
      test.map((f) => f.structure),
      2,
    );
    const seen: number[] = [];
    await predictPolarizability(direct, t, { onProgress: (p) => seen.push(p.done) });
    expect(seen.at(-1)).toBe(test.length);
    const signal = AbortSignal.abort();
    await expect(predictPolarizability(direct, t, { signal })).rejects.toThrow(AbortedError);
  });

  it("need a time step and species that were trained on", async () => {
    await expect(predictPolarizability(direct, createTrajectory([test[0]!.structure]))).rejects.toThrow(/time step/);
    const s = { ...test[0]!.structure, species: ["O", "H", "F"] };
    expect(() => polarizabilityTensor(direct, s)).toThrow(/species F/);
  });
});

describe("dielectric tensor of quartz", () => {
  it("is the same for a supercell, and learnt equally from polarizabilities", async () => {
    const set = await loadDataset("sio2");
    const frames = set.frames.slice(0, 12);
    const model = await fitDelta(await response(set), frames, {
      descriptor: features,
      firstStepScale: { kind: "fixed" },
    });
    expect(model.quantity).toBe("dielectric");
    const direct = await fitPolarizability(frames, { descriptor: features });
    const s = set.frames[13]!.structure;
    expectClose(polarizabilityTensor(direct, supercell(s, [2, 1, 1])), polarizabilityTensor(direct, s), {
      absolute: 1e-9,
    });
    const error = await evaluatePolarizability(model, set.frames.slice(13, 40));
    expect(error.r2.a).toBeGreaterThan(0.8);
    expect(error.r2.gamma2).toBeGreaterThan(0.8);
  });
});

describe("rock salt, first-order Raman-inactive", () => {
  it("has a constant linear response, which does Δ-ML no harm: it is direct-ML", async () => {
    const set = await loadDataset("nacl");
    const lrm = await response(set);
    const quartz = await response(await loadDataset("sio2"));
    const largest = (x: Float64Array): number => x.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
    expect(largest(lrm.derivatives)).toBeLessThan(1e-3 * largest(quartz.derivatives));
    const frames = set.frames.slice(0, 8);
    // A ridge of its own choice is near rounding, which it then amplifies to a thousandth of the thermal deviation (2e-3).
    const options = { descriptor: features, ridge: { kind: "fixed", value: 1e-4 } } as const;
    const direct = await fitPolarizability(frames, options);
    for (const kind of ["chosen", "fixed", "fitted"] as const) {
      const model = await fitDelta(lrm, frames, { ...options, firstStepScale: { kind } });
      for (const { structure } of set.frames.slice(8, 12))
        expectClose(polarizabilityTensor(model, structure), polarizabilityTensor(direct, structure), {
          absolute: 1e-7,
        });
    }
  });
});

describe("wrong input", () => {
  it("is refused with what to do", async () => {
    await expect(fitPolarizability([])).rejects.toThrow(DataError);
    await expect(fitPolarizability(train.slice(0, 1))).rejects.toThrow(/at least two/);
    await expect(fitPolarizability([{ structure: train[0]!.structure }, train[1]!])).rejects.toThrow(/frame 0/);
    await expect(fitPolarizability(train, { form: { kind: "full", zeta: 0.5 } })).rejects.toThrow(OptionError);
    await expect(fitPolarizability(train, { desriptor: {} } as object)).rejects.toThrow(/did you mean "descriptor"/);
    await expect(fitPolarizability(train, { quantity: "dielectric" })).rejects.toThrow(/no dielectric/);
    const dipole = await linearResponse(water.reference!, water.displaced, { quantity: "polarization" });
    await expect(fitDelta(dipole, train)).rejects.toThrow(UnitError);
  });

  it("a perfect prediction has R² 1, the mean has R² 0", () => {
    const t = Float64Array.from(test.flatMap((f) => [...f.polarizability!]));
    expect(evaluateTensors(t, t).r2).toMatchObject({ a: 1, gamma2: 1 });
    const mean = t.map((_, i) => {
      let sum = 0;
      for (let f = i % 9; f < t.length; f += 9) sum += t[f]!;
      return sum / test.length;
    });
    expectClose(evaluateTensors(t, mean).r2.components.xy, 0, { absolute: 1e-12 });
  });
});

import { beforeAll, describe, expect, it } from "vitest";
import { loadDataset } from "../../../src/dataset/load.js";
import { DataError } from "../../../src/errors.js";
import { evaluateModel } from "../../../src/model/evaluate.js";
import { linearResponse } from "../../../src/model/linearResponse/linearResponse.js";
import { predictLinearResponse } from "../../../src/model/linearResponse/predictSeries.js";
import { predictTensor } from "../../../src/model/predict.js";
import { predictStructures } from "../../../src/model/stream/predictStructures.js";
import { fitForceField } from "../../../src/model/target/forceField/forceField.js";
import { fitDelta, type PolarizabilityModel } from "../../../src/model/target/polarizability/polarizability.js";
import { predictCommittee, predictPolarizability } from "../../../src/model/target/polarizability/predictSeries.js";
import { fitPolarization } from "../../../src/model/target/polarization/polarization.js";
import { predictPolarization } from "../../../src/model/target/polarization/predictSeries.js";
import type { Frame } from "../../../src/structure/frame.js";
import { createTrajectory, type Trajectory } from "../../../src/structure/trajectory.js";

const DESCRIPTOR = { cutoff: 4, nMax: 2, lMax: 1 };
let frames: readonly Frame[];
let trajectory: Trajectory;
let set: Awaited<ReturnType<typeof loadDataset>>;
let delta: PolarizabilityModel;
beforeAll(async () => {
  set = await loadDataset("h2o");
  frames = set.frames.filter((_, k) => k % 50 === 0);
  trajectory = createTrajectory(
    set.frames.slice(0, 300).map((f) => f.structure),
    1,
  );
  const lrm = await linearResponse(set.reference!, set.displaced);
  delta = await fitDelta(lrm, frames, { descriptor: DESCRIPTOR, uncertainty: { kind: "committee" } });
});

/** Calls with 0 and 2 threads, whose results must be the same bits. */
async function same<T>(call: (workers: number) => Promise<T>): Promise<T> {
  const [alone, threads] = [await call(0), await call(2)];
  expect(threads).toEqual(alone);
  return alone;
}

describe("series of predictions are the same bits on threads", () => {
  it("of polarizabilities by Δ-ML, and their committee", async () => {
    const series = await same((workers) => predictPolarizability(delta, trajectory, { workers }));
    for (const f of [0, 299])
      expect(series.values.slice(9 * f, 9 * f + 9)).toEqual(predictTensor(delta, set.frames[f]!.structure));
    const { mean, members } = await same((workers) => predictCommittee(delta, trajectory, { workers }));
    expect(mean.values).toEqual(series.values);
    expect(members.length).toBe(delta.parts[0].committee!.members.length);
    expect(members[0]!.values).not.toEqual(mean.values);
  });

  it("of non-linear kernels, which predict structures together", async () => {
    const model = await fitDelta(await linearResponse(set.reference!, set.displaced), frames, {
      descriptor: DESCRIPTOR,
      form: { kind: "full", zeta: 2 },
    });
    await same((workers) => predictPolarizability(model, trajectory, { workers }));
  });

  it("of responses, polarizations and errors of every kind", async () => {
    const lrm = await linearResponse(set.reference!, set.displaced);
    await same((workers) => predictLinearResponse(lrm, trajectory, { workers }));
    const polarization = await fitPolarization(frames, { descriptor: DESCRIPTOR });
    await same((workers) => predictPolarization(polarization, trajectory, { workers }));
    const field = await fitForceField(frames, { descriptor: DESCRIPTOR, uncertainty: { kind: "none" } });
    for (const model of [delta, polarization, field])
      expect((await same((workers) => evaluateModel(model, frames, { workers }))).frames).toBe(frames.length);
  });

  it("with a first step that is a function, which no thread can be given", async () => {
    const step = { name: "mine", predict: () => new Float64Array(9).fill(0.1) };
    const model = { ...delta, firstStep: step };
    expect((await same((workers) => predictPolarizability(model, trajectory, { workers }))).values.length).toBe(2700);
  });

  it("of structures of any composition, with errors that name the frame", async () => {
    const odd: Frame["structure"][] = set.frames.slice(0, 9).map(({ structure: s }, k) => {
      const atoms = k % 3 === 1 ? 2 : 3;
      return { ...s, species: s.species.slice(0, atoms), positions: s.positions.slice(0, 3 * atoms) };
    });
    const field = await fitForceField(frames, { descriptor: DESCRIPTOR, uncertainty: { kind: "none" } });
    const found = await same(async (workers) => {
      const list = [];
      for await (const one of predictStructures(field, odd, 9, { workers })) list.push(one);
      return list;
    });
    expect(found.map((f) => f.forces!.length)).toEqual([9, 6, 9, 9, 6, 9, 9, 6, 9]);
    odd[4] = { ...odd[4]!, species: ["O", "Xe"] };
    for (const workers of [0, 2]) {
      const running = (async () => {
        for await (const _ of predictStructures(field, odd, 9, { workers, numbers: odd.map((__, k) => 10 * k) }));
      })();
      await expect(running).rejects.toThrow(DataError);
      await expect(running).rejects.toThrow(/frame 40: .*Xe/);
    }
  });
});

/** Quartz of the MD-Raman group (Grumet et al.), which stands beside the repository; skipped where it is absent. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { loadExtxyz } from "../../src/io/extxyz.js";
import { rSquared } from "../../src/model/diagnostics.js";
import { type LinearResponse, linearResponse } from "../../src/model/linearResponse/linearResponse.js";
import { predictLinearResponse } from "../../src/model/linearResponse/predictSeries.js";
import { splitDisplaced } from "../../src/model/linearResponse/splitDisplaced.js";
import {
  polarizabilityLearningCurve,
  smallestTrainingSet,
} from "../../src/model/target/polarizability/learningCurve.js";
import { fitDelta, fitPolarizability } from "../../src/model/target/polarizability/polarizability.js";
import { predictCommittee, predictPolarizability } from "../../src/model/target/polarizability/predictSeries.js";
import { medianScore } from "../../src/model/train/learningCurve.js";
import { splitFrames } from "../../src/model/train/split.js";
import { component, SYMMETRIC_COMPONENTS } from "../../src/series/components.js";
import { seriesOfFrames } from "../../src/series/fromFrames.js";
import { committeeSpectrum } from "../../src/spectrum/committeeSpectrum.js";
import { cosineSimilarity } from "../../src/spectrum/compare.js";
import { raman } from "../../src/spectrum/raman.js";
import type { Frame } from "../../src/structure/frame.js";
import { createTrajectory } from "../../src/structure/trajectory.js";

const path = (name: string): string => fileURLToPath(new URL(`../../../shared/data/${name}`, import.meta.url));
const files = {
  md: path("published/sio2-md-raman/sio2-300K.extxyz.gz"),
  displaced: path("reference/solids/sio2-md-raman-cell/displaced.xyz.gz"),
};
const present = existsSync(files.md) && existsSync(files.displaced);

describe.skipIf(!present)("quartz at 300 K, DFPT of the MD-Raman group (skipped without their data)", () => {
  let frames: Frame[];
  let half: Frame[];
  let lrm: LinearResponse;
  beforeAll(async () => {
    frames = await loadExtxyz(files.md);
    half = frames.filter((_, i) => i % 2 === 0);
    const { reference, moved } = splitDisplaced(await loadExtxyz(files.displaced));
    lrm = await linearResponse(reference, moved, { quantity: "dielectric" });
  });

  it("the linear response alone, means removed, explains R² 0.80 0.81 0.80 0.87 0.93 0.91 of xx yy zz xy yz zx", async () => {
    const t = createTrajectory(
      frames.map((f) => f.structure),
      10,
    );
    const [p, y] = [await predictLinearResponse(lrm, t), seriesOfFrames(frames, "dielectric", { timestep: 10 })];
    const r2 = SYMMETRIC_COMPONENTS.map((c) => {
      const centred = (x: Float64Array): Float64Array => x.map((v) => v - x.reduce((s, w) => s + w, 0) / x.length);
      return Math.round(100 * rSquared(centred(component(y, c)), centred(component(p, c)))) / 100;
    });
    expect(r2).toEqual([0.8, 0.81, 0.8, 0.87, 0.93, 0.91]);
  });

  it("R² > 0.8 in a and γ² with 5 training frames, directly and with Δ-ML (Grumet et al.: 50 and 20); medians of 10 draws, 400 test frames", async () => {
    const sizes = [5, 20];
    const direct = await polarizabilityLearningCurve(half, { sizes, test: 400 });
    const delta = await polarizabilityLearningCurve(half, { sizes, test: 400, firstStep: lrm });
    for (const curve of [direct, delta]) {
      expect(smallestTrainingSet(curve)).toBe(5);
      const at20 = curve.points[1]!;
      expect(medianScore(at20, (e) => e.r2.a)).toBeGreaterThan(0.98);
      expect(medianScore(at20, (e) => e.r2.gamma2)).toBeGreaterThan(0.97);
    }
  });

  it("the Raman spectrum has cosine similarity ≥ 0.98 with DFPT at N_t = 50, and a committee gives it error bars", async () => {
    const t = createTrajectory(
      frames.map((f) => f.structure),
      10,
    );
    const { train } = splitFrames(frames.length, { train: 50, seed: 1 });
    const training = train.map((i) => frames[i]!);
    const options = { temperature: 300, laser: 532 };
    const dfpt = raman(seriesOfFrames(frames, "dielectric", { timestep: 10 }), options);
    const direct = raman(await predictPolarizability(await fitPolarizability(training), t), options);
    const model = await fitDelta(lrm, training, { uncertainty: { kind: "committee", members: 4 } });
    const { mean, members } = await predictCommittee(model, t);
    const delta = committeeSpectrum(
      raman(mean, options),
      members.map((m) => raman(m, options)),
    );
    const range = { from: 50, to: 1400 };
    expect(cosineSimilarity(direct, dfpt, range).value).toBeGreaterThan(0.98);
    expect(cosineSimilarity(delta, dfpt, range).value).toBeGreaterThan(0.98);
    const { values, standardError } = delta.intensities.unpolarised!;
    const sum = (x: Float64Array): number => x.reduce((s, v) => s + v, 0);
    expect(sum(standardError!) / sum(values)).toBeGreaterThan(1e-4);
    expect(sum(standardError!) / sum(values)).toBeLessThan(0.2);
  });
});

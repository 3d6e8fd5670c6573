import { beforeAll, describe, expect, it } from "vitest";
import { createDescriptor } from "../../src/descriptor/descriptor.js";
import { featuresOf } from "../../src/descriptor/evaluate.js";
import { gramAccumulator } from "../../src/math/gramAccumulator.js";
import { gemm, identity } from "../../src/math/matrix.js";
import { type NormalEquations, projectNormalEquations, solveNormalEquations } from "../../src/math/normalEquations.js";
import { featureBasis } from "../../src/model/basis/basis.js";
import { firstReferences, orthonormalReferences, referenceFeatures } from "../../src/model/basis/referenceFeatures.js";
import { bornChargeRows, fitPolarization } from "../../src/model/target/polarization/polarization.js";
import { predictBornCharges } from "../../src/model/target/polarization/predict.js";
import { planCharges } from "../../src/model/target/polarization/speciesCharges.js";
import { columnCount } from "../../src/model/train/linearTarget.js";
import { expectClose, largestDifference } from "../support/close.js";
import { toyOxideFrames } from "../support/toyPolarization.js";

const settings = { cutoff: 4.5, nMax: 2, lMax: 1, smearing: 0.4, twoBody: {} };
const frames = toyOxideFrames(12, 7);
const structures = frames.map((f) => f.structure);
const d = createDescriptor({ species: ["O", "Zr"], ...settings });
// 4·4 three-body and 4 two-body features: seven environments with three rows each can span them.
const features = 20;

describe("reference environments", () => {
  it("give three rows each, the vector features of the chosen atoms, and are nested", async () => {
    const { phi, rank } = await referenceFeatures(d, 1, structures, 4);
    expect([phi.rows, phi.columns]).toEqual([2 * 4 * 3, 2 * features]);
    expect([...rank]).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]);
    const all = structures.flatMap((s) => {
      const { values } = featuresOf(d, s, 1);
      return s.species.map((x, i) => ({ x, rows: values.subarray(3 * features * i, 3 * features * (i + 1)) }));
    });
    for (let e = 0; e < 8; e++) {
      const kind = e < 4 ? 0 : 1;
      const block = Float64Array.from({ length: 3 * features }, (_, p) => {
        const [m, k] = [Math.floor(p / features), p % features];
        return phi.values[(3 * e + m) * phi.columns + kind * features + k]!;
      });
      const found = all.filter(({ x, rows }) => x === ["O", "Zr"][kind] && largestDifference(rows, block) === 0);
      expect(found.length).toBe(1);
    }
    const fewer = await referenceFeatures(d, 1, structures, 2);
    expect(firstReferences({ phi, rank }, 2)).toEqual(fewer.phi);
  });

  it("become an orthonormal basis, nested as well, that is complete once there are enough", async () => {
    const basis = orthonormalReferences(await referenceFeatures(d, 1, structures, 12));
    expect(basis.phi.rows).toBe(2 * features);
    expectClose(gemm(basis.phi, basis.phi, "b").values, identity(2 * features).values, { absolute: 1e-12 });
    const fewer = orthonormalReferences(await referenceFeatures(d, 1, structures, 3));
    expect(firstReferences(basis, 3)).toEqual(fewer.phi);
  });
});

describe("the reference form", () => {
  let equations: NormalEquations;
  beforeAll(() => {
    const plan = planCharges({ kind: "formal", values: { Zr: 4, O: -2 } }, ["O", "Zr"], frames);
    const space = { basis: featureBasis(d, 1), constants: plan };
    const sums = gramAccumulator({ columns: columnCount(space), targets: 2 });
    for (const f of frames) bornChargeRows(space, f, 1, sums.add);
    equations = sums.normalEquations();
  });
  const largest = ({ gram }: NormalEquations): number =>
    Math.max(...Array.from({ length: gram.rows }, (_, i) => gram.values[i * (gram.rows + 1)]!));

  it("has the weights of the primal form at any ridge, when 3·N_ref exceeds the number of unique features", async () => {
    const { phi } = orthonormalReferences(await referenceFeatures(d, 1, structures, 12));
    const projected = projectNormalEquations(equations, phi);
    for (const ridge of [1e-3, 1e-6, 1e-9]) {
      const primal = solveNormalEquations(equations, ridge, "none").coefficients;
      // The ridge is relative to the largest diagonal element, which depends on the basis.
      const same = (ridge * largest(equations)) / largest(projected);
      const weights = gemm(phi, solveNormalEquations(projected, same, "none").coefficients, "a");
      expectClose(weights.values, primal.values, { absolute: 1e-13 / ridge + 1e-8 });
    }
  });

  it("fits less closely with fewer environments", async () => {
    const all = orthonormalReferences(await referenceFeatures(d, 1, structures, 12));
    const residuals = [1, 2, 3, 5, 12].map((n) => {
      const e = projectNormalEquations(equations, firstReferences(all, n));
      return solveNormalEquations(e, 1e-10, "none").residual[0]!;
    });
    for (let k = 1; k < residuals.length; k++)
      expect(residuals[k]!).toBeLessThanOrEqual(residuals[k - 1]! * (1 + 1e-9));
    expect(residuals[0]! / residuals.at(-1)!).toBeGreaterThan(1.1);
  });

  it("is fitted with the number of environments that is best on held-out frames, and predicts like the primal form", async () => {
    const counts = [1, 3, 12];
    const sparse = await fitPolarization(frames, {
      descriptor: settings,
      weights: { polarization: 0 },
      form: { kind: "sparse", references: counts },
      ridge: { kind: "validation", values: [1e-8, 1e-6] },
    });
    const { trials, form } = sparse.training;
    const best = trials.reduce((a, b) => (b.validationError < a.validationError ? b : a));
    expect(trials.length).toBe(6);
    expect(form).toEqual({ kind: "sparse", references: counts[best.projection!] });
    const complete = await fitPolarization(frames, {
      descriptor: settings,
      weights: { polarization: 0 },
      form: { kind: "sparse", references: 12 },
      ridge: { kind: "fixed", value: 1e-10 },
    });
    const primal = await fitPolarization(frames, {
      descriptor: settings,
      weights: { polarization: 0 },
      ridge: { kind: "fixed", value: 1e-10 },
    });
    const s = structures[0]!;
    expectClose(predictBornCharges(complete, s).bornCharges, predictBornCharges(primal, s).bornCharges, {
      absolute: 1e-4,
    });
  });

  it("is the same by Cholesky and by QR", async () => {
    const options = {
      descriptor: settings,
      form: { kind: "sparse", references: 3 },
      ridge: { kind: "fixed", value: 1e-8 },
    } as const;
    const [a, b] = [
      await fitPolarization(frames, options),
      await fitPolarization(frames, { ...options, solver: "qr" }),
    ];
    expectClose(a.weights, b.weights, { absolute: 1e-6 * Math.max(...a.weights.map(Math.abs)) });
  });
});

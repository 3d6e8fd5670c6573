import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDescriptor } from "../../src/descriptor/descriptor.js";
import { FormatError, OptionError } from "../../src/errors.js";
import { gemv, matrix } from "../../src/math/matrix.js";
import { random } from "../../src/math/random.js";
import type { Basis } from "../../src/model/basis/basis.js";
import { productBasis } from "../../src/model/basis/productBasis.js";
import { type ProductFactors, productFactors } from "../../src/model/basis/productFactors.js";
import { loadModel, saveModel } from "../../src/model/file/models.js";
import { evaluatePolarization } from "../../src/model/target/polarization/evaluate.js";
import type { PolarizationModel, PolarizationOptions } from "../../src/model/target/polarization/polarization.js";
import { fitPolarization } from "../../src/model/target/polarization/polarization.js";
import { polarizationOf, predictBornCharges } from "../../src/model/target/polarization/predict.js";
import type { Frame } from "../../src/structure/frame.js";
import type { Structure } from "../../src/structure/structure.js";
import { VECTOR_AXES } from "../../src/tensor/cartesian.js";
import { expectClose, largestDifference } from "../support/close.js";
import { randomOrthogonal, rotateRows, rotateStructure } from "../support/equivariance.js";
import { jacobian } from "../support/finiteDifference.js";
import { toyOxideFrames } from "../support/toyPolarization.js";

const settings = { cutoff: 3, nMax: 4, lMax: 3, smearing: 0.4, radialScaling: { kind: "none" }, twoBody: {} } as const;
const form = { kind: "products", equivariants: 12, scalars: 4 } as const;
const weights = { polarization: 0 };
const train = toyOxideFrames(24, 1);
const test = toyOxideFrames(6, 2);
let folder: string;
let model: PolarizationModel;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "spectensor-"));
  model = await fitPolarization(train, { descriptor: settings, weights, form });
});
afterAll(() => rm(folder, { recursive: true }));

/** All derivatives of a basis, [atoms, 2λ+1, 3, functions]. */
function derivativesOf(basis: Basis, s: Structure): Float64Array {
  const parts: number[][] = [];
  basis.derivatives(s, (rows) => parts.push([...rows]));
  return Float64Array.from(parts.flat());
}

describe("products of features", () => {
  const d = createDescriptor({ species: ["O", "Zr"], ...settings });
  const structures = train.map((f) => f.structure);
  const counts = { equivariants: 5, scalars: 3 };
  let basis: ProductFactors;
  beforeAll(async () => {
    basis = await productFactors(d, 1, structures, counts);
  });

  it.each([0, 1, 2] as const)(
    "of order %i have derivatives that are those of their sums, and sums of the atoms' values",
    async (order) => {
      const { structure } = test[0]!;
      const all = productBasis(d, order, await productFactors(d, order, structures, counts));
      const size = 2 * order + 1;
      const columns = all.kinds.length;
      const numeric = jacobian((positions) => all.sums({ ...structure, positions }), structure.positions);
      const n3 = structure.positions.length;
      const scale = Math.max(...numeric.map(Math.abs));
      const analytic = derivativesOf(all, structure);
      const expected = analytic.map((_, p) => {
        const [row, column] = [Math.floor(p / columns), p % columns];
        const [atom, m, b] = [Math.floor(row / (3 * size)), Math.floor((row % (3 * size)) / 3), row % 3];
        return numeric[(m * columns + column) * n3 + 3 * atom + b]!;
      });
      expectClose(analytic, expected, { absolute: 1e-7 * scale });
      const sums = new Float64Array(size * columns);
      all.values(structure).forEach((v, p) => {
        sums[p % sums.length]! += v;
      });
      expectClose(all.sums(structure), sums, { absolute: 1e-10 * scale });
    },
  );

  it.each([0, 1, 2] as const)(
    "of order %i give with weights the value of the rows, and its derivatives by position and strain",
    async (order) => {
      const { structure } = test[0]!;
      const all = productBasis(d, order, await productFactors(d, order, structures, counts));
      const { normal } = random(order);
      const w = Float64Array.from({ length: all.kinds.length }, () => normal());
      const size = 2 * order + 1;
      const value = (s: Structure): Float64Array => gemv(matrix(size, w.length, all.sums(s)), w);
      const found = all.response(w, structure);
      expectClose(found.value, value(structure), { relative: 1e-9, absolute: 1e-9 });
      expectClose(all.value(w, structure), found.value, { relative: 1e-9, absolute: 1e-9 });
      const numeric = jacobian((positions) => value({ ...structure, positions }), structure.positions);
      const scale = Math.max(...numeric.map(Math.abs));
      // Central differences of the jacobian helper: a relative error of 1e-7.
      expectClose(found.positions, numeric, { absolute: 1e-6 * scale });
      const strained = (e: Float64Array): Structure => {
        const stretch = (x: Float64Array): Float64Array =>
          x.map(
            (v, p) => v + [0, 1, 2].reduce((sum, k) => sum + e[3 * (p % 3) + k]! * x[3 * Math.floor(p / 3) + k]!, 0),
          );
        return { ...structure, positions: stretch(structure.positions), cell: stretch(structure.cell!) };
      };
      const byStrain = jacobian((e) => value(strained(e)), new Float64Array(9));
      // A strain of the step moves atoms by several times as much, and the error of the difference is its square.
      expectClose(found.strain, byStrain, { absolute: 2e-5 * Math.max(...byStrain.map(Math.abs)) });
    },
  );

  it("do not depend on how the structures were turned that the components were found on", async () => {
    const turned = structures.map((s, k) => rotateStructure(s, randomOrthogonal(1, k)[0]!));
    const other = await productFactors(d, 1, turned, counts);
    basis.species.forEach(({ scalars, equivariants, offsets }, kind) => {
      const same = other.species[kind]!;
      expectClose(same.offsets, offsets, { absolute: 1e-8 });
      expectClose(same.scalars.values, scalars.values, { absolute: 1e-6 * Math.max(...scalars.values.map(Math.abs)) });
      expectClose(same.equivariants.values, equivariants.values, { absolute: 1e-6 });
    });
  });

  it("are as many as asked for, zero where the structures have fewer components", async () => {
    const [one] = structures;
    const few = await productFactors(d, 1, [one!], { equivariants: 30, scalars: 30 });
    // Two Zr atoms: six rows of vectors, and one direction from their mean.
    const zr = few.species[1]!;
    const nonzero = (values: Float64Array, columns: number): number =>
      Array.from({ length: 30 }, (_, r) => values.subarray(r * columns, (r + 1) * columns)).filter((row) =>
        row.some((v) => v !== 0),
      ).length;
    expect(nonzero(zr.equivariants.values, zr.equivariants.columns)).toBeLessThanOrEqual(6);
    expect(nonzero(zr.scalars.values, zr.scalars.columns)).toBe(1);
  });
});

describe("a polarization model with products", () => {
  it("finds a polarization that is made of products, which the linear one cannot", async () => {
    // Z* of random weights of products that were found on the very structures that are trained on.
    const d = createDescriptor({ species: ["O", "Zr"], ...settings });
    const counts = { equivariants: 4, scalars: 2 };
    const factors = await productFactors(
      d,
      1,
      train.map((f) => f.structure),
      counts,
    );
    const basis = productBasis(d, 1, factors);
    const columns = basis.kinds.length;
    const { normal } = random(3);
    const w = Float64Array.from({ length: 16 }, () => normal());
    const made = ({ structure }: Frame): Frame => {
      const rows = derivativesOf(basis, structure);
      const bornCharges = new Float64Array(9 * structure.species.length);
      for (let r = 0; r < bornCharges.length; r++) {
        const [atom, axis, b] = [Math.floor(r / 9), VECTOR_AXES[Math.floor((r % 9) / 3)]!, r % 3];
        for (let k = 0; k < 16; k++) bornCharges[9 * atom + 3 * axis + b]! += rows[columns * (r + 1) - 16 + k]! * w[k]!;
      }
      return { structure, bornCharges };
    };
    const [frames, others] = [train.map(made), test.map(made)];
    const error = async (given: PolarizationOptions["form"]): Promise<number> => {
      const m = await fitPolarization(frames, {
        descriptor: settings,
        ridge: { kind: "fixed", value: 1e-13 },
        ...(given && { form: given }),
      });
      return (await evaluatePolarization(m, others)).bornCharges!.rmspe;
    };
    expect(await error({ kind: "products", ...counts })).toBeLessThan(1e-5);
    expect(await error({ kind: "full" })).toBeGreaterThan(0.02);
  });

  it("says what it was made of", () => {
    expect(model.training.form).toEqual(form);
    expect(model.training.warnings).toEqual([]);
  });

  it("has Z* that is the derivative of its polarization", () => {
    const { structure } = test[0]!;
    const { polarization, bornCharges } = predictBornCharges(model, structure);
    expectClose(polarization, polarizationOf(model, structure), { absolute: 1e-10 });
    const n3 = structure.positions.length;
    const numeric = jacobian((positions) => polarizationOf(model, { ...structure, positions }), structure.positions);
    bornCharges.forEach((z, p) => {
      const [i, a, b] = [Math.floor(p / 9), Math.floor((p % 9) / 3), p % 3];
      expectClose(z, numeric[a * n3 + 3 * i + b]!, { absolute: 1e-7 });
    });
  });

  it("turns like a vector, Z* like a tensor, moves with everything and has charges that sum to 0", () => {
    const { structure } = test[1]!;
    const { polarization, bornCharges } = predictBornCharges(model, structure);
    for (const r of randomOrthogonal(4, 3)) {
      const turned = predictBornCharges(model, rotateStructure(structure, r));
      expectClose(turned.polarization, rotateRows(r, polarization), { absolute: 1e-9 });
      const swap = (z: Float64Array): Float64Array =>
        Float64Array.from({ length: 9 }, (_, p) => z[3 * (p % 3) + Math.floor(p / 3)]!);
      for (let i = 0; i < structure.species.length; i++) {
        const expected = swap(rotateRows(r, swap(rotateRows(r, bornCharges.slice(9 * i, 9 * i + 9)))));
        expectClose(turned.bornCharges.subarray(9 * i, 9 * i + 9), expected, { absolute: 1e-9 });
      }
    }
    const moved = { ...structure, positions: structure.positions.map((x, c) => x + [1.7, -20.3, 5.1][c % 3]!) };
    expectClose(polarizationOf(model, moved), polarization, { absolute: 1e-9 });
    for (let p = 0; p < 9; p++) {
      let sum = 0;
      for (let i = 0; i < structure.species.length; i++) sum += bornCharges[9 * i + p]!;
      expectClose(sum, 0, { absolute: 1e-9 });
    }
  });

  it("does not jump when an atom crosses a face of the cell", () => {
    const { structure } = test[3]!;
    const at = (x: number): Float64Array => {
      const positions = structure.positions.slice();
      positions[0] = x;
      return polarizationOf(model, { ...structure, positions });
    };
    expect(largestDifference(at(-1e-6), at(1e-6))).toBeLessThan(2e-5);
  });

  it("is the same by Cholesky and by QR, and learns from polarizations as well", async () => {
    const models = [];
    for (const solver of ["cholesky", "qr"] as const)
      models.push(
        await fitPolarization(train.slice(0, 8), {
          descriptor: settings,
          form,
          ridge: { kind: "fixed", value: 1e-6 },
          solver,
        }),
      );
    const [a, b] = models.map((m) => predictBornCharges(m, test[0]!.structure).bornCharges);
    expectClose(a!, b!, { absolute: 1e-6 });
    // What training and prediction say of the same frames is the same: rows times weights are predictions.
    const [, exact] = models;
    const alone = await fitPolarization(train, {
      descriptor: settings,
      form,
      weights: { bornCharges: 0 },
      ridge: { kind: "fixed", value: 1e-9 },
    });
    expect((await evaluatePolarization(alone, train)).polarization!.rmspe).toBeLessThan(0.02);
    expect((await evaluatePolarization(exact!, train.slice(0, 8))).bornCharges!.rmspe).toBeLessThan(0.05);
  });

  it("comes back from its file bit for bit; a file without the products, or with fewer, is refused", async () => {
    const path = join(folder, "model.json");
    await saveModel(path, model);
    const loaded = await loadModel(path, "polarization");
    expect(loaded.training).toEqual(model.training);
    for (const { structure } of test)
      expect(predictBornCharges(loaded, structure)).toEqual(predictBornCharges(model, structure));
    const whole = JSON.parse(await readFile(path, "utf8"));
    const broken = async (change: (json: typeof whole) => void): Promise<PolarizationModel> => {
      const json = structuredClone(whole);
      change(json);
      await writeFile(join(folder, "broken.json"), JSON.stringify(json));
      return loadModel(join(folder, "broken.json"), "polarization");
    };
    await expect(broken((j) => delete j.arrays.equivariants)).rejects.toThrow(/equivariants.*array missing/);
    await expect(broken((j) => Object.assign(j.settings.basis, { scalars: 3 }))).rejects.toThrow(FormatError);
  });

  it("refuses counts that are none, and unknown kinds and names", async () => {
    const trained = (given: object) => fitPolarization(train, { descriptor: settings, form: given as never });
    await expect(trained({ kind: "products", scalars: 0 })).rejects.toThrow(OptionError);
    await expect(trained({ kind: "products", scalar: 4 })).rejects.toThrow(/did you mean "scalars"/);
    await expect(trained({ kind: "product" })).rejects.toThrow(/did you mean "products"/);
  });
});

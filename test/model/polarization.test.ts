import { beforeAll, describe, expect, it } from "vitest";
import { DataError, OptionError } from "../../src/errors.js";
import { random } from "../../src/math/random.js";
import type { PolarizationModel } from "../../src/model/target/polarization/polarization.js";
import { excessCharge, fitPolarization } from "../../src/model/target/polarization/polarization.js";
import { polarizationOf, predictBornCharges } from "../../src/model/target/polarization/predict.js";
import { predictPolarization } from "../../src/model/target/polarization/predictSeries.js";
import { infrared } from "../../src/spectrum/infrared.js";
import { toCartesian, wrap } from "../../src/structure/cell.js";
import { unwrap } from "../../src/structure/continuous.js";
import type { Frame } from "../../src/structure/frame.js";
import type { Structure } from "../../src/structure/structure.js";
import { createTrajectory, frameStructure } from "../../src/structure/trajectory.js";
import { expectClose, largestDifference } from "../support/close.js";
import { randomOrthogonal, rotateRows, rotateStructure } from "../support/equivariance.js";
import { jacobian } from "../support/finiteDifference.js";
import { TOY_CHARGES, toyOxideFrames } from "../support/toyPolarization.js";

// The cutoff is longer than half of every edge of the toy's cell (4.2 Å), so that each atom sees several images of each other one.
const descriptor = { cutoff: 3, nMax: 4, lMax: 3, smearing: 0.4, twoBody: {} };
const train = toyOxideFrames(24, 1);
const test = toyOxideFrames(6, 2);
let model: PolarizationModel;

beforeAll(async () => {
  model = await fitPolarization(train, { descriptor, weights: { polarization: 0 } });
});

function sumOverAtoms(z: Float64Array): Float64Array {
  const sum = new Float64Array(9);
  z.forEach((x, p) => {
    sum[p % 9]! += x;
  });
  return sum;
}

function errorOf(m: PolarizationModel, frames: readonly Frame[]): number {
  let sum = 0;
  let count = 0;
  for (const f of frames) {
    const z = predictBornCharges(m, f.structure).bornCharges;
    z.forEach((x, p) => {
      sum += (x - f.bornCharges![p]!) ** 2;
    });
    count += z.length;
  }
  return Math.sqrt(sum / count);
}

function transposed(frames: readonly Frame[]): Frame[] {
  return frames.map((f) => ({
    ...f,
    bornCharges: f.bornCharges!.map(
      (_, p) => f.bornCharges![9 * Math.floor(p / 9) + 3 * (p % 3) + Math.floor((p % 9) / 3)]!,
    ),
  }));
}

describe("a model fitted to Born charges", () => {
  it("predicts Z* of other structures and, up to a constant, their polarization", () => {
    // The spread of Z* is 2.6 e; 20 mÅ-smeared three-body features describe a three-body toy to better than 2 % of it.
    expect(errorOf(model, test)).toBeLessThan(0.05);
    const errors = test.map((f) => polarizationOf(model, f.structure).map((p, a) => p - f.polarization![a]!));
    const mean = [0, 1, 2].map((a) => errors.reduce((s, e) => s + e[a]!, 0) / errors.length);
    for (const e of errors) expectClose(e, mean, { absolute: 0.05 });
  });

  it("has Born charges that sum to ΣQN times the unit matrix, which is 0 for fitted charges", () => {
    for (const { structure } of test) {
      const { bornCharges } = predictBornCharges(model, structure);
      expectClose(sumOverAtoms(bornCharges), new Float64Array(9), { absolute: 1e-9 });
    }
    expect(excessCharge(model.constants, model.descriptor.options.species, train)).toBeLessThan(1e-12);
  });

  it("reports the charge of a model that is not neutral", async () => {
    const charged = await fitPolarization(train, {
      descriptor,
      weights: { polarization: 0 },
      charges: { kind: "formal", values: { Zr: 4.5, O: -2 } },
    });
    expectClose(excessCharge(charged.constants, charged.descriptor.options.species, train), 1, { absolute: 1e-12 });
    const sum = sumOverAtoms(predictBornCharges(charged, test[0]!.structure).bornCharges);
    expectClose(sum, [1, 0, 0, 0, 1, 0, 0, 0, 1], { absolute: 1e-9 });
    expect(charged.training.warnings.join()).toContain("neutral");
  });

  it("has Z* that is the derivative of its polarization", () => {
    const { structure } = test[0]!;
    const { bornCharges } = predictBornCharges(model, structure);
    const n3 = structure.positions.length;
    const numeric = jacobian((positions) => polarizationOf(model, { ...structure, positions }), structure.positions);
    bornCharges.forEach((z, p) => {
      const [i, a, b] = [Math.floor(p / 9), Math.floor((p % 9) / 3), p % 3];
      expectClose(z, numeric[a * n3 + 3 * i + b]!, { absolute: 1e-7 });
    });
  });

  it("turns like a vector, and Z* like a tensor, under proper and improper rotations", () => {
    const { structure } = test[1]!;
    const { polarization, bornCharges } = predictBornCharges(model, structure);
    for (const r of randomOrthogonal(6, 3)) {
      const turned = predictBornCharges(model, rotateStructure(structure, r));
      expectClose(turned.polarization, rotateRows(r, polarization), { absolute: 1e-9 });
      // R Z Rᵀ: rows, then columns.
      const rows = (z: Float64Array): Float64Array =>
        Float64Array.from({ length: 9 }, (_, p) => z[3 * (p % 3) + Math.floor(p / 3)]!);
      for (let i = 0; i < structure.species.length; i++) {
        const z = bornCharges.subarray(9 * i, 9 * i + 9);
        const expected = rows(rotateRows(r, rows(rotateRows(r, z))));
        expectClose(turned.bornCharges.subarray(9 * i, 9 * i + 9), expected, { absolute: 1e-9 });
      }
    }
  });

  it("does not change when everything moves together", () => {
    const { structure } = test[2]!;
    const moved = { ...structure, positions: structure.positions.map((x, c) => x + [1.7, -20.3, 5.1][c % 3]!) };
    expectClose(polarizationOf(model, moved), polarizationOf(model, structure), { absolute: 1e-9 });
  });

  it("does not jump when an atom crosses a face of the cell", () => {
    const { structure } = test[3]!;
    const path = (x: number): Float64Array => {
      const positions = structure.positions.slice();
      positions[0] = x;
      return polarizationOf(model, { ...structure, positions });
    };
    // From 1e-6 Å on one side of the face to the other: P moves by Z*·2e-6, at most 2e-5 for charges below 10 e.
    expect(largestDifference(path(-1e-6), path(1e-6))).toBeLessThan(2e-5);
    // An atom that leaves by one cell vector adds a whole quantum Q·a, nothing else.
    const [there, back] = [path(0.1 + structure.cell![0]!), path(0.1)];
    const quantum = model.constants[model.descriptor.options.species.indexOf("Zr")]! * structure.cell![0]!;
    expectClose(there[0]! - back[0]!, quantum, { absolute: 1e-9 });
  });

  it("gives the same spectrum from a trajectory that was wrapped into the cell", async () => {
    const start = test[4]!.structure;
    const frames = Array.from({ length: 48 }, (_, f): Structure => {
      const positions = start.positions.map((x, c) => x + 0.12 * f * (c === 3 ? 1 : 0) + 0.1 * Math.sin(0.7 * f + c));
      return { ...start, positions };
    });
    const free = createTrajectory(frames, 2);
    const wrapped = createTrajectory(frames.map(wrap), 2);
    expect(largestDifference(free.positions, wrapped.positions)).toBeGreaterThan(3);
    const spectrum = async (t: typeof free): Promise<Float64Array> => {
      const { polarization } = await predictPolarization(model, t);
      return infrared(polarization, { temperature: 300 }).intensities.absorption!.values;
    };
    const expected = await spectrum(unwrap(free));
    for (const t of [free, wrapped, unwrap(wrapped)])
      expectClose(await spectrum(t), expected, { relative: 1e-6, absolute: 1e-6 * Math.max(...expected) });
    // A polarization at the positions as they are jumps by Q·a.
    const p = Array.from({ length: 48 }, (_, f) => polarizationOf(model, frameStructure(wrapped, f)));
    expect(Math.max(...p.slice(1).map((v, f) => largestDifference(v, p[f]!)))).toBeGreaterThan(5);
  });

  it("refuses frames between which the path of an atom is a guess, and names the frame in which atoms coincide", async () => {
    const { structure } = test[4]!;
    const at = (x: number): Structure => ({
      ...structure,
      positions: structure.positions.map((v, c) => (c === 3 ? v + x * structure.cell![0]! : v)),
    });
    await expect(predictPolarization(model, createTrajectory([at(0), at(0.1), at(0.58)], 2))).rejects.toThrow(
      /frame 2: atom 1 .*path is a guess/,
    );
    const positions = structure.positions.slice();
    positions.copyWithin(0, 3, 6);
    const t = createTrajectory([structure, { ...structure, positions }], 2);
    await expect(predictPolarization(model, t)).rejects.toThrow(/frame 1: .*coincide|frame 1: atom 0 .*guess/);
  });

  it("predicts along a trajectory what it predicts frame by frame, with the current Z*·v", async () => {
    const t = {
      ...createTrajectory(
        test.map((f) => f.structure),
        1,
      ),
      velocities: Float64Array.from({ length: 18 * test.length }, (_, k) => Math.sin(k)),
    };
    const series = await predictPolarization(model, t);
    test.forEach((_, f) => {
      const one = predictBornCharges(model, frameStructure(t, f));
      expect(series.polarization.values.subarray(3 * f, 3 * f + 3)).toEqual(one.polarization);
      expect(series.bornCharges.values.subarray(54 * f, 54 * f + 54)).toEqual(one.bornCharges);
      const current = [0, 1, 2].map((a) => {
        let sum = 0;
        for (let i = 0; i < 6; i++)
          for (let b = 0; b < 3; b++) sum += one.bornCharges[9 * i + 3 * a + b]! * t.velocities[18 * f + 3 * i + b]!;
        return sum;
      });
      expectClose(series.current!.values.subarray(3 * f, 3 * f + 3), current, { absolute: 1e-10 });
    });
    expect(series.polarization.volume).toBeGreaterThan(0);
  });
});

describe("training data", () => {
  it("whose Z* are transposed give a clearly larger error and a warning that names the option", async () => {
    const wrong = await fitPolarization(transposed(train), { descriptor, weights: { polarization: 0 } });
    expect(errorOf(wrong, transposed(test))).toBeGreaterThan(3 * errorOf(model, test));
    expect(wrong.training.warnings.join()).toContain("displacement-field");
    expect(wrong.training.warnings.join()).toContain(`becOrder: "displacement-field"`);
    expect(model.training.warnings).toEqual([]);
  });

  it("return the charges of the toy: exactly by fit where nothing else moves, by the mean of the diagonal as the mean", async () => {
    const rigid = toyOxideFrames(8, 5).map((f) => ({
      structure: f.structure,
      bornCharges: Float64Array.from({ length: 54 }, (_, p) =>
        (p % 9) % 4 === 0 ? TOY_CHARGES[f.structure.species[Math.floor(p / 9)]!]! : 0,
      ),
    }));
    const fitted = await fitPolarization(rigid, { descriptor });
    const order = fitted.descriptor.options.species.map((s) => TOY_CHARGES[s]!);
    expectClose(fitted.constants, order, { absolute: 1e-3 });
    const mean = await fitPolarization(rigid, { descriptor, charges: { kind: "meanDiagonal" } });
    expectClose(mean.constants, order, { absolute: 1e-12 });
    const formal = await fitPolarization(rigid, { descriptor, charges: { kind: "formal", values: TOY_CHARGES } });
    expect([...formal.constants]).toEqual(order);
    expect(Math.max(...formal.weights.map(Math.abs))).toBeLessThan(1e-9);
  });

  it("may be polarizations alone, or both, whose differences count in a crystal", async () => {
    const offset = [3, -8, 1.5];
    const shifted = train.map((f) => ({ ...f, polarization: f.polarization!.map((p, a) => p + offset[a]!) }));
    const both = await fitPolarization(shifted, { descriptor });
    expect(errorOf(both, test)).toBeLessThan(0.05);
    expect(both.training).toMatchObject({ counts: { bornCharges: 24, polarization: 24 } });
    const alone = await fitPolarization(shifted, { descriptor, weights: { bornCharges: 0 } });
    expect(alone.training).toMatchObject({ counts: { bornCharges: 0, polarization: 24 } });
    expect(errorOf(alone, test)).toBeGreaterThan(errorOf(both, test));
  });

  it("take atoms of a crystal that are wrapped into the cell in the image where the first frame has them", async () => {
    const r = random(4);
    const wrapped = train.map((f) => {
      const { cell, positions } = f.structure;
      const turns = positions.map(() => (r.next() < 0.2 ? (r.next() < 0.5 ? 1 : -1) : 0));
      const shift = toCartesian(turns, cell!);
      return { ...f, structure: { ...f.structure, positions: positions.map((x, p) => x + shift[p]!) } };
    });
    const options = { descriptor, weights: { bornCharges: 0 }, ridge: { kind: "fixed", value: 1e-8 } } as const;
    const [a, b] = [await fitPolarization(train, options), await fitPolarization(wrapped, options)];
    // Positions that were moved there and back differ by rounding, 1e-15, of which the ridge makes 1e8 times as much at most.
    expectClose(
      predictBornCharges(b, test[0]!.structure).bornCharges,
      predictBornCharges(a, test[0]!.structure).bornCharges,
      {
        absolute: 1e-5,
      },
    );
    const [one, ...others] = wrapped;
    const away = (part: number) => {
      const turns = one!.structure.positions.map((_, p) => (p === 3 ? 1 : p === 7 ? part : 0));
      const shift = toCartesian(turns, one!.structure.cell!);
      const positions = one!.structure.positions.map((x, p) => x + shift[p]!);
      return [one!, { ...one!, structure: { ...one!.structure, positions } }, ...others];
    };
    await expect(fitPolarization(away(0.4), options)).rejects.toThrow(
      /frame 1: atom 1 .* another cell.*atom 2 is more/,
    );
    await fitPolarization(away(0.2), options);
  });

  it("give the same weights by Cholesky and by QR, at any ridge that both can factor", async () => {
    for (const ridge of [1e-6, 1e-9]) {
      const models = [];
      for (const solver of ["cholesky", "qr"] as const)
        models.push(
          await fitPolarization(train.slice(0, 8), { descriptor, ridge: { kind: "fixed", value: ridge }, solver }),
        );
      const [a, b] = models.map((m) => predictBornCharges(m, test[0]!.structure).bornCharges);
      // Normal equations lose twice the digits: 1e-16 · condition 1e9 at most, times some.
      expectClose(a!, b!, { absolute: 1e-6 });
    }
  });

  it("are refused with advice when there is nothing to learn from, a charge is missing or an option is unknown", async () => {
    const bare = train.map(({ structure }) => ({ structure }));
    await expect(fitPolarization(bare)).rejects.toThrow(DataError);
    await expect(fitPolarization(bare, { weights: { bornCharges: 1 } })).rejects.toThrow(/Born charges; map it/);
    await expect(fitPolarization(train, { charges: { kind: "formal", values: { Zr: 4 } } })).rejects.toThrow(/O/);
    await expect(fitPolarization(train, { ridges: 1 } as object)).rejects.toThrow(/did you mean "ridge"/);
    await expect(fitPolarization(train, { ridge: "1e-9" } as object)).rejects.toThrow(OptionError);
    await expect(fitPolarization(train, { ridge: { kind: "fixed", value: -1 } })).rejects.toThrow(OptionError);
    await expect(fitPolarization(train.slice(0, 1), { descriptor })).rejects.toThrow(/to choose the ridge/);
    await expect(fitPolarization(train, { polarization: "relative" } as object)).rejects.toThrow(/absolute/);
    await expect(fitPolarization(train, { charges: { kind: "mean" } as never })).rejects.toThrow(/meanDiagonal/);
  });

  it("can be interrupted", async () => {
    const controller = new AbortController();
    const work = fitPolarization(train, {
      descriptor,
      signal: controller.signal,
      onProgress: ({ done }) => done === 2 && controller.abort("enough"),
    });
    await expect(work).rejects.toThrow(/interrupted/);
  });
});

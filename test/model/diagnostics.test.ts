import { describe, expect, it } from "vitest";
import { DataError, OptionError, ShapeError } from "../../src/errors.js";
import { random } from "../../src/math/random.js";
import {
  agreement,
  cosineOfValues,
  meanAbsoluteError,
  rmse,
  rmspe,
  rSquared,
  seriesAgreement,
} from "../../src/model/diagnostics.js";
import { seriesOfComponents } from "../../src/series/components.js";
import { convertSeries } from "../../src/series/convert.js";
import { createSeries } from "../../src/series/tensorSeries.js";
import { expectClose } from "../support/close.js";

const normals = (n: number, seed: number): Float64Array => {
  const r = random(seed);
  return Float64Array.from({ length: n }, () => r.normal());
};

describe("measures", () => {
  it("by hand: y = 1 2 3 4, ŷ = 1 2 3 6", () => {
    const [y, p] = [
      [1, 2, 3, 4],
      [1, 2, 3, 6],
    ];
    expectClose(rmse(y, p), 1, { relative: 1e-15 });
    expectClose(meanAbsoluteError(y, p), 0.5, { relative: 1e-15 });
    expectClose(rSquared(y, p), 1 - 4 / 5, { relative: 1e-14 });
    expectClose(rmspe(y, p), 1 / Math.sqrt(1.25), { relative: 1e-14 });
    expectClose(cosineOfValues(y, p), 38 / Math.sqrt(30 * 50), { relative: 1e-14 });
  });

  it("R² is 1 for equal values, 0 for the mean, 1 − RMSPE² always, and keeps its digits far from 0", () => {
    const y = normals(500, 1).map((v) => v + 1e6);
    const p = y.map((v, i) => v + 0.1 * Math.sin(i));
    expect(rSquared(y, y)).toBe(1);
    expectClose(rSquared(y, new Float64Array(500).fill(y.reduce((s, v) => s + v, 0) / 500)), 0, { absolute: 1e-9 });
    expectClose(rSquared(y, p), 1 - rmspe(y, p) ** 2, { absolute: 1e-12 });
    expectClose(
      rSquared(
        y.map((v) => v - 1e6),
        p.map((v) => v - 1e6),
      ),
      rSquared(y, p),
      { absolute: 1e-8 },
    );
  });

  it("refuse unequal lengths, nothing, NaN, and a constant or zero reference where undefined", () => {
    expect(() => rmse([1, 2], [1])).toThrow(ShapeError);
    expect(() => rmse([], [])).toThrow(ShapeError);
    expect(() => rmse([1, Number.NaN], [1, 2])).toThrow(/value 1/);
    expect(() => rSquared([2, 2], [1, 3])).toThrow(DataError);
    expect(() => rmspe([2, 2], [1, 3])).toThrow(DataError);
    expect(() => cosineOfValues([0, 0], [1, 2])).toThrow(DataError);
  });
});

describe("agreement", () => {
  const y = normals(400, 2);
  const p = y.map((v, i) => v + 0.3 * normals(400, 3)[i]!);

  it("contains the plain measures as estimates, inside their intervals; the same seed gives the same bits", () => {
    const a = agreement(y, p);
    expectClose(a.r2!.estimate, rSquared(y, p), { relative: 1e-12 });
    expectClose(a.rmse!.estimate, rmse(y, p), { relative: 1e-12 });
    expectClose(a.mae!.estimate, meanAbsoluteError(y, p), { relative: 1e-12 });
    expectClose(a.cosine!.estimate, cosineOfValues(y, p), { relative: 1e-12 });
    for (const m of ["r2", "rmse", "rmspe", "mae", "cosine"] as const) {
      expect(a[m]!.low).toBeLessThan(a[m]!.estimate);
      expect(a[m]!.high).toBeGreaterThan(a[m]!.estimate);
    }
    expect(agreement(y, p)).toEqual(a);
    expect(agreement(y, p, { bootstrap: { seed: 2 } })).not.toEqual(a);
  });

  it("interval of the RMSE has the known width: relative error 1/√(2n) for normal errors", () => {
    const e = agreement(y, p, { bootstrap: { samples: 2000 } }).rmse!;
    expectClose(e.standardError / e.estimate, 1 / Math.sqrt(800), { relative: 0.15 });
  });

  it("blocks widen the intervals of correlated errors by the square root of the correlation length", () => {
    const errors = normals(100, 5);
    const slow = Float64Array.from({ length: 2000 }, (_, i) => errors[Math.floor(i / 20)]!);
    const reference = normals(2000, 6);
    const predicted = reference.map((v, i) => v + slow[i]!);
    const single = agreement(reference, predicted).rmse!.standardError;
    const blocked = agreement(reference, predicted, { bootstrap: { blockLength: 100 } }).rmse!.standardError;
    expect(blocked / single).toBeGreaterThan(3);
    expect(blocked / single).toBeLessThan(6);
  });

  it("leaves out what a constant reference does not define", () => {
    const a = agreement([1, 1, 1], [1, 2, 3]);
    expect(Object.keys(a).sort()).toEqual(["cosine", "count", "mae", "rmse"]);
  });

  it("refuses unknown options and a single frame", () => {
    expect(() => agreement(y, p, { bootstrp: {} } as never)).toThrow(OptionError);
    expect(() => agreement([1, 2], [1, 2], { size: 2 })).toThrow(ShapeError);
  });
});

describe("seriesAgreement", () => {
  it("reports all components together, each one, and both invariants, in package units", () => {
    const six = (seed: number, noise: number) =>
      Object.fromEntries(
        ["xx", "yy", "zz", "xy", "yz", "zx"].map((name, k) => [
          name,
          normals(50, k).map((v, i) => v + 3 + noise * normals(50, seed + k)[i]!),
        ]),
      ) as unknown as Parameters<typeof seriesOfComponents>[0]["components"];
    const make = (noise: number) =>
      seriesOfComponents({ quantity: "polarizability", components: six(20, noise), timestep: 1, origin: "x" });
    const [reference, predicted] = [make(0), make(0.2)];
    const result = seriesAgreement(reference, convertSeries(predicted, "bohr³"));
    expect(Object.keys(result)).toEqual(["all", "mean", "anisotropy", "xx", "yy", "zz", "xy", "yz", "zx"]);
    expect(result.all!.count).toBe(450);
    const squares = (["xx", "yy", "zz"] as const).reduce((s, n) => s + result[n]!.rmse!.estimate ** 2, 0);
    const offDiagonal = (["xy", "yz", "zx"] as const).reduce((s, n) => s + 2 * result[n]!.rmse!.estimate ** 2, 0);
    expectClose(result.all!.rmse!.estimate ** 2, (squares + offDiagonal) / 9, { relative: 1e-9 });
  });

  it("takes vectors and Born charges, and refuses different shapes", () => {
    const p = createSeries({ quantity: "polarization", shape: [3], values: normals(30, 1), timestep: 1, origin: "p" });
    expect(Object.keys(seriesAgreement(p, p))).toEqual(["all", "x", "y", "z"]);
    const z = createSeries({
      quantity: "bornCharges",
      shape: [2, 3, 3],
      values: normals(180, 2),
      timestep: 1,
      origin: "z",
    });
    expect(Object.keys(seriesAgreement(z, z))).toEqual(["all"]);
    expect(seriesAgreement(z, z).all!.rmse!.estimate).toBe(0);
    expect(() => seriesAgreement(p, z)).toThrow(ShapeError);
  });
});

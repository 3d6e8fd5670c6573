import { describe, expect, it } from "vitest";
import { DataError, OptionError, ShapeError, UnitError } from "../../src/errors.js";
import { random } from "../../src/math/random.js";
import { component, componentNames, components, seriesOfComponents } from "../../src/series/components.js";
import {
  convertSeries,
  dielectricOfPolarizability,
  polarizabilityOfDielectric,
  seriesUnits,
} from "../../src/series/convert.js";
import { seriesOfFrames } from "../../src/series/fromFrames.js";
import { invariants } from "../../src/series/invariants.js";
import { joinSeries, splitSeries } from "../../src/series/join.js";
import { createSeries, seriesLength, sliceSeries, type TensorSeries } from "../../src/series/tensorSeries.js";
import type { Frame } from "../../src/structure/frame.js";
import { createStructure } from "../../src/structure/structure.js";
import { expectClose } from "../support/close.js";
import { rotateTensors } from "../support/equivariance.js";

/** A series of random symmetric tensors. */
function randomTensors(frames: number, seed: number, extra: Partial<TensorSeries> = {}): TensorSeries {
  const r = random(seed);
  const column = (): Float64Array => Float64Array.from({ length: frames }, () => r.normal());
  const six = { xx: column(), yy: column(), zz: column(), xy: column(), yz: column(), zx: column() };
  const s = seriesOfComponents({
    quantity: "polarizability",
    components: six,
    timestep: 2,
    volume: 100,
    origin: "random",
  });
  return { ...s, ...extra };
}

describe("invariants", () => {
  it("are a = trace/3 and γ² = ³⁄₂ |traceless part|² (second route)", () => {
    const s = randomTensors(20, 1);
    const { mean, anisotropy } = invariants(s);
    for (let f = 0; f < 20; f++) {
      const t = s.values.subarray(9 * f, 9 * f + 9);
      const a = (t[0]! + t[4]! + t[8]!) / 3;
      const norm = t.reduce((n, v, i) => n + (i % 4 === 0 ? v - a : v) ** 2, 0);
      expectClose(mean[f]!, a, { absolute: 1e-15 });
      expectClose(anisotropy[f]!, 1.5 * norm, { relative: 1e-13 });
    }
  });

  it("do not change under rotation", () => {
    const s = randomTensors(10, 2);
    const before = invariants(s);
    const after = invariants(rotateTensors(s, random(3).rotation()));
    expectClose(after.mean, before.mean, { absolute: 1e-14 });
    expectClose(after.anisotropy, before.anisotropy, { relative: 1e-12 });
  });

  it("of a uniaxial tensor are (α∥ + 2α⊥)/3 and (α∥ − α⊥)²", () => {
    const s = seriesOfComponents({
      quantity: "polarizability",
      components: { xx: [2], yy: [2], zz: [5], xy: [0], yz: [0], zx: [0] },
      timestep: 1,
      origin: "uniaxial",
    });
    expect(invariants(s).mean[0]).toBe(3);
    expect(invariants(s).anisotropy[0]).toBe(9);
  });

  it("refuse a vector series", () => {
    const s = createSeries({
      quantity: "polarization",
      shape: [3],
      values: new Float64Array(6),
      timestep: 1,
      origin: "p",
    });
    expect(() => invariants(s)).toThrow(ShapeError);
  });
});

describe("components", () => {
  it("of a tensor are xx yy zz xy yz zx, symmetrised, and build the series back", () => {
    const s = randomTensors(5, 4);
    expect(componentNames(s)).toEqual(["xx", "yy", "zz", "xy", "yz", "zx"]);
    const six = components(s) as Parameters<typeof seriesOfComponents>[0]["components"];
    expect(
      seriesOfComponents({ quantity: "polarizability", components: six, timestep: 2, origin: "x" }).values,
    ).toEqual(s.values);
    const lopsided = { ...s, values: Float64Array.from(s.values) };
    lopsided.values[1] = 4;
    lopsided.values[3] = 6;
    expect(component(lopsided, "xy")[0]).toBe(5);
  });

  it("of a vector are x y z; another name is refused", () => {
    const s = createSeries({
      quantity: "polarization",
      shape: [3],
      values: Float64Array.of(1, 2, 3, 4, 5, 6),
      timestep: 1,
      origin: "p",
    });
    expect([...component(s, "y")]).toEqual([2, 5]);
    expect(() => component(s, "xx")).toThrow(OptionError);
  });
});

describe("conversion of units", () => {
  it("ε ↔ α is V(ε − 1)/4π and inverts", () => {
    const eps = seriesOfComponents({
      quantity: "dielectric",
      components: { xx: [3], yy: [2], zz: [1], xy: [0.5], yz: [0], zx: [0] },
      timestep: 1,
      volume: 4 * Math.PI,
      origin: "ε",
    });
    const alpha = polarizabilityOfDielectric(eps);
    expectClose(alpha.values, [2, 0.5, 0, 0.5, 1, 0, 0, 0, 0], { absolute: 1e-15 });
    expect(alpha.unit).toBe("Å³");
    expectClose(dielectricOfPolarizability(alpha).values, eps.values, { absolute: 1e-14 });
    const { volume: _, ...molecule } = eps;
    expect(() => polarizabilityOfDielectric(molecule)).toThrow(UnitError);
    expect(() => polarizabilityOfDielectric(alpha)).toThrow(UnitError);
  });

  it("every unit of every quantity converts there and back", () => {
    for (const quantity of ["polarizability", "dielectric", "polarization", "current", "bornCharges"] as const) {
      const s = createSeries({
        quantity,
        shape: [3],
        values: Float64Array.of(1, -2, 3),
        timestep: 1,
        volume: 50,
        origin: "x",
      });
      for (const unit of seriesUnits(quantity))
        expectClose(convertSeries(convertSeries(s, unit), s.unit).values, s.values, { relative: 1e-14 });
    }
  });

  it("known numbers: water's 1.8546 D is 0.38612 e·Å; 1 e/Å² is 16.0218 C/m²; 9.64 a.u. are 1.4285 Å³", () => {
    const p = createSeries({
      quantity: "polarization",
      shape: [3],
      values: Float64Array.of(1, 0, 0),
      timestep: 1,
      volume: 1,
      origin: "x",
    });
    expectClose(convertSeries(p, "debye").values[0]!, 1.8546 / 0.38612, { relative: 1e-4 });
    expectClose(convertSeries(p, "C/m²").values[0]!, 16.02177, { relative: 1e-6 });
    expectClose(convertSeries(p, "µC/cm²").values[0]!, 1602.177, { relative: 1e-6 });
    const a = createSeries({
      quantity: "polarizability",
      shape: [3, 3],
      values: new Float64Array(9).fill(1.4285),
      timestep: 1,
      origin: "x",
    });
    expectClose(convertSeries(a, "bohr³").values[0]!, 9.64, { relative: 1e-4 });
  });

  it("a unit of another quantity is refused with the known ones", () => {
    const s = randomTensors(2, 5);
    expect(() => convertSeries(s, "debye")).toThrow(/Å³/);
  });
});

describe("joining and splitting", () => {
  it("splits into equal pieces that join to the original", () => {
    const s = randomTensors(12, 6);
    const pieces = splitSeries(s, 3);
    expect(pieces.map(seriesLength)).toEqual([4, 4, 4]);
    expect(joinSeries(pieces).values).toEqual(s.values);
    expect(joinSeries(pieces).volume).toBeCloseTo(100, 12);
    expect(seriesLength(splitSeries(s, 5)[0]!)).toBe(2);
    expect(() => splitSeries(s, 7)).toThrow(ShapeError);
  });

  it("refuses other quantities, units and time steps", () => {
    const s = randomTensors(4, 7);
    expect(() => joinSeries([])).toThrow(ShapeError);
    expect(() => joinSeries([s, { ...s, quantity: "dielectric" }])).toThrow(ShapeError);
    expect(() => joinSeries([s, convertSeries(s, "bohr³")])).toThrow(UnitError);
    expect(() => joinSeries([s, sliceSeries(s, { stride: 2 })])).toThrow(/time step 4 fs/);
  });

  it("a piece without volume leaves the whole without", () => {
    const { volume: _, ...s } = randomTensors(4, 8);
    expect(joinSeries([s, s]).volume).toBeUndefined();
  });
});

describe("seriesOfFrames", () => {
  const cell = [2, 0, 0, 0, 2, 0, 0, 0, 2];
  const frame = (time: number, size = 9): Frame => ({
    structure: createStructure({ species: ["Si"], positions: [0, 0, 0], cell }),
    time,
    dielectric: Float64Array.from({ length: size }, (_, i) => time + i),
  });

  it("takes tensors, time step and volume from the frames", () => {
    const s = seriesOfFrames([frame(0), frame(2.5), frame(5)], "dielectric", { origin: "DFPT" });
    expect(s).toMatchObject({
      quantity: "dielectric",
      unit: "1",
      shape: [3, 3],
      timestep: 2.5,
      volume: 8,
      origin: "DFPT",
    });
    expect(s.values[10]).toBe(3.5);
  });

  it("names the frames without the tensor", () => {
    const { dielectric: _, ...bare } = frame(2.5);
    expect(() => seriesOfFrames([frame(0), bare, frame(5)], "dielectric")).toThrow(DataError);
    expect(() => seriesOfFrames([frame(0), bare, frame(5)], "dielectric")).toThrow(/1 of 3 frames .*frame 1;/);
  });

  it("refuses a gap in time, a missing time step and unequal tensors", () => {
    expect(() => seriesOfFrames([frame(0), frame(2.5), frame(7.5)], "dielectric")).toThrow(
      /frame 2 is 5 fs after frame 1, expected 2.5 fs/,
    );
    expect(() => seriesOfFrames([frame(0), frame(2.5)], "dielectric", { timestep: 1 })).toThrow(DataError);
    const { time: _, ...timeless } = frame(0);
    expect(() => seriesOfFrames([timeless, timeless], "dielectric")).toThrow(/time step/);
    expect(() => seriesOfFrames([frame(0), frame(1, 8)], "dielectric")).toThrow(ShapeError);
  });
});

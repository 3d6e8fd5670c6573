import { describe, expect, it } from "vitest";
import { OptionError } from "../../src/errors.js";
import { random } from "../../src/math/random.js";
import {
  type Geometries,
  polarisedRaman,
  porto,
  ramanAngleScan,
  ramanTensorSpectra,
} from "../../src/spectrum/polarised.js";
import { raman } from "../../src/spectrum/raman.js";
import { intensityOf } from "../../src/spectrum/spectrum.js";
import { expectClose } from "../support/close.js";
import { rotateTensors } from "../support/equivariance.js";
import { noisyTensors } from "./signals.js";

const alpha = noisyTensors(400, 2, 5);
const turn = (rotation: Float64Array, v: readonly number[]): number[] =>
  [0, 1, 2].map((c) => [0, 1, 2].reduce((s, d) => s + rotation[3 * c + d]! * v[d]!, 0));

describe("polarised Raman of a single crystal", () => {
  it("stays the same when crystal and polarisations turn together, and changes when only one does", () => {
    const rotation = random(4).rotation();
    const [i, s] = [
      [1, 2, 0.5],
      [0.3, -1, 2],
    ];
    const turned = rotateTensors(alpha, rotation);
    const here = polarisedRaman(alpha, { light: { incident: i!, scattered: s! } });
    const there = polarisedRaman(turned, { light: { incident: turn(rotation, i!), scattered: turn(rotation, s!) } });
    const top = Math.max(...intensityOf(here).values);
    expectClose(intensityOf(there).values, intensityOf(here).values, { relative: 1e-9, absolute: 1e-12 * top });
    const half = polarisedRaman(turned, { light: { incident: i!, scattered: s! } });
    expect(Math.abs(Math.max(...intensityOf(half).values) / top - 1)).toBeGreaterThan(0.01);
  });

  it("averages over orientations to the spectrum of a powder, parallel and perpendicular", () => {
    const r = random(8);
    const count = 400;
    const geometries = Object.fromEntries(
      Array.from({ length: count }, (_, k) => {
        const q = r.rotation();
        const [u, v] = [turn(q, [1, 0, 0]), turn(q, [0, 1, 0])];
        return [
          [`p${k}`, { incident: u, scattered: u }],
          [`c${k}`, { incident: u, scattered: v }],
        ] as const;
      }).flat(),
    );
    const oriented = polarisedRaman(alpha, geometries, { broadening: { kind: "none" } });
    const powder = raman(alpha, { broadening: { kind: "none" } });
    for (const [letter, name] of [
      ["p", "parallel"],
      ["c", "perpendicular"],
    ] as const) {
      const areaOf = (y: Float64Array): number => y.reduce((s, v) => s + v, 0);
      const mean =
        Object.entries(oriented.intensities).reduce(
          (s, [key, { values }]) => s + (key.startsWith(letter) ? areaOf(values) : 0),
          0,
        ) / count;
      // 400 orientations of a quantity that varies by about its size: 5 %.
      expectClose(mean, areaOf(intensityOf(powder, name).values), { relative: 0.12 });
    }
  });

  it("reads Porto's notation, and the tensor's elements are its axes", () => {
    expect(porto("x(zy)-x")).toEqual({ incident: [0, 0, 1], scattered: [0, 1, 0] });
    const elements = ramanTensorSpectra(alpha);
    const s = polarisedRaman(alpha, ["x(zz)-x", "x(zy)x", "y(xx)-y"]);
    expectClose(intensityOf(s, "x(zz)-x").values, intensityOf(elements, "zz").values, { relative: 1e-12 });
    expectClose(intensityOf(s, "y(xx)-y").values, intensityOf(elements, "xx").values, { relative: 1e-12 });
    expect(Object.keys(elements.intensities)).toEqual(["xx", "yy", "zz", "xy", "yz", "zx"]);
    for (const wrong of ["x(zz)", "x(xz)-x", "q(zz)-x", "x(zx)x"]) expect(() => porto(wrong)).toThrow(OptionError);
  });

  it("says which geometry is none", () => {
    const given = (geometry: unknown) => () => polarisedRaman(alpha, { g: geometry } as unknown as Geometries);
    for (const wrong of [{ incident: [1, 0, 0] }, {}, undefined, null, 5, { incident: [1, 0, 0], scattered: [1, 0] }]) {
      expect(given(wrong)).toThrow(OptionError);
      expect(given(wrong)).toThrow(/geometry "g"/);
    }
    expect(() => polarisedRaman(alpha, undefined as unknown as Geometries)).toThrow(/geometries are undefined/);
    expect(given({ incident: [0, 0, 0], scattered: [1, 0, 0] })).toThrow(/no direction/);
  });

  it("scanned over the angle starts and ends at the axes and repeats after 180°", () => {
    const scan = ramanAngleScan(alpha, { beam: [0, 0, 1], from: [1, 0, 0], angles: [0, 45, 90, 180] });
    const e = ramanTensorSpectra(alpha);
    const top = Math.max(...intensityOf(e, "xx").values);
    const same = (a: string, b: Float64Array): void =>
      expectClose(intensityOf(scan, a).values, b, { relative: 1e-9, absolute: 1e-12 * top });
    same("parallel 0°", intensityOf(e, "xx").values);
    same("parallel 90°", intensityOf(e, "yy").values);
    same("crossed 0°", intensityOf(e, "xy").values);
    same("parallel 180°", intensityOf(scan, "parallel 0°").values);
    // At 45° crossed light sees (yy − xx)/2.
    const difference = polarisedRaman(alpha, { d: { incident: [1, 1, 0], scattered: [-1, 1, 0] } });
    same("crossed 45°", intensityOf(difference).values);
    expect(() => ramanAngleScan(alpha, { beam: [0, 0, 1], from: [1, 0, 1] })).toThrow(/across/);
    expect(() => polarisedRaman(alpha, { a: { incident: [0, 0, 0], scattered: [1, 0, 0] } })).toThrow(OptionError);
    expect(() => polarisedRaman(alpha, [])).toThrow(OptionError);
  });
});

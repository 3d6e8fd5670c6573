import { describe, expect, it } from "vitest";
import { DataError, ShapeError, UnitError } from "../../src/errors.js";
import { random } from "../../src/math/random.js";
import { bornCurrent, polarizationRate } from "../../src/series/current.js";
import { derivativeGain, differentiate } from "../../src/series/differentiate.js";
import { unwrapPolarization } from "../../src/series/polarization.js";
import { createSeries } from "../../src/series/tensorSeries.js";
import { expectClose } from "../support/close.js";

const wave = (n: number, omega: number, dt: number, shift = 0): Float64Array =>
  Float64Array.from({ length: n }, (_, k) => Math.cos(omega * (k + shift) * dt));
const slope = (n: number, omega: number, dt: number, shift = 0): Float64Array =>
  Float64Array.from({ length: n }, (_, k) => -omega * Math.sin(omega * (k + shift) * dt));

describe("differentiate", () => {
  const [dt, omega] = [0.5, 0.7];

  it("forward and central differences of a wave are its derivative times gain/ω", () => {
    for (const [kind, shift, lost] of [
      ["forward", 0.5, 1],
      ["central", 1, 2],
    ] as const) {
      const d = differentiate(wave(40, omega, dt), dt, { kind });
      const gain = derivativeGain({ kind }, omega, dt) / omega;
      expectClose(
        d,
        slope(40 - lost, omega, dt, shift).map((v) => v * gain),
        { absolute: 1e-12 },
      );
      expect(gain).toBeLessThan(1);
    }
  });

  it("the spectral derivative is exact for a wave on a straight line with whole periods", () => {
    for (const n of [65, 66]) {
      const omega = (2 * Math.PI * 7) / ((n - 1) * dt);
      const x = wave(n, omega, dt).map((v, k) => v + 0.3 * k * dt);
      expectClose(
        differentiate(x, dt, { kind: "spectral" }),
        slope(n, omega, dt).map((v) => v + 0.3),
        { absolute: 1e-12 },
      );
    }
  });

  it("gains tend to ω for small steps", () => {
    for (const kind of ["forward", "central", "spectral"] as const)
      expectClose(derivativeGain({ kind }, 0.1, 1e-3), 0.1, { relative: 1e-8 });
  });

  it("needs three frames", () => {
    expect(() => differentiate(new Float64Array(2), 1, { kind: "forward" })).toThrow(ShapeError);
  });
});

describe("unwrapPolarization", () => {
  const cell = Float64Array.of(4, 0, 0, 1, 5, 0, 0.5, -0.7, 6);

  it("undoes any sequence of whole quanta in a triclinic cell and reports where they were", () => {
    const r = random(1);
    const n = 200;
    const smooth = new Float64Array(3 * n);
    const wrapped = new Float64Array(3 * n);
    const expected: number[] = [];
    let quanta = [0, 0, 0];
    for (let f = 0; f < n; f++) {
      if (f > 0 && r.next() < 0.2) {
        quanta = quanta.map((q) => q + r.integer(5) - 2);
      }
      for (let i = 0; i < 3; i++) {
        smooth[3 * f + i] = (f === 0 ? 0.4 : smooth[3 * (f - 1) + i]!) + 0.3 * (r.next() - 0.5);
        wrapped[3 * f + i] = smooth[3 * f + i]! + quanta.reduce((s, q, k) => s + q * cell[3 * k + i]!, 0);
      }
    }
    let before = [0, 0, 0];
    for (let f = 1; f < n; f++) {
      const shift = [0, 1, 2].map((i) => wrapped[3 * f + i]! - smooth[3 * f + i]!);
      if (shift.some((s, i) => Math.abs(s - before[i]!) > 1)) expected.push(f);
      before = shift;
    }
    const s = createSeries({ quantity: "polarization", shape: [3], values: wrapped, timestep: 1, origin: "p" });
    const u = unwrapPolarization(s, cell);
    expectClose(u.series.values, smooth, { absolute: 1e-11 });
    expect(u.jumps).toEqual(expected);
    expect(expected.length).toBeGreaterThan(10);
    expect(u.largestStep).toBeLessThan(0.1);
  });

  it.each([
    [1, true],
    [2, true],
    [0.62, false],
    [1.3, false],
    [-1.3, false],
  ])("takes a jump by %d quanta for a change of branch: %s", (quanta, branch) => {
    const values = new Float64Array(3 * 50);
    for (let f = 0; f < 50; f++) values[3 * f] = 0.3 * Math.sin(f / 4) + (f >= 20 ? 4 * quanta : 0);
    const s = createSeries({ quantity: "polarization", shape: [3], values, timestep: 1, origin: "p" });
    const unwrap = () => unwrapPolarization(s, Float64Array.of(4, 0, 0, 0, 4, 0, 0, 0, 4));
    if (branch) expect(unwrap().jumps).toEqual([20]);
    else
      expect(unwrap).toThrow(
        /frame 20: jumps by a quantum and 0\.[2-4]\d+ of one more, where other steps are at most 0\.0/,
      );
  });

  it("refuses an ambiguous step", () => {
    const s = createSeries({
      quantity: "polarization",
      shape: [3],
      values: Float64Array.of(0, 0, 0, 2, 0, 0),
      timestep: 1,
      origin: "p",
    });
    expect(() => unwrapPolarization(s, Float64Array.of(4, 0, 0, 0, 4, 0, 0, 0, 4))).toThrow(DataError);
  });
});

describe("current", () => {
  it("Σ Z*·v equals the time derivative of P = Σ Z* x for constant charges", () => {
    const [n, frames, dt] = [3, 400, 0.25];
    const r = random(7);
    const z = Float64Array.from({ length: 9 * n }, () => r.normal());
    const [amplitude, phase, omega] = [0, 1, 2].map(() => Float64Array.from({ length: 3 * n }, () => r.next())) as [
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    const positions = new Float64Array(frames * 3 * n);
    const velocities = new Float64Array(frames * 3 * n);
    const p = new Float64Array(3 * frames);
    for (let f = 0; f < frames; f++)
      for (let c = 0; c < 3 * n; c++) {
        const w = 0.05 + 0.1 * omega[c]!;
        positions[f * 3 * n + c] = amplitude[c]! * Math.cos(w * f * dt + phase[c]!);
        velocities[f * 3 * n + c] = -w * amplitude[c]! * Math.sin(w * f * dt + phase[c]!);
        for (let a = 0; a < 3; a++)
          p[3 * f + a]! += z[9 * Math.floor(c / 3) + 3 * a + (c % 3)]! * positions[f * 3 * n + c]!;
      }
    const charges = createSeries({
      quantity: "bornCharges",
      shape: [n, 3, 3],
      values: z,
      timestep: dt,
      volume: 10,
      origin: "Z",
    });
    const trajectory = {
      species: ["H", "H", "H"],
      positions,
      velocities,
      periodic: [false, false, false] as const,
      timestep: dt,
    };
    const current = bornCurrent(charges, trajectory);
    expect(current).toMatchObject({ quantity: "current", unit: "e·Å/fs", volume: 10, timestep: dt });
    const polarization = createSeries({ quantity: "polarization", shape: [3], values: p, timestep: dt, origin: "P" });
    const rate = polarizationRate(polarization);
    // Central difference: relative error (ωΔt)²/6 ≤ 2.4e-4.
    expectClose(rate.values, current.values.subarray(3, -3), { absolute: 3e-4 });
    const repeated = {
      ...charges,
      values: Float64Array.from({ length: frames * z.length }, (_, i) => z[i % z.length]!),
    };
    expect(bornCurrent(repeated, trajectory).values).toEqual(current.values);
    expect(() => bornCurrent({ ...repeated, timestep: 1 }, trajectory)).toThrow(UnitError);
    const { velocities: _, ...still } = trajectory;
    expect(() => bornCurrent(charges, still)).toThrow(/velocities/);
    expect(() => polarizationRate(current)).toThrow(UnitError);
  });
});

import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DataError, OptionError, ShapeError, UnitError } from "../../src/errors.js";
import { loadExtxyz } from "../../src/io/extxyz.js";
import { polarizationRate } from "../../src/series/current.js";
import { seriesOfFrames } from "../../src/series/fromFrames.js";
import { createSeries, seriesLength, sliceSeries, type TensorSeries } from "../../src/series/tensorSeries.js";
import { averageSpectra } from "../../src/spectrum/average.js";
import { quantumFactor } from "../../src/spectrum/corrections.js";
import { infrared } from "../../src/spectrum/infrared.js";
import { findPeaks } from "../../src/spectrum/peaks.js";
import { area, intensityOf, type Spectrum } from "../../src/spectrum/spectrum.js";
import {
  atomicMassUnit,
  boltzmannConstant,
  speedOfLightInternal,
  vacuumPermittivity,
} from "../../src/units/constants.js";
import { angularToWavenumber, wavenumberToAngular } from "../../src/units/frequency.js";
import { expectClose } from "../support/close.js";
import { langevin, waves } from "./signals.js";

const temperature = 300;
const kT = boltzmannConstant * temperature;

function vectors(
  quantity: "polarization" | "current",
  columns: readonly Float64Array[],
  timestep: number,
  volume?: number,
): TensorSeries {
  const values = new Float64Array(3 * columns[0]!.length);
  for (let k = 0; k < values.length; k++) values[k] = columns[k % 3]![Math.floor(k / 3)]!;
  return createSeries({ quantity, shape: [3], values, timestep, origin: "oscillators", ...(volume && { volume }) });
}

describe("infrared", () => {
  // Charge q and mass m on a spring with friction: αn = q²/(m V c ε₀) γω²/((ω₀² − ω²)² + γ²ω²).
  const [q, m, volume, dt] = [0.8, 12 * atomicMassUnit, 300, 1];
  const [omega0, gamma] = [wavenumberToAngular(1200), wavenumberToAngular(50)];
  const speed = Math.sqrt(kT / m);
  const run = (seed: number, frames = 8000, step = dt) => {
    const parts = [0, 1, 2].map((i) => langevin(frames, step, omega0, gamma, 3 * seed + i));
    return {
      polarization: vectors(
        "polarization",
        parts.map((p) => p.x.map((x) => q * speed * x)),
        step,
        volume,
      ),
      current: vectors(
        "current",
        parts.map((p) => p.v.map((v) => q * speed * v)),
        step,
        volume,
      ),
    };
  };
  const prefactor = ((q * q) / (m * volume * speedOfLightInternal * vacuumPermittivity)) * 1e8;
  const exact = (wavenumber: number): number => {
    const w = wavenumberToAngular(wavenumber);
    return (prefactor * gamma * w * w) / ((omega0 ** 2 - w * w) ** 2 + (gamma * w) ** 2);
  };

  it("of damped charged oscillators is the analytic absorption in absolute units, within ±4 standard errors", () => {
    const whole = { kind: "periodogram", taper: { kind: "none" }, padding: 1 } as const;
    const runs = Array.from({ length: 24 }, (_, i) =>
      infrared(run(i).current, { temperature, estimator: whole, broadening: { kind: "none" } }),
    );
    const mean = averageSpectra(runs);
    const { values, standardError } = mean.intensities.absorption!;
    const axis = mean.axis.values;
    // Bands of 20 cm⁻¹ around the line, and its area q²/(4 m V c² ε₀) per direction.
    for (let from = 1120; from < 1280; from += 20) {
      let [sum, model, variance, count] = [0, 0, 0, 0];
      axis.forEach((v, k) => {
        if (v < from || v >= from + 20) return;
        sum += values[k]!;
        model += exact(v);
        variance += standardError![k]! ** 2;
        count++;
      });
      expect(Math.abs(sum - model)).toBeLessThan(4 * Math.sqrt(variance));
      expect(count).toBeGreaterThanOrEqual(4);
      expect(4 * Math.sqrt(variance)).toBeLessThan(0.3 * model);
    }
    const total = angularToWavenumber((prefactor * Math.PI) / 2);
    // ⟨v²⟩ of 72 records has the relative error √(2/γT)/√72 = 1.9 %.
    expectClose(area(mean), total, { relative: 0.08 });
    // The same number from q²/(4 m V c² ε₀), 1/Å² to 1/cm².
    expectClose(total, ((q * q) / (4 * m * volume * speedOfLightInternal ** 2 * vacuumPermittivity)) * 1e16, {
      relative: 1e-9,
    });
    expect(mean.intensities.absorption!.unit).toBe("cm⁻¹");
  });

  it("agrees to 1e-6 between Ṗ·Ṗ, P·P and P·Ṗ for a noiseless trajectory", () => {
    const lines = [0, 1, 2].map((i) =>
      waves(6000, 0.5, [{ wavenumber: 811 + 700.3 * i, amplitude: 1 - 0.2 * i, phase: i }]),
    );
    const polarization = vectors(
      "polarization",
      lines.map((l) => l.x),
      0.5,
      volume,
    );
    const current = vectors(
      "current",
      lines.map((l) => l.rate),
      0.5,
      volume,
    );
    for (const broadening of [
      { kind: "none" },
      { kind: "lorentzian", width: 10 },
      { kind: "gaussian", width: 15 },
    ] as const) {
      const options = { temperature, broadening };
      const reference = infrared(current, options).intensities.absorption!.values;
      const top = Math.max(...reference);
      for (const source of [polarization, { polarization, current }])
        expectClose(infrared(source, options).intensities.absorption!.values, reference, {
          relative: 1e-6,
          absolute: 1e-9 * top,
        });
    }
  });

  it("agrees between the routes within the statistical error for a real-like trajectory", () => {
    const options = { temperature, broadening: { kind: "gaussian", width: 15 } } as const;
    // P of a Langevin oscillator is rough at the scale of the step, which costs the derivative of the record some accuracy.
    const runs = Array.from({ length: 8 }, (_, i) => run(50 + i));
    const of = (pick: (r: ReturnType<typeof run>) => Parameters<typeof infrared>[0]) =>
      averageSpectra(runs.map((r) => infrared(pick(r), options)));
    const reference = of((r) => r.current).intensities.absorption!;
    for (const other of [of((r) => r.polarization), of((r) => r)]) {
      const axis = other.axis.values;
      axis.forEach((v, k) => {
        if (v > 1100 && v < 1300)
          expect(Math.abs(other.intensities.absorption!.values[k]! - reference.values[k]!)).toBeLessThan(
            2 * reference.standardError![k]!,
          );
      });
    }
    const p = runs[0]!.polarization;
    const forward = infrared(p, { ...options, derivative: { kind: "forward" } });
    expect(forward.corrections[0]).toEqual({ kind: "derivative", scheme: "forward", timestep: dt });
    expectClose(area(forward, { from: 1000, to: 1400 }), area(infrared(p, options), { from: 1000, to: 1400 }), {
      relative: 0.02,
    });
    const central = infrared(polarizationRate(p), options);
    expectClose(area(central, { from: 1000, to: 1400 }), area(infrared(p, options), { from: 1000, to: 1400 }), {
      relative: 0.05,
    });
  });

  it("is the mean of its three directions, scales as 1/T and 1/V, and without volume is the cross section αnV", () => {
    const { current } = run(1, 2000);
    const s = infrared(current, { temperature });
    const { x, y, z, absorption } = s.intensities;
    expectClose(
      absorption!.values,
      x!.values.map((v, k) => (v + y!.values[k]! + z!.values[k]!) / 3),
      { relative: 1e-9, absolute: 1e-9 },
    );
    const top = Math.max(...absorption!.values);
    const scaled = infrared(current, { temperature: 600, volume: volume / 4 }).intensities.absorption!.values;
    expectClose(
      scaled,
      absorption!.values.map((v) => 2 * v),
      { absolute: 1e-12 * top },
    );
    const { volume: _, ...molecule } = current;
    const section = infrared(molecule, { temperature }).intensities.crossSection!;
    expect(section.unit).toBe("Å²");
    expectClose(
      section.values,
      absorption!.values.map((v) => v * volume * 1e-8),
      { absolute: 1e-20 * top },
    );
  });

  it("refuses a quantum factor that drowns the bands in what it makes of rounding errors", () => {
    const { current } = run(2, 2000, 0.5);
    for (const cold of [10, 20, 100]) {
      const options = { temperature: cold, quantum: "schofield" } as const;
      expect(() => infrared(current, options)).toThrow(/"schofield" at \d+ K lifts what is left from \d+ cm⁻¹ on/);
      for (const quantum of ["harmonic", "standard", "none"] as const)
        expect(infrared(current, { ...options, quantum }).intensities.absorption!.values.every(Number.isFinite)).toBe(
          true,
        );
    }
    // Where the axis ends below that, the factor does what it says.
    const coarse = run(2, 2000, 8).current;
    const [a, b] = (["schofield", "harmonic"] as const).map((quantum) =>
      infrared(coarse, { temperature, quantum, broadening: { kind: "none" } }),
    );
    const factors = a!.axis.values.map((v) => quantumFactor("schofield", wavenumberToAngular(v), temperature));
    expectClose(
      a!.intensities.absorption!.values,
      b!.intensities.absorption!.values.map((v, k) => v * factors[k]!),
      { relative: 1e-12 },
    );
  });

  it("quantum factors: harmonic is eq. 5 itself, all are 1 at ω = 0, and at x = 1 the others have their known ratios", () => {
    const one = kT / 0.6582119569;
    expect(quantumFactor("harmonic", one, temperature)).toBe(1);
    expectClose(quantumFactor("standard", one, temperature), 2 * Math.tanh(0.5), { relative: 1e-9 });
    expectClose(quantumFactor("schofield", one, temperature), 2 * Math.sinh(0.5), { relative: 1e-9 });
    expectClose(quantumFactor("none", one, temperature), 1 - Math.exp(-1), { relative: 1e-9 });
    for (const f of ["harmonic", "standard", "schofield", "none"] as const)
      expect(quantumFactor(f, 0, temperature)).toBe(1);
    expect(() => quantumFactor("kubo2" as never, one, temperature)).toThrow(OptionError);
    const { current } = run(2, 2000);
    const options = { temperature, broadening: { kind: "none" } } as const;
    const [a, b] = [infrared(current, options), infrared(current, { ...options, quantum: "standard" })];
    expect(b.corrections).toContainEqual({ kind: "quantum", factor: "standard", temperature });
    const factors = a.axis.values.map((v) => quantumFactor("standard", wavenumberToAngular(v), temperature));
    const expected = a.intensities.absorption!.values.map((v, k) => v * factors[k]!);
    expectClose(b.intensities.absorption!.values, expected, { relative: 1e-12 });
  });

  it("refuses what it cannot use", () => {
    const { polarization, current } = run(3, 100);
    expect(() => infrared(current, {} as never)).toThrow(OptionError);
    expect(() => infrared({ ...current, quantity: "bornCharges" }, { temperature })).toThrow(UnitError);
    expect(() => infrared({ polarization, current: sliceSeries(current, { last: 90 }) }, { temperature })).toThrow(
      ShapeError,
    );
    expect(() => infrared({ polarization, current: { ...current, timestep: 2 } }, { temperature })).toThrow(UnitError);
    expect(() => infrared({ polarization, current: { ...current, volume: 1 } }, { temperature })).toThrow(DataError);
    expect(() => infrared(current, { temperature, volume: -1 })).toThrow(OptionError);
  });
});

const WATER = new URL("../../../shared/data/published/water-experiment/bertie-lan-1996-n-alpha.txt", import.meta.url);

describe.skipIf(!existsSync(WATER))("scale of liquid water (plausibility only)", () => {
  it("oscillators with the dipole derivative of an O–H stretch absorb like the measured band within a factor of two", () => {
    const rows = readFileSync(WATER, "utf8")
      .trim()
      .split("\n")
      .slice(1)
      .map((l) => l.trim().split(/\s+/).map(Number));
    const measured = Math.max(...rows.filter((r) => r[0]! > 3300 && r[0]! < 3500).map((r) => r[1]!)) * 1e3;
    // Two stretches per molecule of 29.9 Å³, effective charge 0.75 e in the liquid, reduced mass 0.95 u, one direction of three,
    // band of 400 cm⁻¹ full width: αn at the top is q²/(3 m V c ε₀ γ).
    const gamma = wavenumberToAngular(400);
    const top =
      (2 * 0.75 ** 2 * 1e8) / (3 * 0.95 * atomicMassUnit * 29.9 * speedOfLightInternal * vacuumPermittivity * gamma);
    expect(top / measured).toBeGreaterThan(0.5);
    expect(top / measured).toBeLessThan(2);
  });
});

const H2O = new URL("../../data/h2o/trajectory.xyz.gz", import.meta.url).pathname;

describe("H₂O molecule in the gas, 300 K, embedded trajectory", () => {
  it("has its bend and stretches at the harmonic lines within 3 %, by every route from its dipole", async () => {
    const dipole = seriesOfFrames(await loadExtxyz(H2O), "polarization", { timestep: 2, origin: "DFT" });
    const length = seriesLength(dipole);
    const rate = polarizationRate(dipole);
    const inner = sliceSeries(dipole, { first: 1, last: length - 1 });
    const options = { temperature: 300, broadening: { kind: "gaussian", width: 20 } } as const;
    const spectra = {
      values: infrared(inner, options),
      forward: infrared(dipole, { ...options, derivative: { kind: "forward" } }),
      cross: infrared({ polarization: inner, current: rate }, options),
    };
    const bend = (s: Spectrum): number => findPeaks(s, { from: 1400, to: 1800, count: 1 })[0]!.position;
    const stretch = (s: Spectrum): number => findPeaks(s, { from: 3300, to: 4000, count: 1 })[0]!.position;
    const reference = spectra.values;
    expectClose(bend(reference), 1583, { relative: 0.03 });
    expectClose(stretch(reference), 3750, { relative: 0.03 });
    expect(intensityOf(reference).unit).toBe("Å²");
    for (const s of Object.values(spectra)) {
      expectClose(bend(s), bend(reference), { absolute: reference.resolution });
      expectClose(stretch(s), stretch(reference), { absolute: reference.resolution });
    }
    // Central differences of 2 fs lose 1 − sinc(ωΔt) of the amplitude, 3 % at the bend; forward ones are corrected.
    const range = { from: 1300, to: 1900 };
    expectClose(area(spectra.forward, range), area(reference, range), { relative: 0.02 });
    expectClose(area(spectra.cross, range), area(reference, range), { relative: 0.08 });
  });
});

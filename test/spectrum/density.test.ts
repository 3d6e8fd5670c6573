import { describe, expect, it } from "vitest";
import { OptionError, ShapeError } from "../../src/errors.js";
import { withoutMean } from "../../src/spectrum/correlation.js";
import { density } from "../../src/spectrum/density.js";
import type { Estimator } from "../../src/spectrum/estimator.js";
import { windowFunction } from "../../src/spectrum/window.js";
import { wavenumberToAngular } from "../../src/units/frequency.js";
import { expectClose } from "../support/close.js";
import { derivative } from "../support/finiteDifference.js";
import { commensurate, integral, langevin, noise, waves } from "./signals.js";

const none = { kind: "periodogram", taper: { kind: "none" } } as const;
const estimators: readonly Estimator[] = [
  none,
  { kind: "periodogram", taper: { kind: "hann" } },
  { kind: "periodogram", taper: { kind: "blackman" }, padding: 1 },
  { kind: "correlation", window: { kind: "gaussian", width: 60 } },
  { kind: "correlation", window: { kind: "lorentzian", width: 60 } },
  { kind: "correlation", window: { kind: "none" } },
];

describe("windows", () => {
  it("have the derivatives they state", () => {
    const kinds = [
      { kind: "none" },
      { kind: "hann" },
      { kind: "blackman" },
      { kind: "gaussian", width: 200 },
      { kind: "lorentzian", width: 200 },
    ] as const;
    for (const kind of kinds) {
      const w = windowFunction(kind, 80);
      expect(w.value(0)).toBeCloseTo(1, 14);
      for (const t of [3, 20, 55]) {
        expectClose(w.first(t), derivative(w.value, t, 0.05), { absolute: 1e-10 });
        expectClose(w.second(t), derivative(w.first, t, 0.05), { absolute: 1e-10 });
      }
    }
  });

  it("refuse an unknown kind and a width that is not positive", () => {
    expect(() => windowFunction({ kind: "hamming" } as never, 1)).toThrow(OptionError);
    expect(() => windowFunction({ kind: "gaussian", width: 0 }, 1)).toThrow(OptionError);
  });
});

describe("density", () => {
  it("integrates to the mean square (Parseval), for any length and padding", () => {
    for (const n of [200, 255])
      for (const padding of [1, 2, 3.3]) {
        const x = noise(n, n).map((v) => v + 4);
        const d = density({ kind: "value", signals: [x] }, 2, { ...none, padding });
        const square = withoutMean(x).reduce((s, v) => s + v * v, 0) / n;
        expectClose(integral(d.wavenumbers, d.values[0]!), square, { relative: 1e-12 });
      }
  });

  it("of the record is the transform of its biased correlation (Wiener–Khinchin)", () => {
    const x = noise(300, 5);
    const a = density({ kind: "value", signals: [x] }, 1, { ...none, padding: 4 });
    const b = density({ kind: "value", signals: [x] }, 1, {
      kind: "correlation",
      window: { kind: "none" },
      padding: 2,
    });
    expectClose(b.wavenumbers, a.wavenumbers, { relative: 1e-14 });
    expectClose(b.values[0]!, a.values[0]!, { absolute: 1e-12 * Math.max(...a.values[0]!) });
  });

  it("is never negative for a periodogram, nor for a biased correlation with a positive-definite window", () => {
    for (const estimator of estimators) {
      const d = density({ kind: "value", signals: [noise(500, 6)] }, 1, estimator).values[0]!;
      expect(Math.min(...d)).toBeGreaterThan(-1e-13 * Math.max(...d));
    }
  });

  it("of white noise is flat: every tenth of the axis holds a tenth of the variance within its error", () => {
    const [n, runs] = [4000, 20];
    for (const estimator of estimators) {
      const tenths = new Float64Array(10);
      for (let run = 0; run < runs; run++) {
        const d = density({ kind: "value", signals: [noise(n, 100 + run)] }, 1, estimator);
        const last = d.wavenumbers.length - 1;
        for (let k = 0; k <= last; k++) {
          const half = k === 0 || k === last ? 0.5 : 1;
          tenths[Math.min(9, Math.floor((10 * k) / last))]! += (half * d.values[0]![k]! * d.wavenumbers[1]!) / runs;
        }
      }
      // A tenth holds n/20 independent bins with relative error 1 each; a taper leaves half of them. Four deviations.
      const error = Math.sqrt(20 / (n * runs)) * Math.SQRT2 * 4;
      for (const t of tenths) expect(Math.abs(t * 10 - 1)).toBeLessThan(error + 20 / n);
    }
  });

  it("of an endless cosine has the width that is reported as resolution, and the area of half its square", () => {
    const frames = 2000;
    for (const estimator of estimators) {
      const wavenumber = commensurate(frames, 1, 300);
      const { x } = waves(frames, 1, [{ wavenumber, amplitude: 2, phase: 0.4 }]);
      const d = density({ kind: "value", signals: [x] }, 1, { ...estimator, padding: 16 });
      const y = d.values[0]!;
      const top = y.indexOf(Math.max(...y));
      expectClose(d.wavenumbers[top]!, wavenumber, { absolute: d.wavenumbers[1]! });
      const crossing = (step: 1 | -1): number => {
        let k = top;
        while (y[k + step]! > y[top]! / 2) k += step;
        return d.wavenumbers[k]! + ((y[k]! - y[top]! / 2) / (y[k]! - y[k + step]!)) * step * d.wavenumbers[1]!;
      };
      expectClose(crossing(1) - crossing(-1), d.resolution, { relative: 0.01 });
      expectClose(integral(d.wavenumbers, y), 2, { relative: 1e-3 });
    }
  });

  it("of a damped oscillator has peak, width and area where algebra says", () => {
    const [timestep, wavenumber, width] = [1, 800, 60];
    const [omega0, gamma] = [wavenumberToAngular(wavenumber), wavenumberToAngular(width)];
    const runs = 40;
    for (const estimator of [none, { kind: "correlation", window: { kind: "gaussian", width: 2 } } as const]) {
      let sum: Float64Array | undefined;
      let axis = new Float64Array();
      for (let seed = 0; seed < runs; seed++) {
        const { v } = langevin(16384, timestep, omega0, gamma, 200 + seed);
        const d = density({ kind: "rate", signals: [v] }, timestep, { ...estimator, padding: 1 });
        axis = Float64Array.from(d.wavenumbers);
        sum = sum ? sum.map((s, k) => s + d.values[0]![k]! / runs) : d.values[0]!.map((s) => s / runs);
      }
      expectClose(integral(axis, sum!), 1, { absolute: 0.03 }); // ⟨v²⟩ = 1, error √(2·2/γT)/√runs = 0.7 %
      // D = 4cJ with J = γω²/((ω₀²−ω²)²+γ²ω²), compared in bands of 20 cm⁻¹ around the line.
      const band = (f: (k: number) => number, from: number): number => {
        let [s, m] = [0, 0];
        axis.forEach((v, k) => {
          if (v >= from && v < from + 20) [s, m] = [s + f(k), m + 1];
        });
        return s / m;
      };
      const exact = (k: number): number => {
        const w = wavenumberToAngular(axis[k]!);
        return (4 * 2.99792458e-5 * gamma * w * w) / ((omega0 ** 2 - w * w) ** 2 + (gamma * w) ** 2);
      };
      // About 10 bins per band and 40 runs: error 1/√400 = 5 %; four deviations.
      for (let from = 700; from < 900; from += 20)
        expectClose(
          band((k) => sum![k]!, from),
          band(exact, from),
          { relative: 0.2 },
        );
    }
  });

  it("with a Lorentzian window is the Lorentzian of that width", () => {
    const [frames, wavenumber, width] = [60000, 1000, 40];
    const { x } = waves(frames, 1, [{ wavenumber, amplitude: 1 }]);
    const d = density({ kind: "value", signals: [x] }, 1, {
      kind: "correlation",
      window: { kind: "lorentzian", width },
      maxLag: 4000,
      normalization: "unbiased",
    });
    const half = width / 2;
    // Half the square of the amplitude, split over ±ω; ends of the record contribute about 1/ωT.
    const exact = d.wavenumbers.map((v) => {
      const line = (c: number): number => half / Math.PI / ((v - c) ** 2 + half ** 2);
      return 0.5 * (line(wavenumber) + line(-wavenumber));
    });
    expectClose(d.values[0]!, exact, { absolute: 1e-3 * Math.max(...exact) });
  });
});

describe("density of a rate", () => {
  const lines = [
    { wavenumber: 417.3, amplitude: 1, phase: 0.3 },
    { wavenumber: 1633.7, amplitude: 0.4, phase: 1.9 },
    { wavenumber: 3391.1, amplitude: 0.2, phase: -2 },
  ];

  it("is the same from Ṗ, from P and from both, to 1e-6, for tapered noiseless records of any lines", () => {
    const { x, rate } = waves(8000, 0.5, lines);
    for (const taper of [{ kind: "hann" }, { kind: "blackman" }] as const) {
      const estimator = { kind: "periodogram", taper } as const;
      const direct = density({ kind: "rate", signals: [rate] }, 0.5, estimator).values[0]!;
      const top = Math.max(...direct);
      for (const other of [
        density({ kind: "derivative", signals: [x] }, 0.5, estimator),
        density({ kind: "cross", signals: [x], rates: [rate] }, 0.5, estimator),
      ])
        expectClose(other.values[0]!, direct, { absolute: 1e-9 * top, relative: 1e-6 });
    }
  });

  it("is the same without a taper where the lines fit the record", () => {
    const fitting = [50, 300, 611].map((p, k) => ({ wavenumber: commensurate(4000, 0.5, p), amplitude: 1, phase: k }));
    const { x, rate } = waves(4000, 0.5, fitting);
    const estimator = { ...none, padding: 1 } as const;
    const direct = density({ kind: "rate", signals: [rate] }, 0.5, estimator).values[0]!;
    for (const other of [
      density({ kind: "derivative", signals: [x] }, 0.5, estimator),
      density({ kind: "cross", signals: [x], rates: [rate] }, 0.5, estimator),
    ])
      expectClose(other.values[0]!, direct, { absolute: 1e-12 * Math.max(...direct) });
  });

  it("by correlation is the same from all three within the ends of the record, about 1/ωT", () => {
    const { x, rate } = waves(80000, 0.5, lines);
    for (const window of [
      { kind: "gaussian", width: 30 },
      { kind: "lorentzian", width: 30 },
      { kind: "hann" },
    ] as const)
      for (const normalization of ["biased", "unbiased"] as const) {
        const estimator = { kind: "correlation", window, maxLag: 2500, normalization } as const;
        const lower = (v: Float64Array): Float64Array => v.subarray(0, v.length >> 1);
        // Above half the Nyquist wavenumber the kink of a window at lag 0 costs more than the ends.
        const direct = lower(density({ kind: "rate", signals: [rate] }, 0.5, estimator).values[0]!);
        const top = Math.max(...direct);
        for (const other of [
          density({ kind: "derivative", signals: [x] }, 0.5, estimator),
          density({ kind: "cross", signals: [x], rates: [rate] }, 0.5, estimator),
        ])
          expectClose(lower(other.values[0]!), direct, { absolute: 2e-3 * top });
      }
  });

  it("keeps a constant current and drops a constant polarization", () => {
    const drift = new Float64Array(400).fill(2);
    expect(density({ kind: "rate", signals: [drift] }, 1, none).values[0]![0]).toBeGreaterThan(0);
    expectClose(density({ kind: "derivative", signals: [drift] }, 1).values[0]!, new Float64Array(513), {
      absolute: 1e-20,
    });
  });
});

describe("estimator options", () => {
  it("out of range or unknown are refused", () => {
    const input = { kind: "value", signals: [noise(50, 1)] } as const;
    expect(() => density(input, 1, { kind: "welch" } as never)).toThrow(OptionError);
    expect(() => density(input, 1, { kind: "periodogram", window: { kind: "hann" } } as never)).toThrow(/window/);
    expect(() => density(input, 1, { ...none, padding: 0.5 })).toThrow(OptionError);
    expect(() => density(input, 1, { kind: "correlation", maxLag: 50 })).toThrow(/49 fs/);
    expect(() => density({ kind: "value", signals: [new Float64Array(3)] }, 1)).toThrow(ShapeError);
    expect(() => density({ kind: "value", signals: [noise(50, 1), noise(40, 1)] }, 1)).toThrow(ShapeError);
  });
});

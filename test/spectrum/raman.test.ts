import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { OptionError, UnitError } from "../../src/errors.js";
import { random } from "../../src/math/random.js";
import { seriesOfComponents } from "../../src/series/components.js";
import { convertSeries, dielectricOfPolarizability } from "../../src/series/convert.js";
import { createSeries, type TensorSeries } from "../../src/series/tensorSeries.js";
import { laserFactor, thermalFactor, verletFrequency } from "../../src/spectrum/corrections.js";
import { findPeaks } from "../../src/spectrum/peaks.js";
import { type RamanOptions, raman } from "../../src/spectrum/raman.js";
import { spectrumColumns } from "../../src/spectrum/spectrum.js";
import { wavenumberToAngular } from "../../src/units/frequency.js";
import { expectClose } from "../support/close.js";
import { rotateTensors } from "../support/equivariance.js";
import { commensurate, noisyTensors, waves } from "./signals.js";

const bare = { factors: [], broadening: { kind: "none" } } as const satisfies RamanOptions;

describe("raman", () => {
  const series = noisyTensors(800, 2, 40);

  it("has VV = a² + 4γ²/45, VH = γ²/15, unpolarised (45a² + 7γ²)/45 = VV + VH and ρ = VH/VV ≤ ¾", () => {
    for (const options of [{}, bare]) {
      const { intensities: i } = raman(series, options);
      const [a, g] = [i.isotropic!.values, i.anisotropic!.values];
      expectClose(
        i.parallel!.values,
        a.map((v, k) => v + (4 / 45) * g[k]!),
        { relative: 1e-10, absolute: 1e-14 * Math.max(...a) },
      );
      expectClose(
        i.perpendicular!.values,
        g.map((v) => v / 15),
        { relative: 1e-10, absolute: 1e-14 * Math.max(...g) },
      );
      expectClose(
        i.unpolarised!.values,
        a.map((v, k) => (45 * v + 7 * g[k]!) / 45),
        { relative: 1e-10, absolute: 1e-14 * Math.max(...g) },
      );
      expectClose(
        i.depolarisation!.values,
        i.perpendicular!.values.map((v, k) => (v === 0 ? 0 : v / i.parallel!.values[k]!)),
        { absolute: 1e-14 },
      );
      expect(Math.max(...i.depolarisation!.values)).toBeLessThanOrEqual(0.75 + 1e-12);
      for (const { values } of Object.values(i)) expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    }
  });

  it("does not change when the trajectory is rotated", () => {
    const before = raman(series).intensities;
    const after = raman(rotateTensors(series, random(5).rotation())).intensities;
    for (const name of Object.keys(before))
      expectClose(after[name]!.values, before[name]!.values, { absolute: 1e-10 * Math.max(...before[name]!.values) });
  });

  it("gives a fully symmetric vibration ρ = 0 and a depolarised one ρ = ¾", () => {
    const { x } = waves(1000, 2, [{ wavenumber: commensurate(1000, 2, 40), amplitude: 1 }]);
    const zero = new Float64Array(1000);
    const of = (c: Partial<Record<"xx" | "yy" | "zz" | "xy", Float64Array>>) =>
      raman(
        seriesOfComponents({
          quantity: "polarizability",
          components: { xx: zero, yy: zero, zz: zero, xy: zero, yz: zero, zx: zero, ...c },
          timestep: 2,
          origin: "mode",
        }),
        bare,
      ).intensities.depolarisation!.values[40]!;
    expectClose(of({ xx: x, yy: x, zz: x }), 0, { absolute: 1e-14 });
    expectClose(of({ xy: x }), 0.75, { absolute: 1e-12 });
    expectClose(of({ xx: x }), 1 / 3, { absolute: 1e-12 });
  });

  it("of a wave in a is ω² times half its square, in Å⁶ fs⁻² (absolute scale)", () => {
    const wavenumber = commensurate(1000, 2, 60);
    const { x } = waves(1000, 2, [{ wavenumber, amplitude: 3 }]);
    const zero = new Float64Array(1000);
    const s = seriesOfComponents({
      quantity: "polarizability",
      components: { xx: x, yy: x, zz: x, xy: zero, yz: zero, zx: zero },
      timestep: 2,
      origin: "wave",
    });
    const exact = (wavenumberToAngular(wavenumber) ** 2 * 9) / 2;
    const whole = { estimator: { kind: "periodogram", taper: { kind: "none" }, padding: 1 } } as const;
    for (const derivative of [{ kind: "spectral" }, { kind: "forward" }] as const) {
      const spectrum = raman(s, { ...bare, ...whole, derivative });
      const sum = spectrum.intensities.isotropic!.values.reduce((t, v) => t + v, 0) * spectrum.axis.values[1]!;
      // Differences are one frame short of whole periods.
      expectClose(sum, exact, { relative: derivative.kind === "spectral" ? 1e-10 : 5e-3 });
      expect(spectrum.intensities.isotropic!.unit).toBe("Å⁶·cm·fs⁻²");
    }
  });

  it("by corrected differences and by ω² agrees (second route); without correction it is lower by sinc²(ωΔt/2)", () => {
    const lines = [
      { wavenumber: 900, amplitude: 1 },
      { wavenumber: 4000, amplitude: 0.3 },
    ];
    const { x } = waves(6000, 2, lines);
    const zero = new Float64Array(6000);
    const s = seriesOfComponents({
      quantity: "polarizability",
      components: { xx: x, yy: x, zz: x, xy: zero, yz: zero, zx: zero },
      timestep: 2,
      origin: "lines",
    });
    const options = { factors: [], estimator: { kind: "periodogram" } } as const;
    const by = (derivative: NonNullable<RamanOptions["derivative"]>) =>
      findPeaks(raman(s, { ...options, derivative }), { minProminence: 0.02 });
    const [spectral, forward, raw] = [
      by({ kind: "spectral" }),
      by({ kind: "forward" }),
      by({ kind: "forward", corrected: false }),
    ];
    lines.forEach(({ wavenumber }, i) => {
      expectClose(spectral[i]!.position, wavenumber, { absolute: 0.2 });
      expectClose(forward[i]!.height, spectral[i]!.height, { relative: 2e-3 });
      const half = wavenumberToAngular(wavenumber);
      expectClose(raw[i]!.height / forward[i]!.height, (Math.sin(half) / half) ** 2, { relative: 2e-3 });
    });
  });

  it("multiplies by exactly the factors named and records them", () => {
    const plain = raman(series, bare);
    expect(plain.corrections.map((c) => c.kind)).toEqual(["derivative"]);
    const full = raman(series, { temperature: 250, laser: 514, broadening: { kind: "none" } });
    expect(full.corrections).toEqual([
      { kind: "derivative", scheme: "forward", timestep: 2 },
      { kind: "thermal", temperature: 250 },
      { kind: "laser", wavelength: 514 },
      { kind: "inverseFrequency" },
    ]);
    expect(full.intensities.parallel!.unit).toBe("Å⁶·cm·fs⁻¹");
    const [a, b] = [plain.intensities.parallel!.values, full.intensities.parallel!.values];
    plain.axis.values.forEach((v, k) => {
      if (k === 0) return;
      const omega = wavenumberToAngular(v);
      expectClose(b[k]!, (a[k]! / omega) * thermalFactor(omega, 250) * laserFactor(omega, 514), { relative: 1e-12 });
    });
    expect(Number.isFinite(b[0]!)).toBe(true);
    expectClose(thermalFactor(wavenumberToAngular(208.5), 300), 1 / (1 - Math.exp(-1)), { relative: 1e-3 });
    expectClose(laserFactor(wavenumberToAngular(1e7 / 514 / 2), 514), 1 / 16, { relative: 1e-12 });
    expect(laserFactor(wavenumberToAngular(3e4), 514)).toBe(0);
  });

  it("takes ε and α alike: with volume ε is converted, without it the line shape is the same", () => {
    const alpha = { ...series, volume: 250 };
    const eps = dielectricOfPolarizability(alpha);
    const a = raman(alpha).intensities.unpolarised!.values;
    expectClose(raman(eps).intensities.unpolarised!.values, a, { relative: 1e-9 });
    expectClose(raman(convertSeries(alpha, "bohr³")).intensities.unpolarised!.values, a, {
      absolute: 1e-12 * Math.max(...a),
    });
    const { volume: _, ...cellless } = eps;
    const scale = (250 / (4 * Math.PI)) ** 2;
    expectClose(
      raman(cellless).intensities.unpolarised!.values.map((v) => v * scale),
      a,
      { relative: 1e-9 },
    );
    expect(raman(cellless).intensities.unpolarised!.unit).toBe("cm·fs⁻¹");
  });

  it("moves the lines of a Verlet trajectory back to the exact frequency and keeps their area", () => {
    const [dt, wavenumber, frames] = [2, 2900, 20000];
    const omega = wavenumberToAngular(wavenumber);
    const x = new Float64Array(frames);
    [x[0], x[1]] = [1, 1 - (omega * dt) ** 2 / 2];
    for (let k = 2; k < frames; k++) x[k] = 2 * x[k - 1]! - x[k - 2]! - (omega * dt) ** 2 * x[k - 1]!;
    const zero = new Float64Array(frames);
    const s = seriesOfComponents({
      quantity: "polarizability",
      components: { xx: x, yy: x, zz: x, xy: zero, yz: zero, zx: zero },
      timestep: dt,
      origin: "Verlet",
    });
    const options = { factors: [], broadening: { kind: "lorentzian", width: 4 } } as const;
    const seen = findPeaks(raman(s, options), { count: 1 })[0]!.position;
    const moved = raman(s, { ...options, verlet: dt });
    expectClose(findPeaks(moved, { count: 1 })[0]!.position, wavenumber, { absolute: 0.5 });
    expect(seen - wavenumber).toBeGreaterThan(30);
    expectClose(
      wavenumberToAngular(seen) - verletFrequency(wavenumberToAngular(seen), dt),
      wavenumberToAngular(seen - wavenumber),
      { relative: 0.02 },
    );
    expect(moved.corrections).toContainEqual({ kind: "verlet", timestep: dt });
    expect(moved.axis.values[0]).toBe(0);
  });

  it("starts its columns with wavenumber and unpolarised; the axis ends at the Nyquist wavenumber", () => {
    const columns = spectrumColumns(raman(series));
    expect(columns.slice(0, 2).map((c) => `${c.name} ${c.unit}`)).toEqual([
      "wavenumber cm-1",
      "unpolarised Å⁶·cm·fs⁻¹",
    ]);
    expect(columns[0]!.values[0]).toBe(0);
    expectClose(columns[0]!.values.at(-1)!, 1 / (2 * 2 * 2.99792458e-5), { relative: 1e-12 });
  });

  it("gives the same bits twice", () => {
    expect(raman(series)).toEqual(raman(series));
  });

  it("refuses other quantities, unknown options and factors, and impossible values", () => {
    const p = createSeries({
      quantity: "polarization",
      shape: [3],
      values: new Float64Array(30),
      timestep: 1,
      origin: "p",
    });
    expect(() => raman(p)).toThrow(UnitError);
    expect(() => raman(series, { temprature: 300 } as never)).toThrow(/temperature/);
    expect(() => raman(series, { factors: ["bose"] as never })).toThrow(OptionError);
    expect(() => raman(series, { temperature: 0 })).toThrow(OptionError);
    expect(() => raman(series, { broadening: { kind: "lorentzian", width: -1 } })).toThrow(OptionError);
  });
});

const SIO2 = new URL("../../../shared/data/published/sio2-md-raman/alpha.dat", import.meta.url);

describe.skipIf(!existsSync(SIO2))("α-quartz at 300 K, the published series of 1000 dielectric tensors", () => {
  const rows = existsSync(SIO2)
    ? readFileSync(SIO2, "utf8")
        .trim()
        .split("\n")
        .map((line) => line.trim().split(/\s+/).map(Number))
    : [];
  const column = (k: number): number[] => rows.map((r) => r[k]!);
  const series = (): TensorSeries =>
    seriesOfComponents({
      quantity: "dielectric",
      components: { xx: column(0), yy: column(1), zz: column(2), xy: column(3), yz: column(4), zx: column(5) },
      timestep: 10,
      origin: "alpha.dat",
    });

  const settings: Readonly<Record<string, RamanOptions>> = {
    "the default settings": {},
    "no thermal factor and 514 nm": { factors: ["laser", "inverseFrequency"], laser: 514 },
    "no thermal factor, 514 nm and a Lorentzian of 10 cm⁻¹ half width": {
      factors: ["laser", "inverseFrequency"],
      laser: 514,
      broadening: { kind: "lorentzian", width: 20 },
    },
    "a correlation function to 5 ps": { estimator: { kind: "correlation", window: { kind: "hann" }, maxLag: 5000 } },
  };
  for (const [name, options] of Object.entries(settings))
    it(`has its maximum at 506 ± 3 cm⁻¹ and the other lines within 5 cm⁻¹ with ${name}`, () => {
      const found = findPeaks(raman(series(), options), { from: 50, to: 1300 });
      const highest = found.reduce((a, b) => (b.height > a.height ? b : a));
      expectClose(highest.position, 506, { absolute: 3 });
      for (const line of [117, 244, 272, 342, 674, 791, 1088]) {
        const nearest = found.reduce((a, b) => (Math.abs(b.position - line) < Math.abs(a.position - line) ? b : a));
        expectClose(nearest.position, line, { absolute: 5 });
      }
    });
});

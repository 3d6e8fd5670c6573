import { describe, expect, it } from "vitest";
import { OptionError } from "../../src/errors.js";
import { dielectricFunction, reflectivity, refractiveIndex } from "../../src/spectrum/dielectric.js";
import { forceConstants } from "../../src/spectrum/forceConstants.js";
import { type HarmonicInfraredOptions, harmonicInfrared } from "../../src/spectrum/harmonic.js";
import { kramersKronig } from "../../src/spectrum/kramersKronig.js";
import { normalModes } from "../../src/spectrum/phonons.js";
import { type Spectrum, toUnit } from "../../src/spectrum/spectrum.js";
import { createStructure } from "../../src/structure/structure.js";
import { speedOfLightCm, vacuumPermittivity } from "../../src/units/constants.js";
import { wavenumberToAngular } from "../../src/units/frequency.js";
import { expectClose } from "../support/close.js";

/** ε = ε∞ + S ω₀²/(ω₀² − ω² − iγω): one Lorentz oscillator (wavenumbers in cm⁻¹). */
const [strength, centre, width, epsilonInfinity] = [1.5, 500, 30, 2.4];
const axis = Float64Array.from({ length: 8001 }, (_, k) => 0.5 * k);
const oscillator = axis
  .map((v) => v)
  .reduce(
    (o, v, k) => {
      const [a, b] = [centre ** 2 - v * v, width * v];
      o.real[k] = epsilonInfinity + (strength * centre ** 2 * a) / (a * a + b * b);
      o.imaginary[k] = (strength * centre ** 2 * b) / (a * a + b * b);
      return o;
    },
    { real: new Float64Array(axis.length), imaginary: new Float64Array(axis.length) },
  );

const spectrum: Spectrum = {
  quantity: "infrared",
  axis: { unit: "cm-1", values: axis },
  intensities: {
    absorption: {
      unit: "cm⁻¹",
      values: oscillator.imaginary.map((e, k) => (e * wavenumberToAngular(axis[k]!)) / (speedOfLightCm * 1e-15)),
    },
  },
  resolution: 1,
  corrections: [],
  broadening: { kind: "none" },
  origin: "Lorentz oscillator",
};

describe("kramersKronig", () => {
  it("gives the real part of a Lorentz oscillator; what lies beyond the grid is the error", () => {
    const real = kramersKronig(axis, oscillator.imaginary).map((v) => v + epsilonInfinity);
    // ∫ of ε″ ≈ Sω₀²γ/ω³ beyond 4000 cm⁻¹ is 2e-4 of S.
    expectClose(real.subarray(0, 4000), oscillator.real.subarray(0, 4000), { absolute: 2e-3 });
  });

  it("equals Maclaurin's sum over alternate points (second route)", () => {
    const fast = kramersKronig(axis, oscillator.imaginary);
    for (const k of [10, 500, 1000, 1100, 3001]) {
      let sum = 0;
      for (let j = k % 2 === 0 ? 1 : 0; j < axis.length; j += 2)
        sum += (axis[j]! * oscillator.imaginary[j]!) / (axis[j]! ** 2 - axis[k]! ** 2);
      expectClose(fast[k]!, (2 / Math.PI) * sum, { absolute: 2e-3 });
    }
  });

  it("refuses a grid that is uneven or does not start at 0", () => {
    expect(() => kramersKronig(Float64Array.of(1, 2, 3, 4), new Float64Array(4))).toThrow(OptionError);
    expect(() => kramersKronig(Float64Array.of(0, 1, 3, 4), new Float64Array(4))).toThrow(OptionError);
  });
});

describe("the sum of the grid", () => {
  it("has no periodic images: a line near the end of the axis is as strong as one far from it", () => {
    // ε″ = δ(ω − ω₀)·πSω₀/2 has ε′ = Sω₀²/(ω₀² − ω²); on a grid the line is a point, the end of the axis one step above it.
    for (const n of [400, 1000, 4000]) {
      const line = new Float64Array(n);
      line[398] = (Math.PI / 2) * 398;
      const real = kramersKronig(
        Float64Array.from({ length: n }, (_, k) => k),
        line,
      );
      const far = Array.from({ length: 300 }, (_, k) => k);
      // Of a point m ≥ 98 steps away 4/m² is lost or won.
      expectClose(
        far.map((k) => real[k]!),
        far.map((k) => 398 ** 2 / (398 ** 2 - k * k)),
        { relative: 1e-3 },
      );
    }
  });

  it("counts a line on an even and one on an odd point alike", () => {
    const grid = Float64Array.from({ length: 1200 }, (_, k) => k);
    const zero = [300, 301, 302, 303].map((at) => {
      const line = new Float64Array(grid.length);
      line[at] = (Math.PI / 2) * at;
      return kramersKronig(grid, line)[0]!;
    });
    expectClose(zero, [1, 1, 1, 1], { absolute: 1e-4 });
  });

  it("keeps the shape of a Lorentzian eight points wide", () => {
    const grid = Float64Array.from({ length: 3000 }, (_, k) => k);
    const [center, full] = [300.3, 8];
    const denominator = grid.map((v) => (center ** 2 - v * v) ** 2 + (full * v) ** 2);
    const real = kramersKronig(
      grid,
      grid.map((v, k) => (center ** 2 * full * v) / denominator[k]!),
    );
    const exact = grid.map((v, k) => (center ** 2 * (center ** 2 - v * v)) / denominator[k]!);
    // Its extremes are ±ω₀/2Γ = ±19.
    expectClose(real.subarray(0, 1500), exact.subarray(0, 1500), { absolute: 1e-2 });
  });
});

describe("ε of harmonic lines of rock salt", () => {
  const [a, k, charge, high] = [5.6, 3, 1.1, 2.5];
  const salt = createStructure({
    species: ["Na", "Cl"],
    positions: [0, 0, 0, a / 2, a / 2, a / 2],
    cell: [0, a / 2, a / 2, a / 2, 0, a / 2, a / 2, a / 2, 0],
  });
  const sets = [0, 1].map((atom) => ({
    atom,
    displacement: Float64Array.of(0.01, 0, 0),
    forces: Float64Array.from({ length: 6 }, (_, c) =>
      c % 3 === 0 ? (Math.floor(c / 3) === atom ? -k : k) * 0.01 : 0,
    ),
  }));
  const unit = [1, 0, 0, 0, 1, 0, 0, 0, 1];
  const born = Float64Array.from([...unit.map((v) => v * charge), ...unit.map((v) => -v * charge)]);
  const modes = normalModes(forceConstants(salt, sets));
  // Two ions on a spring in a field E: Z*E/k apart.
  const ionic = charge ** 2 / (vacuumPermittivity * (a ** 3 / 4) * k);
  const staticOf = (options: HarmonicInfraredOptions): number =>
    dielectricFunction(harmonicInfrared(modes, born, options), { epsilonInfinity: high }).intensities.epsilonReal!
      .values[0]! - high;

  it("has the static limit Z*²/(ε₀Vk) on the default axis and on others", () => {
    // A Lorentzian's part beyond the end of the axis, (2/π)Γ/ω_N of its area, is folded back: 2 % at 342 cm⁻¹, of which a fifth counts.
    expectClose(staticOf({}), ionic, { relative: 5e-3 });
    expectClose(staticOf({ to: 500 }), ionic, { relative: 2e-3 });
    expectClose(staticOf({ to: 4000 }), ionic, { relative: 1e-4 });
    // A Gaussian ends before the axis does; its width adds (Γ/2.35ω₀)² = 3e-4.
    expectClose(staticOf({ broadening: { kind: "gaussian", width: 10 } }), ionic, { relative: 5e-4 });
  });

  it("is refused where lines have no width but the grid's", () => {
    expect(() => staticOf({ broadening: { kind: "none" } })).toThrow(/broaden them to at least 4\.00/);
    expect(() => staticOf({ broadening: { kind: "lorentzian", width: 1 }, step: 5 })).toThrow(OptionError);
  });

  it("wants an ε∞ that is one", () => {
    const spectrumOfSalt = harmonicInfrared(modes, born);
    const tensor = (v: number): Float64Array => Float64Array.of(2, 0, 0, 0, v, 0, 0, 0, 2);
    for (const epsilonInfinity of [tensor(Number.NaN), tensor(-2), tensor(0.5), Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => dielectricFunction(spectrumOfSalt, { epsilonInfinity })).toThrow(/diagonal ≥ 1/);
    expect(dielectricFunction(spectrumOfSalt, { epsilonInfinity: tensor(3) }).quantity).toBe("dielectric");
    expect(() =>
      harmonicInfrared(
        modes,
        born.map((z, p) => (p === 3 ? Number.NaN : z)),
      ),
    ).toThrow(/Born charge is not finite/);
  });
});

describe("dielectricFunction", () => {
  const result = dielectricFunction(spectrum, { epsilonInfinity });
  const { intensities: i } = result;

  it("recovers ε of the oscillator from its αn, the static value ε∞ + S included", () => {
    expectClose(i.epsilonImaginary!.values, oscillator.imaginary, { relative: 1e-12 });
    expectClose(i.epsilonReal!.values.subarray(0, 4000), oscillator.real.subarray(0, 4000), { absolute: 2e-3 });
    expectClose(i.epsilonReal!.values[0]!, epsilonInfinity + strength, { absolute: 2e-3 });
  });

  it("is consistent: (n + ik)² = ε, absorption α = 2ωk/c with αn the input, loss = −Im 1/ε peaks at the LO frequency", () => {
    const [n, k] = [i.refractiveIndex!.values, i.extinction!.values];
    expectClose(
      n.map((v, j) => v * v - k[j]! ** 2),
      i.epsilonReal!.values,
      { absolute: 1e-11 },
    );
    expectClose(
      n.map((v, j) => 2 * v * k[j]!),
      i.epsilonImaginary!.values,
      { absolute: 1e-11 },
    );
    expectClose(
      i.absorption!.values.map((a, j) => a * n[j]!),
      spectrum.intensities.absorption!.values,
      { relative: 1e-10, absolute: 1e-9 },
    );
    const lo = axis[i.loss!.values.indexOf(Math.max(...i.loss!.values))]!;
    // Lyddane–Sachs–Teller: ω_LO = ω_TO √(ε₀/ε∞).
    expectClose(lo, centre * Math.sqrt(1 + strength / epsilonInfinity), { absolute: 1 });
  });

  it("shows the Reststrahlen band: high reflectivity between TO and LO, ((n−1)/(n+1))² far below", () => {
    const r = i.reflectivity!.values;
    expect(r[axis.indexOf(550)]!).toBeGreaterThan(0.65);
    const n0 = Math.sqrt(epsilonInfinity + strength);
    expectClose(r[0]!, ((n0 - 1) / (n0 + 1)) ** 2, { absolute: 1e-3 });
    for (const v of r) expect(v).toBeLessThanOrEqual(1);
  });

  it("keeps the unit of the axis", () => {
    const inMeV = dielectricFunction(toUnit(spectrum, "meV"), { epsilonInfinity });
    expect(inMeV.axis.unit).toBe("meV");
    expectClose(inMeV.intensities.epsilonReal!.values, i.epsilonReal!.values, { relative: 1e-9 });
  });

  it("refuses ε∞ below 1 and a spectrum without absolute absorption", () => {
    expect(() => dielectricFunction(spectrum, { epsilonInfinity: 0.5 })).toThrow(OptionError);
    const { absorption } = spectrum.intensities;
    expect(() =>
      dielectricFunction({ ...spectrum, intensities: { crossSection: absorption! } }, { epsilonInfinity }),
    ).toThrow(/volume/);
  });
});

describe("optics of one point", () => {
  it("negative ε′ gives k > n; ε = 0 gives 0; a perfect reflector reflects", () => {
    const { n, k } = refractiveIndex(-4, 0.01);
    expectClose([n * n - k * k, 2 * n * k], [-4, 0.01], { absolute: 1e-14 });
    expect(k).toBeGreaterThan(n);
    expect(refractiveIndex(0, 0)).toEqual({ n: 0, k: 0 });
    expect(reflectivity(0, 3)).toBe(1);
  });
});

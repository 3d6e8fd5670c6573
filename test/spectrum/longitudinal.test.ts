import { describe, expect, it } from "vitest";
import { OptionError } from "../../src/errors.js";
import type { DisplacedForces } from "../../src/spectrum/displacedForces.js";
import { forceConstants } from "../../src/spectrum/forceConstants.js";
import { nonAnalyticTerm, normalModes } from "../../src/spectrum/phonons.js";
import { createStructure } from "../../src/structure/structure.js";
import { atomicMassUnit, vacuumPermittivity } from "../../src/units/constants.js";
import { angularToWavenumber, wavenumberToAngular } from "../../src/units/frequency.js";
import { expectClose } from "../support/close.js";

describe("LO–TO splitting", () => {
  const a = 5.6;
  const cell = [0, a / 2, a / 2, a / 2, 0, a / 2, a / 2, a / 2, 0];
  const salt = createStructure({ species: ["Na", "Cl"], positions: [0, 0, 0, a / 2, a / 2, a / 2], cell });
  const k = 2.5;
  const sets: DisplacedForces[] = [0, 1].map((atom) => ({
    atom,
    displacement: Float64Array.of(0.01, 0, 0),
    forces: Float64Array.from({ length: 6 }, (_, c) =>
      c % 3 === 0 ? (Math.floor(c / 3) === atom ? -k : k) * 0.01 : 0,
    ),
  }));
  const constants = forceConstants(salt, sets);
  const [charge, epsilon] = [1.1, 2.4];
  const unit = [1, 0, 0, 0, 1, 0, 0, 0, 1];
  const nonAnalytic = {
    bornCharges: Float64Array.from([...unit.map((v) => v * charge), ...unit.map((v) => -v * charge)]),
    epsilonInfinity: Float64Array.from(unit.map((v) => v * epsilon)),
  };

  it("of rocksalt is ω_LO² − ω_TO² = e²Z²/(ε₀ε∞Vμ), in every direction, with one LO and two TO modes", () => {
    const transverse = normalModes(constants).wavenumbers;
    const mu = (22.98976928 * 35.45) / (22.98976928 + 35.45);
    expect(constants.symmetry.replace(/ /g, "")).toMatch(/Fm-3m/);
    expectClose(
      transverse.subarray(3),
      new Float64Array(3).fill(angularToWavenumber(Math.sqrt(k / (mu * atomicMassUnit)))),
      { relative: 1e-4 },
    );
    const split = charge ** 2 / (vacuumPermittivity * epsilon * (a ** 3 / 4) * mu * atomicMassUnit);
    for (const direction of [
      [1, 0, 0],
      [1, 2, -3],
      [0, 0, 1e-3],
    ]) {
      const modes = normalModes(constants, { nonAnalytic: { ...nonAnalytic, direction } }).wavenumbers;
      expectClose(modes.subarray(0, 5).map(Math.abs), transverse.subarray(0, 5).map(Math.abs), {
        absolute: 1e-2,
        relative: 1e-6,
      });
      expectClose(wavenumberToAngular(modes[5]!) ** 2 - wavenumberToAngular(transverse[3]!) ** 2, split, {
        relative: 1e-6,
      });
    }
    expect(() => normalModes(constants, { nonAnalytic: { ...nonAnalytic, direction: [0, 0, 0] } })).toThrow(
      OptionError,
    );
  });

  it("is refused for numbers that are none", () => {
    const broken = { ...nonAnalytic, direction: [1, 0, 0] };
    const bornCharges = broken.bornCharges.map((z, p) => (p === 9 ? Number.NaN : z));
    expect(() => nonAnalyticTerm(salt, { ...broken, bornCharges })).toThrow("number 9 of the Born charges is NaN");
    const epsilonInfinity = broken.epsilonInfinity.map((e, p) => (p === 4 ? Number.NaN : e));
    expect(() => normalModes(constants, { nonAnalytic: { ...broken, epsilonInfinity } })).toThrow("number 4 of the ε∞");
  });

  it("leaves the sum of the squares as the field's trace: second route", () => {
    const direction = [0.3, -0.5, 0.8];
    const squares = (w: Float64Array) => w.reduce((s, v) => s + Math.sign(v) * wavenumberToAngular(v) ** 2, 0);
    const term = nonAnalyticTerm(salt, { ...nonAnalytic, direction });
    const masses = normalModes(constants).masses;
    const trace = [0, 1, 2, 3, 4, 5].reduce(
      (s, c) => s + term.values[7 * c]! / (masses[Math.floor(c / 3)]! * atomicMassUnit),
      0,
    );
    expectClose(
      squares(normalModes(constants, { nonAnalytic: { ...nonAnalytic, direction } }).wavenumbers) -
        squares(normalModes(constants).wavenumbers),
      trace,
      { relative: 1e-9 },
    );
  });
});

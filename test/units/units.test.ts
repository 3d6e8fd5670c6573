import * as mathjs from "mathjs";
import { describe, expect, test } from "vitest";
import { OptionError, UnitError } from "../../src/errors.js";
import * as constants from "../../src/units/constants.js";
import { convert, unitScale, unitsOf } from "../../src/units/convert.js";
import {
  angularToWavenumber,
  convertFrequencies,
  convertFrequency,
  fftWavenumbers,
  frequencyUnits,
  nyquistWavenumber,
  wavelengthToWavenumber,
  wavenumberToAngular,
} from "../../src/units/frequency.js";
import { expectClose } from "../support/close.js";

describe("constants", () => {
  // Values as printed in the CODATA 2018 table (exact ones in full), converted to eV by e = 1.602176634e-19 C.
  test("equal the printed CODATA 2018 values", () => {
    expectClose(constants.boltzmannConstant, 8.617333262e-5, { relative: 1e-9 });
    expectClose(constants.hbar, 0.6582119569, { relative: 1e-9 });
    expectClose(constants.speedOfLightCm, 2.99792458e10, { relative: 1e-15 });
    expectClose(constants.angstromPerBohr, 0.529177210903, { relative: 1e-12 });
    expectClose(constants.electronvoltPerHartree, 27.211386245988, { relative: 1e-12 });
    expectClose(constants.femtosecondPerAtomicTime, 0.024188843265857, { relative: 1e-11 });
    expectClose(constants.vacuumPermittivity, 55.26349406e-4, { relative: 1e-8 });
    expectClose(constants.electronAngstromPerDebye, 0.20819434, { relative: 1e-7 });
    expectClose(constants.electronvoltPerKilojoulePerMole, 0.010364269656262, { relative: 1e-12 });
  });

  test("are the values of mathjs, bit by bit", () => {
    const { SI } = constants;
    expect(mathjs.elementaryCharge.toNumber("C")).toBe(SI.elementaryCharge);
    expect(mathjs.boltzmann.toNumber("J/K")).toBe(SI.boltzmann);
    expect(mathjs.reducedPlanckConstant.toNumber("J s")).toBe(SI.reducedPlanckConstant);
    expect(mathjs.speedOfLight.toNumber("m/s")).toBe(SI.speedOfLight);
    expect(mathjs.electricConstant.toNumber("F/m")).toBe(SI.electricConstant);
    expect(mathjs.bohrRadius.toNumber("m")).toBe(SI.bohrRadius);
    expect(mathjs.hartreeEnergy.toNumber("J")).toBe(SI.hartreeEnergy);
    expect(mathjs.avogadro.toNumber("mol^-1")).toBe(SI.avogadro);
    expect(mathjs.atomicMass.toNumber("kg")).toBe(SI.atomicMass);
    expect(constants.speedOfLightCm).toBe(mathjs.speedOfLight.toNumber("cm/s"));
  });

  test("fit together: e²/(4πε₀ a₀) is one hartree and ħ²/(m_e a₀²) too", () => {
    const { coulombConstant, angstromPerBohr, electronvoltPerHartree, hbar, atomicMassUnit } = constants;
    expectClose(coulombConstant / angstromPerBohr, electronvoltPerHartree, { relative: 1e-9 });
    const electronMass = 5.48579909065e-4 * atomicMassUnit;
    expectClose(hbar ** 2 / (electronMass * angstromPerBohr ** 2), electronvoltPerHartree, { relative: 1e-9 });
  });
});

describe("frequencies", () => {
  test("have the usual equivalents: 1 THz = 33.35641 cm⁻¹ = 4.135667696 meV", () => {
    expectClose(convertFrequency(1, "THz", "cm-1"), 1e12 / 2.99792458e10, { relative: 1e-15 });
    expectClose(convertFrequency(1, "THz", "meV"), 4.135667696, { relative: 1e-9 });
    expectClose(convertFrequency(1, "meV", "cm-1"), 8.065543937, { relative: 1e-9 });
    expectClose(wavelengthToWavenumber(514.5), 19436.346, { relative: 1e-7 });
  });

  test("return to themselves over any pair of units", () => {
    for (const from of frequencyUnits) {
      for (const to of frequencyUnits) {
        expectClose(convertFrequency(convertFrequency(1234.5, from, to), to, from), 1234.5, { relative: 1e-14 });
      }
    }
    expectClose(angularToWavenumber(wavenumberToAngular(506)), 506, { relative: 1e-15 });
    expectClose(convertFrequencies(Float64Array.of(0, 1, 2), "THz", "meV"), [0, 4.135667697, 8.271335393], {
      relative: 1e-9,
    });
  });

  test("of a transform end at the Nyquist wavenumber for an even length", () => {
    const axis = fftWavenumbers(1000, 10);
    expect(axis).toHaveLength(501);
    expect(axis[0]).toBe(0);
    expectClose(axis[500]!, nyquistWavenumber(10), { relative: 1e-14 });
    expectClose(nyquistWavenumber(10), 1667.8204759907603, { relative: 1e-14 });
    expect(fftWavenumbers(7, 1)).toHaveLength(4);
  });

  test("reject an unknown unit, naming the known ones", () => {
    expect(() => convertFrequency(1, "Hz" as "THz", "meV")).toThrow(OptionError);
    expect(() => convertFrequency(1, "Hz" as "THz", "meV")).toThrow(/"Hz".*cm-1, THz, meV/);
  });
});

describe("convert", () => {
  test("knows literature values", () => {
    expectClose(convert(1, "dipole", "a.u.", "debye"), 2.541746473, { relative: 1e-9 });
    expectClose(convert(9.83, "polarizability", "a.u.", "Å³"), 9.83 * 0.14818471147, { relative: 1e-9 });
    expectClose(convert(1, "pressure", "eV/Å³", "GPa"), 160.2176634, { relative: 1e-12 });
    expectClose(convert(1, "pressure", "GPa", "kbar"), 10, { relative: 1e-15 });
    expectClose(convert(1, "energy", "hartree", "kcal/mol"), 627.5094740631, { relative: 1e-10 });
    expectClose(convert(1, "energy", "rydberg", "eV"), 13.605693122994, { relative: 1e-12 });
    expectClose(convert(1, "force", "hartree/bohr", "eV/Å"), 51.4220674763, { relative: 1e-10 });
    expectClose(convert(1, "velocity", "bohr/a.u.", "m/s"), 2.18769126364e6, { relative: 1e-10 });
  });

  test("counts the package's own unit, which is listed first, as 1", () => {
    const quantities = [
      "length",
      "time",
      "energy",
      "force",
      "pressure",
      "velocity",
      "polarizability",
      "dipole",
    ] as const;
    for (const quantity of quantities) {
      expect(unitScale(quantity, unitsOf(quantity)[0] as never)).toBe(1);
    }
  });

  test("rejects unknown names with a suggestion", () => {
    expect(() => unitScale("dipole", "debey" as "debye")).toThrow(UnitError);
    expect(() => unitScale("dipole", "debey" as "debye")).toThrow(/did you mean "debye"/);
    expect(() => unitScale("length", "toString" as "nm")).toThrow(/unknown unit of length/);
    expect(() => unitScale("dipol" as "dipole", "debye")).toThrow(/unknown quantity "dipol"; did you mean "dipole"/);
  });
});

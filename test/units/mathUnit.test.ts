import { all, create, type Unit } from "mathjs";
import { describe, expect, it } from "vitest";
import { UnitError } from "../../src/errors.js";
import { convert } from "../../src/units/convert.js";
import { fromMathUnit, toMathUnit } from "../../src/units/mathUnit.js";

const math = create(all!);
const make = (value: number, name: string): Unit => math.unit(value, name);

describe("quantities of mathjs", () => {
  it.each([
    ["0.5 ps", "fs", 500],
    ["300 K", "K", 300],
    ["1 nm", "Å", 10],
    ["1 nm^3", "Å³", 1000],
    ["1 m^-1", "cm⁻¹", 0.01],
    ["1 m^-1", "cm-1", 0.01],
    ["1 kJ", "eV", 1000 / 1.602176634e-19],
    ["1 GPa", "eV/Å³", convert(1, "pressure", "GPa", "eV/Å³")],
    ["1 m/s", "Å/fs", convert(1, "velocity", "m/s", "Å/fs")],
    ["1.602176634e-19 C", "e", 1],
    ["3.33564e-30 C m", "debye", 1],
    ["1 C/m^2", "e/Å²", 6.241509074e-2],
    ["1 C/m^2", "µC/cm²", 100],
  ])("%s is a number in %s", (text, unit, expected) => {
    expect(fromMathUnit(math.unit(text), unit) / expected).toBeCloseTo(1, 5);
  });

  it.each([
    "Å",
    "bohr",
    "Å³",
    "fs",
    "e·Å",
    "e·Å/fs",
    "debye",
    "hartree",
    "rydberg",
    "eV/Å",
    "C/m²",
    "THz",
    "meV",
    "cm⁻¹",
    "K",
  ])("a value in %s comes back", (unit) => {
    expect(fromMathUnit(toMathUnit(1.7, unit, make), unit)).toBeCloseTo(1.7, 12);
  });

  it("keep track of dimensions", () => {
    const work = math.multiply(toMathUnit(2, "eV/Å", make), toMathUnit(3, "Å", make)) as Unit;
    expect(fromMathUnit(work, "eV")).toBeCloseTo(6, 12);
    // The electronvolt of mathjs is that of CODATA 2010, 4e-8 below today's.
    expect(toMathUnit(1, "eV/Å", make).toNumber("nN")).toBeCloseTo(1.602176634, 6);
  });

  it("of another dimension, and units that are not told apart, are refused", () => {
    expect(() => fromMathUnit(math.unit("1 m"), "fs")).toThrow(UnitError);
    expect(() => fromMathUnit(math.unit("1 m"), "fs")).toThrow(/1 m: has no value in fs/);
    expect(() => fromMathUnit(math.unit("1 m"), "")).toThrow(UnitError);
    expect(() => toMathUnit(1, "a.u.", make)).toThrow(/convert to a unit with a name first/);
  });
});

import { describe, expect, it } from "vitest";
import { quantityOf } from "../../src/cli/quantity.js";
import { OptionError } from "../../src/errors.js";

describe("a quantity of the command line", () => {
  it.each([
    ["2", "fs", 2],
    ["1e3", "fs", 1000],
    ["0.5 ps", "fs", 500],
    ["0.5ps", "fs", 500],
    ["532 nm", "nm", 532],
    ["0.532 µm", "nm", 532],
    ["25 degC", "K", 298.15],
    ["25 °C", "K", 298.15],
    ["10 1/ps", "ps⁻¹", 10],
    ["10 ps⁻¹", "ps⁻¹", 10],
    ["1 bar", "GPa", 1e-4],
    ["1 nm^3", "Å³", 1000],
  ])("%s in %s is %d", (text, unit, value) => {
    expect(quantityOf("x", text, unit)).toBe(value);
  });

  it.each(["532 nm", "3 foo", "fast", "", "2 constructor", "1; 2", "5 ps fs"])("refuses %j as a time", (text) => {
    expect(() => quantityOf("timestep", text, "fs")).toThrow(OptionError);
    expect(() => quantityOf("timestep", text, "fs")).toThrow(/--timestep.*a number of fs/);
  });

  it("takes no unit where there is none", () => {
    expect(() => quantityOf("count", "3 fs")).toThrow(/expected a number/);
  });
});

import { describe, expect, it } from "vitest";
import {
  atomicMass,
  atomicMasses,
  atomicNumber,
  CHEMICAL_SYMBOLS,
  covalentRadius,
} from "../../src/structure/elements.js";

describe("elements", () => {
  it("numbers the symbols from H to Lr", () => {
    expect(CHEMICAL_SYMBOLS.length).toBe(103);
    expect(new Set(CHEMICAL_SYMBOLS).size).toBe(103);
    for (const [symbol, z] of [
      ["H", 1],
      ["Ne", 10],
      ["Si", 14],
      ["Zn", 30],
      ["Xe", 54],
      ["Lu", 71],
      ["Rn", 86],
      ["U", 92],
      ["Lr", 103],
    ] as const)
      expect(atomicNumber(symbol)).toBe(z);
  });

  it("has masses that rise with Z, but for the seven known inversions", () => {
    const inversions = CHEMICAL_SYMBOLS.slice(1).filter((s, k) => atomicMass(s) <= atomicMass(CHEMICAL_SYMBOLS[k]!));
    expect(inversions).toEqual(["K", "Ni", "I", "Pa", "Np", "Am", "Bk"]);
    for (const s of CHEMICAL_SYMBOLS.slice(1)) expect(atomicMass(s) / atomicNumber(s)).toBeGreaterThan(1.9);
    for (const s of CHEMICAL_SYMBOLS) expect(atomicMass(s) / atomicNumber(s)).toBeLessThan(2.7);
    expect(atomicMasses(["O", "H", "H"]).reduce((a, b) => a + b)).toBeCloseTo(18.015, 10);
  });

  it("has covalent radii up to Cm", () => {
    for (const s of CHEMICAL_SYMBOLS.slice(0, 96)) expect(covalentRadius(s)).toBeGreaterThan(0.27);
    expect(() => covalentRadius("Lr")).toThrow(/no covalent radius/);
  });

  it("refuses unknown symbols with a suggestion", () => {
    expect(() => atomicNumber("Sii")).toThrow(/did you mean "Si"/);
    expect(() => atomicMass("")).toThrow(/not a chemical symbol/);
  });
});

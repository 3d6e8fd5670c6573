import { describe, expect, it } from "vitest";
import { loadDataset } from "../../src/dataset/load.js";
import { parseExtxyz } from "../../src/io/extxyz.js";
import { notCubicAngstrom } from "../../src/io/polarizabilityUnit.js";
import { convertSeries } from "../../src/series/convert.js";
import { createSeries } from "../../src/series/tensorSeries.js";
import { coulombConstant } from "../../src/units/constants.js";
import { expectClose } from "../support/close.js";

const water = (alpha: number, cell = ""): string => `3
${cell}Properties=species:S:1:pos:R:3 polarizability="${alpha} 0 0 0 ${alpha} 0 0 0 ${alpha}"
O 0 0 0.12
H 0 0.76 -0.48
H 0 -0.76 -0.48
`;

describe("the unit of a polarizability", () => {
  it("is asked for where the numbers cannot be Å³, and taken where it is declared", () => {
    // 1.45 Å³ of a water molecule.
    expect(parseExtxyz(water(1.45))[0]!.polarizability![0]).toBe(1.45);
    const text = water(1.45 / coulombConstant);
    expect(() => parseExtxyz(text)).toThrow(/hardly in Å³.*e·Å²\/V/);
    expectClose(parseExtxyz(text, { units: { polarizability: "e·Å²/V" } })[0]!.polarizability![4]!, 1.45, {
      relative: 1e-12,
    });
    expect(parseExtxyz(text, { units: { polarizability: "Å³" } })[0]!.polarizability![0]).toBe(1.45 / coulombConstant);
  });

  it("per volume needs the cell", () => {
    const cell = 'Lattice="4 0 0 0 4 0 0 0 4" ';
    for (const [unit, scale] of [
      ["Å³/Å³", 1],
      ["e/(V·Å)", coulombConstant],
    ] as const) {
      const text = water(1.45 / 64 / scale, cell);
      expectClose(parseExtxyz(text, { units: { polarizability: unit } })[0]!.polarizability![0]!, 1.45, {
        relative: 1e-12,
      });
      expect(() => parseExtxyz(water(0.02), { units: { polarizability: unit } })).toThrow(/no cell/);
      expect(() => parseExtxyz(text)).toThrow(/hardly/);
    }
  });

  it("is not doubted for any embedded set, and doubted for each of them in e·Å²/V", async () => {
    for (const id of ["h2o", "ch4", "ch3oh", "nacl", "sio2", "aln"]) {
      const { frames } = await loadDataset(id);
      for (const { polarizability, dielectric, structure } of frames.slice(0, 20)) {
        const alpha =
          polarizability ??
          dielectric!.map((e, p) => ((e - (p % 4 === 0 ? 1 : 0)) * 0.25 * volumeOf(structure.cell!)) / Math.PI);
        expect(notCubicAngstrom(alpha, structure), id).toBeUndefined();
        // 4.5 of AlN divided by 14.4 is that of solid neon: such a crystal cannot be told.
        if (id === "aln") continue;
        expect(
          notCubicAngstrom(
            alpha.map((a) => a / coulombConstant),
            structure,
          ),
          id,
        ).toBeDefined();
      }
    }
  });

  it("converts a series by 14.4, as α = 4πε₀ times the volume", () => {
    const series = createSeries({
      quantity: "polarizability",
      shape: [3, 3],
      unit: "e·Å²/V",
      values: new Float64Array(18).fill(0.5),
      timestep: 1,
      volume: 50,
      origin: "x",
    });
    expectClose(convertSeries(series, "Å³").values[0]!, 0.5 * 14.399645, { relative: 1e-6 });
    expectClose(convertSeries(series, "e/(V·Å)").values[0]!, 0.01, { relative: 1e-12 });
  });
});

function volumeOf(c: Float64Array): number {
  const cross = [c[4]! * c[8]! - c[5]! * c[7]!, c[5]! * c[6]! - c[3]! * c[8]!, c[3]! * c[7]! - c[4]! * c[6]!];
  return Math.abs(c[0]! * cross[0]! + c[1]! * cross[1]! + c[2]! * cross[2]!);
}

import { describe, expect, it } from "vitest";
import { parseEspresso } from "../../src/io/espresso.js";
import { expectClose } from "../support/close.js";
import { phOutput, pwOutput } from "./samples.js";

describe("parseEspresso", () => {
  it("reads ε∞ and Born charges of ph.x, rows being the field", () => {
    const frame = parseEspresso(phOutput);
    expect(frame.dielectric![2]).toBe(-9.430394622);
    // ∂F/∂E and ∂P/∂u are two calculations of the same tensor: they agree only if rows are the field in both blocks
    // (0.15758 against 0.15771; transposed it would be 0.08251).
    const other = parseEspresso(phOutput, { charges: "dP/du" });
    expect(frame.bornCharges![3]).toBe(0.15758);
    expectClose(frame.bornCharges!, other.bornCharges!, { absolute: 1.5e-3 });
  });

  it("reads structure, energy, forces and stress of pw.x in package units", () => {
    const frame = parseEspresso(pwOutput);
    expect(frame.structure.species).toEqual(["Al", "As"]);
    // The input of that run, in Å; positions are printed to 7 decimals of alat, and alat is rounded in Å too.
    expectClose(frame.structure.positions, [0, 0, 0, 1.65, 1.3, 1.47], { absolute: 2e-6 });
    expectClose(frame.structure.cell!, [0, 2.83, 2.83, 2.83, 0, 2.83, 2.83, 2.83, 0], { absolute: 3e-6 });
    expectClose(frame.energy!, -16.74083459 * 13.605693123, { relative: 1e-9 });
    expectClose(frame.forces![0]!, 0.06215846 * 25.711032, { relative: 1e-6 });
    // −61.51 kbar printed as positive under compression is +6.151 GPa of tension.
    expectClose(frame.stress![0]!, 6.151 / 160.2176634, { relative: 1e-4 });
  });

  it("keeps the longer digits of pw.x when both outputs are one file or its structure is given", () => {
    const pw = parseEspresso(pwOutput);
    for (const frame of [parseEspresso(pwOutput + phOutput), parseEspresso(phOutput, { structure: pw.structure })]) {
      expect(frame.structure.positions).toEqual(pw.structure.positions);
      expect(frame.bornCharges!.length).toBe(18);
    }
    const moved = { ...pw.structure, positions: pw.structure.positions.map((x) => x + 0.01) };
    expect(() => parseEspresso(phOutput, { structure: moved })).toThrow(/another structure/);
  });

  it("takes the raw charges where those with the acoustic sum rule stand there too", () => {
    const [head, charges] = [
      phOutput.slice(0, phOutput.indexOf("          Effective")),
      /Effective charges \(d Force[\s\S]*?(?= {10}Effective charges \(d P)/.exec(phOutput)![0],
    ];
    const raw = charges
      .replace("axis", "axis without acoustic sum rule applied (asr)")
      .replace("1   Al", "1   Al Mean Z*:        2.16444");
    const ruled = charges.replace("axis", "axis with asr applied:").replaceAll("2.28278", "9.99999");
    const text = `${head}          ${raw}\n          ${ruled}\n   JOB DONE.\n`;
    expect(parseEspresso(text).bornCharges![0]).toBe(2.28278);
  });

  it("refuses runs that did not end and relaxations", () => {
    expect(() => parseEspresso(phOutput.replace("JOB DONE.", ""))).toThrow(/JOB DONE is missing/);
    expect(() => parseEspresso(pwOutput.replace("   JOB", "ATOMIC_POSITIONS (angstrom)\n   JOB"))).toThrow(
      /relaxation or MD/,
    );
    expect(() =>
      parseEspresso(phOutput.replace(/ {10}Effective charges \(d Force[\s\S]*?(?= {10}Effective)/, "")),
    ).toThrow(/charges: "dP\/du"/);
  });
});

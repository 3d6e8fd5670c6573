import { describe, expect, it } from "vitest";
import { parseEspresso } from "../../src/io/espresso.js";
import { readFrames } from "../../src/io/load.js";
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

  it("refuses runs that did not end, and a kind of charges that is not there", () => {
    expect(() => parseEspresso(phOutput.replace("JOB DONE.", ""))).toThrow(/JOB DONE is missing/);
    const [first, second] = ["d Force", "d P"].map((kind) => phOutput.indexOf(`          Effective charges (${kind}`));
    const withoutForces = phOutput.slice(0, first) + phOutput.slice(second);
    expect(() => parseEspresso(withoutForces, { charges: "dF/dE" })).toThrow(/charges: "dP\/du"/);
    // Unless one kind is asked for, what there is is taken.
    expect(parseEspresso(withoutForces).bornCharges).toEqual(parseEspresso(phOutput, { charges: "dP/du" }).bornCharges);
  });

  it("takes the rows E*x of newer versions", () => {
    const charges = /Effective charges \(d Force[\s\S]*?(?= {10}Effective charges \(d P)/.exec(phOutput)![0];
    const ruled = charges
      .replace("axis", "axis with asr applied:")
      .replace(/\bE([xyz]) /g, "E*$1")
      .replaceAll("2.28278", "9.99999");
    expect(parseEspresso(phOutput.replace(charges, charges + ruled)).bornCharges![0]).toBe(2.28278);
  });
});

describe("steps of pw.x", () => {
  const head = `     Program PWSCF v.7.2 starts on  1Jan2024
     lattice parameter (alat)  =      10.0000  a.u.
     crystal axes: (cart. coord. in units of alat)
               a(1) = (   1.0 0.0 0.0 )
               a(2) = (   0.0 1.0 0.0 )
               a(3) = (   0.0 0.0 1.0 )
     site n.     atom                  positions (alat units)
         1        Na      tau(   1) = (   0.0100000   0.0000000   0.0000000  )
         2        Cl      tau(   2) = (   0.5000000   0.5000000   0.5000000  )

`;
  const computed = (energy: number) =>
    `!    total energy              =    ${energy} Ry\n     Forces acting on atoms (cartesian axes, Ry/au):\n\n` +
    "     atom    1 type  1   force =    -0.01  0.0  0.0\n     atom    2 type  2   force =     0.01  0.0  0.0\n\n";
  const positions = (unit: string, x: number) => `ATOMIC_POSITIONS ${unit}\nNa ${x} 0.0 0.0 0 0 0\nCl  2.5 2.5 2.5\n\n`;
  const entering = (k: number) =>
    `     Entering Dynamics:    iteration = ${k}\n                           time      =    0.00${k} pico-seconds\n\n`;
  const read = (text: string) => readFrames([Buffer.from(`${head}${text}   JOB DONE.\n`)], { onWarning: () => {} });
  const bohr = 0.529177210903;

  it("of dynamics are frames with energies, forces, and times by the time step, which printed times are too coarse for", async () => {
    const run =
      computed(-10) +
      "     Time step             =      20.00 a.u.,    0.9676 femto-seconds\n" +
      entering(1) +
      positions("(angstrom)", 0.1) +
      computed(-11) +
      entering(2) +
      positions("{bohr}", 0.2) +
      computed(-12) +
      entering(3) +
      positions("(angstrom)", 0.3);
    const frames = await read(run);
    expect(frames.map((f) => f.info!.step)).toEqual([0, 1, 2]);
    // 20 ħ/Ry = 0.96755 fs.
    expect(frames[2]!.time).toBeCloseTo(2 * 0.967554, 5);
    expect(frames.map((f) => Number((f.energy! / 13.605693).toFixed(4)))).toEqual([-10, -11, -12]);
    expect(frames.map((f) => Number(f.structure.positions[0]!.toFixed(6)))).toEqual(
      [0.1 * bohr, 0.1, 0.2 * bohr].map((x) => Number(x.toFixed(6))),
    );
    expect(frames[1]!.forces!.length).toBe(6);
    expect(() => parseEspresso(`${head}${run}   JOB DONE.\n`)).toThrow(/3 configurations; give an scf run/);
  });

  it("of a relaxed cell have the cell of their own; final coordinates are not twice there", async () => {
    const cell = "CELL_PARAMETERS (alat= 10.00000000)\n 1.1 0.0 0.0\n 0.0 1.1 0.0\n 0.0 0.0 1.1\n\n";
    const run =
      computed(-10) + cell + positions("(crystal)", 0.25) + computed(-11) + cell + positions("(crystal)", 0.25);
    const frames = await read(run);
    expect(frames.map((f) => f.structure.cell![0]! / bohr).map((x) => Number(x.toFixed(6)))).toEqual([10, 11]);
    expect(frames[1]!.structure.positions[0]).toBeCloseTo(0.25 * 11 * bohr, 8);
    expect(frames[1]).not.toHaveProperty("time");
  });
});

/** Output of VASP as runs of today leave it: learned force fields, killed jobs, columns that touch or do not hold their number. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { loadTrajectory, readFrames } from "../../src/io/load.js";
import { loadSeries } from "../../src/io/loadSeries.js";
import { parseOutcar } from "../../src/io/outcar.js";
import { warningText } from "../../src/warnings.js";
import * as sample from "./samples.js";

const file = (name: string) => new URL(`cases/${name}`, import.meta.url).pathname;
const text = (name: string) => readFileSync(file(name), "utf8");
const mlff = text("outcar-mlff/OUTCAR");
/** Warnings of a call, with its result. */
function heard<T>(work: (onWarning: (w: Parameters<typeof warningText>[0]) => void) => T): [T, string] {
  const warnings: string[] = [];
  const result = work((w) => warnings.push(warningText(w)));
  return [result, warnings.join("\n")];
}
const quiet = { onWarning: () => {} };
const summary = (frames: ReturnType<typeof parseOutcar>) =>
  frames.map((f) => [f.time, f.energy, f.forces?.[0], f.info?.labels]);

describe("OUTCAR of a run that learns a force field", () => {
  it("has one frame per step, ab initio where it was computed, and says so", () => {
    const [frames, warnings] = heard((onWarning) => parseOutcar(mlff, { onWarning }));
    expect(summary(frames)).toEqual([
      [0, -7.5, 0.1, "ab-initio"],
      [2, -7.1, 1.2, "learned"],
      [4, -7.7, 2.1, "ab-initio"],
      [6, -7.3, 3.2, "learned"],
    ]);
    expect(warnings).toMatch(/2 of 4 frames are predictions .*labels: "ab-initio"/);
  });

  it("gives the labels that are asked for alone, with the times of their steps", () => {
    expect(summary(parseOutcar(mlff, { labels: "ab-initio" }))).toEqual([
      [0, -7.5, 0.1, "ab-initio"],
      [4, -7.7, 2.1, "ab-initio"],
    ]);
    expect(parseOutcar(mlff, { labels: "learned" }).map((f) => f.energy)).toEqual([-7, -7.1, -7.2, -7.3]);
    expect(() => parseOutcar(sample.outcar, { labels: "learned" })).toThrow(/no step has labels of the kind/);
  });

  it("takes zeros of a force field that has learned nothing for no labels", () => {
    const zeros = mlff
      .replace("-7.00000000 eV", "0.00000000 eV")
      .replace("0.200000  ", "0.000000  ")
      .replace("-0.200000", " 0.000000");
    expect(parseOutcar(zeros, { ...quiet, labels: "learned" }).map((f) => f.time)).toEqual([2, 4, 6]);
    expect(parseOutcar(zeros, quiet).length).toBe(4);
  });

  it("counts steps of which no table is printed", () => {
    const block = mlff.replace(
      "   POTIM",
      "   NBLOCK =     10;   KBLOCK =     1    inner block; outer block\n   POTIM",
    );
    // Tables of steps 10, 20 …; the numbers of ab initio steps are printed.
    const production = block.replace(/-+ Iteration[\s\S]*?(?= {2}ML FORCE)/g, "");
    expect(parseOutcar(production).map((f) => f.time)).toEqual([18, 38, 58, 78]);
    expect(parseOutcar(block.replaceAll("Iteration      3", "Iteration     30"), quiet).map((f) => f.time)).toEqual([
      0, 18, 58, 78,
    ]);
    // Before VASP 6.4.3 the energy of every step is printed all the same.
    const energy = "  free  energy ML TOTEN  =        -7.05000000 eV\n";
    const often = production.replaceAll("  ML energy  without", `${energy.repeat(4)}  ML energy  without`);
    expect(parseOutcar(often).map((f) => f.time)).toEqual([18, 28, 38, 48]);
    expect(parseOutcar(often).map((f) => f.energy)).toEqual([-7, -7.1, -7.2, -7.3]);
  });

  it.each(["1e308", "1,5", ".", "-2.0000", "****", "nan", "2.0.0"])("POTIM %s is refused", (word) => {
    expect(() => parseOutcar(mlff.replace("2.0000", word), quiet)).toThrow(/:\d+: POTIM is "/);
  });

  it("read as a trajectory or series has its times", async () => {
    expect((await loadTrajectory(file("outcar-mlff/OUTCAR"), quiet)).timestep).toBe(2);
    const computed = await readFrames(file("outcar-mlff/OUTCAR"), { labels: "ab-initio" });
    expect(computed.map((f) => f.time)).toEqual([0, 4]);
  });
});

describe("OUTCAR: species", () => {
  const twelve = text("outcar-12-types/OUTCAR");
  it("of more kinds than VASP prints counts, where NIONS leaves no doubt", () => {
    const species = "Cr Mn Fe Co Ni Cu Zn Y Zr Nb Mo Rh".split(" ");
    expect(parseOutcar(twelve)[0]!.structure.species).toEqual(species);
    const second = twelve.replace(/( {3}1 {3}1)\n/, "$1\n   ions per type =               1   1\n");
    expect(parseOutcar(second)[0]!.structure.species).toEqual(species);
    expect(() => parseOutcar(twelve.replace("NIONS =     12", "NIONS =     13"))).toThrow(
      /text:\d+: 10 counts of ions for 12 kinds and 13 ions .*ten counts.*vasprun\.xml/,
    );
  });

  it("with counts that fill their four columns", () => {
    const touching = (counts: string, ions: number) =>
      text("outcar-touching-dielectric/OUTCAR")
        .replace(/ions per type =.*/, `ions per type =            ${counts}`)
        .replace(/NIONS =.*/, `NIONS =  ${ions}`);
    for (const [counts, ions] of [
      ["10001001", 2001],
      ["1000****", 11000],
      [" 9991001", 2000],
    ] as const)
      expect(() => parseOutcar(touching(counts, ions))).toThrow(/positions and forces for 2 of|the position of ion 3/);
    expect(() => parseOutcar(touching("10001001", 2002))).toThrow(/2001 ions in 2 kinds, but NIONS is 2002/);
    expect(() => parseOutcar(touching("********", 30000))).toThrow(/2 counts of ions for 2 kinds/);
  });

  it("from the names of the pseudopotentials where VRHFIN is missing or cut", () => {
    const nacl = text("outcar-nwrite0/OUTCAR");
    const [frame] = parseOutcar(nacl);
    expect(frame!.structure.species).toEqual(["Na", "Cl"]);
    expect([frame!.energy, ...frame!.dielectric!]).toEqual([-7.5, 2.5, 0, 0, 0, 2.6, 0, 0, 0, 2.7]);
    const species = (t: string) => parseOutcar(t, quiet)[0]!.structure.species;
    expect(species(nacl.replaceAll("PAW_PBE Na 08Apr2002", "PAW_PBE Zr_sv_GW 05Dec2013"))).toEqual(["Zr", "Cl"]);
    expect(species(nacl.replaceAll("PAW_PBE Na 08Apr2002", "US H1.25"))).toEqual(["H", "Cl"]);
    const listedTwice = nacl.replace(
      " POTCAR:    PAW_PBE Cl 08Apr2002\n",
      (line) => `${line} POTCAR:    PAW_PBE Na 08Apr2002\n${line}`,
    );
    expect(species(listedTwice)).toEqual(["Na", "Cl"]);
    const head = (symbol: string, title: string) =>
      mlff.replace("VRHFIN =Na: s1p0", `VRHFIN =${symbol}: s1p0`).replaceAll("PAW_PBE Na 08Apr2002", title);
    expect(species(head("r ", "PAW_PBE Zr 08Apr2002"))).toEqual(["Zr", "Cl"]);
    expect(species(head("X", "PAW_PBE Xe 07Sep2000"))).toEqual(["Xe", "Cl"]);
    expect(species(mlff.replaceAll(/ {3}TITEL.*\n| POTCAR:.*\n/g, ""))).toEqual(["Na", "Cl"]);
    expect(() => species(head("X", "mine"))).toThrow(/kind 1 of the ions is, is not said: its symbol is "X"/);
    const [[odd], warnings] = heard((onWarning) => parseOutcar(head("C", "PAW_PBE Cd 06Sep2000"), { onWarning }));
    expect(odd!.structure.species).toEqual(["Cd", "Cl"]);
    expect(warnings).toMatch(/is called C, its pseudopotential "PAW_PBE Cd 06Sep2000"; it is taken as Cd/);
  });
});

describe("OUTCAR: columns that touch", () => {
  it("in the dielectric tensor", () => {
    expect([...parseOutcar(text("outcar-touching-dielectric/OUTCAR"))[0]!.dielectric!]).toEqual([
      13210.5, -16020.25, 2.5, -7200.125, 22010.75, -3, 2.25, -5, 1100.5,
    ]);
  });

  it("in Born charges, with the number of the row too, in stress, forces and positions", () => {
    const touching = sample.outcar
      .replace("    1     2.96605     0.03960    -0.00141", "    1-1234.56789-2345.67891 1234.50000")
      .replace("    2    -0.01072     3.58445    -0.36705", "    2    -0.01072 1234.56789-1234.56789")
      .replaceAll("-19.14399   -42.01031", "-12345.12345-12345.67891")
      .replaceAll("         1.814117     -0.803465", "  12345.814117-123456.803465")
      .replace("0.00660      3.58964", "1000.00660-1000.58964");
    const [a, b] = parseOutcar(touching);
    expect([...b!.bornCharges!.subarray(0, 6)]).toEqual([
      -1234.56789, -2345.67891, 1234.5, -0.01072, 1234.56789, -1234.56789,
    ]);
    expect(a!.stress![4]! / a!.stress![0]!).toBeCloseTo(12345.67891 / 12345.12345, 12);
    expect([...a!.forces!.subarray(0, 3)]).toEqual([12345.814117, -123456.803465, -0.215204]);
    expect([...a!.structure.positions.subarray(1, 3)]).toEqual([1000.0066, -1000.58964]);
  });

  it("only where all have the same count of decimals: else the file is damaged", () => {
    for (const wrong of ["13210.50000-16020.250000", "13210.5000000-16020.250000", "13210-16020.250000", "1.2.3"])
      expect(
        () => parseOutcar(text("outcar-touching-dielectric/OUTCAR").replace("13210.500000-16020.250000", wrong)),
        wrong,
      ).toThrow(/expected a number for the dielectric tensor/);
  });
});

describe("OUTCAR: a number that did not fit (****)", () => {
  it("in what nobody needs is left out and named", async () => {
    const cases: [string, string, string][] = [
      ["-19.14399   -42.01031", "************   -42.01031", "stress"],
      ["-19.14399   -42.01031", "************************", "stress"],
      ["-19.14399   -42.01031", "-12345.12345************", "stress"],
      ["         1.814117     -0.803465", "  **************************", "forces"],
      ["TOTEN  =       -71.02127918", "TOTEN  = ******************", "energy"],
    ];
    for (const [from, to, field] of cases) {
      const damaged = sample.outcar.replace(from, to);
      expect(damaged).not.toBe(sample.outcar);
      const [a, b] = parseOutcar(damaged);
      expect(Object.keys(a!), to).not.toContain(field);
      expect(a!.notFinite, to).toEqual({ [field]: `${field} (****)` });
      expect(b!.notFinite).toBeUndefined();
      expect(a!.structure).toEqual(parseOutcar(sample.outcar)[0]!.structure);
    }
    const last = (from: string, to: string) => parseOutcar(sample.outcar.replace(from, to))[1]!.notFinite;
    expect(last("2.534301     0.008830", "************ 0.008830")).toEqual({ dielectric: "dielectric (****)" });
    expect(last("1     2.96605", "1************")).toEqual({ bornCharges: "bornCharges (****)" });
  });

  it("in what somebody needs is refused", async () => {
    expect(() => parseOutcar(sample.outcar.replace("2.20405      0.00660", "*************0.00660"))).toThrow(
      /position of ion 1, found "\*+.*too little room/,
    );
    const source = [Buffer.from(sample.outcar.replace("2.534301     0.008830", "************ 0.008830"))];
    await expect(loadSeries(source, { ...quiet, quantity: "dielectric", format: "outcar" })).rejects.toThrow(
      /no dielectric/,
    );
    const alone = [
      Buffer.from(text("outcar-nwrite0/OUTCAR").replace("2.500000     0.000000", "************ 0.000000")),
    ];
    await expect(loadSeries(alone, { ...quiet, quantity: "dielectric", format: "outcar" })).rejects.toThrow(
      /dielectric \(\*\*\*\*\) is nan in frame 0/,
    );
  });
});

describe("OUTCAR: electronic loops", () => {
  const iteration = (step: number, k: number) =>
    `--------------------------------------- Iteration ${String(step).padStart(6)}(${String(k).padStart(4)})  ---------------------------------------\n`;
  const ends = {
    reached:
      "------------------------ aborting loop because EDIFF is reached ----------------------------------------\n",
    not: "------------------------ aborting loop EDIFF was not reached (unconverged)  ----------------------------\n",
    silent: "",
  };
  const run = (iterations: number, end: keyof typeof ends) => {
    let step = 0;
    return sample.outcar
      .replace("   IBRION", "   NELM   =     60;   NELMIN=  4; NELMDL= -5     # of ELM steps\n   IBRION")
      .replaceAll(
        "  in kB",
        () => `${iteration(++step, step === 2 ? iterations : 9)}${step === 2 ? ends[end] : ends.reached}  in kB`,
      );
  };

  it.each<[number, keyof typeof ends, boolean]>([
    [12, "reached", true],
    [60, "reached", true],
    [60, "silent", false],
    [60, "not", false],
    [12, "silent", true],
  ])("that end after %i iterations, %s", (iterations, end, converged) => {
    const [frames, warnings] = heard((onWarning) => parseOutcar(run(iterations, end), { onWarning }));
    expect(frames.map((f) => f.info?.converged)).toEqual([undefined, converged ? undefined : false]);
    if (converged) expect(warnings).not.toMatch(/converge/);
    else expect(warnings).toMatch(/did not converge in 1 of 2 frames \(frame 1\)/);
  });

  it("number the steps, also those without tables; those of linear response do not", () => {
    const sparse = run(9, "reached").replace(iteration(2, 9), iteration(21, 9));
    const linear = sparse.replace(" MACROSCOPIC", `${iteration(7, 1).replace("Iteration ", "Iteration")} MACROSCOPIC`);
    expect(linear).toContain("Iteration     7(");
    for (const t of [
      sparse,
      sparse.replace(" HEAD", "----------------------------------------- Iteration    3(   1)  ---\n HEAD"),
    ])
      expect(parseOutcar(t).map((f) => f.time)).toEqual([0, 10]);
  });
});

describe("a run that was killed", () => {
  const killed = text("cli-incomplete/OUTCAR");
  it("keeps its last whole step", () => {
    expect(() => parseOutcar(killed)).toThrow(/timing summary.*incomplete: "drop"/);
    const [frames, warnings] = heard((onWarning) => parseOutcar(killed, { incomplete: "drop", onWarning }));
    expect(frames.map((f) => f.dielectric![0])).toEqual([2.5, 2.6, 2.7, 2.8, 2.9]);
    expect(frames.map((f) => f.time)).toEqual([0, 1, 2, 3, 4]);
    expect(warnings).toMatch(/what follows 5 whole frames is left out/);
  });

  it("wherever the next step was cut, and never a step that is not whole", () => {
    const next = killed.lastIndexOf("  FORCE on cell");
    // Blank lines and rulers may go.
    const whole = killed.lastIndexOf(" ------", next) + 1;
    for (let length = whole + 60; length < killed.length; length += 7)
      expect(
        parseOutcar(Buffer.from(killed.slice(0, length)), { ...quiet, incomplete: "drop" }).length,
        `${length}`,
      ).toBe(5);
    const table = killed.lastIndexOf(" MACROSCOPIC");
    for (let length = table; length < killed.indexOf("2.700000", table); length += 7)
      expect(parseOutcar(Buffer.from(killed.slice(0, length)), { ...quiet, incomplete: "drop" }).length).toBe(4);
  });

  it("two files joined are two runs, with their own times and species", () => {
    const joined = mlff + text("outcar-nwrite0/OUTCAR").replace("IBRION =     -1", "IBRION =      0");
    const frames = parseOutcar(joined, quiet);
    expect(frames.map((f) => f.time)).toEqual([0, 2, 4, 6, 0]);
    const other = parseOutcar(sample.outcar + text("outcar-12-types/OUTCAR"));
    expect(other.map((f) => f.structure.species.length)).toEqual([2, 2, 12]);
    expect(() => parseOutcar(mlff + text("outcar-nwrite0/OUTCAR").replace(/ General[\s\S]*/, ""))).toThrow(
      /timing summary/,
    );
  });
});

/** vasprun.xml of learned force fields, with cut symbols, numbers that touch or do not fit, and bombs. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { loadTrajectory, readFrames } from "../../src/io/load.js";
import { loadVasprun, parseVasprun, streamVasprun } from "../../src/io/vasprun.js";
import { warningText } from "../../src/warnings.js";
import * as sample from "./samples.js";

const file = (name: string) => new URL(`cases/${name}`, import.meta.url).pathname;
const text = (name: string) => readFileSync(file(name), "utf8");
const learned = text("vasprun-mlff-run/vasprun.xml");
const quiet = { onWarning: () => {} };
function warningsOf(xml: string): string {
  const warnings: string[] = [];
  parseVasprun(xml, { onWarning: (w) => warnings.push(warningText(w)) });
  return warnings.join("\n");
}

describe("vasprun.xml of a learned force field", () => {
  it("has its steps outside <calculation>", async () => {
    const frames = await readFrames(file("vasprun-mlff-run/vasprun.xml"));
    expect(frames.map((f) => [f.time, f.energy, f.info?.labels])).toEqual([
      [0, -7, "learned"],
      [2, -7.1, "learned"],
      [4, -7.2, "learned"],
      [6, -7.3, "learned"],
    ]);
    // 0.0025 × 4 Å, printed with eight decimals.
    frames.forEach((f, k) => {
      expect(f.structure.positions[0]).toBeCloseTo(0.01 * k, 12);
    });
    expect(frames[0]!.forces![0]).toBe(0.1);
    expect(frames[0]!.stress![0]).toBeCloseTo(-6.241509e-4, 9);
    expect((await loadTrajectory(file("vasprun-mlff-run/vasprun.xml"))).timestep).toBe(2);
  });

  it("the structures of beginning and end, which have names, are no steps", () => {
    const structure = /<structure>[\s\S]*?<\/structure>/
      .exec(learned)![0]
      .replace("0.00000000 0.00000000 0.00000000 </v>\n   <v> 0.5", "0.9 0.9 0.9 </v>\n   <v> 0.5");
    const named = (name: string) => structure.replace("<structure>", `<structure name="${name}" >`);
    const framed = learned
      .replace("<structure>", `${named("initialpos")}<structure>`)
      .replace("</modeling>", `${named("finalpos")}</modeling>`);
    expect(parseVasprun(framed)).toEqual(parseVasprun(learned));
  });

  it("a step that is predicted and computed is one frame", () => {
    const steps = learned.split(/(?= <structure>)/);
    const [head = "", first = "", second = "", ...rest] = steps;
    const computed = (step: string, energy: string) =>
      `<calculation>${step.replace(/-7\.[01]0000000/g, energy)}</calculation>`;
    const run = [head, first, computed(first, "-7.5"), second, ...rest].join("");
    const summary = (labels?: "ab-initio" | "learned") =>
      parseVasprun(run, { ...quiet, ...(labels && { labels }) }).map((f) => [f.time, f.energy, f.info!.labels]);
    expect(summary()).toEqual([
      [0, -7.5, "ab-initio"],
      [2, -7.1, "learned"],
      [4, -7.2, "learned"],
      [6, -7.3, "learned"],
    ]);
    expect(summary("ab-initio")).toEqual([[0, -7.5, "ab-initio"]]);
    expect(summary("learned").map(([, energy]) => energy)).toEqual([-7, -7.1, -7.2, -7.3]);
    expect(warningsOf(run)).toMatch(/3 of 4 frames are predictions/);
  });

  it("ML_OUTBLOCK leaves steps out from VASP 6.4.3 on", () => {
    const block = learned.replace("</incar>", '<i type="int" name="ML_OUTBLOCK">    10</i></incar>');
    expect(parseVasprun(block).map((f) => f.time)).toEqual([0, 2, 4, 6]);
    expect(parseVasprun(block.replace("6.3.0", "6.4.3")).map((f) => f.time)).toEqual([18, 38, 58, 78]);
  });

  it("killed keeps its whole steps, told", () => {
    const warnings: string[] = [];
    const count = (xml: string) =>
      parseVasprun(xml, { incomplete: "drop", onWarning: (w) => warnings.push(w.problem) }).length;
    expect(count(learned.slice(0, learned.lastIndexOf('"e_wo_entrp"')))).toBe(4);
    expect(count(learned.slice(0, learned.lastIndexOf('"e_fr_energy"')))).toBe(3);
    expect(count(learned.slice(0, learned.lastIndexOf("<structure>") + 40))).toBe(3);
    expect(warnings).toEqual(
      ["4", "3", "3"].map((n) => `the file ends early: what follows ${n} whole steps is left out`),
    );
    expect(() => parseVasprun(learned.slice(0, 3000))).toThrow(/the file ends inside .*incomplete/);
  });
});

describe("vasprun.xml: elements", () => {
  it.each([
    ["zr", ["Zr", "O"]],
    ["xe", ["Xe", "F"]],
  ])("%s.xml: from the name of the pseudopotential", async (name, species) => {
    const [frame] = await readFrames(file(`vasprun-element-names/${name}.xml`));
    expect(frame!.structure.species).toEqual(species);
  });

  it("a symbol that is none without pseudopotential is refused, a contradiction told", () => {
    const xe = text("vasprun-element-names/xe.xml");
    expect(() => parseVasprun(xe.replace(/<array name="atomtypes" >[\s\S]*?<\/array>/, ""))).toThrow(
      /atom 0 is "X": expected an element/,
    );
    expect(() => parseVasprun(xe.replace("PAW_PBE Xe", "PAW_PBE mine"))).toThrow(
      /atom 0 is "X", with the pseudopotential/,
    );
    expect(warningsOf(xe.replaceAll("<c>X </c>", "<c>C </c>"))).toMatch(/is called C, .*taken as Xe/);
    expect(() => parseVasprun(xe.replace("<atoms>       2 </atoms>", "<atoms>       3 </atoms>"))).toThrow(
      /2 atoms listed, <atoms> says 3/,
    );
    expect(() => parseVasprun(xe.replace("<rc><c>   1</c><c>X", "<rc><c>   2</c><c>X"))).toThrow(
      /<atomtypes> sum to 3/,
    );
  });
});

describe("vasprun.xml: numbers", () => {
  it("that touch", () => {
    const xml = sample.vasprun
      .replace("6.95882353      -0.00000575", "-1234.56789012-2345.67890123")
      .replace("1.00000000       2.00000000       3.00000000", "-1.00000000-2.00000000-3.00000000");
    const [frame] = parseVasprun(xml);
    expect([...frame!.dielectric!.subarray(0, 3)]).toEqual([-1234.56789012, -2345.67890123, -0.00000896]);
    expect([...frame!.bornCharges!.subarray(0, 4)]).toEqual([-1, -2, -3, 4]);
  });

  it.each<[string, string, string]>([
    ["1.60217663 ", "************* ", "stress"],
    ["0.10000000 ", "************* ", "forces"],
    ["6.95882353      -0.00000575", "****************-0.00000575", "dielectric"],
    ["1.00000000       2.00000000       3.00000000", "**************** 3.0", "bornCharges"],
    ["-2.50000000 ", "************ ", "energy"],
  ])("%s → %s: left out and named", (from, to, field) => {
    const xml = sample.vasprun.replace(from, to);
    expect(xml).not.toBe(sample.vasprun);
    const [a, b] = parseVasprun(xml);
    expect(Object.keys(a!)).not.toContain(field);
    expect(a!.notFinite).toEqual({ [field]: `${field} (****)` });
    expect(b!.notFinite).toBeUndefined();
  });

  it("that did not fit in positions are refused", () => {
    expect(() => parseVasprun(sample.vasprun.replace("0.12500000 ", "********** "))).toThrow(
      /\*\*\*\* in <varray:positions> of step 1; the program had too little room/,
    );
  });

  it("of electronic steps tell what did not converge", () => {
    const loop = (energies: readonly number[]) =>
      energies.map((e) => `<scstep><energy><i name="e_fr_energy"> ${e} </i></energy></scstep>`).join("");
    const run = (energies: readonly number[]) =>
      sample.vasprun
        .replace("</incar>", '<i type="int" name="NELM"> 4</i><i name="EDIFF"> 0.0001</i></incar>')
        .replace(/<scstep>.*<\/scstep>/, loop(energies));
    const marks = (energies: readonly number[]) => parseVasprun(run(energies), quiet).map((f) => f.info?.converged);
    expect(marks([-1, -2, -2.5])).toEqual([undefined, undefined]);
    expect(marks([-1, -2, -2.5, -2.50001])).toEqual([undefined, undefined]);
    expect(marks([-1, -2, -2.5, -2.51])).toEqual([false, undefined]);
    expect(warningsOf(run([-1, -2, -2.5, -2.51]))).toMatch(/did not converge in 1 of 2 frames \(frame 0\)/);
  });
});

/** Pieces of a file that would be `count` × 1 MiB long; how many were asked for is told. */
function bomb(
  head: string,
  filling: string,
  count: number,
): { source: AsyncIterable<Uint8Array>; asked: () => number } {
  const piece = Buffer.from(filling.repeat(Math.ceil((1 << 20) / filling.length)));
  let asked = 0;
  async function* pieces(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(head);
    while (asked < count) {
      asked++;
      yield piece;
    }
  }
  return { source: pieces(), asked: () => asked };
}

describe("vasprun.xml that is a bomb", () => {
  const until = (xml: string, mark: string) => xml.slice(0, xml.indexOf(mark) + mark.length);
  it.each<[string, string, string, RegExp]>([
    ["one text of 700 MB", until(sample.vasprun, "<v>"), "1", /more than 4 MiB without a tag|a value of more than/],
    ["one text nobody reads", until(sample.vasprun, "<incar>"), " ", /more than 4 MiB without a tag/],
    ["one comment", `${until(sample.vasprun, "<incar>")}<!-- `, "x", /more than 4 MiB without a tag/],
    ["one attribute", `${until(sample.vasprun, "<incar>")}<i name="`, "x", /more than 4 MiB without a tag/],
    ["one name", `${until(sample.vasprun, "<incar>")}<`, "x", /more than 4 MiB without a tag/],
    [
      "rows of forces",
      until(sample.vasprun, '<varray name="forces" >'),
      "<v> 1 2 3 </v>",
      /more than 6 numbers in <varray:forces>/,
    ],
    ["rows of a cell", until(sample.vasprun, '<varray name="basis" >'), "<v> 1 2 3 </v>", /more than 9 numbers/],
    ["rows of charges", until(sample.vasprun, "<set>\n    <v>"), "1 2 3 </v><v>", /more than 18 numbers in <set>/],
    [
      "atoms",
      until(sample.vasprun, '<array name="atoms" >'),
      "<rc><c>Si</c><c> 1</c></rc>",
      /more than the 2 atoms declared/,
    ],
    ["a row of atoms", `${until(sample.vasprun, '<array name="atoms" >')}<rc>`, "<c>Si</c>", /more than 16 values/],
    ["nested elements", until(sample.vasprun, "<incar>"), "<a>", /nested more than 64 deep/],
    [
      "learned rows",
      until(learned, '<varray name="forces" >'),
      "<v> 1 2 3 </v>",
      /more than 6 numbers in <varray:forces>/,
    ],
  ])("%s: refused after few pieces", async (_, head, filling, message) => {
    const { source, asked } = bomb(head, filling, 700);
    await expect(loadVasprun(source, { name: "bomb" })).rejects.toThrow(message);
    expect(asked()).toBeLessThan(8);
  });

  it("what nobody reads is stepped over, however long, in memory that does not grow", async () => {
    const { source } = bomb(until(sample.vasprun, "<incar>"), "<r> 1 2 3 </r>", 40);
    let frames = 0;
    const before = process.memoryUsage().heapUsed;
    await expect(
      (async () => {
        for await (const _ of streamVasprun(source, { name: "long" })) frames++;
      })(),
    ).rejects.toThrow(/ends inside/);
    expect(frames).toBe(0);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(2e8);
  });
});

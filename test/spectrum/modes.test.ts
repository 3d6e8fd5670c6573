import { describe, expect, it } from "vitest";
import { loadDataset } from "../../src/dataset/load.js";
import { OptionError } from "../../src/errors.js";
import { linearResponse } from "../../src/model/linearResponse/linearResponse.js";
import { displacedForces } from "../../src/spectrum/displacedForces.js";
import { forceConstants } from "../../src/spectrum/forceConstants.js";
import { harmonicRaman } from "../../src/spectrum/harmonic.js";
import { modeSpectrum } from "../../src/spectrum/modeProjection.js";
import { longitudinalLines, modeLabels, modeTable } from "../../src/spectrum/modeTable.js";
import { peakTable } from "../../src/spectrum/peakTable.js";
import { normalModes } from "../../src/spectrum/phonons.js";
import { polarizabilityDerivatives } from "../../src/spectrum/polarizabilityDerivatives.js";
import { raman } from "../../src/spectrum/raman.js";
import type { Spectrum } from "../../src/spectrum/spectrum.js";
import { withVelocities } from "../../src/structure/displacement.js";
import { cellVolume } from "../../src/structure/structure.js";
import { expectClose } from "../support/close.js";

async function harmonic(id: string) {
  const set = await loadDataset(id);
  const reference = set.reference!;
  const constants = forceConstants(reference.structure, displacedForces(reference, set.displaced));
  return { set, reference, constants, modes: normalModes(constants) };
}

/** How often each symmetry occurs among the vibrations, e.g. "2A1 B2". */
function contents(labels: readonly string[]): string {
  return [...new Set(labels)]
    .sort()
    .map((l) => `${labels.filter((x) => x === l).length}${l}`)
    .join(" ");
}

describe("symmetry of normal modes", () => {
  // Textbook decompositions of the vibrations: numbers of modes, so that E counts twice and T three times.
  it.each([
    ["h2o", "2A1 1B2"],
    ["ch4", "1A1 2E 6T2"],
    ["si", "3T2g"],
    ["sio2", "4A1 4A2 16E"],
    ["aln", "1A1 2B1 2E1 4E2"],
  ])("of %s is %s", async (id, expected) => {
    const { modes } = await harmonic(id);
    const table = modeTable(modes);
    // Silicon's set is the conventional cell of eight atoms: three of its four primitive cells' worth of modes are folded.
    const labels = table.filter((m) => m.kind === "vibration").map((m) => m.symmetry);
    expect(contents(labels.filter((l) => l !== "folded"))).toBe(expected);
    expect(labels.filter((l) => l === "folded")).toHaveLength(id === "si" ? 18 : 0);
    const rigid = table.filter((m) => m.kind !== "vibration").map((m) => m.kind);
    expect(rigid.filter((k) => k === "translation")).toHaveLength(3);
    expect(rigid.filter((k) => k === "rotation")).toHaveLength(id.startsWith("h2o") || id.startsWith("ch") ? 3 : 0);
  });
});

describe("the table of a molecule's modes", () => {
  it("has motions as a whole at exactly 0, orthonormal eigenvectors, and the wavenumbers of the vibrations unchanged", async () => {
    const { modes, constants } = await harmonic("h2o");
    expect(Array.from(modes.wavenumbers.subarray(0, 6))).toEqual([0, 0, 0, 0, 0, 0]);
    const left = normalModes(constants, { rigidMotion: { kind: "leave" } });
    // Residual rotations of the displaced structures' forces mix in at second order.
    expectClose(modes.wavenumbers.subarray(6), left.wavenumbers.subarray(6), { relative: 1e-3 });
    const e = modes.eigenvectors.values;
    for (let k = 0; k < 9; k++)
      for (let l = 0; l <= k; l++) {
        let dot = 0;
        for (let c = 0; c < 9; c++) dot += e[9 * k + c]! * e[9 * l + c]!;
        expectClose(dot, k === l ? 1 : 0, { absolute: 1e-10 });
      }
  });

  it("has intensities with zeros where symmetry says so: methane's A1 is dark in the infrared, all its modes are Raman active", async () => {
    const { set, reference, modes } = await harmonic("ch4");
    const { derivatives } = await linearResponse(reference, set.displaced, { quantity: "polarizability" });
    const table = modeTable(modes, { bornCharges: reference.bornCharges!, derivatives });
    for (const m of table.filter((x) => x.kind === "vibration")) {
      if (m.symmetry === "T2") expect(m.infrared!).toBeGreaterThan(1);
      else expect(m.infrared).toBe(0);
      expect(m.raman!).toBeGreaterThan(1e-3);
      // Totally symmetric vibrations of a cubic molecule keep the polarization of light, all others give 3/4.
      if (m.symmetry === "A1") expect(m.depolarisation!).toBeLessThan(1e-3);
      else expectClose(m.depolarisation!, 0.75, { absolute: 1e-3 });
    }
    for (const m of table.filter((x) => x.kind !== "vibration")) expect([m.infrared, m.raman]).toEqual([0, 0]);
  });
});

describe("the table of a crystal's modes", () => {
  it("has translations at exactly 0, and Raman activities from dielectric tensors where symmetry allows them", async () => {
    const { set, reference, modes } = await harmonic("aln");
    const response = await linearResponse(reference, set.displaced, { quantity: "dielectric" });
    const derivatives = polarizabilityDerivatives(response);
    // α = V(ε − 1)/4π of the cell.
    const volume = cellVolume(reference.structure.cell!);
    expectClose(
      derivatives,
      response.derivatives.map((d) => (d * volume) / (4 * Math.PI)),
      { relative: 1e-12 },
    );
    const table = modeTable(modes, { bornCharges: reference.bornCharges!, derivatives });
    expect(table.slice(0, 3).map((m) => [m.kind, m.wavenumber, m.raman])).toEqual(Array(3).fill(["translation", 0, 0]));
    for (const { symmetry, raman, infrared } of table.slice(3)) {
      // Wurtzite: B1 is silent, E2 is seen by Raman scattering alone.
      expect([symmetry, raman! > 1e-3, infrared! > 1]).toEqual([
        symmetry,
        symmetry !== "B1",
        /^(A1|E1)$/.test(symmetry),
      ]);
    }
    const dipole = await linearResponse(reference, set.displaced, {
      quantity: "polarization",
      source: { kind: "bornCharges" },
    });
    expect(() => polarizabilityDerivatives(dipole)).toThrow(OptionError);
  });

  it("has measured lines in the order of the modes, degenerate ones together, silent ones left out", async () => {
    const { set, reference, modes } = await harmonic("aln");
    const derivatives = polarizabilityDerivatives(
      await linearResponse(reference, set.displaced, { quantity: "dielectric" }),
    );
    // The line at 671 is nearest to the mode at 668, whose own is the one at 657.
    const table = modeTable(modes, {
      bornCharges: reference.bornCharges!,
      derivatives,
      measured: [671, 249, 657, 611, 3000],
    });
    const found = table.flatMap((m) => (m.measured === undefined ? [] : [[m.symmetry, m.measured]]));
    expect(found).toEqual([
      ["E2", 249],
      ["E2", 249],
      ["A1", 611],
      ["E2", 657],
      ["E2", 657],
      ["E1", 671],
      ["E1", 671],
    ]);
    for (const m of table)
      if (m.measured !== undefined) expectClose(m.difference!, m.wavenumber - m.measured, { absolute: 1e-9 });
  });
});

describe("longitudinal lines", () => {
  it("of AlN lie above their transverse modes: one A1 along c, one E1 across it; silicon has none", async () => {
    const { reference, constants, modes } = await harmonic("aln");
    const field = { bornCharges: reference.bornCharges!, epsilonInfinity: reference.dielectric! };
    const lines = longitudinalLines(constants, field);
    const table = modeTable(modes);
    for (const { wavenumber, transverseWavenumber } of lines) expect(wavenumber).toBeGreaterThan(transverseWavenumber);
    const along = (axis: number) => lines.filter((l) => l.direction[axis] === 1);
    expect(along(2).map((l) => table[l.transverse - 1]!.symmetry)).toEqual(["A1"]);
    expect(along(0).map((l) => table[l.transverse - 1]!.symmetry)).toEqual(["E1"]);
    const si = await harmonic("si");
    const none = { bornCharges: si.reference.bornCharges!, epsilonInfinity: si.reference.dielectric! };
    expect(longitudinalLines(si.constants, none)).toEqual([]);
  });
});

describe("peakTable", () => {
  it("of harmonic lines has their positions, areas, symmetries and modes", async () => {
    const { set, reference, modes } = await harmonic("h2o");
    const { derivatives } = await linearResponse(reference, set.displaced, { quantity: "polarizability" });
    const rows = modeTable(modes, { bornCharges: reference.bornCharges!, derivatives });
    const spectrum = harmonicRaman(modes, derivatives, { broadening: { kind: "gaussian", width: 10 } });
    const table = peakTable(spectrum, { minProminence: 1e-4, modes: rows, measured: [1595, 3657, 3756, 9000] });
    const vibrations = rows.filter((m) => m.kind === "vibration");
    expectClose(
      table.rows.map((p) => p.position),
      vibrations.map((m) => m.wavenumber),
      { absolute: 0.5 },
    );
    expect(table.rows.map((p) => p.symmetry)).toEqual(["A1", "A1", "B2"]);
    expect(table.rows.map((p) => p.mode)).toEqual(vibrations.map((m) => m.mode));
    expect(table.rows.map((p) => p.measured)).toEqual([1595, 3657, 3756]);
    expect(table.missed).toEqual([9000]);
    // cm of the intensity and cm⁻¹ of the axis cancel.
    expect([table.units.height, table.units.area]).toEqual(["Å⁶·cm·fs⁻¹", "Å⁶·fs⁻¹"]);
    // A Gaussian's area is 1.0645 height·width.
    for (const p of table.rows) expectClose(p.area, 1.0645 * p.height * p.width, { relative: 0.02 });
  });

  it("gives measured lines of known symmetry to peaks of the same, and others to the nearest, each once", () => {
    const axis = { unit: "cm-1" as const, values: Float64Array.from({ length: 4000 }, (_, k) => k) };
    const lines = (at: readonly (readonly [number, number])[]) => ({
      unit: "1",
      values: axis.values.map((v) => at.reduce((s, [p, height]) => s + height * Math.exp(-(((v - p) / 10) ** 2)), 0)),
    });
    const [a, b] = [
      [
        [1540, 1],
        [3600, 1],
      ] as const,
      [
        [1640, 0.5],
        [3680, 0.8],
      ] as const,
    ];
    const spectrum: Spectrum = {
      quantity: "raman",
      axis,
      intensities: { unpolarised: lines([...a, ...b]) },
      resolution: 1,
      corrections: [],
      broadening: { kind: "none" },
      origin: "four lines",
    };
    const projection = { ...spectrum, intensities: { density: lines([...a, ...b]), A1: lines(a), B2: lines(b) } };
    const known = [
      { position: 1595, symmetry: "A1" },
      { position: 3657, symmetry: "A1" },
      { position: 3756, symmetry: "B2" },
    ];
    const of = (options: Parameters<typeof peakTable>[1]) => {
      const { rows, missed } = peakTable(spectrum, { from: 1000, to: 3900, ...options });
      return { measured: rows.map((p) => p.measured), missed };
    };
    expect(of({ projection, measured: known })).toEqual({ measured: [1595, undefined, 3657, 3756], missed: [] });
    // 1595 is nearer to 1640 than to 1540; 3657 is nearest to 3680, and 3756 takes what is left near enough.
    const bare = [1595, 3657, 3756];
    expect(of({ measured: bare })).toEqual({ measured: [undefined, 1595, 3756, 3657], missed: [] });
    expect(of({ measured: bare, within: 0.03 })).toEqual({
      measured: [undefined, 1595, undefined, 3657],
      missed: [3756],
    });
    // Without a projection nobody knows the symmetry of a peak.
    expect(of({ measured: known })).toEqual(of({ measured: bare }));
    expect(() => of({ projection, measured: [{ position: 1595, symmetry: "A₁" }] })).toThrow("it has A1, B2");
    expect(() => of({ measured: [{ position: 1595 } as never] })).toThrow(/position, symmetry/);
  });

  it("of a trajectory names the representation that moves at a peak, with its share", async () => {
    const { set, modes } = await harmonic("h2o");
    const t = withVelocities(set.trajectory());
    const projection = modeSpectrum(modes, t, { grouping: { kind: "labels", labels: modeLabels(modes) } });
    const table = peakTable(raman(set.series("polarizability")), { from: 1000, to: 4200, count: 1, projection });
    const stretch = table.rows.at(-1)!;
    expect(stretch.symmetry).toBe("A1");
    expect(stretch.share!).toBeGreaterThan(0.95);
    expect(stretch.share!).toBeLessThanOrEqual(1);
    // Rotations make peaks that no mode is named for; the others have one of their symmetry.
    const all = peakTable(raman(set.series("polarizability")), { to: 4200, projection, modes: modeTable(modes) });
    const turning = all.rows.filter((p) => p.symmetry === "rotation");
    expect(turning.length).toBeGreaterThan(0);
    for (const p of turning) expect(p.mode).toBeUndefined();
    for (const p of all.rows) if (p.mode !== undefined) expect(modeTable(modes)[p.mode - 1]!.symmetry).toBe(p.symmetry);
  });
});

import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { loadColumns } from "../../src/io/columns.js";
import { loadExtxyz } from "../../src/io/extxyz.js";
import { loadForceSets } from "../../src/io/forceSets.js";
import { detectFormat } from "../../src/io/formats.js";
import { loadTrajectory, readFrames } from "../../src/io/load.js";
import { loadSeries } from "../../src/io/loadSeries.js";
import { loadOutcar } from "../../src/io/outcar.js";
import { loadPoscar } from "../../src/io/poscar.js";
import { loadVasprun } from "../../src/io/vasprun.js";
import { loadXdatcar } from "../../src/io/xdatcar.js";
import { displacements } from "../../src/structure/displacement.js";
import { frameStructure } from "../../src/structure/trajectory.js";
import { largestDifference } from "../support/close.js";

/** Other groups' files; they stand beside the repository or these tests are skipped. */
const root = fileURLToPath(new URL("../../../shared/data/published/", import.meta.url));
const present = existsSync(root);
if (!present) console.log(`published.test.ts skipped: no published files at ${root}`);
const outcars = present
  ? ["outcar-variants", "sio2-md-raman"].flatMap((folder) =>
      readdirSync(root + folder)
        .filter((name) => name.includes("OUTCAR"))
        .map((name) => `${folder}/${name}`),
    )
  : [];

describe.skipIf(!present)("published files", () => {
  it.each(outcars)("%s: one step, ΣZ* ≤ 1e-3 e, ε∞ symmetric, forces balanced", async (name) => {
    const frames = await loadOutcar(root + name);
    expect(frames.length).toBe(1);
    const { bornCharges, dielectric, forces, structure, energy } = frames[0]!;
    const sum = new Float64Array(9);
    bornCharges!.forEach((z, i) => {
      sum[i % 9]! += z;
    });
    expect(Math.max(...sum.map(Math.abs))).toBeLessThanOrEqual(1e-3);
    for (const [i, j] of [
      [1, 3],
      [2, 6],
      [5, 7],
    ] as const)
      expect(Math.abs(dielectric![i]! - dielectric![j]!)).toBeLessThan(5e-5);
    for (let d = 0; d < 3; d++)
      expect(Math.abs(forces!.reduce((f, x, i) => f + (i % 3 === d ? x : 0), 0))).toBeLessThan(
        5e-3 * structure.species.length,
      );
    expect(energy).toBeLessThan(0);
  });

  it("vasprun.xml and OUTCAR of the same structure agree: positions, forces, energy, ε∞, Z*", async () => {
    // Two runs of TiO₂ with slightly other settings; its Z* is symmetric, so the index order is not tested here.
    const [xml] = await loadVasprun(`${root}outcar-variants/sto-md-vasprun.xml.gz`);
    const [out] = await loadOutcar(`${root}outcar-variants/tio2-ref_eps_OUTCAR.gz`);
    const poscar = await loadPoscar(`${root}outcar-variants/tio2-POSCAR.gz`);
    expect(xml!.structure.species).toEqual(out!.structure.species);
    expect(largestDifference(xml!.structure.positions, out!.structure.positions)).toBeLessThan(1e-4);
    expect(largestDifference(poscar.structure.positions, out!.structure.positions)).toBeLessThan(1e-4);
    expect(Math.abs(xml!.energy! - out!.energy!)).toBeLessThan(2e-3);
    expect(largestDifference(xml!.dielectric!, out!.dielectric!)).toBeLessThan(2e-3);
    expect(largestDifference(xml!.bornCharges!, out!.bornCharges!)).toBeLessThan(2e-3);
    expect(largestDifference(xml!.stress!, out!.stress!)).toBeLessThan(2e-4);
  });

  it("OUTCAR NNNNNN has the positions of XDATCAR configuration NNNNNN, and the tensors of the extended XYZ frame", async () => {
    const folder = `${root}sio2-md-raman/`;
    const t = await loadXdatcar(`${folder}XDATCAR.gz`, { timestep: 1 });
    expect(t.positions.length).toBe(10000 * 27);
    const frames = await loadExtxyz(`${folder}sio2-300K.extxyz.gz`);
    for (const name of readdirSync(folder).filter((n) => n.includes("OUTCAR"))) {
      const step = Number(name.slice(0, 6));
      const [out] = await loadOutcar(folder + name);
      const s = frameStructure(t, step - 1);
      // OUTCAR prints 5 decimals.
      expect(Math.max(...displacements(s, out!.structure).map(Math.abs))).toBeLessThan(1e-5);
      const frame = frames.find((f) => f.info!.step === step)!;
      expect(largestDifference(frame.bornCharges!, out!.bornCharges!)).toBe(0);
      expect(largestDifference(frame.forces!, out!.forces!)).toBeLessThan(6e-6);
    }
  });

  it("alpha.dat in the order xx yy zz xy yz zx is the dielectric series of the extended XYZ file", async () => {
    const folder = `${root}sio2-md-raman/`;
    const plain = await loadColumns(`${folder}alpha.dat`, { quantity: "dielectric", timestep: 10 });
    const series = await loadSeries(`${folder}sio2-300K.extxyz.gz`, { quantity: "dielectric" });
    expect([series.timestep, series.values.length]).toEqual([10, 9000]);
    // alpha.dat holds one triangle of a tensor that VASP prints asymmetric by up to 8e-6.
    const transposed = (k: number) => k - (k % 9) + [0, 3, 6, 1, 4, 7, 2, 5, 8][k % 9]!;
    const apart = plain.values.map((x, k) =>
      Math.min(Math.abs(x - series.values[k]!), Math.abs(x - series.values[transposed(k)]!)),
    );
    expect(Math.max(...apart)).toBeLessThan(1.1e-6);
    const wrong = await loadColumns(`${folder}alpha.dat`, {
      quantity: "dielectric",
      timestep: 10,
      components: "xx yy zz xy zx yz",
    });
    expect(largestDifference(wrong.values, series.values)).toBeGreaterThan(1e-2);
  });

  it("formats are found from content", async () => {
    const formats = {
      "sio2-md-raman/XDATCAR.gz": "xdatcar",
      "sio2-md-raman/POSCAR": "poscar",
      "sio2-md-raman/alpha.dat": "columns",
      "sio2-md-raman/sio2-300K.extxyz.gz": "extxyz",
      "outcar-variants/sto-md-vasprun.xml.gz": "vasprun",
      "mapbi3-harmonic/tetragonal-POSCAR": "poscar",
    };
    for (const [name, format] of Object.entries(formats)) expect(await detectFormat(root + name), name).toBe(format);
    for (const name of outcars) expect(await detectFormat(root + name), name).toBe("outcar");
    expect((await readFrames(`${root}sio2-md-raman/POSCAR`))[0]!.velocities!.length).toBe(27);
    expect((await loadTrajectory(`${root}sio2-md-raman/XDATCAR.gz`, { stride: 100, timestep: 1 })).timestep).toBe(100);
  });

  it.each(["orthorhombic", "tetragonal"])(
    "FORCE_SETS of %s MAPbI₃: forces on displaced atoms pull them back",
    async (phase) => {
      const sets = await loadForceSets(`${root}mapbi3-harmonic/${phase}-FORCE_SETS.gz`);
      const { structure } = await loadPoscar(`${root}mapbi3-harmonic/${phase}-POSCAR`);
      expect(sets.length).toBe(phase === "tetragonal" ? 288 : 41);
      let against = 0;
      for (const { atom, displacement, forces } of sets) {
        expect(forces.length).toBe(3 * structure.species.length);
        if ([0, 1, 2].reduce((w, k) => w + displacement[k]! * forces[3 * atom + k]!, 0) < 0) against++;
      }
      // A soft direction or residual forces may turn the sign once.
      expect(against).toBeGreaterThanOrEqual(sets.length - 1);
    },
  );
});

import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { loadExtxyz } from "../../src/io/extxyz.js";
import { loadForceSets } from "../../src/io/forceSets.js";
import { loadPoscar } from "../../src/io/poscar.js";
import { random } from "../../src/math/random.js";
import { seriesOfComponents } from "../../src/series/components.js";
import { createSeries } from "../../src/series/tensorSeries.js";
import { displacedForces } from "../../src/spectrum/displacedForces.js";
import { forceConstants } from "../../src/spectrum/forceConstants.js";
import { harmonicInfrared, harmonicRaman } from "../../src/spectrum/harmonic.js";
import { infrared } from "../../src/spectrum/infrared.js";
import {
  infraredIntensities,
  kilometrePerMole,
  modeCharges,
  ramanActivities,
} from "../../src/spectrum/modeActivities.js";
import { type NormalModes, normalModes } from "../../src/spectrum/phonons.js";
import { raman } from "../../src/spectrum/raman.js";
import { area, intensityOf } from "../../src/spectrum/spectrum.js";
import { createStructure } from "../../src/structure/structure.js";
import { atomicMassUnit, boltzmannConstant } from "../../src/units/constants.js";
import { wavenumberToAngular } from "../../src/units/frequency.js";
import { expectClose } from "../support/close.js";
import { displacedSets, water } from "./springs.js";

describe("harmonic spectra", () => {
  const r = random(11);
  const bornCharges = Float64Array.from({ length: 27 }, () => r.normal());
  const derivatives = Float64Array.from({ length: 81 }, () => r.normal());
  const modes = normalModes(forceConstants(water, displacedSets(water, 40, [0, 1])));

  /** Classical trajectory of the modes above 100 cm⁻¹, every one with energy k_BT. */
  function trajectory(frames: number, timestep: number, temperature: number) {
    const kT = (boltzmannConstant * temperature) / atomicMassUnit;
    const dp = modeCharges(modes, bornCharges);
    const { tensors } = ramanActivities(modes, derivatives);
    const p = new Float64Array(3 * frames);
    const rate = new Float64Array(3 * frames);
    const six = Object.fromEntries(["xx", "yy", "zz", "xy", "yz", "zx"].map((n) => [n, new Float64Array(frames)]));
    modes.wavenumbers.forEach((v, k) => {
      if (v < 100) return;
      const omega = wavenumberToAngular(v);
      const amplitude = Math.sqrt(2 * kT) / omega;
      for (let f = 0; f < frames; f++) {
        const q = amplitude * Math.cos(omega * f * timestep + k);
        const dq = -amplitude * omega * Math.sin(omega * f * timestep + k);
        for (let i = 0; i < 3; i++) {
          p[3 * f + i]! += dp[3 * k + i]! * q;
          rate[3 * f + i]! += dp[3 * k + i]! * dq;
        }
        for (const [name, values] of Object.entries(six)) {
          const [i, j] = ["xyz".indexOf(name[0]!), "xyz".indexOf(name[1]!)];
          values[f]! += (q * (tensors[9 * k + 3 * i + j]! + tensors[9 * k + 3 * j + i]!)) / 2;
        }
      }
    });
    return {
      current: createSeries({ quantity: "current", shape: [3], values: rate, timestep, origin: "modes" }),
      alpha: seriesOfComponents({ quantity: "polarizability", components: six as never, timestep, origin: "modes" }),
    };
  }

  it("have the lines and areas of the molecular dynamics of the same oscillators, Raman and infrared, on one absolute scale", () => {
    const { current, alpha } = trajectory(20000, 0.5, 250);
    const highest = modes.wavenumbers.at(-1)!;
    const between = modes.wavenumbers.subarray(6).map((v, k, all) => (v + (all[k + 1] ?? 2 * highest)) / 2);
    const ranges = [...between].map((to, k) => ({ from: k === 0 ? 20 : between[k - 1]!, to }));
    const broadening = { kind: "gaussian", width: 20 } as const;
    for (const volume of [undefined, 80]) {
      const options = { ...(volume && { volume }), broadening };
      const md = infrared(current, { ...options, temperature: 250 });
      const lines = harmonicInfrared(modes, bornCharges, { ...options, to: md.axis.values.at(-1)! });
      for (const range of ranges) expectClose(area(md, range), area(lines, range), { relative: 5e-3 });
      expect(intensityOf(lines).unit).toBe(intensityOf(md).unit);
    }
    for (const factors of [[], ["thermal", "laser", "inverseFrequency"]] as const) {
      const md = raman(alpha, { factors, temperature: 250, broadening, estimator: { kind: "periodogram" } });
      const lines = harmonicRaman(modes, derivatives, {
        factors,
        temperature: 250,
        broadening,
        to: md.axis.values.at(-1)!,
      });
      for (const name of ["unpolarised", "parallel", "perpendicular", "isotropic", "anisotropic"])
        for (const range of ranges)
          expectClose(area(md, { ...range, name }), area(lines, { ...range, name }), { relative: 5e-3 });
      expect(Object.keys(lines.intensities).sort()).toEqual(Object.keys(md.intensities).sort());
      expect(intensityOf(lines).unit).toBe(intensityOf(md).unit);
    }
  });

  it("areas do not depend on broadening or grid", () => {
    const of = (options: object) => area(harmonicRaman(modes, derivatives, { to: 3000, ...options }));
    const reference = of({ broadening: { kind: "none" }, step: 0.5 });
    for (const options of [
      {},
      { step: 20 },
      { broadening: { kind: "gaussian", width: 3 } },
      { broadening: { kind: "voigt", lorentzian: 20, gaussian: 8 } },
    ])
      expectClose(of(options), reference, { relative: 1e-9 });
  });

  it("1 e²/u is 974.88 km/mol", () => {
    expectClose(kilometrePerMole, 974.88, { relative: 1e-5 });
  });
});

const embedded = (file: string): string => new URL(`../../data/h2o/${file}`, import.meta.url).pathname;

describe("H₂O, PBE, from the embedded displaced structures", () => {
  it("has the wavenumbers of its generator's own Hessian: 1583.8, 3689.0, 3802.1 cm⁻¹, and C2v activity", async () => {
    const [reference] = await loadExtxyz(embedded("reference.xyz.gz"));
    const displaced = await loadExtxyz(embedded("displaced.xyz.gz"));
    const modes = normalModes(
      // Their Hessian was used as computed, translations and rotations at up to 53i cm⁻¹.
      forceConstants(reference!.structure, displacedForces(reference!, displaced), { sumRule: { kind: "leave" } }),
    );
    expectClose(modes.wavenumbers.subarray(6), [1583.8, 3689.0, 3802.1], { absolute: 0.06 });
    const strengths = infraredIntensities(modes, reference!.bornCharges!).map((i) => i * kilometrePerMole);
    // Bend strong, symmetric stretch weak, antisymmetric stretch strong, as in every calculation of this kind.
    expect(strengths[6]!).toBeGreaterThan(40);
    expect(strengths[7]!).toBeLessThan(20);
    expect(strengths[8]!).toBeGreaterThan(20);
  });
});

const PUBLISHED = new URL("../../../shared/data/published/", import.meta.url).pathname;

describe.skipIf(!existsSync(`${PUBLISHED}mapbi3-harmonic`))("CH₃NH₃PbI₃, published FORCE_SETS and peak tables", () => {
  // The masses of VASP's potentials, which the tables were made with (H 1.000 lowers every X–H stretch by 0.4 %).
  const masses: Readonly<Record<string, number>> = { C: 12.011, N: 14.001, H: 1, Pb: 207.2, I: 126.904 };

  async function compare(phase: string, above: number) {
    const folder = `${PUBLISHED}mapbi3-harmonic/${phase}`;
    const { structure: s } = await loadPoscar(`${folder}-POSCAR`);
    const constants = forceConstants(s, await loadForceSets(`${folder}-FORCE_SETS.gz`));
    const modes = normalModes(constants, { masses: Float64Array.from(s.species, (x) => masses[x]!) });
    const table = readFileSync(`${folder}-PeakTable.csv`, "utf8").trim().split("\n").slice(1);
    const published = Float64Array.from(table, (l) => Number(l.split(",")[1]!.replaceAll('"', ""))).sort();
    expect(modes.wavenumbers.length).toBe(published.length);
    const differences = [...published.keys()]
      .filter((k) => published[k]! > above)
      .map((k) => modes.wavenumbers[k]! - published[k]!);
    return {
      rms: Math.sqrt(differences.reduce((t, v) => t + v * v, 0) / differences.length),
      largest: Math.max(...differences.map(Math.abs)),
      constants,
    };
  }

  it("tetragonal, all 288 displacements: the 141 optical modes within 0.7 cm⁻¹ rms and 2.5 cm⁻¹", async () => {
    const { rms, largest, constants } = await compare("tetragonal", 5);
    expect(rms).toBeLessThan(0.7);
    expect(largest).toBeLessThan(2.5);
    expect(constants.symmetry.replace(/ /g, "")).toBe("P1");
  });

  it("orthorhombic, 41 symmetry-distinct displacements: the 72 internal modes of the cations within 1.2 cm⁻¹ rms", async () => {
    // The lattice modes are not compared: noise of 1e-3 eV/Å in these forces makes Φ asymmetric by 0.1 eV/Å².
    const { rms, largest, constants } = await compare("orthorhombic", 200);
    expect(rms).toBeLessThan(1.2);
    expect(largest).toBeLessThan(4);
    expect(constants.symmetry.replace(/ /g, "")).toBe("Pnma");
  });
});

describe.skipIf(!existsSync(`${PUBLISHED}sio2-harmonic-lda`))("α-quartz, published Raman tensors", () => {
  it("give the published activities 45a′² + 7γ′²", () => {
    const text = readFileSync(`${PUBLISHED}sio2-harmonic-lda/Raman-Tensors.yaml`, "utf8");
    const table = readFileSync(`${PUBLISHED}sio2-harmonic-lda/Raman-PeakTable.dat`, "utf8")
      .trim()
      .split("\n")
      .slice(1)
      .map((l) => l.trim().split(/\s+/));
    const blocks = text.split("- #").slice(1);
    const sums = new Map<string, number>();
    for (const block of blocks) {
      const numbers = [...block.matchAll(/-?\d+\.\d+/g)].map(Number);
      const [thz, ...tensor] = numbers as [number, ...number[]];
      const one: NormalModes = {
        structure: createStructure({ species: ["H", "H", "H"], positions: new Float64Array(9) }),
        masses: Float64Array.of(1, 1, 1),
        wavenumbers: Float64Array.of(1),
        eigenvectors: { rows: 1, columns: 9, values: Float64Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0) },
      };
      const derivatives = new Float64Array(81);
      derivatives.set(tensor.slice(0, 9));
      const v = thz * 33.3564095;
      const line = table.find((l) => Math.abs(Number(l[0]) - v) < 0.5)![0]!;
      sums.set(line, (sums.get(line) ?? 0) + ramanActivities(one, derivatives).activities[0]!);
    }
    expect(sums.size).toBeGreaterThan(8);
    // The table's degenerate pairs are listed once with the sum of both; tensors have 8 digits.
    for (const [line, activity] of sums)
      expectClose(activity, Number(table.find((l) => l[0] === line)![2]), { relative: 2e-3, absolute: 1e-5 });
  });
});

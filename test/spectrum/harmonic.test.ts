import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DataError, OptionError, ShapeError } from "../../src/errors.js";
import { loadExtxyz } from "../../src/io/extxyz.js";
import { loadForceSets } from "../../src/io/forceSets.js";
import { loadPoscar } from "../../src/io/poscar.js";
import { random } from "../../src/math/random.js";
import { seriesOfComponents } from "../../src/series/components.js";
import { tensorSeries } from "../../src/series/tensorSeries.js";
import { type DisplacedForces, displacedForces, forceConstants } from "../../src/spectrum/forceConstants.js";
import { harmonicInfrared, harmonicRaman } from "../../src/spectrum/harmonic.js";
import { infrared } from "../../src/spectrum/infrared.js";
import {
  infraredIntensities,
  kilometrePerMole,
  modeCharges,
  modeDerivatives,
  ramanActivities,
} from "../../src/spectrum/modeActivities.js";
import { type NormalModes, nonAnalyticTerm, normalModes } from "../../src/spectrum/phonons.js";
import { raman } from "../../src/spectrum/raman.js";
import { area, intensityOf } from "../../src/spectrum/spectrum.js";
import { toCartesian } from "../../src/structure/cell.js";
import { neighborList } from "../../src/structure/neighbors.js";
import { rotateTensor } from "../../src/structure/rotateTensor.js";
import { type Structure, structure } from "../../src/structure/structure.js";
import { noSymmetry, symmetry } from "../../src/structure/symmetry.js";
import { atomicMassUnit, boltzmannConstant, vacuumPermittivity } from "../../src/units/constants.js";
import { angularToWavenumber, wavenumberToAngular } from "../../src/units/frequency.js";
import { expectClose } from "../support/close.js";

/** Springs of constant k between all pairs at their reference distances: forces at any positions. */
function springForces(reference: Structure, k: number, positions: Float64Array): Float64Array {
  const n = reference.species.length;
  const forces = new Float64Array(3 * n);
  const separation = (x: Float64Array, i: number, j: number): number[] =>
    [0, 1, 2].map((c) => x[3 * i + c]! - x[3 * j + c]!);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      if (i === j) continue;
      const r = separation(positions, i, j);
      const [now, rest] = [Math.hypot(...r), Math.hypot(...separation(reference.positions, i, j))];
      for (let c = 0; c < 3; c++) forces[3 * i + c]! -= (k * (now - rest) * r[c]!) / now;
    }
  return forces;
}

function displacedSets(reference: Structure, k: number, atoms: readonly number[], delta = 1e-3): DisplacedForces[] {
  return atoms.flatMap((atom) =>
    [0, 1, 2].flatMap((c) =>
      [delta, -delta].map((d) => {
        const positions = Float64Array.from(reference.positions);
        positions[3 * atom + c]! += d;
        const displacement = new Float64Array(3);
        displacement[c] = d;
        return { atom, displacement, forces: springForces(reference, k, positions) };
      }),
    ),
  );
}

const water = structure({ species: ["O", "H", "H"], positions: [0, 0, 0.12, 0, 0.76, -0.48, 0, -0.76, -0.48] });

describe("normal modes", () => {
  it("of a diatomic molecule: one of √(k/μ), five of zero", () => {
    const s = structure({ species: ["C", "O"], positions: [0, 0, 0, 0, 0, 1.13] });
    const modes = normalModes(forceConstants(s, displacedSets(s, 100, [0, 1]), { symmetry: { kind: "none" } }), {
      masses: Float64Array.of(12, 16),
    });
    const mu = (12 * 16) / 28;
    expectClose(modes.wavenumbers[5]!, angularToWavenumber(Math.sqrt(100 / (mu * atomicMassUnit))), { relative: 1e-6 });
    for (let k = 0; k < 5; k++) expect(Math.abs(modes.wavenumbers[k]!)).toBeLessThan(2);
  });

  it("need only symmetry-distinct displacements, and are the same without symmetry", () => {
    const all = normalModes(forceConstants(water, displacedSets(water, 40, [0, 1, 2]), { symmetry: { kind: "none" } }));
    const few = forceConstants(water, displacedSets(water, 40, [0, 1]));
    expectClose(normalModes(few).wavenumbers.subarray(6), all.wavenumbers.subarray(6), { relative: 1e-6 });
    expect(few.symmetry).toBe("C2v");
    expect(few.translationalResidual).toBeLessThan(1e-4);
    expect(() => forceConstants(water, displacedSets(water, 40, [0, 1]), { symmetry: { kind: "none" } })).toThrow(
      /atom 2 \(H\).*0 of 3 directions/,
    );
    const rigid = Math.max(...all.wavenumbers.subarray(0, 6).map(Math.abs));
    expect(rigid).toBeLessThan(0.01 * all.wavenumbers[6]!);
  });

  it("have force constants that obey symmetry, the sum rule and action = reaction", () => {
    const { values } = forceConstants(water, displacedSets(water, 40, [0, 1]));
    for (let i = 0; i < 9; i++)
      for (let b = 0; b < 3; b++)
        expectClose(
          [0, 1, 2].reduce((s, j) => s + values.values[9 * i + 3 * j + b]!, 0),
          0,
          { absolute: 1e-12 },
        );
    for (let i = 0; i < 9; i++)
      for (let j = 0; j < 9; j++)
        expectClose(values.values[9 * i + j]!, values.values[9 * j + i]!, { absolute: 1e-12 });
    for (const { rotation, permutation } of symmetry(water).operations)
      for (let i = 0; i < 3; i++)
        for (let j = 0; j < 3; j++) {
          const block = (a: number, b: number) =>
            Float64Array.from(
              { length: 9 },
              (_, p) => values.values[(3 * a + Math.floor(p / 3)) * 9 + 3 * b + (p % 3)]!,
            );
          expectClose(block(permutation[i]!, permutation[j]!), rotateTensor(rotation, block(i, j)), { absolute: 1e-9 });
        }
    const left = forceConstants(water, displacedSets(water, 40, [0, 1]), { sumRule: { kind: "leave" } });
    expectClose(left.values.values, values.values, { absolute: 1e-4 });
  });

  it("turn with the molecule: same frequencies, intensities and activities", () => {
    const r = random(3);
    const R = r.rotation();
    const turned = { ...water, positions: rotateRows(water.positions, R) };
    const z = Float64Array.from({ length: 27 }, () => r.normal());
    const d = Float64Array.from({ length: 81 }, () => r.normal());
    const make = (s: Structure) =>
      normalModes(forceConstants(s, displacedSets(s, 40, [0, 1, 2]), { symmetry: { kind: "none" } }));
    const [a, b] = [make(water), make(turned)];
    const turn = (t: Float64Array, size: number) => {
      const out = new Float64Array(t.length);
      for (let at = 0; at < t.length; at += size) out.set(rotateTensor(R, t.slice(at, at + size)), at);
      return out;
    };
    expectClose(b.wavenumbers.subarray(6), a.wavenumbers.subarray(6), { relative: 1e-5 });
    expectClose(infraredIntensities(b, turn(z, 9)).subarray(6), infraredIntensities(a, z).subarray(6), {
      relative: 1e-5,
    });
    expectClose(ramanActivities(b, turn(d, 27)).activities.subarray(6), ramanActivities(a, d).activities.subarray(6), {
      relative: 1e-5,
    });
  });

  it("refuse what does not fit", () => {
    const fc = forceConstants(water, displacedSets(water, 40, [0, 1]));
    expect(() => normalModes(fc, { masses: Float64Array.of(1, 2) })).toThrow(ShapeError);
    expect(() => modeDerivatives(normalModes(fc), new Float64Array(5), 3)).toThrow(ShapeError);
    expect(() =>
      forceConstants(water, [{ atom: 0, displacement: new Float64Array(3), forces: new Float64Array(6) }]),
    ).toThrow(ShapeError);
    expect(() =>
      nonAnalyticTerm(water, {
        direction: [1, 0, 0],
        bornCharges: new Float64Array(27),
        epsilonInfinity: new Float64Array(9),
      }),
    ).toThrow(OptionError);
  });
});

function rotateRows(x: Float64Array, R: Float64Array): Float64Array {
  const out = new Float64Array(x.length);
  for (let i = 0; i < x.length; i += 3) out.set(rotateTensor(R, x.slice(i, i + 3)), i);
  return out;
}

describe("a crystal with screw axes (α-quartz, P3₂21)", () => {
  // Idealised coordinates; springs to every neighbour within 3.3 Å.
  const [a, c, u, [x, y, z]] = [4.913, 5.405, 0.4697, [0.4135, 0.2669, 0.7858]] as const;
  const cell = Float64Array.of(a, 0, 0, -a / 2, (a * Math.sqrt(3)) / 2, 0, 0, 0, c);
  const fractional = [
    [u, 0, 2 / 3],
    [0, u, 1 / 3],
    [-u, -u, 0],
    [x, y, z],
    [-y, x - y, z + 2 / 3],
    [y - x, -x, z + 1 / 3],
    [y, x, -z],
    [x - y, -y, 1 / 3 - z],
    [-x, y - x, 2 / 3 - z],
  ].flat();
  const quartz = structure({
    species: ["Si", "Si", "Si", "O", "O", "O", "O", "O", "O"],
    positions: toCartesian(Float64Array.from(fractional), cell),
    cell,
  });
  const list = neighborList(quartz, 3.3);

  /** Forces of the springs when one atom is moved by a small vector, all images with it. */
  function forcesOf(moved: number, d: ArrayLike<number>): Float64Array {
    const forces = new Float64Array(27);
    const shift = (i: number, k: number): number => (i === moved ? d[k]! : 0);
    for (let i = 0; i < 9; i++)
      for (let p = list.first[i]!; p < list.first[i + 1]!; p++) {
        const j = list.index[p]!;
        const r = [0, 1, 2].map((k) => list.vectors[3 * p + k]! + shift(j, k) - shift(i, k));
        const now = Math.hypot(...r);
        const stiffness = 30 * Math.exp(-list.distances[p]!);
        for (let k = 0; k < 3; k++) forces[3 * i + k]! += (stiffness * (now - list.distances[p]!) * r[k]!) / now;
      }
    return forces;
  }
  const setOf = (atom: number, d: readonly number[]): DisplacedForces => ({
    atom,
    displacement: Float64Array.from(d),
    forces: forcesOf(atom, d),
  });
  const pair = (atom: number, d: readonly number[]): DisplacedForces[] => [
    setOf(atom, d),
    setOf(
      atom,
      d.map((v) => -v),
    ),
  ];
  const axes = [
    [1e-3, 0, 0],
    [0, 1e-3, 0],
    [0, 0, 1e-3],
  ];

  it("has the same modes from the symmetry-distinct displacements as from all", () => {
    const all = forceConstants(
      quartz,
      quartz.species.flatMap((_, i) => axes.flatMap((d) => pair(i, d))),
      { symmetry: { kind: "none" } },
    );
    // Si lies on a twofold axis: two displacements across it, one of them askew, and their images; O needs three.
    const few = forceConstants(quartz, [
      ...pair(0, [4e-4, 8e-4, 5e-4]),
      ...pair(0, [0, 1e-3, 0]),
      ...axes.flatMap((d) => pair(5, d)),
    ]);
    expect(few.symmetry.replace(/ /g, "")).toBe("P3_221");
    expectClose(few.values.values, all.values.values, { absolute: 1e-5 });
    expectClose(normalModes(few).wavenumbers.subarray(3), normalModes(all).wavenumbers.subarray(3), { absolute: 0.05 });
    expect(few.asymmetry).toBeLessThan(1e-5);
    expect(() => forceConstants(quartz, pair(0, [1e-3, 0, 0]))).toThrow(DataError);
  });
});

describe("LO–TO splitting", () => {
  const a = 5.6;
  const cell = [0, a / 2, a / 2, a / 2, 0, a / 2, a / 2, a / 2, 0];
  const salt = structure({ species: ["Na", "Cl"], positions: [0, 0, 0, a / 2, a / 2, a / 2], cell });
  const k = 2.5;
  const sets: DisplacedForces[] = [0, 1].map((atom) => ({
    atom,
    displacement: Float64Array.of(0.01, 0, 0),
    forces: Float64Array.from({ length: 6 }, (_, c) =>
      c % 3 === 0 ? (Math.floor(c / 3) === atom ? -k : k) * 0.01 : 0,
    ),
  }));
  const constants = forceConstants(salt, sets);
  const [charge, epsilon] = [1.1, 2.4];
  const unit = [1, 0, 0, 0, 1, 0, 0, 0, 1];
  const nonAnalytic = {
    bornCharges: Float64Array.from([...unit.map((v) => v * charge), ...unit.map((v) => -v * charge)]),
    epsilonInfinity: Float64Array.from(unit.map((v) => v * epsilon)),
  };

  it("of rocksalt is ω_LO² − ω_TO² = e²Z²/(ε₀ε∞Vμ), in every direction, with one LO and two TO modes", () => {
    const transverse = normalModes(constants).wavenumbers;
    const mu = (22.98976928 * 35.45) / (22.98976928 + 35.45);
    expect(constants.symmetry.replace(/ /g, "")).toMatch(/Fm-3m/);
    expectClose(
      transverse.subarray(3),
      new Float64Array(3).fill(angularToWavenumber(Math.sqrt(k / (mu * atomicMassUnit)))),
      { relative: 1e-4 },
    );
    const split = charge ** 2 / (vacuumPermittivity * epsilon * (a ** 3 / 4) * mu * atomicMassUnit);
    for (const direction of [
      [1, 0, 0],
      [1, 2, -3],
      [0, 0, 1e-3],
    ]) {
      const modes = normalModes(constants, { nonAnalytic: { ...nonAnalytic, direction } }).wavenumbers;
      expectClose(modes.subarray(0, 5).map(Math.abs), transverse.subarray(0, 5).map(Math.abs), {
        absolute: 1e-2,
        relative: 1e-6,
      });
      expectClose(wavenumberToAngular(modes[5]!) ** 2 - wavenumberToAngular(transverse[3]!) ** 2, split, {
        relative: 1e-6,
      });
    }
    expect(() => normalModes(constants, { nonAnalytic: { ...nonAnalytic, direction: [0, 0, 0] } })).toThrow(
      OptionError,
    );
  });

  it("leaves the sum of the squares as the field's trace: second route", () => {
    const direction = [0.3, -0.5, 0.8];
    const squares = (w: Float64Array) => w.reduce((s, v) => s + Math.sign(v) * wavenumberToAngular(v) ** 2, 0);
    const term = nonAnalyticTerm(salt, { ...nonAnalytic, direction });
    const masses = normalModes(constants).masses;
    const trace = [0, 1, 2, 3, 4, 5].reduce(
      (s, c) => s + term.values[7 * c]! / (masses[Math.floor(c / 3)]! * atomicMassUnit),
      0,
    );
    expectClose(
      squares(normalModes(constants, { nonAnalytic: { ...nonAnalytic, direction } }).wavenumbers) -
        squares(normalModes(constants).wavenumbers),
      trace,
      { relative: 1e-9 },
    );
  });
});

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
      current: tensorSeries({ quantity: "current", shape: [3], values: rate, timestep, origin: "modes" }),
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
        structure: structure({ species: ["H", "H", "H"], positions: new Float64Array(9) }),
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

describe("displacedForces", () => {
  const frame = (positions: number[], forces?: Float64Array) => ({
    structure: structure({ species: ["H", "H"], positions }),
    ...(forces && { forces }),
  });

  it("finds the displaced atom, skips the reference and subtracts its forces", () => {
    const reference = frame([0, 0, 0, 0, 0, 1], Float64Array.of(0, 0, 0.1, 0, 0, -0.1));
    const sets = displacedForces(reference, [
      reference,
      frame([0, 0, 0, 0.02, 0, 1], Float64Array.of(0, 0, 0.3, 0, 0, 0)),
    ]);
    expect(sets).toHaveLength(1);
    expect(sets[0]!.atom).toBe(1);
    expectClose(sets[0]!.displacement, [0.02, 0, 0], { absolute: 1e-15 });
    expectClose(sets[0]!.forces, [0, 0, 0.2, 0, 0, 0.1], { absolute: 1e-15 });
    expect(() => displacedForces(reference, [frame([0.1, 0, 0, 0.1, 0, 1])])).toThrow(/atoms 0, 1/);
    expect(() => displacedForces(reference, [frame([0.1, 0, 0, 0, 0, 1])])).toThrow(DataError);
  });

  it("noSymmetry is what symmetry none uses", () => {
    expect(forceConstants(water, displacedSets(water, 40, [0, 1, 2]), { symmetry: { kind: "none" } }).symmetry).toBe(
      noSymmetry(water).symbol,
    );
  });
});

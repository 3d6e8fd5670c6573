import { describe, expect, it } from "vitest";
import { loadDataset } from "../../src/dataset/load.js";
import { DataError, OptionError, ShapeError } from "../../src/errors.js";
import { random } from "../../src/math/random.js";
import { displacedForces } from "../../src/spectrum/displacedForces.js";
import { forceConstants } from "../../src/spectrum/forceConstants.js";
import { modeSpectrum } from "../../src/spectrum/modeProjection.js";
import { moleculeModeSpectrum, moleculeModes } from "../../src/spectrum/moleculeModes.js";
import { normalModes } from "../../src/spectrum/phonons.js";
import { withVelocities } from "../../src/structure/displacement.js";
import { matchMolecule, reordered } from "../../src/structure/matchMolecule.js";
import { createStructure } from "../../src/structure/structure.js";
import type { Trajectory } from "../../src/structure/trajectory.js";
import { expectClose } from "../support/close.js";
import { rotateRows, rotateStructure } from "../support/equivariance.js";
import { ammonia, distorted, methane, methanol, water } from "../support/molecules.js";
import { displacedSets } from "./springs.js";

/** Modes and dynamics of methane from first principles. */
async function methaneAtWork() {
  const set = await loadDataset("ch4");
  const constants = forceConstants(set.reference!.structure, displacedForces(set.reference!, set.displaced));
  return { constants, modes: normalModes(constants), t: withVelocities(set.trajectory()) };
}

/** Two turned, renumbered copies of a molecule's trajectory in a cell, wrapped into it, with an atom of something else. */
function crowd(t: Trajectory, edge: number) {
  const [n, frames] = [t.species.length, t.positions.length / (3 * t.species.length)];
  const next = random(5);
  const copies = [0, 1].map((k) => ({
    rotation: next.rotation(),
    shift: [1 + 6 * k, 0.1, 5 * k],
    order: next.shuffle([...t.species.keys()]),
  }));
  const size = 3 * (2 * n + 1);
  const positions = new Float64Array(frames * size);
  const velocities = new Float64Array(frames * size);
  for (let f = 0; f < frames; f++)
    copies.forEach(({ rotation, shift, order }, k) => {
      order.forEach((i, place) => {
        const from = 3 * (f * n + i);
        const to = f * size + 3 * (1 + k * n + place);
        velocities.set(rotateRows(rotation, t.velocities!.subarray(from, from + 3)), to);
        const x = rotateRows(rotation, t.positions.subarray(from, from + 3)).map((v, c) => v + shift[c]!);
        positions.set(
          x.map((v) => v - edge * Math.floor(v / edge)),
          to,
        );
      });
    });
  const species = ["Ar", ...copies.flatMap(({ order }) => order.map((i) => t.species[i]!))];
  const cells = Float64Array.of(edge, 0, 0, 0, edge, 0, 0, 0, edge);
  const molecules = copies.map((_, k) => Array.from({ length: n }, (_, i) => 1 + k * n + i));
  return { t: { ...t, species, positions, velocities, cells, periodic: [true, true, true] as const }, molecules };
}

describe("modes of molecules among others", () => {
  it("are those of the molecule by itself, however it lies, is numbered and wrapped", async () => {
    const { modes, t } = await methaneAtWork();
    const alone = modeSpectrum(modes, t, { grouping: { kind: "degenerate", within: 20 } });
    const all = crowd(t, 12);
    const both = moleculeModeSpectrum(modes, all.t, all.molecules, { grouping: { kind: "degenerate", within: 20 } });
    expect(Object.keys(both.intensities)).toEqual(Object.keys(alone.intensities));
    // Which of the equal hydrogens is which is a choice: degenerate modes share otherwise, their sums do not.
    for (const [name, { values }] of Object.entries(alone.intensities))
      expectClose(both.intensities[name]!.values, values, { absolute: 2e-3 * Math.max(...values) });
  });

  it("sum to the motion of the molecule's atoms", async () => {
    const { modes, t } = await methaneAtWork();
    const { intensities } = moleculeModeSpectrum(modes, t, [[0, 1, 2, 3, 4]]);
    const { density, ...each } = intensities;
    const sum = density!.values.map((_, k) => Object.values(each).reduce((s, { values }) => s + values[k]!, 0));
    expectClose(sum, density!.values, { absolute: 1e-12 * Math.max(...density!.values) });
  });

  it("of a molecule that is everything there is are its normal modes", async () => {
    const { constants, modes } = await methaneAtWork();
    expectClose(moleculeModes(constants, [0, 1, 2, 3, 4]).wavenumbers, modes.wavenumbers, { absolute: 1e-6 });
    const renumbered = moleculeModes(constants, [3, 0, 4, 1, 2]);
    expect(renumbered.structure.species).toEqual(["H", "C", "H", "H", "H"]);
    expectClose(renumbered.wavenumbers, modes.wavenumbers, { absolute: 1e-6 });
  });

  it("need molecules", async () => {
    const { constants, modes, t } = await methaneAtWork();
    expect(() => moleculeModeSpectrum(modes, t, [])).toThrow(OptionError);
    expect(() => moleculeModeSpectrum(modes, t, [[0, 1, 2, 3, 5]])).toThrow("no atom 5, there are 5");
    expect(() => moleculeModeSpectrum(modes, t, [[0, 1, 2, 3]])).toThrow(DataError);
    expect(() => moleculeModes(constants, [0])).toThrow("a molecule of 1 atoms");
    expect(() => moleculeModes(constants, [0, 0, 3])).toThrow("atom 0 is there twice");
    const whole = [0, 1, 2, 3, 4];
    expect(() => moleculeModeSpectrum(modes, t, [whole, whole])).toThrow("atom 0 is there twice");
  });
});

describe("a molecule longer than half the cell", () => {
  const chain = createStructure({
    species: ["H", "C", "C", "C", "C", "H"],
    positions: [-3, 0.4, 0, -1.95, 0.1, 0.1, -0.7, -0.3, 0, 0.6, 0.3, 0.2, 1.9, -0.2, 0, 2.95, 0.2, 0.3],
  });
  const atoms = [...chain.species.keys()];
  const free = forceConstants(chain, displacedSets(chain, 5, atoms), { symmetry: { kind: "none" } });
  const alone = normalModes(free);
  const [n, frames] = [atoms.length, 400];
  /** The chain turned, shifted and wrapped into a cube, its force constants as they are. */
  const turn = random(7).rotation();
  const inCell = (edge: number, positions: Float64Array): Float64Array =>
    rotateRows(turn, positions).map((x) => x + 1 - edge * Math.floor((x + 1) / edge));
  const values = { ...free.values, values: Float64Array.from(free.values.values) };
  for (let i = 0; i < 3 * n; i++)
    for (let j = 0; j < 3 * n; j++) {
      let sum = 0;
      for (let a = 0; a < 3; a++)
        for (let b = 0; b < 3; b++)
          sum +=
            turn[3 * (i % 3) + a]! *
            turn[3 * (j % 3) + b]! *
            free.values.values[(i - (i % 3) + a) * 3 * n + j - (j % 3) + b]!;
      values.values[i * 3 * n + j] = sum;
    }

  it.each([14, 11, 9, 6.5])("has the free molecule's modes in a cell of %d Å", (edge) => {
    const cell = Float64Array.of(edge, 0, 0, 0, edge, 0, 0, 0, edge);
    const structure = createStructure({ species: chain.species, positions: inCell(edge, chain.positions), cell });
    const modes = moleculeModes({ ...free, structure, values }, atoms);
    // Geometry and force constants are the free molecule's to rounding; soft modes take its square root.
    expectClose(modes.wavenumbers, alone.wavenumbers, { absolute: 1e-3 });
    // Its motion in the cell is the free molecule's, though it drifts and turns across the faces.
    const own = moving();
    const wrapped = new Float64Array(own.positions.length);
    for (let f = 0; f < frames; f++)
      wrapped.set(inCell(edge, own.positions.subarray(3 * n * f, 3 * n * (f + 1))), 3 * n * f);
    const velocities = new Float64Array(wrapped.length);
    for (let p = 0; p < velocities.length; p += 3)
      velocities.set(rotateRows(turn, own.velocities.subarray(p, p + 3)), p);
    const t = { ...own, positions: wrapped, velocities, cells: cell, periodic: [true, true, true] as const };
    const expected = modeSpectrum(alone, own).intensities;
    const found = moleculeModeSpectrum(alone, t, [[3, 0, 5, 1, 2, 4]]).intensities;
    const top = Math.max(...expected.density!.values);
    for (const [name, { values: of }] of Object.entries(expected))
      expectClose(found[name]!.values, of, { absolute: 1e-9 * top });
  });

  /** Every mode of the chain excited, while it drifts by 20 Å and turns once. */
  function moving() {
    const positions = new Float64Array(3 * n * frames);
    const velocities = new Float64Array(3 * n * frames);
    for (let f = 0; f < frames; f++) {
      const angle = (2 * Math.PI * f) / frames;
      const [c, s] = [Math.cos(angle), Math.sin(angle)];
      for (let i = 0; i < n; i++) {
        const u = [0, 1, 2].map((a) =>
          alone.wavenumbers.reduce(
            (sum, v, k) =>
              sum +
              (v < 1 ? 0 : 0.01 * Math.sin(0.0004 * v * f + k) * alone.eigenvectors.values[k * 3 * n + 3 * i + a]!),
            chain.positions[3 * i + a]!,
          ),
        );
        positions.set([c * u[0]! - s * u[1]! + 0.05 * f, s * u[0]! + c * u[1]!, u[2]!], 3 * (n * f + i));
        velocities.set([c * u[0]! - s * u[1]!, s * u[0]! + c * u[1]!, u[2]!], 3 * (n * f + i));
      }
    }
    return { species: chain.species, positions, velocities, periodic: [false, false, false] as const, timestep: 1 };
  }

  it("is refused where no bonds join it, or where they join it to its own image", () => {
    const torn = { ...chain, positions: chain.positions.map((x, k) => (k >= 12 && k % 3 === 0 ? x + 2 : x)) };
    expect(() => moleculeModes({ ...free, structure: torn }, atoms)).toThrow(
      "no chain of bonds joins atom 4 (C) to atom 0",
    );
    const cell = Float64Array.of(2.4, 0, 0, 0, 20, 0, 0, 0, 20);
    const endless = createStructure({ species: ["C", "C"], positions: [0, 0, 0, 1.2, 0.3, 0], cell });
    const two = { ...free, structure: endless, values: { rows: 6, columns: 6, values: new Float64Array(36) } };
    expect(() => moleculeModes(two, [0, 1])).toThrow("own image");
    const ring = createStructure({
      species: ["C", "C", "C"],
      positions: [0, 0, 0, 1.3, 0.3, 0, 2.6, 0, 0],
      cell: [3.9, 0, 0, 0, 20, 0, 0, 0, 20],
    });
    const three = { ...free, structure: ring, values: { rows: 9, columns: 9, values: new Float64Array(81) } };
    expect(() => moleculeModes(three, [0, 1, 2])).toThrow("own image");
  });
});

describe("isotopes", () => {
  it("give the modes of the substituted molecule", async () => {
    const { constants } = await methaneAtWork();
    const masses = Float64Array.of(12.011, 2.014, 1.008, 1.008, 1.008);
    expectClose(
      moleculeModes(constants, [0, 1, 2, 3, 4], { masses }).wavenumbers,
      normalModes(constants, { masses }).wavenumbers,
      {
        absolute: 1e-6,
      },
    );
    // In the order of the atoms given, not in that of the crystal.
    const renumbered = moleculeModes(constants, [1, 0, 2, 3, 4], {
      masses: Float64Array.of(2.014, 12.011, 1.008, 1.008, 1.008),
    });
    expectClose(renumbered.wavenumbers, normalModes(constants, { masses }).wavenumbers, { absolute: 1e-6 });
    expect(() => moleculeModes(constants, [0, 1, 2, 3, 4], { masses: masses.slice(1) })).toThrow(
      "4 masses for 5 atoms",
    );
    expect(() => moleculeModes(constants, [0, 1], { masses: Float64Array.of(12, Number.NaN) })).toThrow(ShapeError);
  });

  it("are found by their masses among atoms of the same species", async () => {
    const { constants, t } = await methaneAtWork();
    const modes = normalModes(constants, { masses: Float64Array.of(12.011, 2.014, 1.008, 1.008, 1.008) });
    const alone = modeSpectrum(modes, t).intensities;
    const order = [4, 2, 1, 0, 3];
    const of = (x: Float64Array): Float64Array =>
      x.map((_, p) => x[p - (p % 15) + 3 * order[Math.floor((p % 15) / 3)]! + (p % 3)]!);
    const renumbered = {
      ...t,
      species: order.map((i) => t.species[i]!),
      positions: of(t.positions),
      velocities: of(t.velocities!),
    };
    const masses = Float64Array.from(order, (i) => modes.masses[i]!);
    const found = moleculeModeSpectrum(modes, renumbered, [[0, 1, 2, 3, 4]], { masses }).intensities;
    expectClose(found.density!.values, alone.density!.values, { absolute: 1e-3 * Math.max(...alone.density!.values) });
    expect(() => moleculeModeSpectrum(modes, renumbered, [[0, 1, 2, 3, 4]])).toThrow("give the masses");
    const light = masses.map((m) => (m === 2.014 ? 1.008 : m));
    expect(() => moleculeModeSpectrum(modes, renumbered, [[0, 1, 2, 3, 4]], { masses: light })).toThrow(DataError);
  });
});

describe("atoms of a molecule", () => {
  it.each([
    ["water", water],
    ["ammonia", ammonia],
    ["methane", methane],
    ["methanol", methanol],
  ])("of %s are found again in a turned, renumbered one", (_, molecule) => {
    const real = distorted(molecule, 0.1, 3);
    const order = [...real.species.keys()].reverse();
    const target = reordered(rotateStructure(real, random(4).rotation()), order);
    // A distorted molecule has no two atoms alike, so that only one way is right.
    expect(matchMolecule(real, target)).toEqual(order);
  });

  it("are not found in another one", () => {
    expect(() => matchMolecule(methane, methanol)).toThrow(DataError);
    const broken = { ...methane, positions: methane.positions.map((x, k) => (k > 11 ? 3 * x : x)) };
    expect(() => matchMolecule(methane, broken)).toThrow("not bonded");
  });
});

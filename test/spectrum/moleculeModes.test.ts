import { describe, expect, it } from "vitest";
import { loadDataset } from "../../src/dataset/load.js";
import { DataError, OptionError } from "../../src/errors.js";
import { random } from "../../src/math/random.js";
import { displacedForces } from "../../src/spectrum/displacedForces.js";
import { forceConstants } from "../../src/spectrum/forceConstants.js";
import { modeSpectrum } from "../../src/spectrum/modeProjection.js";
import { moleculeModeSpectrum, moleculeModes } from "../../src/spectrum/moleculeModes.js";
import { normalModes } from "../../src/spectrum/phonons.js";
import { withVelocities } from "../../src/structure/displacement.js";
import { matchMolecule, reordered } from "../../src/structure/matchMolecule.js";
import type { Trajectory } from "../../src/structure/trajectory.js";
import { expectClose } from "../support/close.js";
import { rotateRows, rotateStructure } from "../support/equivariance.js";
import { ammonia, distorted, methane, methanol, water } from "../support/molecules.js";

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

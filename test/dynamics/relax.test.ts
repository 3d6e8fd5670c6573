import { describe, expect, it } from "vitest";
import { potentialDisplacements } from "../../src/dynamics/potentialDisplacements.js";
import { relax } from "../../src/dynamics/relax.js";
import { ConvergenceError, DataError } from "../../src/errors.js";
import { forceConstants } from "../../src/spectrum/forceConstants.js";
import { normalModes } from "../../src/spectrum/phonons.js";
import { atomicMasses } from "../../src/structure/elements.js";
import { createStructure } from "../../src/structure/structure.js";
import { angularToWavenumber } from "../../src/units/frequency.js";
import { expectClose } from "../support/close.js";
import { tethered } from "../support/potentials.js";
import { cluster, lj } from "./support.js";

const pair = (distance: number) =>
  createStructure({
    species: ["Ar", "Ar"],
    positions: [
      [0, 0, 0],
      [distance, 0, 0],
    ],
  });

describe("relax", () => {
  it("ends where springs hang, however far", async () => {
    const anchors = Float64Array.from(cluster.positions, (x, c) => x + Math.sin(c));
    const { structure, energy } = await relax(cluster, tethered(anchors, 3), { maxForce: 1e-8 });
    expectClose(structure.positions, anchors, { absolute: 1e-8 });
    expectClose(energy, 0, { absolute: 1e-15 });
  });

  it("finds the distance and the energy of a Lennard-Jones pair, and the bipyramid of five atoms", async () => {
    const { structure, energy } = await relax(pair(4.3), lj, { maxForce: 1e-9 });
    expectClose(structure.positions[3]! - structure.positions[0]!, 3.4 * 2 ** (1 / 6), { relative: 1e-7 });
    expectClose(energy, -0.0104, { relative: 1e-12 });
    // −9.103852 ε: M. R. Hoare, P. Pal, Adv. Phys. 20, 161 (1971).
    expectClose((await relax(cluster, lj, { maxForce: 1e-8 })).energy / 0.0104, -9.103852, { absolute: 1e-6 });
  });

  it("gives the same bits twice and leaves its start alone", async () => {
    const before = cluster.positions.slice();
    const [a, b] = [await relax(cluster, lj), await relax(cluster, lj)];
    expect(a).toEqual(b);
    expect(cluster.positions).toEqual(before);
  });

  it("says what is left when it may not go on, and what is no force", async () => {
    await expect(relax(cluster, lj, { maxSteps: 3 })).rejects.toThrow(ConvergenceError);
    await expect(relax(cluster, lj, { maxSteps: 3 })).rejects.toThrow(/atom \d \(Ar\).*is left after 3 steps/);
    await expect(relax(pair(0), lj)).rejects.toThrow(DataError);
    await expect(relax(cluster, lj, { signal: AbortSignal.abort() })).rejects.toThrow(/interrupted/);
  });
});

describe("the forces around a minimum", () => {
  it("give the vibration of a Lennard-Jones pair", async () => {
    const { structure } = await relax(pair(3.8), lj, { maxForce: 1e-10 });
    const constants = forceConstants(structure, potentialDisplacements(structure, lj, { step: 1e-3 }), {
      symmetry: { kind: "none" },
    });
    const curvature = (72 * 0.0104) / (2 ** (1 / 3) * 3.4 ** 2);
    const reduced = (atomicMasses(["Ar"])[0]! / 2) * 103.642697;
    expectClose(normalModes(constants).wavenumbers.at(-1)!, angularToWavenumber(Math.sqrt(curvature / reduced)), {
      relative: 1e-5,
    });
  });
});

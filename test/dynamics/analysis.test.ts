import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { meanSquaredDisplacement } from "../../src/dynamics/displacementStatistics.js";
import { radialDistribution } from "../../src/dynamics/rdf.js";
import { readRestart, writeRestart } from "../../src/dynamics/restart.js";
import { startState } from "../../src/dynamics/start.js";
import { FormatError } from "../../src/errors.js";
import { random } from "../../src/math/random.js";
import { createStructure } from "../../src/structure/structure.js";
import { createTrajectory } from "../../src/structure/trajectory.js";
import { expectClose } from "../support/close.js";

describe("radial distribution", () => {
  it("is 1 for random points", () => {
    const rng = random(3);
    const gas = () =>
      createStructure({
        species: Array(400).fill("Ar"),
        positions: Float64Array.from({ length: 1200 }, () => 15 * rng.next()),
        cell: [15, 0, 0, 2, 15, 0, 0, 1, 15],
      });
    const g = radialDistribution(createTrajectory([gas(), gas(), gas()]), ["Ar", "Ar"], { cutoff: 7, bins: 14 });
    // the last bins hold some 6·10⁴ pairs: √(1/6·10⁴) ≈ 0.4 %
    for (let b = 8; b < 14; b++) expectClose(g.value[b]!, 1, { absolute: 0.02 });
  });

  it("counts 6 and 12 neighbors in rock salt, also with a cutoff beyond the cell", () => {
    const a = 5.64;
    const species: string[] = [];
    const positions: number[][] = [];
    for (const [i, j, k] of [
      [0, 0, 0],
      [0, 1, 1],
      [1, 0, 1],
      [1, 1, 0],
    ] as const) {
      species.push("Na", "Cl");
      positions.push([(i * a) / 2, (j * a) / 2, (k * a) / 2], [((i + 1) * a) / 2, (j * a) / 2, (k * a) / 2]);
    }
    const t = createTrajectory([createStructure({ species, positions, cell: [a, 0, 0, 0, a, 0, 0, 0, a] })]);
    const first = radialDistribution(t, ["Na", "Cl"], { cutoff: 7, bins: 700 });
    expect(first.coordination[Math.floor((4 / 7) * 700)]).toBe(6);
    const second = radialDistribution(t, ["Na", "Na"], { cutoff: 7, bins: 700 });
    expect(second.coordination[Math.floor((4.5 / 7) * 700)]).toBe(12);
    expect(() => radialDistribution(t, ["Na", "K"])).toThrow(/no K atom/);
  });
});

describe("mean squared displacement", () => {
  it("grows as v²t² for free flight, per species", () => {
    const at = (f: number) =>
      createStructure({
        species: ["Ar", "He"],
        positions: [
          [0.1 * f, 0, 0],
          [0, 0, -0.3 * f],
        ],
      });
    const msd = meanSquaredDisplacement(createTrajectory([0, 1, 2, 3, 4].map(at), 2));
    expect(msd.species).toEqual(["Ar", "He"]);
    expectClose(msd.lag, [0, 2, 4], {});
    expectClose(msd.value[0]!, [0, 0.01, 0.04], { absolute: 1e-14 });
    expectClose(msd.value[1]!, [0, 0.09, 0.36], { absolute: 1e-14 });
  });

  it("equals the direct sum over all time origins for a random walk far from the origin", () => {
    const rng = random(6);
    const x = new Float64Array(3 * 2 * 300);
    for (let k = 0; k < x.length; k++) x[k] = k < 6 ? 50 : x[k - 6]! + 0.1 * rng.normal();
    const walk = { species: ["Ar", "Ar"], positions: x, periodic: [false, false, false] as const, timestep: 1 };
    const { value } = meanSquaredDisplacement(walk, 120);
    for (const lag of [1, 7, 120]) {
      let sum = 0;
      for (let k = 6 * lag; k < x.length; k++) sum += (x[k]! - x[k - 6 * lag]!) ** 2;
      expectClose(value[0]![lag]!, sum / (2 * (300 - lag)), { relative: 1e-11 });
    }
  });
});

describe("restart files", () => {
  const folder = mkdtempSync(join(tmpdir(), "spectensor-restart-"));
  const start = createStructure({
    species: ["Na", "Cl"],
    positions: [
      [0.1, 1 / 3, Math.PI],
      [2.8, 0, 0],
    ],
    cell: [5, 0, 0, 0, 5, 0, 0, 0, 5],
  });

  it("return every bit, fixed atoms included", () => {
    const state = {
      ...startState(start, { ensemble: { kind: "nvt", temperature: 300 }, steps: 1, fixed: [0] }),
      step: 12,
      random: random(8).state,
    };
    const trajectory = { bytes: 77, sha256: "0".repeat(64) };
    writeRestart(join(folder, "a.json"), { state, trajectory });
    expect(readRestart(join(folder, "a.json"))).toEqual({ state, trajectory });
  });

  it("are refused when foreign, truncated or inconsistent", () => {
    const path = join(folder, "b.json");
    writeRestart(path, { state: startState(start, { ensemble: { kind: "nvt", temperature: 300 }, steps: 1 }) });
    for (const content of ["", "{}", '{"format":"spectensor-restart","version":2}', "[1,2"]) {
      writeFileSync(path, content);
      expect(() => readRestart(path)).toThrow(FormatError);
    }
  });
});

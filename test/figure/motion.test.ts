import { describe, expect, it } from "vitest";
import { loadDataset } from "../../src/dataset/load.js";
import { structureHtml } from "../../src/display/structureHtml.js";
import { OptionError } from "../../src/errors.js";
import { modeView, trajectoryView } from "../../src/figure/motion.js";
import { matrix } from "../../src/math/matrix.js";
import { sceneAt } from "../../src/page/player.js";
import type { Scene } from "../../src/page/scene.js";
import { drawingsOf } from "../../src/runner/drawings.js";
import type { NormalModes } from "../../src/spectrum/phonons.js";
import { createStructure } from "../../src/structure/structure.js";
import { createTrajectory } from "../../src/structure/trajectory.js";

const dimer = createStructure({
  species: ["H", "Cl"],
  positions: [
    [0, 0, 0],
    [1.3, 0, 0],
  ],
});
/** One stretch: the hydrogen moves most, against the chlorine. */
const modes: NormalModes = {
  structure: dimer,
  masses: Float64Array.of(1, 35),
  wavenumbers: Float64Array.of(2900),
  eigenvectors: matrix(1, 6, Float64Array.of(Math.sqrt(35 / 36), 0, 0, -Math.sqrt(1 / 36), 0, 0)),
};
const lattice = createStructure({
  species: ["Na"],
  positions: [[3.9, 0, 0]],
  cell: [
    [4, 0, 0],
    [0, 4, 0],
    [0, 0, 4],
  ],
});
const moved = createStructure({
  species: ["Na"],
  positions: [[0.1, 0, 0]],
  cell: [
    [4, 0, 0],
    [0, 4, 0],
    [0, 0, 4],
  ],
});

describe("a mode in motion", () => {
  const { motion, balls, note } = modeView(modes, 0, { amplitude: 0.5 });

  it("swings with the amplitude asked for, the centre of mass at rest", () => {
    const most = Math.max(...motion!.shifts.map((s) => Math.abs(s[0]!)));
    expect(most).toBeCloseTo(0.5, 12);
    for (const s of motion!.shifts) {
      // m₁x₁ + m₂x₂ = 0, to rounding.
      expect(Math.abs(s[0]! + 35 * s[3]!)).toBeLessThan(1e-12);
      expect(s.length).toBe(3 * balls.length);
    }
    expect(Array.from(motion!.shifts[0]!).every((x) => x === 0)).toBe(true);
    expect(note).toBe("mode 1, 2900.0 cm⁻¹");
  });

  it("says what is wrong", () => {
    expect(() => modeView(modes, 1)).toThrow(OptionError);
    expect(() => modeView(modes, 0, { amplitude: -1 })).toThrow(OptionError);
    expect(() => modeView(modes, 0, { amplitud: 1 } as object)).toThrow(/amplitud/);
  });
});

describe("a trajectory to play", () => {
  it("goes on over the edge of the cell, not back through it", () => {
    const { motion } = trajectoryView(createTrajectory([lattice, moved, lattice], 2), { images: "none" });
    expect(motion!.shifts.map((s) => Number(s[0]!.toFixed(9)))).toEqual([0, 0.2, 0]);
    expect(motion!.captions).toEqual(["0.000 ps", "0.002 ps", "0.004 ps"]);
  });

  it("takes evenly spaced frames, the first and the last among them", async () => {
    const water = (await loadDataset("h2o")).trajectory();
    const { motion } = trajectoryView(water, { frames: 11 });
    const last = water.positions.length - 9;
    expect(motion!.shifts).toHaveLength(11);
    // Free molecule: the shift is the difference of positions.
    expect(motion!.shifts[10]![4]).toBeCloseTo(water.positions[last + 4]! - water.positions[4]!, 10);
    expect(() => trajectoryView(createTrajectory([lattice]))).toThrow(/1 frames; give a trajectory of two or more/);
  });
});

it("a scene at a frame has balls and both ends of bonds where the frame has them", () => {
  const view = modeView(modes, 0, { amplitude: 0.5 });
  const [drawing] = drawingsOf(structureHtml(view, "<svg/>", 0));
  const scene = drawing!.data as Scene;
  const quarter = sceneAt(scene, 6);
  const places = (s: Scene): number[][] =>
    Object.values(s.balls).flatMap((list) => list.map((b) => [...b.slice(0, 3)]));
  const went = places(quarter).map((p, i) => Math.hypot(...p.map((x, c) => x - places(scene)[i]![c]!)));
  // Thousandths of an Å are kept.
  expect(Math.abs(Math.max(...went) - 0.5)).toBeLessThan(2e-3);
  const bond = quarter.sticks[0]![2][0]!;
  const ends = [bond.slice(0, 3), bond.slice(3)];
  for (const end of ends)
    expect(Math.min(...places(quarter).map((p) => Math.hypot(...p.map((x, c) => x - end[c]!))))).toBeLessThan(3e-3);
  expect(sceneAt({ ...scene, motion: undefined } as unknown as Scene, 3).balls).toEqual(scene.balls);
});

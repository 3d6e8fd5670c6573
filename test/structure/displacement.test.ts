import { describe, expect, it } from "vitest";
import { toCartesian, toFractional, wrap } from "../../src/structure/cell.js";
import { unwrap } from "../../src/structure/continuous.js";
import { displacements, internalDisplacements, removeDrift, withVelocities } from "../../src/structure/displacement.js";
import { atomicMasses } from "../../src/structure/elements.js";
import { minimumImage } from "../../src/structure/minimumImage.js";
import { createStructure, type Periodicity } from "../../src/structure/structure.js";
import { createTrajectory, frameCount, frameStructure, type Trajectory } from "../../src/structure/trajectory.js";
import { expectClose } from "../support/close.js";
import { uniform } from "../support/uniform.js";

/** Shortest image by trying all within ± 20 cells. */
function shortest(v: readonly number[], cell: Float64Array, periodic: Periodicity): number {
  let least = Number.POSITIVE_INFINITY;
  const [ma, mb, mc] = periodic.map((p) => (p ? 20 : 0)) as [number, number, number];
  for (let a = -ma; a <= ma; a++)
    for (let b = -mb; b <= mb; b++)
      for (let c = -mc; c <= mc; c++) {
        let r2 = 0;
        for (let d = 0; d < 3; d++) r2 += (v[d]! + a * cell[d]! + b * cell[3 + d]! + c * cell[6 + d]!) ** 2;
        least = Math.min(least, r2);
      }
  return Math.sqrt(least);
}

describe("minimumImage", () => {
  it.each([
    ["cubic", [3, 0, 0, 0, 3, 0, 0, 0, 3], [true, true, true]],
    ["very skewed", [3, 0, 0, 5.9, 2, 0, -4.4, 3.7, 2.5], [true, true, true]],
    ["needle", [1, 0, 0, 0.4, 9, 0, 0.3, 4.4, 1.2], [true, true, true]],
    ["skewed slab", [3, 0.2, 0, 5, 1.5, 0.3, 0, 0, 20], [true, true, false]],
    ["chain", [2, 1, 0.5, 0, 9, 0, 0, 0, 9], [true, false, false]],
    ["rhombohedral", [3, 3, 0.2, 3, 0.2, 3, 0.2, 3, 3], [true, true, true]],
  ] as const)("equals the shortest of all images: %s", (_, numbers, periodic) => {
    const u = uniform(11);
    const cell = Float64Array.from(numbers);
    const vectors = Float64Array.from({ length: 60 }, () => 8 * (u() - 0.5));
    const images = minimumImage(vectors, cell, periodic);
    for (let o = 0; o < vectors.length; o += 3) {
      expectClose(Math.hypot(...images.subarray(o, o + 3)), shortest([...vectors.subarray(o, o + 3)], cell, periodic), {
        absolute: 1e-12,
      });
      const turns = toFractional(
        images.subarray(o, o + 3).map((x, c) => x - vectors[o + c]!),
        cell,
      );
      expectClose(
        turns,
        turns.map((t, d) => (periodic[d] ? Math.round(t) : 0)),
        { absolute: 1e-10 },
      );
    }
  });

  it("is right where rounding of fractional coordinates is not", () => {
    const cell = Float64Array.of(3, 0, 0, 1.45, 2.6, 0, 0, 0, 9);
    const v = toCartesian(Float64Array.of(0.45, 0.45, 0), cell);
    expect(Math.hypot(...minimumImage(v, cell, [true, true, true]))).toBeLessThan(Math.hypot(...v) - 0.2);
  });

  it("leaves vectors without periodicity alone", () => {
    expect([...minimumImage(Float64Array.of(9, 9, 9), undefined, [false, false, false])]).toEqual([9, 9, 9]);
  });
});

const species = ["Si", "O", "O", "H"];
const cell = Float64Array.of(4, 0, 0, 1.5, 4.2, 0, -0.8, 0.6, 3.9);

/** Smooth motion with a drift of several cells. */
function motion(frames: number, drift: number, variable = false): Trajectory {
  const u = uniform(2);
  const base = Array.from({ length: 12 }, () => 4 * u());
  const phase = Array.from({ length: 12 }, () => 6 * u());
  return createTrajectory(
    Array.from({ length: frames }, (_, f) => {
      const scale = variable ? 1 + 0.02 * Math.sin(0.3 * f) : 1;
      const now = cell.map((x) => x * scale);
      const x = base.map((b, p) => b + 0.3 * Math.sin(0.2 * f + phase[p]!) + drift * f * [1, -0.5, 0.3][p % 3]!);
      return createStructure({
        species,
        positions: variable ? toCartesian(toFractional(Float64Array.from(x), cell), now) : x,
        cell: now,
      });
    }),
    2,
  );
}

function wrapped(t: Trajectory): Trajectory {
  return createTrajectory(
    Array.from({ length: frameCount(t) }, (_, f) => (f === 0 ? frameStructure(t, f) : wrap(frameStructure(t, f)))),
    t.timestep,
  );
}

describe("unwrap", () => {
  it.each([false, true])("restores a smooth motion over many cells; variable cell: %s", (variable) => {
    const t = motion(200, 0.15, variable);
    const crossed = wrapped(t);
    expect(crossed.positions.some((x, p) => Math.abs(x - t.positions[p]!) > 10)).toBe(true);
    expectClose(unwrap(crossed).positions, t.positions, { absolute: 1e-10 });
  });

  it("leaves a molecule as it is", () => {
    const t = createTrajectory([
      createStructure({ species: ["O"], positions: [0, 0, 0] }),
      createStructure({ species: ["O"], positions: [50, 0, 0] }),
    ]);
    expect([...unwrap(t).positions]).toEqual([0, 0, 0, 50, 0, 0]);
  });
});

describe("removeDrift", () => {
  it("holds the centre of mass and changes no distance", () => {
    const t = motion(50, 0.1);
    const still = removeDrift(t);
    const m = atomicMasses(species);
    const total = m.reduce((a, b) => a + b);
    const center = (f: number, c: number) =>
      m.reduce((s, w, i) => s + (w / total) * still.positions[12 * f + 3 * i + c]!, 0);
    for (const f of [1, 20, 49]) {
      for (let c = 0; c < 3; c++) {
        expectClose(center(f, c), center(0, c), { absolute: 1e-12 });
        const apart = (x: Trajectory) => x.positions[12 * f + 3 + c]! - x.positions[12 * f + 9 + c]!;
        expectClose(apart(still), apart(t), { absolute: 1e-12 });
      }
    }
  });
});

describe("internalDisplacements", () => {
  it("ignores drift and wrapping; displacements alone would not", () => {
    const t = motion(60, 0.15);
    const w = wrapped(t);
    const reference = frameStructure(t, 0);
    const m = atomicMasses(species);
    const total = m.reduce((a, b) => a + b);
    for (const f of [10, 59]) {
      const expected = t.positions.slice(12 * f, 12 * f + 12).map((x, p) => x - reference.positions[p]!);
      for (let c = 0; c < 3; c++) {
        const mean = m.reduce((s, w, i) => s + (w / total) * expected[3 * i + c]!, 0);
        for (let i = 0; i < 4; i++) expected[3 * i + c]! -= mean;
      }
      expectClose(internalDisplacements(reference, frameStructure(w, f)), expected, { absolute: 1e-12 });
    }
    expect(Math.hypot(...displacements(reference, frameStructure(w, 59)))).toBeGreaterThan(1);
  });

  it("refuses other atoms", () => {
    const a = createStructure({ species: ["O", "H"], positions: [0, 0, 0, 1, 0, 0] });
    const b = createStructure({ species: ["H", "O"], positions: [0, 0, 0, 1, 0, 0] });
    expect(() => internalDisplacements(a, b)).toThrow(/atom 0 is H, expected O/);
  });
});

describe("withVelocities", () => {
  it("gives the derivative of a quadratic motion exactly, the ends included, also from wrapped positions", () => {
    const x = (t: number, p: number) => 0.3 * p + 0.05 * t + 0.0002 * (p + 1) * t * t;
    const t = createTrajectory(
      Array.from({ length: 20 }, (_, f) =>
        createStructure({ species, positions: Array.from({ length: 12 }, (_, p) => x(2 * f, p)), cell }),
      ),
      2,
    );
    const v = withVelocities(wrapped(t)).velocities!;
    for (const f of [0, 7, 19])
      for (let p = 0; p < 12; p++) expectClose(v[12 * f + p]!, 0.05 + 0.0004 * (p + 1) * 2 * f, { absolute: 1e-12 });
  });

  it("needs a time step and three frames", () => {
    const s = createStructure({ species: ["O"], positions: [0, 0, 0] });
    expect(() => withVelocities(createTrajectory([s, s, s]))).toThrow(/time step/);
    expect(() => withVelocities(createTrajectory([s, s], 1))).toThrow(/at least 3/);
  });
});

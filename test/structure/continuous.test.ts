import { describe, expect, it } from "vitest";
import { meanSquaredDisplacement } from "../../src/dynamics/displacementStatistics.js";
import { DataError } from "../../src/errors.js";
import { random } from "../../src/math/random.js";
import { wrap } from "../../src/structure/cell.js";
import { continuous } from "../../src/structure/continuous.js";
import { createStructure } from "../../src/structure/structure.js";
import { createTrajectory, frameCount, frameStructure, type Trajectory } from "../../src/structure/trajectory.js";
import { expectClose } from "../support/close.js";

/** Three atoms that drift through a sheared cell, `cells` of it apart at most per frame. */
function drifting(frames: number, step: number): Trajectory {
  const r = random(7);
  const cell = [5, 0, 0, -2, 4.5, 0, 0.5, 0.3, 6];
  const x = Float64Array.from({ length: 9 }, () => 5 * r.next());
  const v = Float64Array.from({ length: 9 }, () => step * (2 * r.next() - 1));
  const structures = Array.from({ length: frames }, (_, f) =>
    createStructure({ species: ["O", "H", "H"], positions: x.map((p, c) => p + f * v[c]!), cell }),
  );
  return createTrajectory(structures, 2);
}
const wrapped = (t: Trajectory): Trajectory =>
  createTrajectory(
    Array.from({ length: frameCount(t) }, (_, f) => wrap(frameStructure(t, f))),
    t.timestep,
  );

describe("continuous", () => {
  const straight = drifting(60, 0.5);

  it("takes jumps across the faces out, up to where the first frame is, and leaves a continuous path as it is", () => {
    const back = continuous(wrapped(straight), "test").positions;
    const shift = back.slice(0, 9).map((x, c) => x - straight.positions[c]!);
    expectClose(
      back.map((x, p) => x - shift[p % 9]!),
      straight.positions,
      { absolute: 1e-10 },
    );
    expect(continuous(straight, "test").positions).toEqual(straight.positions);
    expect(wrapped(straight).positions).not.toEqual(straight.positions);
  });

  it("refuses frames too far apart, naming frame and atom, and needs no cell where nothing is periodic", () => {
    const far = drifting(4, 0.01);
    far.positions[9 * 2 + 3]! += 2.45;
    expect(() => continuous(far, "test")).toThrow(DataError);
    expect(() => continuous(far, "test")).toThrow(/test, frame 2: atom 1 \(H\) moves by 0\.\d+ of cell vector/);
    const free = createTrajectory([createStructure({ species: ["He"], positions: [0, 0, 0] })]);
    expect(continuous(free, "test")).toBe(free);
  });

  it("lets the mean squared displacement of wrapped positions be that of the path", () => {
    const [a, b] = [straight, wrapped(straight)].map((t) => meanSquaredDisplacement(t, 20));
    expectClose(a!.value[0]!, b!.value[0]!, { relative: 1e-9, absolute: 1e-9 });
  });
});

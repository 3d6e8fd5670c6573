import { describe, expect, it } from "vitest";
import { orientationCorrelation } from "../../src/dynamics/orientation.js";
import { random } from "../../src/math/random.js";
import { createStructure } from "../../src/structure/structure.js";
import { createTrajectory } from "../../src/structure/trajectory.js";
import { expectClose } from "../support/close.js";

const CELL = [6, 0, 0, 1, 6, 0, 0, -1, 6];

/** Two molecules of two atoms, bond of 1.4 Å along `direction(molecule, frame)`, one of them across the face of the cell. */
function molecules(frames: number, direction: (molecule: number, frame: number) => readonly number[]) {
  const centres = [
    [1, 1, 1],
    [5.8, 4, 4],
  ];
  return createTrajectory(
    Array.from({ length: frames }, (_, f) =>
      createStructure({
        species: ["C", "N", "C", "N"],
        positions: centres.flatMap((centre, m) => {
          const u = direction(m, f);
          const other = centre.map((x, c) => x + 1.4 * u[c]!);
          return [centre, m === 1 ? other.map((x, c) => x - (CELL[c] ?? 0)) : other];
        }),
        cell: CELL,
      }),
    ),
    2,
  );
}

describe("orientation correlation", () => {
  it("of bonds that turn steadily in a plane is cos ωt, and (3 cos² ωt − 1)/2", () => {
    const t = molecules(400, (m, f) => [Math.cos(0.05 * f + m), Math.sin(0.05 * f + m), 0]);
    const { lag, first, second, bonds } = orientationCorrelation(t, ["C", "N"], { maxLag: 100 });
    expect(bonds).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(lag[100]).toBe(200);
    // Products of pairs of frames, exact but for rounding of the transform.
    for (const k of [0, 1, 17, 100]) {
      const cosine = Math.cos(0.05 * k);
      expectClose(first[k]!, cosine, { absolute: 1e-10 });
      expectClose(second[k]!, (3 * cosine ** 2 - 1) / 2, { absolute: 1e-10 });
    }
  });

  it("of a random walk on the sphere is the mean over pairs of frames, in any orientation of the axes", () => {
    const rng = random(7);
    const walks = [0, 1].map(() => {
      let u = [0, 0, 1];
      return Array.from({ length: 60 }, () => {
        const v = u.map((x) => x + 0.3 * rng.normal());
        const length = Math.hypot(...v);
        u = v.map((x) => x / length);
        return u;
      });
    });
    const { first, second } = orientationCorrelation(
      molecules(60, (m, f) => walks[m]![f]!),
      ["C", "N"],
    );
    const brute = (k: number, p: (c: number) => number): number => {
      const all = walks.flatMap((w) =>
        w.slice(0, 60 - k).map((u, f) => p(u.reduce((s, x, c) => s + x * w[f + k]![c]!, 0))),
      );
      return all.reduce((s, x) => s + x, 0) / all.length;
    };
    for (const k of [0, 3, 30]) {
      expectClose(
        first[k]!,
        brute(k, (c) => c),
        { absolute: 1e-10 },
      );
      expectClose(
        second[k]!,
        brute(k, (c) => (3 * c * c - 1) / 2),
        { absolute: 1e-10 },
      );
    }
    // y, z, x instead of x, y, z: a rotation.
    const turned = orientationCorrelation(
      molecules(60, (m, f) => [1, 2, 0].map((c) => walks[m]![f]![c]!)),
      ["C", "N"],
    );
    for (const k of [1, 20]) {
      expectClose(turned.first[k]!, first[k]!, { absolute: 1e-10 });
      expectClose(turned.second[k]!, second[k]!, { absolute: 1e-10 });
    }
  });

  it("says which species is missing and where atoms coincide", () => {
    const t = molecules(3, (_, f) => (f === 2 ? [0, 0, 0] : [1, 0, 0]));
    expect(() => orientationCorrelation(t, ["C", "O"])).toThrow(/no O atom; the species are C, N/);
    expect(() => orientationCorrelation(t, ["C", "N"])).toThrow(/frame 2: atoms 0 and 1 coincide/);
  });
});

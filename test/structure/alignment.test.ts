import { describe, expect, it } from "vitest";
import { determinant3 } from "../../src/math/matrix3.js";
import { align } from "../../src/structure/alignment.js";
import { atomicMasses } from "../../src/structure/elements.js";
import { createStructure, type Structure } from "../../src/structure/structure.js";
import { expectClose } from "../support/close.js";
import { randomOrthogonal, rotateStructure } from "../support/equivariance.js";
import { uniform } from "../support/uniform.js";

const molecules: readonly (readonly [string, Structure])[] = [
  [
    "three-dimensional",
    createStructure({
      species: ["C", "H", "O", "N", "Cl"],
      positions: [0, 0, 0, 1, 0.1, 0, -0.3, 1.2, 0.2, 0.1, -0.4, 1.3, -1, -1, -1],
    }),
  ],
  ["planar", createStructure({ species: ["O", "H", "H"], positions: [0, 0, 0.12, 0, 0.76, -0.47, 0, -0.76, -0.47] })],
  ["linear", createStructure({ species: ["O", "C", "S"], positions: [0, 0, 1.16, 0, 0, 0, 0, 0, -1.56] })],
];
const rotations = randomOrthogonal(12, 4).filter((r) => determinant3(r) > 0);
const moved = (s: Structure, by: readonly number[]): Structure => ({
  ...s,
  positions: s.positions.map((x, p) => x + by[p % 3]!),
});

describe("align", () => {
  it.each(molecules)("finds a rotation and translation exactly: %s molecule", (kind, s) => {
    for (const r of rotations) {
      const a = align(s, moved(rotateStructure(s, r), [3, -2, 7]));
      expectClose(a.displacements, new Float64Array(s.positions.length), { absolute: 1e-13 });
      expectClose(determinant3(a.rotation), 1, { absolute: 1e-13 });
      if (kind !== "linear") expectClose(a.rotation, r, { absolute: 1e-13 });
    }
  });

  it("handles half turns", () => {
    const s = molecules[0]![1];
    for (const half of [
      [1, 0, 0, 0, -1, 0, 0, 0, -1],
      [-1, 0, 0, 0, 1, 0, 0, 0, -1],
      [-1, 0, 0, 0, -1, 0, 0, 0, 1],
    ])
      expectClose(align(s, rotateStructure(s, half)).rotation, half, { absolute: 1e-13 });
  });

  it("fulfils Eckart's conditions Σ m d = 0 and Σ m x⁰ × d = 0 for a deformed molecule", () => {
    const u = uniform(8);
    for (const [, s] of molecules) {
      const m = atomicMasses(s.species);
      const deformed = { ...s, positions: s.positions.map((x) => x + 0.3 * (u() - 0.5)) };
      const a = align(s, rotateStructure(deformed, rotations[0]!));
      const sums = new Float64Array(6);
      m.forEach((w, i) => {
        const d = a.displacements.subarray(3 * i, 3 * i + 3);
        const x = [0, 1, 2].map((c) => s.positions[3 * i + c]! - a.referenceCenter[c]!);
        for (let c = 0; c < 3; c++) {
          sums[c]! += w * d[c]!;
          sums[3 + c]! += w * (x[(c + 1) % 3]! * d[(c + 2) % 3]! - x[(c + 2) % 3]! * d[(c + 1) % 3]!);
        }
      });
      expectClose(sums, new Float64Array(6), { absolute: 1e-12 });
    }
  });

  it("never reflects: a mirror image of a chiral molecule keeps a residue", () => {
    const s = molecules[0]![1];
    const mirrored = { ...s, positions: s.positions.map((x, p) => (p % 3 === 0 ? -x : x)) };
    const a = align(s, mirrored);
    expectClose(determinant3(a.rotation), 1, { absolute: 1e-13 });
    expect(Math.hypot(...a.displacements)).toBeGreaterThan(0.5);
  });

  it("turns a planar molecule over rather than mirroring it", () => {
    const s = createStructure({ species: ["O", "H", "F"], positions: [0, 0, 0, 1, 0, 0, 0, 1.4, 0] });
    const a = align(s, { ...s, positions: s.positions.map((x, p) => (p % 3 === 0 ? -x : x)) });
    expectClose(a.displacements, new Float64Array(9), { absolute: 1e-13 });
    expectClose(determinant3(a.rotation), 1, { absolute: 1e-13 });
  });

  it("takes the rotation of least mass-weighted residue", () => {
    const u = uniform(31);
    const s = molecules[0]![1];
    const m = atomicMasses(s.species);
    const target = { ...s, positions: s.positions.map((x) => x + 0.5 * (u() - 0.5)) };
    const residue = (d: Float64Array) => d.reduce((sum, x, p) => sum + m[Math.floor(p / 3)]! * x * x, 0);
    const a = align(s, target);
    for (const axis of [0, 1, 2])
      for (const angle of [-0.01, 0.01]) {
        const [c, sn] = [Math.cos(angle), Math.sin(angle)];
        const turn = [1, 0, 0, 0, 1, 0, 0, 0, 1];
        const [p, q] = [(axis + 1) % 3, (axis + 2) % 3];
        turn[4 * p] = turn[4 * q] = c;
        turn[3 * p + q] = -sn;
        turn[3 * q + p] = sn;
        const x0 = s.positions.map((x, k) => x - a.referenceCenter[k % 3]!);
        const body = a.displacements.map((d, k) => d + x0[k]!);
        const turned = rotateStructure({ ...s, positions: body }, turn).positions;
        expect(residue(turned.map((x, k) => x - x0[k]!))).toBeGreaterThan(residue(a.displacements));
      }
  });
});

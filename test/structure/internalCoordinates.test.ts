import { describe, expect, it } from "vitest";
import { internalCoordinates } from "../../src/structure/chooseCoordinates.js";
import { atomicMasses } from "../../src/structure/elements.js";
import {
  type InternalCoordinate,
  internalDifference,
  internalValues,
  wilsonInverse,
  wilsonMatrix,
} from "../../src/structure/internalCoordinates.js";
import { createStructure, type Structure } from "../../src/structure/structure.js";
import { expectClose } from "../support/close.js";
import { jacobian } from "../support/finiteDifference.js";
import { uniform } from "../support/uniform.js";

const t = 1.09 / Math.sqrt(3);
const molecules: Readonly<Record<string, Structure>> = {
  water: createStructure({ species: ["O", "H", "H"], positions: [0, 0, 0.12, 0, 0.76, -0.47, 0, -0.76, -0.47] }),
  methane: createStructure({
    species: ["C", "H", "H", "H", "H"],
    positions: [0, 0, 0, t, t, t, t, -t, -t, -t, t, -t, -t, -t, t],
  }),
  formaldehyde: createStructure({
    species: ["O", "C", "H", "H"],
    positions: [0, 0, 1.2, 0, 0, 0, 0, 0.94, -0.59, 0, -0.94, -0.59],
  }),
  peroxide: createStructure({
    species: ["H", "O", "O", "H"],
    positions: [0.8, 0.5, -0.3, 0, 0.7, 0.1, 0, -0.7, 0.1, -0.8, -0.5, -0.3],
  }),
  dimer: createStructure({
    species: ["O", "H", "H", "O", "H", "H"],
    positions: [0, 0, 0, 0.76, 0.1, 0.55, -0.76, 0, 0.55, 0.2, 2.9, 0.1, 0.1, 1.95, 0.05, 0.9, 3.2, 0.6],
  }),
};

describe("internal coordinates", () => {
  it("have the textbook values", () => {
    const x = Float64Array.of(1, 0, 0, 0, 0, 0, 0, 2, 0, 0, 2, 3);
    const q: InternalCoordinate[] = [
      { kind: "bond", atoms: [1, 2] },
      { kind: "angle", atoms: [0, 1, 2] },
      { kind: "dihedral", atoms: [0, 1, 2, 3] },
    ];
    const values = internalValues(q, x);
    expectClose(values.subarray(0, 2), [2, Math.PI / 2], { absolute: 1e-14 });
    // Looking along 1 → 2 (+y) the far bond (+z) lies 90° anticlockwise of the near one (+x).
    expectClose(values[2]!, -Math.PI / 2, { absolute: 1e-14 });
  });

  it.each(Object.entries(molecules))("Wilson's matrix equals central differences: %s, distorted", (_, s) => {
    const u = uniform(17);
    const x = s.positions.map((v) => v + 0.2 * (u() - 0.5));
    const set = internalCoordinates(s);
    const numerical = jacobian((y) => internalDifference(set, internalValues(set, x), internalValues(set, y)), x, 1e-3);
    expectClose(wilsonMatrix(set, x), numerical, { absolute: 1e-8 });
  });

  it.each([
    ["water", 3, 3],
    ["methane", 10, 9],
    ["formaldehyde", 9, 6],
    ["peroxide", 6, 6],
  ] as const)("of %s: %i coordinates of rank %i", (name, count, rank) => {
    const s = molecules[name]!;
    const set = internalCoordinates(s);
    expect(set.length).toBe(count);
    expect(wilsonInverse(wilsonMatrix(set, s.positions), atomicMasses(s.species)).rank).toBe(rank);
  });

  it("describe a dimer completely by the distances between its molecules", () => {
    const s = molecules.dimer!;
    const set = internalCoordinates(s);
    expect(set.filter((q) => q.kind === "bond").map((q) => q.atoms.join("-"))).toContain("0-4");
    expect(wilsonInverse(wilsonMatrix(set, s.positions), atomicMasses(s.species)).rank).toBe(12);
  });

  it("B B⁺ B = B, and B⁺ moves neither the centre of mass nor, in Eckart's sense, the orientation", () => {
    for (const s of Object.values(molecules)) {
      const set = internalCoordinates(s);
      const m = atomicMasses(s.species);
      const b = wilsonMatrix(set, s.positions);
      const { inverse } = wilsonInverse(b, m);
      const n3 = s.positions.length;
      const k = set.length;
      const product = (x: Float64Array, y: Float64Array, r: number, inner: number, c: number) =>
        Float64Array.from({ length: r * c }, (_, p) => {
          let sum = 0;
          for (let q = 0; q < inner; q++) sum += x[Math.floor(p / c) * inner + q]! * y[q * c + (p % c)]!;
          return sum;
        });
      expectClose(product(product(b, inverse, k, n3, k), b, k, k, n3), b, { absolute: 1e-9 });
      for (let j = 0; j < k; j++)
        for (let c = 0; c < 3; c++) {
          let [shift, turn] = [0, 0];
          m.forEach((w, i) => {
            const d = (e: number) => inverse[(3 * i + (e % 3)) * k + j]!;
            shift += w * d(c);
            turn +=
              w * (s.positions[3 * i + ((c + 1) % 3)]! * d(c + 2) - s.positions[3 * i + ((c + 2) % 3)]! * d(c + 1));
          });
          expectClose([shift, turn], [0, 0], { absolute: 1e-8 });
        }
    }
  });

  it("dihedrals differ through the shorter way round", () => {
    const q: InternalCoordinate[] = [{ kind: "dihedral", atoms: [0, 1, 2, 3] }];
    expectClose(internalDifference(q, Float64Array.of(3.1), Float64Array.of(-3.1))[0]!, 2 * Math.PI - 6.2, {
      absolute: 1e-14,
    });
  });

  it("refuses what it cannot describe", () => {
    const co2 = createStructure({ species: ["O", "C", "O"], positions: [0, 0, 1.16, 0, 0, 0, 0, 0, -1.16] });
    expect(() => internalCoordinates(co2)).toThrow(/describe 2 of 4 vibrations.*Eckart/);
    expect(() => wilsonMatrix([{ kind: "angle", atoms: [0, 1, 2] }], co2.positions)).toThrow(
      /angle 0-1-2: the three atoms lie on a line/,
    );
  });
});

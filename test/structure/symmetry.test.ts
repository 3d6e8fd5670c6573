import { describe, expect, it } from "vitest";
import { supercell } from "../../src/structure/cell.js";
import { displacements } from "../../src/structure/displacement.js";
import { createStructure, type Structure } from "../../src/structure/structure.js";
import { noSymmetry, type Symmetry, symmetry } from "../../src/structure/symmetry.js";
import { expectClose } from "../support/close.js";
import { aln, nacl, quartz, silicon } from "../support/crystals.js";
import { randomOrthogonal, rotateRows, rotateStructure } from "../support/equivariance.js";

/** Every operation is orthogonal, maps the structure onto itself as its permutation says, and products stay in the set. */
function expectGroup(s: Structure, g: Symmetry): void {
  const key = (r: Float64Array, p: Int32Array) =>
    `${[...r].map((x) => (Math.round(x * 1e3) + 0).toString()).join(",")};${p.join(",")}`;
  const keys = new Set(g.operations.map((o) => key(o.rotation, o.permutation)));
  expect(keys.size).toBe(g.operations.length);
  for (const o of g.operations) {
    const r = o.rotation;
    const product = Float64Array.from({ length: 9 }, (_, p) =>
      [0, 1, 2].reduce((sum, k) => sum + r[3 * Math.floor(p / 3) + k]! * r[3 * (p % 3) + k]!, 0),
    );
    expectClose(product, [1, 0, 0, 0, 1, 0, 0, 0, 1], { absolute: 1e-12 });
    const image = rotateRows(r, s.positions).map((x, p) => x + o.translation[p % 3]!);
    const permuted = Float64Array.from(
      s.positions,
      (_, p) => s.positions[3 * o.permutation[Math.floor(p / 3)]! + (p % 3)]!,
    );
    expectClose(
      displacements({ ...s, positions: permuted }, { ...s, positions: image }),
      new Float64Array(image.length),
      { absolute: 3 * g.tolerance },
    );
    expect([...o.permutation].every((j, i) => s.species[i] === s.species[j])).toBe(true);
  }
  for (const a of g.operations.slice(0, 12))
    for (const b of g.operations.slice(-12)) {
      const r = Float64Array.from({ length: 9 }, (_, p) =>
        [0, 1, 2].reduce((sum, k) => sum + a.rotation[3 * Math.floor(p / 3) + k]! * b.rotation[3 * k + (p % 3)]!, 0),
      );
      expect(keys).toContain(
        key(
          r,
          b.permutation.map((j) => a.permutation[j]!),
        ),
      );
    }
}

describe("symmetry of crystals", () => {
  it.each([
    ["α-quartz", quartz(), "P 3_2 2 1", 154, 6, [0, 0, 0, 3, 3, 3, 3, 3, 3]],
    ["rock salt", nacl(), "F m -3 m", 225, 192, [0, 1, 0, 1, 0, 1, 0, 1]],
    ["wurtzite AlN", aln(), "P 6_3 m c", 186, 12, [0, 0, 2, 2]],
    ["silicon", silicon(), "F d -3 m", 227, 192, [0, 0, 0, 0, 0, 0, 0, 0]],
  ] as const)("%s", (_, s, symbol, number, count, equivalent) => {
    const g = symmetry(s);
    expect([g.symbol, g.number, g.operations.length, [...g.equivalent]]).toEqual([symbol, number, count, equivalent]);
    expectGroup(s, g);
  });

  it.each([
    ["α-quartz", quartz()],
    ["wurtzite AlN", aln()],
  ] as const)("of %s is the same for cell vectors in any order or direction", (_, s) => {
    const g = symmetry(s);
    const [a, b, c] = [0, 3, 6].map((p) => [...s.cell!.subarray(p, p + 3)]);
    const minus = (v: readonly number[]): number[] => v.map((x) => -x);
    for (const rows of [
      [b!, a!, c!],
      [a!, c!, b!],
      [minus(a!), minus(b!), minus(c!)],
      [a!, b!, minus(c!)],
      [b!, c!, a!],
    ]) {
      const other = symmetry({ ...s, cell: Float64Array.from(rows.flat()) });
      expect([other.symbol, other.number, other.operations.length]).toEqual([g.symbol, g.number, g.operations.length]);
      expectGroup({ ...s, cell: Float64Array.from(rows.flat()) }, other);
    }
    // Of the mirror image it is the other one of the pair.
    if (g.number === 154)
      expect(symmetry({ ...s, cell: s.cell!.map((x) => -x), positions: s.positions.map((x) => -x) }).symbol).toBe(
        "P 3_1 2 1",
      );
  });

  it("is found in any orientation, and a supercell adds translations", () => {
    const turned = rotateStructure(quartz(), randomOrthogonal(1, 6)[0]!);
    expectGroup(turned, symmetry(turned));
    expect(symmetry(turned).number).toBe(154);
    const big = supercell(aln(), [2, 2, 1]);
    const g = symmetry(big);
    expect(g.operations.length).toBe(48);
    expectGroup(big, g);
  });

  it("sees that a displaced atom breaks it", () => {
    const s = quartz();
    s.positions[0]! += 0.05;
    expect(symmetry(s).operations.length).toBeLessThan(6);
  });

  it("of a slab keeps the operations that hold along its free direction", () => {
    const s = createStructure({
      species: ["C", "C"],
      positions: [0, 0, 0, 1.23, 0.71, 0],
      cell: [2.46, 0, 0, 1.23, 2.1304, 0, 0, 0, 15],
      periodic: [true, true, false],
    });
    const g = symmetry(s, 0.01);
    expect(g.operations.length).toBe(24);
    const shifted = { ...s, positions: s.positions.map((x, p) => (p === 5 ? x + 0.3 : x)) };
    expect(symmetry(shifted, 0.01).operations.length).toBe(12);
    expectGroup(shifted, symmetry(shifted, 0.01));
  });

  it("refuses coincident atoms with advice", () => {
    const s = createStructure({
      species: ["Si", "Si"],
      positions: [0, 0, 0, 0, 0, 0],
      cell: [4, 0, 0, 0, 4, 0, 0, 0, 4],
    });
    expect(() => symmetry(s)).toThrow(/coincident atoms/);
  });
});

const ring = (n: number, radius: number, z = 0, phase = 0): number[] =>
  Array.from({ length: n }, (_, k) => {
    const a = phase + (2 * Math.PI * k) / n;
    return [radius * Math.cos(a), radius * Math.sin(a), z];
  }).flat();
const tetrahedron = (t: number) => [t, t, t, t, -t, -t, -t, t, -t, -t, -t, t];
const octahedron = (a: number) => [a, 0, 0, -a, 0, 0, 0, a, 0, 0, -a, 0, 0, 0, a, 0, 0, -a];
const list = (symbol: string, n: number): string[] => Array.from({ length: n }, () => symbol);

describe("symmetry of molecules", () => {
  it.each([
    ["water", ["O", "H", "H"], [0, 0, 0.12, 0, 0.76, -0.47, 0, -0.76, -0.47], "C2v", 4],
    ["ammonia", ["N", "H", "H", "H"], [0, 0, 0.3, ...ring(3, 0.94)], "C3v", 6],
    ["methane", ["C", ...list("H", 4)], [0, 0, 0, ...tetrahedron(0.63)], "Td", 24],
    ["SF6", ["S", ...list("F", 6)], [0, 0, 0, ...octahedron(1.56)], "Oh", 48],
    ["benzene", [...list("C", 6), ...list("H", 6)], [...ring(6, 1.39), ...ring(6, 2.48)], "D6h", 24],
    ["BF3", ["B", ...list("F", 3)], [0, 0, 0, ...ring(3, 1.3)], "D3h", 12],
    [
      "ethane, staggered",
      [...list("C", 2), ...list("H", 6)],
      [0, 0, 0.77, 0, 0, -0.77, ...ring(3, 1.02, 1.16), ...ring(3, 1.02, -1.16, Math.PI)],
      "D3d",
      12,
    ],
    [
      "ethane, twisted",
      [...list("C", 2), ...list("H", 6)],
      [0, 0, 0.77, 0, 0, -0.77, ...ring(3, 1.02, 1.16), ...ring(3, 1.02, -1.16, 0.4)],
      "D3",
      6,
    ],
    [
      "allene",
      [...list("C", 3), ...list("H", 4)],
      [0, 0, 0, 0, 0, 1.31, 0, 0, -1.31, 0.93, 0, 1.87, -0.93, 0, 1.87, 0, 0.93, -1.87, 0, -0.93, -1.87],
      "D2d",
      8,
    ],
    [
      "ethylene",
      [...list("C", 2), ...list("H", 4)],
      [0, 0, 0.67, 0, 0, -0.67, 0, 0.92, 1.24, 0, -0.92, 1.24, 0, 0.92, -1.24, 0, -0.92, -1.24],
      "D2h",
      8,
    ],
    ["hydrogen peroxide", ["H", "O", "O", "H"], [0.8, 0.5, -0.3, 0, 0.7, 0.1, 0, -0.7, 0.1, -0.8, -0.5, -0.3], "C2", 2],
    ["trans-N2H2", ["N", "N", "H", "H"], [0.6, 0, 0, -0.6, 0, 0, 0.9, 1, 0, -0.9, -1, 0], "C2h", 4],
    ["HOD as labelled atoms", ["O", "H", "F"], [0, 0, 0.12, 0, 0.76, -0.47, 0, -0.9, -0.47], "Cs", 2],
    ["carbon dioxide, slightly bent", ["C", "O", "O"], [0, 0, 0, 0.01, 0, 1.16, 0.01, 0, -1.16], "C2v", 4],
    ["CHFClBr", ["C", "H", "F", "Cl", "Br"], [0, 0, 0, ...tetrahedron(0.8)], "C1", 1],
    ["carbon dioxide", ["C", "O", "O"], [0, 0, 0, 0, 0, 1.16, 0, 0, -1.16], "D∞h", 32],
    ["hydrogen cyanide", ["H", "C", "N"], [0, 0, -1.06, 0, 0, 0, 0, 0, 1.15], "C∞v", 16],
    ["argon", ["Ar"], [1, 2, 3], "Kh", 48],
  ] as const)("%s", (_, species, positions, symbol, count) => {
    const plain = createStructure({ species, positions: [...positions] });
    for (const r of randomOrthogonal(3, 12)) {
      const s = rotateStructure(plain, r);
      const moved = { ...s, positions: s.positions.map((x, p) => x + [5, -3, 2][p % 3]!) };
      const g = symmetry(moved);
      expect([g.symbol, g.operations.length]).toEqual([symbol, count]);
      for (const o of g.operations) {
        const image = rotateRows(o.rotation, moved.positions).map((x, p) => x + o.translation[p % 3]!);
        const permuted = image.map((_, p) => moved.positions[3 * o.permutation[Math.floor(p / 3)]! + (p % 3)]!);
        expectClose(image, permuted, { absolute: 1e-9 });
      }
      if (count <= 24) expectGroup(moved, g);
    }
  });

  it("noSymmetry is the identity", () => {
    const s = nacl();
    expectGroup(s, noSymmetry(s));
    expect([...noSymmetry(s).equivalent]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });
});

import { describe, expect, it } from "vitest";
import { supercell, wrap } from "../../src/structure/cell.js";
import { type NeighborList, neighborList } from "../../src/structure/neighbors.js";
import { createStructure, type Periodicity, type Structure } from "../../src/structure/structure.js";
import { uniform } from "../support/uniform.js";

/** Every image within ± `images` cells, by definition. */
function bruteForce(s: Structure, cutoff: number, images: readonly number[]): string[] {
  const n = s.species.length;
  const x = s.positions;
  const cell = s.cell ?? new Float64Array(9);
  const [ma, mb, mc] = images as [number, number, number];
  const lines: string[] = [];
  const v = [0, 0, 0];
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++)
      for (let a = -ma; a <= ma; a++)
        for (let b = -mb; b <= mb; b++)
          for (let c = -mc; c <= mc; c++) {
            if (i === j && a === 0 && b === 0 && c === 0) continue;
            for (let d = 0; d < 3; d++)
              v[d] = x[3 * j + d]! + a * cell[d]! + b * cell[3 + d]! + c * cell[6 + d]! - x[3 * i + d]!;
            if (v[0]! ** 2 + v[1]! ** 2 + v[2]! ** 2 < cutoff ** 2) lines.push(line(i, j, [a, b, c], v));
          }
  return lines;
}

const line = (i: number, j: number, shift: readonly number[], v: readonly number[]) =>
  `${i} ${j} ${shift.map((x) => x + 0).join(" ")} ${v.map((x) => (Math.round(x * 1e8) / 1e8 + 0).toFixed(8)).join(" ")}`;

function lines(list: NeighborList): string[] {
  const out: string[] = [];
  for (let i = 0; i + 1 < list.first.length; i++)
    for (let p = list.first[i]!; p < list.first[i + 1]!; p++)
      out.push(
        line(
          i,
          list.index[p]!,
          [...list.shifts.subarray(3 * p, 3 * p + 3)],
          [...list.vectors.subarray(3 * p, 3 * p + 3)],
        ),
      );
  return out;
}

function randomCrystal(seed: number, atoms: number, size: number, periodic: Periodicity): Structure {
  const u = uniform(seed);
  const cell = Float64Array.from({ length: 9 }, (_, p) => size * ((p % 4 === 0 ? 1 : 0) + 0.8 * (u() - 0.5)));
  // Well outside the cell too.
  const positions = Float64Array.from({ length: 3 * atoms }, () => size * 5 * (u() - 0.5));
  return createStructure({ species: Array.from({ length: atoms }, () => "Si"), positions, cell, periodic });
}

const PERIODICITIES: readonly Periodicity[] = [
  [true, true, true],
  [true, true, false],
  [true, false, true],
  [false, true, true],
  [false, false, true],
  [false, true, false],
  [true, false, false],
  [false, false, false],
];

describe("neighborList", () => {
  it.each(PERIODICITIES.map((p, k) => [p, k] as const))(
    "equals brute force in random triclinic cells, sorted by centre, atom, shift; periodic %o",
    (periodic, k) => {
      for (const [atoms, size, cutoff, reach] of [
        [4, 3, 5, 9],
        [25, 6, 3.1, 7],
      ] as const) {
        const s = randomCrystal(100 + k + atoms, atoms, size, periodic);
        const expected = bruteForce(
          s,
          cutoff,
          periodic.map((p) => (p ? reach : 0)),
        );
        expect(lines(neighborList(s, cutoff))).toEqual(expected);
        expect(expected.length).toBeGreaterThan(0);
      }
    },
  );

  it("sees more than ten cells away", () => {
    const s = createStructure({
      species: ["Na"],
      positions: [0.3, 0.2, 0.1],
      cell: [1, 0, 0, 0.4, 1.1, 0, 0.2, -0.3, 0.9],
    });
    const list = neighborList(s, 10.5);
    expect(lines(list)).toEqual(bruteForce(s, 10.5, [14, 14, 14]));
  });

  it("finds all pairs of a large cell in which bins matter", () => {
    const u = uniform(5);
    const s = createStructure({
      species: Array(150).fill("O"),
      positions: Array.from({ length: 450 }, () => 20 * u()),
      cell: [20, 0, 0, 9, 18, 0, -3, 5, 17],
    });
    const list = neighborList(s, 3);
    expect(lines(list)).toEqual(bruteForce(s, 3, [2, 2, 2]));
  });

  it("lists each pair from both ends with exactly opposite vectors, equal to x_j + shift·cell − x_i", () => {
    const s = randomCrystal(9, 12, 4, [true, true, true]);
    const list = neighborList(s, 6);
    const seen = new Map<string, number>();
    for (let i = 0; i < 12; i++)
      for (let p = list.first[i]!; p < list.first[i + 1]!; p++) {
        const t = [...list.shifts.subarray(3 * p, 3 * p + 3)];
        seen.set(`${i} ${list.index[p]} ${t}`, p);
        for (let c = 0; c < 3; c++) {
          const j = list.index[p]!;
          const x =
            s.positions[3 * j + c]! +
            t[0]! * s.cell![c]! +
            t[1]! * s.cell![3 + c]! +
            t[2]! * s.cell![6 + c]! -
            s.positions[3 * i + c]!;
          expect(Math.abs(list.vectors[3 * p + c]! - x)).toBeLessThan(1e-12);
        }
      }
    for (const [key, p] of seen) {
      const [i, j, ...rest] = key.split(/[ ,]/).map(Number);
      const back = seen.get(`${j} ${i} ${rest.map((x) => 0 - x)}`);
      expect(back).toBeDefined();
      for (let c = 0; c < 3; c++) expect(list.vectors[3 * back! + c]).toBe(0 - list.vectors[3 * p + c]!);
      expect(list.distances[back!]).toBe(list.distances[p]);
    }
  });

  it("gives each atom the same environment whatever the choice of cell, wrapping or supercell", () => {
    const s = randomCrystal(21, 5, 5, [true, true, true]);
    const environment = (list: NeighborList, i: number) =>
      Array.from({ length: list.first[i + 1]! - list.first[i]! }, (_, k) => {
        const p = list.first[i]! + k;
        return [...list.vectors.subarray(3 * p, 3 * p + 3)]
          .map((x) => (Math.round(x * 1e8) / 1e8 + 0).toFixed(8))
          .join(" ");
      }).sort();
    const plain = neighborList(s, 5.5);
    const [a, b, c] = [0, 3, 6].map((k) => [...s.cell!.subarray(k, k + 3)]) as [number[], number[], number[]];
    const sheared = createStructure({
      ...s,
      cell: [a, b.map((x, k) => x + 2 * a[k]!), c.map((x, k) => x - a[k]! + b[k]!)],
    });
    for (const other of [wrap(s), sheared, supercell(s, [2, 1, 3])]) {
      const list = neighborList(other, 5.5);
      for (let i = 0; i < other.species.length; i++) expect(environment(list, i)).toEqual(environment(plain, i % 5));
    }
  });

  it("needs no cell for a molecule and keeps to 0 < r < cutoff", () => {
    const s = createStructure({ species: ["O", "H", "H"], positions: [0, 0, 0, 1, 0, 0, 0, 2, 0] });
    expect([...neighborList(s, 2).distances]).toEqual([1, 1]);
    expect([...neighborList(s, 2.0001).index]).toEqual([1, 2, 0, 0]);
    expect(neighborList(createStructure({ species: [], positions: [] }), 3).index.length).toBe(0);
  });

  it("names both atoms when they coincide, also through a cell face", () => {
    const s = createStructure({
      species: ["Si", "O", "O"],
      positions: [1, 1, 1, 0, 2, 2, 4, 2, 2],
      cell: [4, 0, 0, 0, 4, 0, 0, 0, 4],
    });
    expect(() => neighborList(s, 3)).toThrow(/atoms 1 \(O\) and 2 \(O\) coincide/);
  });

  it("rejects a cutoff that is not a positive length", () => {
    const s = createStructure({ species: ["O"], positions: [0, 0, 0] });
    for (const cutoff of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => neighborList(s, cutoff)).toThrow(/cutoff is/);
  });
});

/** Which atoms, bonds and cell edges a picture of a structure shows. */
import { toCartesian, toFractional } from "../structure/cell.js";
import { covalentRadius } from "../structure/elements.js";
import { neighborList } from "../structure/neighbors.js";
import type { Structure } from "../structure/structure.js";

/** A point or vector, Cartesian, Å. */
export type Vector = readonly [number, number, number];

/** An atom or a periodic image of it. */
export interface ShownAtom {
  /** Number of the atom in the structure. */
  readonly atom: number;
  readonly position: Vector;
}

/** A bond; one that leaves the picture ends half way. */
export interface Segment {
  readonly from: Vector;
  readonly to: Vector;
  /** Places in the list of shown atoms; the second is absent where the bond leaves the picture. */
  readonly ends: readonly [number] | readonly [number, number];
}

/** Bonded: nearer than this multiple of the sum of the covalent radii. */
const BONDED = 1.2;
/** Fractional coordinates this near to a face are on it. */
const ON_FACE = 1e-3;
const NONMETALS = new Set(
  "H He B C N O F Ne Si P S Cl Ar Ge As Se Br Kr Sb Te I Xe At Rn".split(" ") as readonly string[],
);

/**
 * Atoms brought into the cell, with copies of those on a face on the opposite one; `"none"` takes them as given.
 */
export function shownAtoms(s: Structure, images: "boundary" | "none"): readonly ShownAtom[] {
  const at = (values: Float64Array, i: number): Vector => [values[3 * i]!, values[3 * i + 1]!, values[3 * i + 2]!];
  const { cell } = s;
  if (images === "none" || !cell || !s.periodic.some(Boolean))
    return s.species.map((_, atom) => ({ atom, position: at(s.positions, atom) }));
  const fractional = toFractional(s.positions, cell);
  return s.species.flatMap((_, atom) => {
    let places: number[][] = [[]];
    at(fractional, atom).forEach((f, d) => {
      const inside = s.periodic[d] ? f - Math.floor(f + ON_FACE) : f;
      const choices = s.periodic[d] && inside < ON_FACE ? [inside, inside + 1] : [inside];
      places = places.flatMap((p) => choices.map((x) => [...p, x]));
    });
    return places.map((p): ShownAtom => ({ atom, position: at(toCartesian(Float64Array.from(p), cell), 0) }));
  });
}

/**
 * Bonds between shown atoms, each once, and halves of bonds to atoms that are not shown. Two atoms are bonded if they are
 * nearer than 1.2 times the sum of their covalent radii (Cordero et al. 2008), two metals only if there is no nonmetal.
 */
export function shownBonds(s: Structure, shown: readonly ShownAtom[]): readonly Segment[] {
  const radii = s.species.map(covalentRadius);
  const cutoff = 2 * BONDED * Math.max(0.1, ...radii);
  const list = neighborList(s, cutoff);
  const metallic = s.species.map((symbol) => !NONMETALS.has(symbol));
  const metalsBond = metallic.every(Boolean);
  const copies = s.species.map((): number[] => []);
  for (const [k, { atom }] of shown.entries()) copies[atom]!.push(k);
  return shown.flatMap(({ atom, position }, k) => {
    const bonds: Segment[] = [];
    for (let p = list.first[atom]!; p < list.first[atom + 1]!; p++) {
      const other = list.index[p]!;
      if (list.distances[p]! >= BONDED * (radii[atom]! + radii[other]!)) continue;
      if (metallic[atom] && metallic[other] && !metalsBond) continue;
      const along = (part: number): Vector => [
        position[0] + part * list.vectors[3 * p]!,
        position[1] + part * list.vectors[3 * p + 1]!,
        position[2] + part * list.vectors[3 * p + 2]!,
      ];
      const to = along(1);
      const end = copies[other]!.find((c) => distance(shown[c]!.position, to) < 0.05);
      if (end === undefined) bonds.push({ from: position, to: along(0.5), ends: [k] });
      else if (end > k) bonds.push({ from: position, to: shown[end]!.position, ends: [k, end] });
    }
    return bonds;
  });
}

/** The twelve edges of the cell. @param cell rows a, b, c, Å */
export function cellEdges(cell: Float64Array): readonly (readonly [Vector, Vector])[] {
  const corner = (i: number, j: number, k: number): Vector => {
    const x = toCartesian(Float64Array.of(i, j, k), cell);
    return [x[0]!, x[1]!, x[2]!];
  };
  return [0, 1].flatMap((u) =>
    [0, 1].flatMap((v): (readonly [Vector, Vector])[] => [
      [corner(0, u, v), corner(1, u, v)],
      [corner(u, 0, v), corner(u, 1, v)],
      [corner(u, v, 0), corner(u, v, 1)],
    ]),
  );
}

export function distance(a: Vector, b: Vector): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

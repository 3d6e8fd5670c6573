/** Born charges of one cell for another cell of the same crystal. */
import { inverse3, timesMatrix } from "../math/matrix3.js";
import type { Structure } from "./structure.js";

/** Å by which an atom may be off the place that a translation takes it to; other functionals and relaxations move atoms by less. */
const farthest = 0.3;
/** Share by which vectors of two cells of the same crystal may differ: those of two functionals differ by as much. */
const strain = 0.03;

/**
 * Born charges of every atom of a structure that consists of cells of another one, which may be that cell itself: each atom has
 * the charge of the atom whose image it is. Origins and orders of atoms may differ, orientations may not.
 * @param charges [k, 3 (field), 3 (displacement)], e, of the atoms of `cell`
 * @returns [n, 3, 3]; `undefined` if `structure` is not made of `cell`
 */
export function translatedCharges(
  cell: Structure,
  charges: Float64Array,
  structure: Structure,
): Float64Array | undefined {
  const images = imagesIn(cell, structure);
  if (!images) return undefined;
  const all = new Float64Array(9 * images.length);
  for (const [i, image] of images.entries()) all.set(charges.subarray(9 * image, 9 * image + 9), 9 * i);
  return all;
}

/** For each atom of a structure the atom of `cell` that a translation brings to it; `undefined` if there is not one for each. */
function imagesIn(cell: Structure, structure: Structure): readonly number[] | undefined {
  const places = commonPlaces(cell, structure);
  const copies = structure.species.length / cell.species.length;
  if (!places || !Number.isInteger(copies)) return undefined;
  let best: { readonly images: readonly number[]; readonly misfit: number } | undefined;
  // Origins may differ: the first atom is tried against every atom of its kind.
  for (const [start, symbol] of cell.species.entries()) {
    if (symbol !== structure.species[0]) continue;
    const images: number[] = [];
    const used = new Int32Array(cell.species.length);
    let misfit = 0;
    for (const [i, wanted] of structure.species.entries()) {
      const found = nearest(cell.species, wanted, (j) => places.distance(i, j, start));
      if (!found) break;
      images.push(found.image);
      used[found.image]!++;
      misfit += found.distance;
    }
    const whole = images.length === structure.species.length && used.every((n) => n === copies);
    // Rounding of printed positions decides nothing.
    if (whole && misfit < (best?.misfit ?? Number.POSITIVE_INFINITY) - 1e-3) best = { images, misfit };
  }
  return best?.images;
}

function nearest(
  species: readonly string[],
  wanted: string,
  distance: (j: number) => number,
): { readonly image: number; readonly distance: number } | undefined {
  let best: { readonly image: number; readonly distance: number } | undefined;
  for (const [image, symbol] of species.entries()) {
    if (symbol !== wanted) continue;
    const d = distance(image);
    if (d <= farthest && d < (best?.distance ?? Number.POSITIVE_INFINITY)) best = { image, distance: d };
  }
  return best;
}

interface Places {
  /** Å between atom i, seen from the first, and atom j of the cell, seen from atom `start`, up to translations. */
  distance(i: number, j: number, start: number): number;
}

/** Positions of both in the vectors of the smaller cell; `undefined` if the lattices do not fit. */
function commonPlaces(cell: Structure, structure: Structure): Places | undefined {
  const lattice = cell.cell ?? structure.cell;
  if (!lattice) {
    const [x, y] = [structure.positions, cell.positions];
    return {
      distance: (i, j, start) =>
        Math.hypot(...[0, 1, 2].map((c) => x[3 * i + c]! - x[c]! - (y[3 * j + c]! - y[3 * start + c]!))),
    };
  }
  const inverse = inverse3(lattice);
  // The vectors of the large cell are whole multiples of those of the small one, to within a strain.
  const multiples = timesMatrix(structure.cell ?? lattice, inverse);
  const whole = multiples.map(Math.round);
  const allowed = (row: number) =>
    Math.min(0.3, strain * Math.max(...whole.subarray(3 * row, 3 * row + 3).map(Math.abs)));
  if (multiples.some((m, k) => Math.abs(m - whole[k]!) > allowed(Math.floor(k / 3)))) return undefined;
  const x = structure.cell
    ? timesMatrix(structure.positions, timesMatrix(inverse3(structure.cell), whole))
    : timesMatrix(structure.positions, inverse);
  const y = timesMatrix(cell.positions, inverse);
  return {
    distance(i, j, start) {
      const rest = Float64Array.from([0, 1, 2], (c) => {
        const f = x[3 * i + c]! - x[c]! - (y[3 * j + c]! - y[3 * start + c]!);
        return f - Math.round(f);
      });
      return Math.hypot(...timesMatrix(rest, lattice));
    },
  };
}

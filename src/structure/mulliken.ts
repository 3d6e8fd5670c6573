/** Mulliken's symbols of irreducible representations, from the operations of a point group and their characters. */
import { determinant3 } from "../math/matrix3.js";
import { dot3 } from "../math/vector3.js";
import { rotationAxis, rotationOrder, trace } from "./rotationAxis.js";

type Matrix3 = ArrayLike<number>;

/** What the naming rules look at in a point group. */
interface Landmarks {
  /** Operation of the principal axis that tells A from B: C_n, or S_2n where there is one and no inversion. */
  readonly principal: number;
  readonly order: number;
  readonly cubic: boolean;
  readonly inversion: number;
  /** Mirror across the principal axis. */
  readonly horizontal: number;
  /** Twofold axis across the principal one, or else a mirror that contains it: tells 1 from 2. */
  readonly secondary: number;
  /** The three twofold axes of D2 and D2h along z, y and x. */
  readonly twofold: readonly number[];
}

/**
 * Symbol of an irreducible representation (Mulliken, J. Chem. Phys. 23, 1997 (1955)): A, B, E, T, with g, u, primes and subscripts. Where the
 * convention depends on the choice of axes (B1 and B2 of C2v, B1 to B3 of D2h) the Cartesian ones decide: σ(xz) of
 * C2v, the mirror normal to x of C4v and C6v and C2(z) of D2h give 1.
 * @param rotations one matrix per operation, row-major, orthogonal
 * @param characters one per operation
 * @returns the symbol, e.g. "A1", "E2g", "T2", "B1u", "A′"
 */
export function mullikenSymbol(rotations: readonly Matrix3[], characters: ArrayLike<number>): string {
  const g = landmarks(rotations);
  const dimension = Math.round(characters[rotations.findIndex((r) => trace(r) > 2.99)]!);
  const at = (operation: number): number => (operation < 0 ? 0 : characters[operation]!);
  const parity =
    g.inversion >= 0
      ? at(g.inversion) > 0
        ? "g"
        : "u"
      : g.horizontal >= 0 && !g.cubic
        ? at(g.horizontal) > 0
          ? "′"
          : "″"
        : "";
  if (dimension >= 4) return `${"GH"[dimension - 4] ?? "?"}${parity}`;
  if (dimension === 3) return `T${g.cubic && g.order === 4 ? (at(g.principal) > 0 ? "1" : "2") : ""}${parity}`;
  if (dimension === 2) return `E${g.cubic ? "" : turns(at(g.principal), g.order)}${parity}`;
  if (g.cubic) return `A${g.order === 4 ? (at(g.principal) > 0 ? "1" : "2") : ""}${parity}`;
  if (g.twofold.length === 3) {
    const kept = g.twofold.findIndex((o) => at(o) > 0);
    const symmetric = g.twofold.every((o) => at(o) > 0);
    return `${symmetric ? "A" : `B${kept + 1}`}${parity}`;
  }
  const letter = g.order === 1 || at(g.principal) > 0 ? "A" : "B";
  const subscript = g.secondary < 0 ? "" : at(g.secondary) > 0 ? "1" : "2";
  return `${letter}${subscript}${parity}`;
}

/** Subscript m of E_m from χ(C_n) = 2 cos(2πm/n), where there is more than one such representation. */
function turns(character: number, order: number): string {
  if (order <= 4) return "";
  const angle = Math.acos(Math.min(1, Math.max(-1, character / 2)));
  return String(Math.round((angle * order) / (2 * Math.PI)));
}

function landmarks(rotations: readonly Matrix3[]): Landmarks {
  const all = rotations.map((r, index) => {
    const proper = determinant3(Float64Array.from(r)) > 0;
    const turned = proper ? r : Float64Array.from(r, (v) => -v);
    return { index, proper, order: rotationOrder(turned), axis: rotationAxis(turned) };
  });
  const proper = all.filter((o) => o.proper);
  const cubic = proper.filter((o) => o.order === 3).length >= 8;
  const inversion = all.find((o) => !o.proper && o.order === 1)?.index ?? -1;
  // An improper operation −C_k is a mirror for k = 2, S4 for k = 4, S6 for k = 3, S3 for k = 6, S8 for k = 8.
  const mirrors = all.filter((o) => !o.proper && o.order === 2);
  const four = all.find((o) => o.order === 4 && (o.proper || inversion < 0));
  if (cubic)
    return {
      principal: four?.index ?? -1,
      order: four ? 4 : 3,
      cubic,
      inversion,
      horizontal: -1,
      secondary: -1,
      twofold: [],
    };
  const highest = Math.max(...proper.map((o) => o.order));
  const rotary = inversion < 0 ? all.find((o) => !o.proper && o.order === 2 * highest && o.order % 4 === 0) : undefined;
  // Of C5 and C5² the smaller turn; S8 is −C8⁵, so of improper ones the larger.
  const angle = (o: { readonly index: number; readonly proper: boolean }): number => trace(rotations[o.index]!);
  const principal = all.filter((o) =>
    rotary ? !o.proper && o.order === rotary.order : o.proper && o.order === highest,
  );
  const smallest = Math.max(...principal.map(angle));
  const candidates = principal.filter((o) => angle(o) > smallest - 1e-6);
  const along = (o: { readonly axis: readonly number[] }, direction: readonly number[]): number =>
    Math.abs(dot3(o.axis, direction));
  const main = candidates.reduce((best, o) => (along(o, [0, 0, 1]) > along(best, [0, 0, 1]) + 1e-6 ? o : best));
  const axis = highest === 1 ? (mirrors[0]?.axis ?? main.axis) : main.axis;
  const parallel = (o: { readonly axis: readonly number[] }): boolean => along(o, axis) > 0.99;
  const across = (o: { readonly axis: readonly number[] }): boolean => along(o, axis) < 0.01;
  const closest = <T extends { readonly axis: readonly number[] }>(
    list: readonly T[],
    d: readonly number[],
  ): T | undefined =>
    list.length === 0 ? undefined : list.reduce((best, o) => (along(o, d) > along(best, d) + 1e-6 ? o : best));
  const twofold = proper.filter((o) => o.order === 2 && across(o));
  const halves = proper.filter((o) => o.order === 2);
  const isD2 = highest === 2 && !rotary && halves.length === 3;
  const secondary =
    closest(twofold, [1, 0, 0])?.index ??
    (highest > 1 ? closest(mirrors.filter(across), highest === 2 ? [0, 1, 0] : [1, 0, 0])?.index : undefined);
  const distinct = (directions: readonly (readonly number[])[]): number[] => {
    const left = [...halves];
    return directions.map((d) => {
      const next = closest(left, d)!;
      left.splice(left.indexOf(next), 1);
      return next.index;
    });
  };
  return {
    principal: main.index,
    order: main.order,
    cubic,
    inversion,
    horizontal: mirrors.find(parallel)?.index ?? -1,
    secondary: secondary ?? -1,
    twofold: isD2
      ? distinct([
          [0, 0, 1],
          [0, 1, 0],
          [1, 0, 0],
        ])
      : [],
  };
}

/** Polarizations of frames that are no neighbors in time, brought to one branch. */
import { DataError } from "../../../errors.js";
import { median } from "../../../math/statistics.js";
import type { Frame } from "../../../structure/frame.js";
import { searchBranches } from "./branchSearch.js";
import { hasBranches, inQuanta, lessQuanta, safeQuanta, sameAtoms } from "./quanta.js";
import { chargeMoments, planCharges, type SpeciesCharges } from "./speciesCharges.js";

/** Frames on one branch. */
export interface SettledFrames {
  readonly frames: readonly Frame[];
  /** Those whose P is another than before. */
  readonly moved: readonly number[];
}

/** If all lie within so many quanta, there is nothing to settle: other branches are a whole one away. */
const narrow = 0.5;
/** A guess of charges must leave no more than this of the quanta open, root mean square; random values leave 0.29. */
const closeQuanta = 0.12;

/**
 * Takes whole quanta e·a, e·b, e·c off the polarizations of crystals, so that frames of the same atoms differ as their atoms'
 * displacements say: by the mean Z* of each atom where frames have them, by given formal charges, else by the species charges that
 * leave the least of all differences. The first frame of the same atoms stays as it is.
 * @throws DataError naming frames, where no or more than one way explains the differences
 */
export function settleBranches(
  frames: readonly Frame[],
  charges: SpeciesCharges = { kind: "fit" },
  where = "fitPolarization",
): SettledFrames {
  const settled = [...frames];
  const moved: number[] = [];
  for (const group of sameAtoms(frames)) {
    const own = group.map((k) => frames[k]!);
    const found = quantaOf(own, charges);
    if (found === "one branch") continue;
    if ("kind" in found) throw unsettled(found, group, where);
    found.forEach((quanta, i) => {
      if (quanta.every((n) => n === 0)) return;
      const k = group[i]!;
      settled[k] = { ...frames[k]!, polarization: lessQuanta(frames[k]!, quanta) };
      moved.push(k);
    });
  }
  return { frames: settled, moved: moved.sort((a, b) => a - b) };
}

/** What a fit says of polarizations that it has moved. */
export function movedWarnings(frames: readonly Frame[], moved: readonly number[]): string[] {
  if (moved.length === 0) return [];
  return [
    `the polarization of ${moved.length} of ${frames.filter(hasBranches).length} frames (first frame ${moved[0]}) is on another branch than ` +
      'that of the first; it is taken less whole quanta e·a, e·b, e·c; to take all as they are, give branches: "keep"',
  ];
}

/** The quanta of each frame above the first, or why they cannot be told. */
function quantaOf(frames: readonly Frame[], charges: SpeciesCharges): "one branch" | readonly number[][] | Unsettled {
  const fractions = frames.map((f) => inQuanta(f.structure, f.polarization!));
  const spread = [0, 1, 2].map((k) => {
    const along = fractions.map((x) => x[k]!);
    return Math.max(...along) - Math.min(...along);
  });
  if (Math.max(...spread) < narrow) return "one branch";
  const { known, directions } = predictors(frames, charges);
  const closest: number[][] = [];
  for (const told of known ? [known, undefined] : [undefined]) {
    const open = told ? fractions.map((x, f) => x.map((v, k) => v - told[f]![k]!)) : fractions;
    const all = searchBranches({ open, directions }, told !== undefined);
    closest.push(all[0]!.rest as number[]);
    const [best, ...others] = all.filter((s) => s.rms <= closeQuanta && Math.max(...s.rest) <= safeQuanta);
    if (!best) continue;
    if (others.some((s) => s.rms < 2 * best.rms + 0.01 && String(s.quanta) !== String(best.quanta)))
      return { kind: "several", spread, rest: [] };
    return best.quanta;
  }
  return { kind: "none", spread, rest: closest[0]! };
}

/** What is known of the fractions beforehand, and how each unknown charge changes them. */
function predictors(
  frames: readonly Frame[],
  charges: SpeciesCharges,
): { readonly known?: readonly Float64Array[]; readonly directions: readonly (readonly Float64Array[])[] } {
  const species = [...new Set(frames[0]!.structure.species)].sort();
  const { directions } = planCharges({ kind: "fit" }, species, frames);
  const moments = frames.map((f) => {
    const m = chargeMoments(species, f);
    return species.map((_, s) => inQuanta(f.structure, m.subarray(3 * s, 3 * s + 3)));
  });
  const along = (f: number, u: ArrayLike<number>): Float64Array =>
    Float64Array.from({ length: 3 }, (_, k) => moments[f]!.reduce((sum, m, s) => sum + u[s]! * m[k]!, 0));
  const shared = { directions: frames.map((_, f) => directions.map((u) => along(f, u))) };
  const born = meanBornCharges(frames);
  if (born) return { ...shared, known: frames.map((f) => inQuanta(f.structure, dipole(born, frames[0]!, f))) };
  if (charges.kind !== "formal" || species.some((s) => !Number.isFinite(charges.values[s]))) return shared;
  const formal = species.map((s) => charges.values[s]!);
  return { ...shared, known: frames.map((_, f) => along(f, formal)) };
}

/** Mean Z* of each atom over the frames that have them, without what the sum rule forbids. */
function meanBornCharges(frames: readonly Frame[]): Float64Array | undefined {
  const having = frames.filter((f) => f.bornCharges);
  if (having.length === 0) return undefined;
  const sum = new Float64Array(9 * frames[0]!.structure.species.length);
  for (const { bornCharges } of having)
    for (let i = 0; i < sum.length; i++) sum[i]! += bornCharges![i]! / having.length;
  for (let c = 0; c < 9; c++) {
    let excess = 0;
    for (let i = c; i < sum.length; i += 9) excess += sum[i]! / (sum.length / 9);
    for (let i = c; i < sum.length; i += 9) sum[i]! -= excess;
  }
  return sum;
}

/** Σ Z*_i (x_i − x_i of the first), e·Å. */
function dipole(born: Float64Array, first: Frame, { structure }: Frame): Float64Array {
  const p = new Float64Array(3);
  for (let i = 0; i < structure.species.length; i++)
    for (let a = 0; a < 3; a++)
      for (let b = 0; b < 3; b++)
        p[a]! += born[9 * i + 3 * a + b]! * (structure.positions[3 * i + b]! - first.structure.positions[3 * i + b]!);
  return p;
}

interface Unsettled {
  readonly kind: "none" | "several";
  /** Of P along a, b, c, in quanta. */
  readonly spread: readonly number[];
  /** What the best way leaves of each frame, in quanta. */
  readonly rest: readonly number[];
}

function unsettled({ kind, spread, rest }: Unsettled, group: readonly number[], where: string): DataError {
  const widest = spread.indexOf(Math.max(...spread));
  const limit = Math.max(closeQuanta, 2 * (rest.length > 0 ? median(Float64Array.from(rest)) : 0));
  const far = rest.flatMap((r, i) => (r > Math.min(limit, safeQuanta) ? [group[i]!] : []));
  const named = far.length > 0 ? `; worst at frame ${far.slice(0, 8).join(", ")}${far.length > 8 ? ", …" : ""}` : "";
  const why =
    kind === "none"
      ? `no charges of species explain the differences up to whole quanta${named}`
      : "several ways of taking off whole quanta explain the differences";
  return new DataError({
    where: `${where}, polarization of ${group.length} frames`,
    problem: `spread over ${spread[widest]!.toFixed(2)} quanta along cell vector ${"abc"[widest]}, so they may be on several branches, and ${why}`,
    advice:
      "leave out frames whose atoms were put back into the cell, or learn from Born charges (weight 0 for polarization); " +
      'if all are on one branch as they are, give branches: "keep"',
  });
}

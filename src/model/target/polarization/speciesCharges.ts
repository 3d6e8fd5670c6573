/** The charge Q_J that moves rigidly with each atom of a species, and its part in P and Z*. */
import { DataError, OptionError } from "../../../errors.js";
import type { Frame } from "../../../structure/frame.js";

/**
 * How the species charges are found: `fit` as unknowns beside the weights, neutral as a whole (default); `meanDiagonal`, the mean
 * diagonal of the training Z* (Schmiedmayer & Kresse 2024, eq. 11); `formal`, given oxidation numbers.
 */
export type SpeciesCharges =
  | { readonly kind: "fit" }
  | { readonly kind: "meanDiagonal" }
  | { readonly kind: "formal"; readonly values: Readonly<Record<string, number>> };

/** Charges that are known before the fit, and directions in which the fit may change them. */
export interface ChargePlan {
  /** e, per species */
  readonly fixed: Float64Array;
  /** Orthonormal directions over the species, each neutral for every composition in the training set. */
  readonly directions: readonly Float64Array[];
}

/** @throws OptionError for a missing oxidation number @throws DataError if `meanDiagonal` has no Born charges to average */
export function planCharges(kind: SpeciesCharges, species: readonly string[], frames: readonly Frame[]): ChargePlan {
  const fixed = new Float64Array(species.length);
  switch (kind.kind) {
    case "fit":
      return { fixed, directions: neutralDirections(compositions(species, frames)) };
    case "formal":
      species.forEach((symbol, k) => {
        const charge = kind.values[symbol];
        if (charge === undefined || !Number.isFinite(charge))
          throw new OptionError({
            where: "species charges",
            problem: `no formal charge for ${symbol}`,
            advice: `give one for each of ${species.join(", ")}`,
          });
        fixed[k] = charge;
      });
      return { fixed, directions: [] };
    case "meanDiagonal":
      return { fixed: meanDiagonal(species, frames), directions: [] };
    default:
      throw new OptionError({
        where: "species charges",
        problem: `unknown kind "${(kind as { kind: string }).kind}"`,
        advice: "known kinds: fit, meanDiagonal, formal",
      });
  }
}

/** Mean diagonal of Z* of each species, e. @throws DataError for a species without Born charges */
export function meanDiagonal(species: readonly string[], frames: readonly Frame[]): Float64Array {
  const sum = new Float64Array(species.length);
  const count = new Float64Array(species.length);
  for (const { structure, bornCharges } of frames) {
    if (!bornCharges) continue;
    structure.species.forEach((symbol, i) => {
      const k = species.indexOf(symbol);
      sum[k]! += (bornCharges[9 * i]! + bornCharges[9 * i + 4]! + bornCharges[9 * i + 8]!) / 3;
      count[k]!++;
    });
  }
  const missing = species.find((_, k) => count[k] === 0);
  if (missing)
    throw new DataError({
      where: "species charges",
      problem: `no Born charges of ${missing} to average`,
      advice: 'use charges { kind: "fit" } or { kind: "formal", values }',
    });
  return sum.map((s, k) => s / count[k]!);
}

/** Σ over the atoms of each species of their positions, [species, 3], Å. */
export function chargeMoments(species: readonly string[], frame: Pick<Frame, "structure">): Float64Array {
  const { structure } = frame;
  const moments = new Float64Array(3 * species.length);
  structure.species.forEach((symbol, i) => {
    const kind = species.indexOf(symbol);
    for (let a = 0; a < 3; a++) moments[3 * kind + a]! += structure.positions[3 * i + a]!;
  });
  return moments;
}

/** Numbers of atoms per species, each distinct ratio once. */
function compositions(species: readonly string[], frames: readonly Frame[]): Float64Array[] {
  const seen = new Map<string, Float64Array>();
  for (const { structure } of frames) {
    const counts = Float64Array.from(species, (x) => structure.species.filter((s) => s === x).length);
    seen.set(counts.map((c) => c / structure.species.length).join(), counts);
  }
  return [...seen.values()];
}

/** Orthonormal basis of what is orthogonal to all rows, by Gram–Schmidt over the unit vectors. */
function neutralDirections(rows: readonly Float64Array[]): Float64Array[] {
  const n = rows[0]?.length ?? 0;
  const removed: Float64Array[] = [];
  const orthonormal = (v: Float64Array): Float64Array | undefined => {
    let x = v;
    for (let pass = 0; pass < 2; pass++)
      for (const u of removed) {
        const dot = x.reduce((s, c, k) => s + c * u[k]!, 0);
        x = x.map((c, k) => c - dot * u[k]!);
      }
    const length = Math.hypot(...x);
    return length > 1e-8 * Math.hypot(...v) ? x.map((c) => c / length) : undefined;
  };
  for (const row of rows) {
    const u = orthonormal(row);
    if (u) removed.push(u);
  }
  const directions: Float64Array[] = [];
  for (let k = 0; k < n; k++) {
    const unit = new Float64Array(n);
    unit[k] = 1;
    const u = orthonormal(unit);
    if (!u) continue;
    removed.push(u);
    directions.push(u);
  }
  return directions;
}

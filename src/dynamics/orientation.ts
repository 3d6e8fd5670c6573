/** How long molecules keep their direction. */
import { DataError, OptionError } from "../errors.js";
import { readOptions, record } from "../options/record.js";
import { integer } from "../options/values.js";
import { correlation } from "../spectrum/correlation.js";
import { imageReducer } from "../structure/minimumImage.js";
import { frameCount, frameStructure, requireTimestep, type Trajectory } from "../structure/trajectory.js";

/** Correlation of the directions of bonds against lag time. */
export interface OrientationCorrelation {
  /** fs */
  readonly lag: Float64Array;
  /** ⟨u(0)·u(t)⟩ of the unit vectors u: what infrared spectroscopy sees of a turning dipole. */
  readonly first: Float64Array;
  /** ⟨3 (u(0)·u(t))² − 1⟩/2: what Raman scattering and NMR see. A bond that turns round counts as where it was. */
  readonly second: Float64Array;
  /** First and second atom of every bond. */
  readonly bonds: readonly (readonly [number, number])[];
}

const OPTIONS = record({ maxLag: integer({ atLeast: 0 }).optional() });

/**
 * Correlation functions of the first and second Legendre polynomial of the angle that a bond turns by in a time, averaged over bonds and
 * time origins (B. J. Berne, R. Pecora, Dynamic Light Scattering (1976), section 7.2). Both are 1 at lag 0; where bonds do not turn freely
 * they end at a plateau instead of zero.
 * @param t consecutive frames with a time step
 * @param bond species, e.g. ["C", "N"]: from every atom of the first to the atom of the second that is nearest in the first frame
 * @param options.maxLag frames, default half the trajectory
 * @throws DataError without a time step or where the two atoms of a bond coincide; OptionError if a species does not occur
 */
export function orientationCorrelation(
  t: Trajectory,
  bond: readonly [string, string],
  options: { readonly maxLag?: number } = {},
): OrientationCorrelation {
  const { maxLag } = readOptions(OPTIONS, options, "orientationCorrelation");
  const timestep = requireTimestep(t, "orientationCorrelation");
  const lags = Math.min(maxLag ?? Math.floor(frameCount(t) / 2), frameCount(t) - 1);
  const bonds = nearestPartners(t, bond);
  const directions = unitVectors(t, bonds);
  const first = new Float64Array(lags + 1);
  const second = new Float64Array(lags + 1).fill(-0.5);
  const add = (sum: Float64Array, x: Float64Array, factor: number): void => {
    const c = correlation(x, x, { maxLag: lags, mean: "keep", normalization: "unbiased" });
    for (let k = 0; k <= lags; k++) sum[k]! += (factor / bonds.length) * c[k]!;
  };
  for (const u of directions)
    for (let a = 0; a < 3; a++) {
      add(first, u[a]!, 1);
      for (let b = a; b < 3; b++) {
        const product = u[a]!.map((v, f) => v * u[b]![f]!);
        add(second, product, a === b ? 1.5 : 3);
      }
    }
  return { lag: Float64Array.from({ length: lags + 1 }, (_, k) => k * timestep), first, second, bonds };
}

/** Of every atom of the first species the nearest of the second. */
function nearestPartners(t: Trajectory, [from, to]: readonly [string, string]): [number, number][] {
  const of = (symbol: string): number[] => t.species.flatMap((s, i) => (s === symbol ? [i] : []));
  const [centres, others] = [of(from), of(to)];
  if (centres.length === 0 || others.length === 0)
    throw new OptionError({
      where: "orientationCorrelation",
      problem: `no ${centres.length === 0 ? from : to} atom; the species are ${[...new Set(t.species)].join(", ")}`,
    });
  const between = vectors(t, 0);
  return centres.map((i) => {
    const distances = others.map((j) => (j === i ? Number.POSITIVE_INFINITY : Math.hypot(...between(i, j))));
    return [i, others[distances.indexOf(Math.min(...distances))]!];
  });
}

/** Direction of every bond in every frame: x, y and z as one signal each. */
function unitVectors(t: Trajectory, bonds: readonly (readonly [number, number])[]): Float64Array[][] {
  const signals = bonds.map(() => [0, 1, 2].map(() => new Float64Array(frameCount(t))));
  for (let f = 0; f < frameCount(t); f++) {
    const between = vectors(t, f);
    bonds.forEach(([i, j], k) => {
      const d = between(i, j);
      const length = Math.hypot(...d);
      if (length === 0) throw new DataError({ where: `frame ${f}`, problem: `atoms ${i} and ${j} coincide` });
      for (let c = 0; c < 3; c++) signals[k]![c]![f] = d[c]! / length;
    });
  }
  return signals;
}

/** Shortest vector from one atom to another in a frame, Å. */
function vectors(t: Trajectory, frame: number): (from: number, to: number) => Float64Array {
  const { positions, cell, periodic } = frameStructure(t, frame);
  const shorten = imageReducer(cell, periodic);
  return (from, to) => {
    const d = Float64Array.from([0, 1, 2], (c) => positions[3 * to + c]! - positions[3 * from + c]!);
    shorten(d, 0);
    return d;
  };
}

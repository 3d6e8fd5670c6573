/** What the velocities of a trajectory say about its vibrations. */
import { readOptions, record } from "../options/record.js";
import { doubles, integer } from "../options/values.js";
import { correlation } from "../spectrum/correlation.js";
import { density } from "../spectrum/density.js";
import { densityArea, requireMotion } from "../spectrum/densityArea.js";
import { type Estimator, estimatorOption } from "../spectrum/estimator.js";
import type { Intensity, Spectrum } from "../spectrum/spectrum.js";
import { massesOf } from "../structure/masses.js";
import { frameCount, requireTimestep, requireVelocities, type Trajectory } from "../structure/trajectory.js";

/** Correlation of velocities against lag time. */
export interface VelocityAutocorrelation {
  /** fs */
  readonly lag: Float64Array;
  /** Σ m v(0)·v(t)/Σ m v², over all atoms; 1 at lag 0. */
  readonly total: Float64Array;
  /** The same over the atoms of each species; 0 throughout where they are held. */
  readonly species: Readonly<Record<string, Float64Array>>;
}

export interface VibrationOptions {
  /** u, [n]; default standard atomic weights. */
  readonly masses?: Float64Array;
}

const AUTOCORRELATION_OPTIONS = record({ masses: doubles().optional(), maxLag: integer({ atLeast: 0 }).optional() });
const DENSITY_OPTIONS = record({
  masses: doubles().optional(),
  estimator: estimatorOption.prefault({ kind: "periodogram" }),
});

/**
 * Mass-weighted velocity autocorrelation.
 * @param options.maxLag frames, default half the trajectory
 * @throws DataError without velocities or time step, or where all velocities are 0; ShapeError unless there is one positive mass per atom
 */
export function velocityAutocorrelation(
  t: Trajectory,
  options: VibrationOptions & { readonly maxLag?: number } = {},
): VelocityAutocorrelation {
  const { masses, ...read } = readOptions(AUTOCORRELATION_OPTIONS, options, "velocityAutocorrelation");
  const { signals, timestep } = weightedVelocities(t, masses, "velocityAutocorrelation");
  const { maxLag = Math.floor(frameCount(t) / 2) } = read;
  const sums = sumBySpecies(
    t.species,
    signals.map((x) => correlation(x, x, { maxLag, mean: "keep", normalization: "unbiased" })),
  );
  requireMotion(sums.total[0]!, "velocityAutocorrelation");
  // Of atoms that are held nothing is correlated.
  const normalized = (c: Float64Array): Float64Array => c.map((v) => (c[0] === 0 ? 0 : v / c[0]!));
  return {
    lag: Float64Array.from({ length: maxLag + 1 }, (_, k) => k * timestep),
    total: normalized(sums.total),
    species: Object.fromEntries(Object.entries(sums.species).map(([symbol, c]) => [symbol, normalized(c)])),
  };
}

/**
 * Vibrational density of states: the spectral density of √m v, as a spectrum with the intensities `density` and one per species, which
 * sum to it. `density` has area 1 over cm⁻¹.
 * @throws DataError without velocities or time step, or where all velocities are 0
 * @throws ShapeError with fewer than four frames, or unless there is one positive mass per atom
 */
export function vibrationalDensity(
  t: Trajectory,
  options: VibrationOptions & { readonly estimator?: Estimator } = {},
): Spectrum {
  const { masses, estimator: chosen } = readOptions(DENSITY_OPTIONS, options, "vibrationalDensity");
  const { signals, timestep } = weightedVelocities(t, masses, "vibrationalDensity");
  const { wavenumbers, values, resolution, estimator } = density({ kind: "rate", signals }, timestep, chosen);
  const sums = sumBySpecies(t.species, values);
  const area = densityArea(wavenumbers, sums.total, "vibrationalDensity");
  const scaled = (v: Float64Array): Intensity => ({ unit: "cm", values: v.map((x) => x / area) });
  return {
    quantity: "vibrational",
    axis: { unit: "cm-1", values: wavenumbers },
    intensities: {
      density: scaled(sums.total),
      ...Object.fromEntries(Object.entries(sums.species).map(([symbol, v]) => [symbol, scaled(v)])),
    },
    resolution,
    corrections: [],
    broadening: { kind: "none" },
    estimator,
    origin: "velocities",
  };
}

/** √m v of every coordinate as one signal each. */
function weightedVelocities(
  t: Trajectory,
  given: Float64Array | undefined,
  where: string,
): { readonly signals: Float64Array[]; readonly timestep: number } {
  const velocities = requireVelocities(t, where);
  const timestep = requireTimestep(t, where);
  const masses = massesOf(t.species, given, where);
  const n3 = 3 * t.species.length;
  const frames = frameCount(t);
  const signals = Array.from({ length: n3 }, (_, c) => {
    const root = Math.sqrt(masses[Math.floor(c / 3)]!);
    return Float64Array.from({ length: frames }, (_, f) => root * velocities[f * n3 + c]!);
  });
  return { signals, timestep };
}

/** Sums over the three components and the atoms of each species. @param values one array per coordinate */
function sumBySpecies(
  symbols: readonly string[],
  values: readonly Float64Array[],
): { readonly total: Float64Array; readonly species: Record<string, Float64Array> } {
  const total = new Float64Array(values[0]!.length);
  const species = Object.fromEntries([...new Set(symbols)].map((s) => [s, new Float64Array(total.length)]));
  values.forEach((one, c) => {
    const own = species[symbols[Math.floor(c / 3)]!]!;
    for (let k = 0; k < total.length; k++) {
      own[k]! += one[k]!;
      total[k]! += one[k]!;
    }
  });
  return { total, species };
}

/** Raman scattering of an oriented single crystal: polarised light in and out. */
import { OptionError } from "../errors.js";
import { cross3, dot3 } from "../math/vector3.js";
import { type Fields, readOptions, record } from "../options/record.js";
import { checkedBy, isArrayLike, list, number } from "../options/values.js";
import { component, SYMMETRIC_COMPONENTS } from "../series/components.js";
import type { SeriesEnsemble } from "../series/ensemble.js";
import type { TensorSeries } from "../series/tensorSeries.js";
import { spectrumOverRuns } from "./average.js";
import {
  RAMAN_FIELDS,
  type RamanOptions,
  type ReadRamanOptions,
  type ScatteredSignals,
  scatteredSpectrum,
} from "./scattering.js";
import type { Spectrum } from "./spectrum.js";

/** Polarisation of the light, Cartesian vectors of any length in the frame of the crystal. */
export interface LightPolarisation {
  readonly incident: ArrayLike<number>;
  readonly scattered: ArrayLike<number>;
}

/** By name: the vectors, or Porto's notation "x(zz)-x": direction in, polarisation in and out, direction out. */
export type Geometries = Readonly<Record<string, LightPolarisation>> | readonly string[];

/** Options of {@link ramanAngleScan}. */
export interface RamanAngleScanOptions extends RamanOptions {
  /** Direction of the light. */
  readonly beam: ArrayLike<number>;
  /** Polarisation at angle 0, across the beam. */
  readonly from: ArrayLike<number>;
  /** Degrees, default 0, 15, … 180. */
  readonly angles?: readonly number[];
}

const OPTIONS = record(RAMAN_FIELDS);
const vector = checkedBy<ArrayLike<number>>(
  (v) => isArrayLike(v) && (v as ArrayLike<number>).length === 3,
  "a vector of three numbers",
);
const GEOMETRY_OPTIONS = record({ incident: vector, scattered: vector } satisfies Fields<LightPolarisation>);
const GEOMETRY = 'give e.g. ["x(zz)-x"], or unit vectors incident and scattered of three numbers by name';
const SCAN = record({
  ...RAMAN_FIELDS,
  beam: vector,
  from: vector,
  angles: list(number({}, "degrees")).default(Array.from({ length: 13 }, (_, k) => 15 * k)),
} satisfies Fields<RamanAngleScanOptions>);

/**
 * Spectra of chosen polarisations: the density of e_s·α̇·e_i times the factors of {@link raman}, unaveraged over orientations.
 * @param geometries by name, or a list in Porto's notation, which names itself
 * @returns one intensity per geometry
 * @throws OptionError for a notation that is none, a geometry without two vectors, light polarised along its own direction, or a vector without length
 * @example
 * const alpha = (await loadDataset("h2o")).series("polarizability");
 * Object.keys(spectra.polarisedRaman(alpha, ["x(zz)-x", "x(zy)-x"]).intensities) // ["x(zz)-x", "x(zy)-x"]
 */
export function polarisedRaman(
  source: TensorSeries | SeriesEnsemble,
  geometries: Geometries,
  options: RamanOptions = {},
): Spectrum {
  const read = readOptions(OPTIONS, options, "polarisedRaman");
  if (typeof geometries !== "object" || geometries === null)
    throw new OptionError({
      where: "polarisedRaman",
      problem: `geometries are ${String(geometries)}`,
      advice: GEOMETRY,
    });
  const chosen = Array.isArray(geometries)
    ? Object.fromEntries((geometries as readonly string[]).map((g) => [g, porto(g)]))
    : (geometries as Readonly<Record<string, LightPolarisation>>);
  return spectraOf(source, chosen, read);
}

function spectraOf(
  source: TensorSeries | SeriesEnsemble,
  chosen: Readonly<Record<string, LightPolarisation>>,
  read: ReadRamanOptions,
): Spectrum {
  const names = Object.keys(chosen);
  if (names.length === 0) throw new OptionError({ where: "polarisedRaman", problem: "no geometry", advice: GEOMETRY });
  const pairs = names.map((name) => {
    const { incident, scattered } = readOptions(GEOMETRY_OPTIONS, chosen[name]!, `geometry "${name}"`);
    return [unit(incident, name), unit(scattered, name)] as const;
  });
  return spectrumOverRuns(source, (run) =>
    scatteredSpectrum(run, read, (alpha) => scatteredAmplitudes(alpha, names, pairs)),
  );
}

/**
 * Intensity against the angle of the polarisation in the plane across the beam: at each angle θ the light comes in along
 * u cos θ + v sin θ and goes out `parallel` to it or `crossed`, along −u sin θ + v cos θ.
 * @param options.beam direction of the light, [3]; options.from the polarisation at 0°, [3], across the beam
 * @param options.angles degrees, default 0 to 180 in steps of 15
 * @returns intensities named "parallel 0°", "crossed 0°", …
 */
export function ramanAngleScan(source: TensorSeries | SeriesEnsemble, options: RamanAngleScanOptions): Spectrum {
  const { beam, from, angles, ...read } = readOptions(SCAN, options, "ramanAngleScan");
  const [k, u] = [unit(beam, "beam"), unit(from, "from")];
  requireAcross(k, u, "ramanAngleScan");
  const v = cross3(k, u);
  const turned = (degrees: number): readonly number[] => {
    const [c, s] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
    return [0, 1, 2].map((a) => c * u[a]! + s * v[a]!);
  };
  const geometries = Object.fromEntries(
    angles.flatMap((angle) => [
      [`parallel ${angle}°`, { incident: turned(angle), scattered: turned(angle) }],
      [`crossed ${angle}°`, { incident: turned(angle), scattered: turned(angle + 90) }],
    ]),
  );
  return spectraOf(source, geometries, read);
}

/**
 * Vectors of Porto's notation (Damen, Porto and Tell, Phys. Rev. 142, 570 (1966)): "z(xy)-z" is light that comes along z polarised along
 * x and is seen going back along −z through an analyser along y.
 * @throws OptionError
 */
export function porto(notation: string): LightPolarisation {
  const match = /^\s*(-?[xyz])\s*\(\s*([xyz])\s*([xyz])\s*\)\s*(-?[xyz])\s*$/.exec(notation);
  if (!match)
    throw new OptionError({
      where: "Porto's notation",
      problem: `"${notation}" is none`,
      advice: 'write direction in, polarisation in and out, direction out, e.g. "x(zz)-x" or "x(zy)z"',
    });
  const [into, incident, scattered, out] = match.slice(1).map(axis) as [number[], number[], number[], number[]];
  requireAcross(into, incident, notation);
  requireAcross(out, scattered, notation);
  return { incident, scattered };
}

/** The six elements of the tensor and their spectra. @returns intensities xx, yy, zz, xy, yz, zx */
export function ramanTensorSpectra(source: TensorSeries | SeriesEnsemble, options: RamanOptions = {}): Spectrum {
  const e = { x: [1, 0, 0], y: [0, 1, 0], z: [0, 0, 1] } as const;
  const geometries = Object.fromEntries(
    SYMMETRIC_COMPONENTS.map((c) => [
      c,
      { incident: e[c[0] as "x" | "y" | "z"], scattered: e[c[1] as "x" | "y" | "z"] },
    ]),
  );
  return polarisedRaman(source, geometries, options);
}

function scatteredAmplitudes(
  alpha: TensorSeries,
  names: readonly string[],
  pairs: readonly (readonly [readonly number[], readonly number[]])[],
): ScatteredSignals {
  const six = Object.fromEntries(SYMMETRIC_COMPONENTS.map((c) => [c, component(alpha, c)]));
  return {
    signals: pairs.map(([i, s]) => {
      const weights = {
        xx: i[0]! * s[0]!,
        yy: i[1]! * s[1]!,
        zz: i[2]! * s[2]!,
        xy: i[0]! * s[1]! + i[1]! * s[0]!,
        yz: i[1]! * s[2]! + i[2]! * s[1]!,
        zx: i[2]! * s[0]! + i[0]! * s[2]!,
      };
      const signal = new Float64Array(six.xx!.length);
      for (const c of SYMMETRIC_COMPONENTS)
        for (let f = 0; f < signal.length; f++) signal[f]! += weights[c] * six[c]![f]!;
      return signal;
    }),
    intensities: (densities, intensityUnit) =>
      Object.fromEntries(names.map((name, k) => [name, { unit: intensityUnit, values: densities[k]! }])),
  };
}

function axis(letter: string): number[] {
  const sign = letter.startsWith("-") ? -1 : 1;
  return ["x", "y", "z"].map((a) => (letter.endsWith(a) ? sign : 0));
}

function unit(v: ArrayLike<number>, where: string): readonly number[] {
  const length = Math.hypot(v[0]!, v[1]!, v[2]!);
  if (v.length !== 3 || !(length > 0 && Number.isFinite(length)))
    throw new OptionError({
      where,
      problem: "a polarisation has no direction",
      advice: "give three numbers, not all 0",
    });
  return [v[0]! / length, v[1]! / length, v[2]! / length];
}

function requireAcross(direction: readonly number[], polarisation: readonly number[], where: string): void {
  if (Math.abs(dot3(direction, polarisation)) > 1e-6)
    throw new OptionError({
      where,
      problem: "light is polarised across its direction, not along it",
      advice: "choose a polarisation at right angles to the beam",
    });
}

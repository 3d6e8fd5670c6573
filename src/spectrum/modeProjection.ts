/** A trajectory in the normal coordinates of a harmonic crystal or molecule. */
import { OptionError, ShapeError } from "../errors.js";
import { type Alternatives, type Fields, kinds, readOptions, record } from "../options/record.js";
import { list, number, text } from "../options/values.js";
import { align } from "../structure/alignment.js";
import { requireSameAtoms } from "../structure/displacement.js";
import { frameStructure, requireTimestep, requireVelocities, type Trajectory } from "../structure/trajectory.js";
import { density } from "./density.js";
import { densityArea } from "./densityArea.js";
import { type Estimator, estimatorOption } from "./estimator.js";
import type { NormalModes } from "./phonons.js";
import type { Intensity, Spectrum } from "./spectrum.js";

/** Which modes are taken together. */
export type ModeGrouping =
  | { readonly kind: "modes" }
  /** Neighboring modes less than `within` cm⁻¹ apart (default 1), named by their mean wavenumber: degenerate modes count as one. */
  | { readonly kind: "degenerate"; readonly within?: number }
  /** One label per mode, e.g. its irreducible representation. */
  | { readonly kind: "labels"; readonly labels: readonly string[] };

export const MODE_GROUPING = kinds({
  modes: {},
  degenerate: { within: number({ atLeast: 0 }, "cm⁻¹").default(1) },
  labels: { labels: list(text()) },
} satisfies Alternatives<ModeGrouping>);

/** Modes that form one part. */
export interface ModeGroup {
  readonly name: string;
  /** Numbers of the modes in the order of `wavenumbers`. */
  readonly modes: readonly number[];
}

/** @throws OptionError for an unknown kind, or if there is not one label per mode */
export function modeGroups({ wavenumbers }: NormalModes, asked: ModeGrouping): readonly ModeGroup[] {
  const grouping = readOptions(MODE_GROUPING, asked, "grouping");
  const all = [...wavenumbers.keys()];
  if (grouping.kind === "modes")
    return all.map((k) => ({ name: `mode ${k + 1} (${wavenumbers[k]!.toFixed(0)} cm⁻¹)`, modes: [k] }));
  if (grouping.kind === "labels") {
    const { labels } = grouping;
    if (labels.length !== all.length)
      throw new OptionError({ where: "grouping of modes", problem: `${labels.length} labels for ${all.length} modes` });
    return [...new Set(labels)].map((name) => ({ name, modes: all.filter((k) => labels[k] === name) }));
  }
  const { within } = grouping;
  const groups: number[][] = [];
  for (const k of all) {
    const last = groups.at(-1);
    if (last && wavenumbers[k]! - wavenumbers[last.at(-1)!]! < within) last.push(k);
    else groups.push([k]);
  }
  return groups.map((modes) => {
    const center = modes.reduce((s, k) => s + wavenumbers[k]!, 0) / modes.length;
    return { name: `modes ${modes.map((k) => k + 1).join(", ")} (${center.toFixed(0)} cm⁻¹)`, modes };
  });
}

/**
 * Eigenvectors [modes, 3n] as they lie in each frame: for a crystal those of the reference, for a molecule turned into the frame's
 * orientation (Eckart), which leaves them orthonormal and complete.
 * @returns from the number of a frame
 * @throws ShapeError unless modes and trajectory have the same atoms
 */
export function modeBasis(modes: NormalModes, t: Trajectory): (frame: number) => Float64Array {
  requireSameAtoms(modes.structure, t, "projection on normal modes");
  const { values, rows, columns } = modes.eigenvectors;
  if (rows !== columns)
    throw new ShapeError({ where: "projection on normal modes", problem: `${rows} modes of ${columns} coordinates` });
  if (t.periodic.some(Boolean)) return () => values;
  const turned = new Float64Array(values.length);
  return (frame) => {
    const { rotation } = align(modes.structure, frameStructure(t, frame), modes.masses);
    for (let p = 0; p < values.length; p += 3)
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        for (let d = 0; d < 3; d++) sum += rotation[3 * c + d]! * values[p + d]!;
        turned[p + c] = sum;
      }
    return turned;
  };
}

/**
 * Q̇_k(t) = Σ_i √m_i e_{k,i}·v_i of every mode, [modes][frames], √u·Å/fs.
 * @throws DataError without velocities
 */
export function modeVelocities(modes: NormalModes, t: Trajectory): readonly Float64Array[] {
  const velocities = requireVelocities(t, "projection on normal modes");
  const basis = modeBasis(modes, t);
  const { rows, columns } = modes.eigenvectors;
  const frames = velocities.length / columns;
  const roots = modes.masses.map(Math.sqrt);
  const rates = Array.from({ length: rows }, () => new Float64Array(frames));
  for (let f = 0; f < frames; f++) {
    const e = basis(f);
    rates.forEach((rate, k) => {
      let sum = 0;
      for (let c = 0; c < columns; c++)
        sum += e[k * columns + c]! * roots[Math.floor(c / 3)]! * velocities[f * columns + c]!;
      rate[f] = sum;
    });
  }
  return rates;
}

/** Options of {@link modeSpectrum}. */
export interface ModeSpectrumOptions {
  /** Default each mode by itself. */
  readonly grouping?: ModeGrouping;
  /** Default periodogram with a Hann taper. */
  readonly estimator?: Estimator;
}

export const MODE_SPECTRUM = record({
  grouping: MODE_GROUPING.default({ kind: "modes" }),
  estimator: estimatorOption.optional(),
} satisfies Fields<ModeSpectrumOptions>);

/**
 * Vibrational density of states by normal modes: the density of Q̇_k, and their sum, which is that of √m v. An anharmonic mode shows where
 * and how wide it is at the temperature of the trajectory.
 * @throws DataError without a time step or velocities, or where all of these are 0
 * @returns intensities `density` and one per mode or group, which sum to it; `density` has area 1 over cm⁻¹
 */
export function modeSpectrum(modes: NormalModes, t: Trajectory, options: ModeSpectrumOptions = {}): Spectrum {
  const where = "modeSpectrum";
  return spectrumOfModes(modes, [t, []], readOptions(MODE_SPECTRUM, options, where), where);
}

/** {@link modeSpectrum} of one molecule or crystal in trajectories of the same length, made one after the other, their densities added. */
export function spectrumOfModes(
  modes: NormalModes,
  [first, others]: readonly [Trajectory, readonly (() => Trajectory)[]],
  { grouping, estimator }: Required<Pick<ModeSpectrumOptions, "grouping">> & ModeSpectrumOptions,
  where: string,
): Spectrum {
  const groups = modeGroups(modes, grouping);
  const densityOf = (t: Trajectory) =>
    density({ kind: "rate", signals: modeVelocities(modes, t) }, requireTimestep(t, where), estimator);
  const raw = densityOf(first);
  for (const other of others)
    densityOf(other()).values.forEach((of, m) => {
      for (let k = 0; k < of.length; k++) raw.values[m]![k]! += of[k]!;
    });
  const { wavenumbers } = raw;
  const add = (list: readonly number[]): Float64Array =>
    wavenumbers.map((_, k) => list.reduce((s, m) => s + raw.values[m]![k]!, 0));
  const total = add([...modes.wavenumbers.keys()]);
  const area = densityArea(wavenumbers, total, where);
  const scaled = (values: Float64Array): Intensity => ({ unit: "cm", values: values.map((v) => v / area) });
  return {
    quantity: "vibrational",
    axis: { unit: "cm-1", values: wavenumbers },
    intensities: {
      density: scaled(total),
      ...Object.fromEntries(groups.map(({ name, modes: list }) => [name, scaled(add(list))])),
    },
    resolution: raw.resolution,
    corrections: [],
    broadening: { kind: "none" },
    estimator: raw.estimator,
    origin: "normal modes",
  };
}

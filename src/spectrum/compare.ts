/** Likeness of two spectra. */
import { DataError, OptionError } from "../errors.js";
import { interpolate } from "../math/interpolate.js";
import { dot } from "../math/matrix.js";
import { type Fields, readOptions, record } from "../options/record.js";
import { number, positive, range, text } from "../options/values.js";
import { intensityOf, type Spectrum, toUnit } from "./spectrum.js";

export interface SimilarityOptions {
  /** Range in the unit of the first spectrum's axis; default: where both spectra are defined. */
  readonly from?: number;
  readonly to?: number;
  /** Spacing of the common grid, default: the finer of the two. */
  readonly step?: number;
  /** Name of the intensity, default each spectrum's first. */
  readonly name?: string;
}

const SIMILARITY_FIELDS = {
  from: number().optional(),
  to: number().optional(),
  step: positive().optional(),
  name: text().optional(),
} satisfies Fields<SimilarityOptions>;
const SIMILARITY_OPTIONS = record(SIMILARITY_FIELDS);

/** A measure of likeness and what it was computed on. */
export interface Similarity {
  readonly value: number;
  readonly from: number;
  readonly to: number;
  readonly points: number;
}

/**
 * S_C = Σ I₁I₂/√(Σ I₁² Σ I₂²) (Grumet et al. 2024) on a common even grid, both spectra interpolated linearly;
 * 1 for spectra equal up to a factor.
 * @throws OptionError if the spectra share no range
 * @throws DataError if one is zero throughout the range
 */
export function cosineSimilarity(a: Spectrum, b: Spectrum, options: SimilarityOptions = {}): Similarity {
  const read = readOptions(SIMILARITY_OPTIONS, options, "cosineSimilarity");
  const grid = commonGrid(a, b, read);
  const [y, z] = sampled(a, b, grid, read.name);
  return { value: cosine(y, z), from: grid[0]!, to: grid.at(-1)!, points: grid.length };
}

/**
 * Area between two spectra over the area of the second, Σ|I₁ − I₂| / Σ|I₂| on a common even grid: 0 for equal spectra, 1 where the first is zero, 2 where its lines are
 * all in other places. Unlike the cosine, it sees wrong intensities, and weak lines as far as their area goes.
 * @param predicted compared as it is: nothing is scaled
 * @throws OptionError if the spectra share no range
 * @throws DataError if the reference is zero throughout the range
 */
export function spectrumError(predicted: Spectrum, reference: Spectrum, options: SimilarityOptions = {}): Similarity {
  const read = readOptions(SIMILARITY_OPTIONS, options, "spectrumError");
  const grid = commonGrid(predicted, reference, read);
  const [y, z] = sampled(predicted, reference, grid, read.name);
  const area = z.reduce((sum, v) => sum + Math.abs(v), 0);
  if (!(area > 0))
    throw new DataError({ where: "spectrumError", problem: "the reference spectrum is zero throughout the range" });
  const value = y.reduce((sum, v, i) => sum + Math.abs(v - z[i]!), 0) / area;
  return { value, from: grid[0]!, to: grid.at(-1)!, points: grid.length };
}

/** Transformation of the first spectrum that makes it most like the second. */
export interface SpectrumFit {
  /** Factor on the axis. */
  readonly scale: number;
  /** Added to the axis after scaling, in the unit of the first spectrum's axis. */
  readonly shift: number;
  /** Factor on the intensity, least squares. */
  readonly factor: number;
  readonly similarity: Similarity;
  /** The first spectrum with its axis scaled and shifted and its intensities multiplied. */
  readonly fitted: Spectrum;
}

export interface FitOptions extends SimilarityOptions {
  /** Range searched for the factor on the axis, default [1, 1] (fixed). */
  readonly scale?: readonly [number, number];
  /** Range searched for the shift, default [0, 0] (fixed). */
  readonly shift?: readonly [number, number];
}

const FIT_OPTIONS = record({
  ...SIMILARITY_FIELDS,
  scale: range().default([1, 1]),
  shift: range().default([0, 0]),
} satisfies Fields<FitOptions>);

/** Points per direction and round of the search. */
const SEARCH = 21;

/**
 * Scale and shift of the axis of `a`, within stated ranges, that maximise the cosine similarity with `b`, and the
 * intensity factor that goes with them. Search on a grid refined around its best point, so no start value is needed.
 * The range compared (`from`, `to`) must be given and covered by `a` for every scale and shift searched.
 */
export function fitAxis(a: Spectrum, b: Spectrum, options: FitOptions): SpectrumFit {
  const { scale, shift, ...read } = readOptions(FIT_OPTIONS, options, "fitAxis");
  const grid = commonGrid(a, b, read);
  const target = toUnit(b, a.axis.unit);
  const z = interpolate(target.axis.values, intensityOf(target, read.name).values, grid);
  const x = a.axis.values;
  const y = intensityOf(a, read.name).values;
  const moved = (s: number, d: number): Float64Array =>
    interpolate(
      x,
      y,
      grid.map((v) => (v - d) / s),
    );
  for (const s of scale)
    for (const d of shift)
      if (!(s > 0) || (grid[0]! - d) / s < x[0]! - 1e-9 || (grid.at(-1)! - d) / s > x.at(-1)! + 1e-9)
        throw new OptionError({
          where: "fitAxis",
          problem: `scale ${s} with shift ${d} leaves the first spectrum (${x[0]} to ${x.at(-1)} ${a.axis.unit})`,
          advice: "narrow the range compared with `from` and `to`",
        });
  let [sLow, sHigh, dLow, dHigh] = [...scale, ...shift];
  let best = { s: sLow, d: dLow, value: Number.NEGATIVE_INFINITY };
  for (let round = 0; round < 12; round++) {
    const [sStep, dStep] = [(sHigh - sLow) / (SEARCH - 1), (dHigh - dLow) / (SEARCH - 1)];
    for (let i = 0; i < (sStep > 0 ? SEARCH : 1); i++)
      for (let j = 0; j < (dStep > 0 ? SEARCH : 1); j++) {
        const [s, d] = [sLow + i * sStep, dLow + j * dStep];
        const value = cosine(moved(s, d), z);
        if (value > best.value) best = { s, d, value };
      }
    [sLow, sHigh] = [Math.max(scale[0], best.s - 2 * sStep), Math.min(scale[1], best.s + 2 * sStep)];
    [dLow, dHigh] = [Math.max(shift[0], best.d - 2 * dStep), Math.min(shift[1], best.d + 2 * dStep)];
  }
  const final = moved(best.s, best.d);
  const factor = dot(final, z) / dot(final, final);
  return {
    scale: best.s,
    shift: best.d,
    factor,
    similarity: { value: best.value, from: grid[0]!, to: grid.at(-1)!, points: grid.length },
    fitted: {
      ...a,
      axis: { unit: a.axis.unit, values: x.map((v) => v * best.s + best.d) },
      intensities: Object.fromEntries(
        Object.entries(a.intensities).map(([name, i]) => [
          name,
          i.unit === "1"
            ? i
            : {
                ...i,
                values: i.values.map((v) => v * factor),
                ...(i.standardError && { standardError: i.standardError.map((v) => v * factor) }),
              },
        ]),
      ),
    },
  };
}

function commonGrid(a: Spectrum, b: Spectrum, options: SimilarityOptions): Float64Array {
  const [x, y] = [a.axis.values, toUnit(b, a.axis.unit).axis.values];
  const from = Math.max(options.from ?? Number.NEGATIVE_INFINITY, x[0]!, y[0]!);
  const to = Math.min(options.to ?? Number.POSITIVE_INFINITY, x.at(-1)!, y.at(-1)!);
  const step = options.step ?? Math.min(spacing(x), spacing(y));
  const cells = Math.round((to - from) / step);
  if (!(cells >= 2 && cells < 1e7))
    throw new OptionError({
      where: "comparison of spectra",
      problem: `"${a.origin}" (${x[0]} to ${x.at(-1)} ${a.axis.unit}) and "${b.origin}" (${y[0]} to ${y.at(-1)}) share ${Math.max(0, to - from)} ${a.axis.unit} at steps of ${step}`,
      advice: "give a range inside both",
    });
  return Float64Array.from({ length: cells + 1 }, (_, k) => from + ((to - from) * k) / cells);
}

function sampled(a: Spectrum, b: Spectrum, grid: Float64Array, name?: string): readonly [Float64Array, Float64Array] {
  const c = toUnit(b, a.axis.unit);
  return [
    interpolate(a.axis.values, intensityOf(a, name).values, grid),
    interpolate(c.axis.values, intensityOf(c, name).values, grid),
  ];
}

function spacing(x: Float64Array): number {
  return (x.at(-1)! - x[0]!) / (x.length - 1);
}

function cosine(y: Float64Array, z: Float64Array): number {
  const norm = Math.sqrt(dot(y, y) * dot(z, z));
  if (!(norm > 0))
    throw new DataError({ where: "cosine similarity", problem: "a spectrum is zero throughout the range" });
  return dot(y, z) / norm;
}

/** What makes a band: a spectrum as the sum of auto and cross terms of parts of its signal. */
import { OptionError, ShapeError } from "../errors.js";
import { type Alternatives, type Fields, kinds, readOptions, record } from "../options/record.js";
import { text } from "../options/values.js";
import { isEnsemble, type SeriesEnsemble } from "../series/ensemble.js";
import type { TensorSeries } from "../series/tensorSeries.js";
import { averageSpectra } from "./average.js";
import { type Intensity, intensityOf, type Spectrum } from "./spectrum.js";

/** How terms between parts are given. */
export type CrossTerms =
  /** One for each pair, "a × b"; their number grows with the square of the number of parts. */
  | { readonly kind: "pairs" }
  /** One for each part, "a × rest", half of it between each part and all the others, so that all terms again add up. */
  | { readonly kind: "rest" };

export interface PartsOptions {
  /** Intensity that is taken apart, default the first of the spectrum. */
  readonly intensity?: string;
  /** Default pairs for up to six parts, rest for more. */
  readonly cross?: CrossTerms;
}

const OPTIONS = record({
  intensity: text().optional(),
  cross: kinds({ pairs: {}, rest: {} } satisfies Alternatives<CrossTerms>).optional(),
} satisfies Fields<PartsOptions>);

/** Parts of one signal by name; they add up to the whole. */
export type SignalParts = Readonly<Record<string, TensorSeries>> | Readonly<Record<string, SeriesEnsemble>>;

/**
 * The spectrum of a sum of signals, taken apart: I[Σ_a s_a] = Σ_a I[s_a] + Σ_{a<b} I[s_a × s_b]. Every term is a spectrum on the same
 * axis; cross terms may be negative. They follow from spectra of sums of parts, I[a × b] = I[a + b] − I[a] − I[b], so that the sum is exact
 * to rounding for every spectrum that is quadratic in its signal, with whatever factors, window and broadening it has.
 * @param parts from currentParts, modeCurrents, polarizabilityParts …; ensembles are taken apart run by run
 * @param spectrumOf e.g. `(s) => infrared(s, options)` or `(s) => raman(s, options)`
 * @returns intensities: the whole under its name, then each part's, then cross terms "a × b" or "a × rest"
 * @throws OptionError for the depolarisation, which is a ratio; ShapeError for parts that do not belong together
 * @example
 * const alpha = (await loadDataset("h2o")).series("polarizability");
 * const half = { ...alpha, values: alpha.values.map((v) => v / 2) };
 * Object.keys(spectra.spectrumParts({ a: half, b: half }, (s) => raman(s)).intensities) // ["unpolarised", "a", "b", "a × b"]
 */
export function spectrumParts(
  parts: SignalParts,
  spectrumOf: (signal: TensorSeries) => Spectrum,
  options: PartsOptions = {},
): Spectrum {
  const read = readOptions(OPTIONS, options, "spectrumParts");
  const names = Object.keys(parts);
  const first = parts[names[0]!];
  if (!first) throw new ShapeError({ where: "spectrumParts", problem: "no parts" });
  const { cross = { kind: names.length <= 6 ? "pairs" : "rest" } } = read;
  if (!isEnsemble(first))
    return ofRun(parts as Readonly<Record<string, TensorSeries>>, spectrumOf, cross, read.intensity);
  const ensembles = parts as Readonly<Record<string, SeriesEnsemble>>;
  const spectra = first.runs.map((_, k) => {
    const run = Object.fromEntries(
      Object.entries(ensembles).map(([name, e]) => {
        const series = e.runs[k];
        if (!series)
          throw new ShapeError({
            where: `part ${name}`,
            problem: `${e.runs.length} runs, expected ${first.runs.length}`,
          });
        return [name, series];
      }),
    );
    return ofRun(run, spectrumOf, cross, read.intensity);
  });
  return spectra.length === 1 ? spectra[0]! : averageSpectra(spectra, first.origin);
}

function ofRun(
  parts: Readonly<Record<string, TensorSeries>>,
  spectrumOf: (signal: TensorSeries) => Spectrum,
  cross: CrossTerms,
  intensity: string | undefined,
): Spectrum {
  const names = Object.keys(parts);
  const series = Object.values(parts);
  const whole = sumOf(series);
  const spectrum = spectrumOf(whole);
  const name = intensity ?? Object.keys(spectrum.intensities)[0]!;
  const total = intensityOf(spectrum, name);
  if (total.unit === "1")
    throw new OptionError({
      where: "spectrumParts",
      problem: `${name} is a ratio, which does not add up`,
      advice: "take an intensity apart, e.g. parallel or perpendicular",
    });
  if (names.includes(name))
    throw new OptionError({ where: "spectrumParts", problem: `a part has the name of the whole, "${name}"` });
  const of = (signal: TensorSeries): Float64Array => intensityOf(spectrumOf(signal), name).values;
  const terms: Record<string, Intensity> = { [name]: total };
  const keep = (label: string, values: Float64Array): void => {
    terms[label] = { unit: total.unit, values };
  };
  const own = series.map(of);
  own.forEach((values, a) => {
    keep(names[a]!, values);
  });
  series.forEach((part, a) => {
    if (cross.kind === "rest") {
      if (series.length === 1) return;
      const rest = of(sumOf([whole, part], -1));
      // I[T] = I[a] + I[T − a] + I[a × (T − a)]; half of the cross term belongs to a.
      keep(
        `${names[a]} × rest`,
        own[a]!.map((v, k) => (total.values[k]! - v - rest[k]!) / 2),
      );
      return;
    }
    for (let b = a + 1; b < series.length; b++) {
      const both = of(sumOf([part, series[b]!]));
      keep(
        `${names[a]} × ${names[b]}`,
        both.map((v, k) => v - own[a]![k]! - own[b]![k]!),
      );
    }
  });
  return { ...spectrum, intensities: terms };
}

/** The first series plus the others times `sign`. */
function sumOf(series: readonly TensorSeries[], sign: 1 | -1 = 1): TensorSeries {
  const [first, ...others] = series as [TensorSeries, ...TensorSeries[]];
  const values = Float64Array.from(first.values);
  for (const s of others) {
    if (s.quantity !== first.quantity || s.unit !== first.unit || s.values.length !== values.length)
      throw new ShapeError({
        where: `part ${s.origin}`,
        problem: `${s.values.length} values of ${s.quantity} in ${s.unit}, expected ${values.length} of ${first.quantity} in ${first.unit}`,
      });
    for (let k = 0; k < values.length; k++) values[k]! += sign * s.values[k]!;
  }
  return { ...first, values };
}

import { OptionError } from "../errors.js";
import { type Alternatives, type Fields, kinds, readOptions, record } from "../options/record.js";
import { list, number, oneOf, range, text } from "../options/values.js";
import { bandFactor } from "../spectrum/band.js";
import { intensityOf, type Spectrum, toUnit } from "../spectrum/spectrum.js";
import type { FrequencyUnit } from "../units/frequency.js";
import type { AxisOptions } from "./axis.js";
import type { Figure } from "./figure.js";
import { FIGURE_FIELDS, type FigureOptions, type Line, lineFigure, type Mark, markOption } from "./lines.js";
import { requireEntry, requireSameAxis } from "./timeSeries.js";

/** How curves of different units or sizes are brought to one scale. */
export type Scaling =
  /** As they are; their units must agree. */
  | { readonly kind: "none" }
  /** The highest point inside the shown range becomes 1. */
  | { readonly kind: "maximum" }
  /** The area inside the shown range becomes 1. */
  | { readonly kind: "area" };

export interface SpectrumFigureOptions extends FigureOptions {
  /** Which intensity, by its name in the spectra; default the first. */
  readonly intensity?: string;
  /** First and last frequency shown, in `unit`; a decreasing pair reverses the axis. Default: what is common, up to where there is something to see. */
  readonly range?: readonly [number, number];
  /** Unit of the axis, default "cm-1". */
  readonly unit?: FrequencyUnit;
  /** Default `{kind: "none"}`. */
  readonly scaling?: Scaling;
  /**
   * Half-width of the band in standard errors, for spectra that have one; 0 leaves it out. Default: Student's t of the number of runs
   * or members of a committee for 95 % (see confidenceBand), 2 where the errors come from neither.
   */
  readonly standardErrors?: number;
  /** Positions to mark, in `unit`, e.g. experimental lines. */
  readonly marks?: readonly Omit<Mark, "axis">[];
  /** Which of the spectra is the one to compare with. */
  readonly reference?: string;
}

export const scalingOption = kinds({ none: {}, maximum: {}, area: {} } satisfies Alternatives<Scaling>);

const OPTIONS = record({
  ...FIGURE_FIELDS,
  intensity: text().optional(),
  range: range().optional(),
  unit: oneOf(["cm-1", "THz", "meV"]).default("cm-1"),
  scaling: scalingOption.default({ kind: "none" }),
  standardErrors: number({ atLeast: 0 }).optional(),
  marks: list(markOption).default([]),
  reference: text().optional(),
} satisfies Fields<SpectrumFigureOptions>);
const AXIS = {
  raman: { "cm-1": ["Raman shift", "cm⁻¹"], THz: ["Raman shift", "THz"], meV: ["Raman shift", "meV"] },
  other: { "cm-1": ["Wavenumber", "cm⁻¹"], THz: ["Frequency", "THz"], meV: ["Energy", "meV"] },
} as const;

/**
 * One or more spectra over one frequency axis, with 95 % confidence bands where standard errors are known.
 * @param spectra by legend entry
 * @throws UnitError if intensities of different units meet without scaling
 * @throws OptionError for an unknown option, intensity or reference, or a range without points
 * @example
 * const { reference, displaced, series, trajectory } = await loadDataset("h2o");
 * const lrm = await predictLinearResponse(await linearResponse(reference!, displaced), trajectory());
 * show(spectrumFigure({ LRM: raman(lrm), DFPT: raman(series("polarizability")) }, { range: [0, 4200], reference: "DFPT" }))
 */
export function spectrumFigure(
  spectra: Readonly<Record<string, Spectrum>>,
  options: SpectrumFigureOptions = {},
): Figure {
  const { marks, ...read } = readOptions(OPTIONS, options, "spectrumFigure");
  const { lines, x, y, rest } = spectrumLines(spectra, read);
  return lineFigure(lines, { ...rest, x, y, marks: marks.map((m) => ({ ...m, axis: "x" })) });
}

/** Options that {@link spectrumLines} reads, with their defaults filled in. */
export type SpectrumLinesOptions = Omit<SpectrumFigureOptions, "marks"> &
  Required<Pick<SpectrumFigureOptions, "unit" | "scaling">>;

/** Spectra as lines over one axis, on one scale, within the range that is shown; and what is left of the options. */
export function spectrumLines(spectra: Readonly<Record<string, Spectrum>>, options: SpectrumLinesOptions) {
  const { intensity, range: asked, unit, scaling, standardErrors, reference, ...rest } = options;
  requireEntry(spectra, reference);
  const curves = Object.entries(spectra).map(([label, s]) => {
    const chosen = intensityOf(s, intensity);
    return {
      label,
      x: toUnit(s, unit).axis.values,
      ...chosen,
      // An intensity that is nowhere negative has no band below zero.
      measured: s.measurement !== undefined,
      floor: chosen.values.some((v) => v < 0) ? Number.NEGATIVE_INFINITY : 0,
      half: standardErrors ?? (s.averaged === undefined && s.members === undefined ? 2 : bandFactor(s)),
      quantity: intensityName(s, intensity),
      unit: chosen.unit,
    };
  });
  const shown = asked ?? [Math.max(...curves.map((c) => c.x[0]!)), visibleEnd(curves)];
  if (scaling.kind === "none") requireSameAxis(curves);
  const lines = curves.map((c): Line => {
    const [first, last] = window(c.x, shown, c.label);
    const x = c.x.subarray(first, last);
    const factor = scaleFactor(x, c.values.subarray(first, last), scaling);
    const scaled = (v: Float64Array, f: number): Float64Array => v.subarray(first, last).map((value) => f * value);
    return {
      label: c.label,
      x,
      y: scaled(c.values, factor),
      role: c.label === reference ? "reference" : "series",
      // The points are what was measured: where they are few, a line between them is no more than a guide.
      ...(c.measured && x.length < FEW && { mode: "lines+markers" as const }),
      ...(c.standardError &&
        c.half > 0 && {
          band: {
            low: scaled(
              c.values.map((v, i) => Math.max(c.floor, v - c.half * c.standardError![i]!)),
              factor,
            ),
            high: scaled(
              c.values.map((v, i) => v + c.half * c.standardError![i]!),
              factor,
            ),
          },
        }),
    };
  });
  const kind = Object.values(spectra).every((s) => s.quantity === "raman") ? "raman" : "other";
  const [quantity, axisUnit] = AXIS[kind][unit];
  const { quantity: name, unit: intensityUnit } = curves[0]!;
  const relative = scaling.kind !== "none";
  const ratio = intensityUnit === "1";
  const shownUnit = relative || /^arb/.test(intensityUnit) ? "arb. units" : intensityUnit;
  const x: AxisOptions = { quantity, unit: axisUnit, range: shown };
  const y: AxisOptions = {
    quantity: name,
    ...(!(ratio && !relative) && { unit: shownUnit }),
    ticks: shownUnit === "arb. units" && !ratio ? "hidden" : "shown",
  };
  return { lines, x, y, rest };
}

/** Points within the picture below which each is marked. */
const FEW = 100;

/** Part of the highest point that is still seen as more than nothing. */
const VISIBLE = 0.005;

/** A little beyond the last point of any curve that is seen, where all curves go on as nothing; otherwise their common end. */
function visibleEnd(curves: readonly { readonly x: Float64Array; readonly values: Float64Array }[]): number {
  const common = Math.min(...curves.map((c) => c.x.at(-1)!));
  const last = curves.map(({ x, values }) => {
    if (values.some((v) => v < 0)) return common;
    const highest = values.reduce((m, v) => Math.max(m, v), 0);
    const k = values.findLastIndex((v) => v > VISIBLE * highest);
    return k < 0 ? common : x[k]!;
  });
  const end = 1.08 * Math.max(...last);
  const step = 10 ** Math.floor(Math.log10(end)) / 20;
  return Math.min(common, Math.ceil(end / step) * step);
}

function intensityName(s: Spectrum, name: string | undefined): string {
  const plotted = name ?? Object.keys(s.intensities)[0]!;
  if (s.quantity === "raman") return plotted === "depolarisation" ? "Depolarisation ratio" : "Raman intensity";
  const words = plotted.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Index range of the points inside `range`, with one more on either side so that curves reach the frame. */
function window(x: Float64Array, range: readonly [number, number], label: string): [number, number] {
  const [low, high] = range[0] < range[1] ? range : [range[1], range[0]];
  const first = x.findIndex((v) => v >= low);
  const last = x.findLastIndex((v) => v <= high);
  if (first < 0 || last < first)
    throw new OptionError({
      where: "range",
      problem: `"${label}" has no point between ${low} and ${high}`,
      advice: `it runs from ${x[0]} to ${x.at(-1)}`,
    });
  return [Math.max(0, first - 1), Math.min(x.length, last + 2)];
}

function scaleFactor(x: Float64Array, y: Float64Array, scaling: Scaling): number {
  if (scaling.kind === "none") return 1;
  let size = 0;
  for (let i = 0; i < y.length; i++) {
    if (scaling.kind === "maximum") size = Math.max(size, y[i]!);
    else if (i > 0) size += ((y[i]! + y[i - 1]!) / 2) * (x[i]! - x[i - 1]!);
  }
  if (!(size > 0))
    throw new OptionError({
      where: "scaling",
      problem: "the spectrum is zero in the shown range",
      advice: 'use { kind: "none" }',
    });
  return 1 / size;
}

import { OptionError } from "../errors.js";
import { linearAt } from "../math/interpolate.js";
import { type Fields, readOptions, record } from "../options/record.js";
import { byName, list, number, oneOf, range, text } from "../options/values.js";
import type { Spectrum } from "../spectrum/spectrum.js";
import type { FrequencyUnit } from "../units/frequency.js";
import type { Figure } from "./figure.js";
import { bandEdges, FIGURE_FIELDS, type FigureOptions, type Line, lineFigure } from "./lines.js";
import { panels } from "./panels.js";
import { type Scaling, type SpectrumFigureOptions, scalingOption, spectrumLines } from "./spectrum.js";

/** A line that was measured or calculated elsewhere. */
export interface ComparedStick {
  /** In the unit of the axis. */
  readonly position: number;
  /** Relative to the others of its set, default 1. */
  readonly height?: number;
  readonly label?: string;
}

export interface CompareSpectraOptions extends FigureOptions, Pick<SpectrumFigureOptions, "intensity" | "range"> {
  /** Unit of the axis, default "cm-1". */
  readonly unit?: FrequencyUnit;
  /** Default `{kind: "maximum"}`. */
  readonly scaling?: Scaling;
  /** By how much each curve is raised above the one before, as a part of the highest point, default 0. */
  readonly offset?: number;
  /** Which of the spectra is the one to compare with. */
  readonly reference?: string;
  /** "shown" adds a panel with each curve minus the reference; needs `reference`. Default "hidden". */
  readonly residual?: "shown" | "hidden";
  /** Sets of lines that are drawn as sticks from the axis, by legend entry: measured positions, harmonic modes. */
  readonly sticks?: Readonly<Record<string, readonly ComparedStick[]>>;
}

const STICK = record({
  position: number(),
  height: number({ atLeast: 0 }).optional(),
  label: text().optional(),
} satisfies Fields<ComparedStick>);
const OPTIONS = record({
  ...FIGURE_FIELDS,
  intensity: text().optional(),
  range: range().optional(),
  unit: oneOf(["cm-1", "THz", "meV"]).default("cm-1"),
  scaling: scalingOption.default({ kind: "maximum" }),
  offset: number({ atLeast: 0 }).default(0),
  reference: text().optional(),
  residual: oneOf(["shown", "hidden"]).default("hidden"),
  sticks: byName(list(STICK), "lists of sticks").default({}),
} satisfies Fields<CompareSpectraOptions>);
/** Part of the height that the spectra have beside what is left between them. */
const MAIN = 0.62;
/** Height of the highest stick as a part of the highest curve. */
const STICK_HEIGHT = 0.25;

/**
 * Spectra beside each other: raised one above the other, with what is left between them and a reference, and with lines that were measured.
 * @param spectra by legend entry, from the lowest
 * @throws OptionError for an unknown option or reference, a range without points, or a residual without reference
 * @throws UnitError if intensities of different units meet without scaling
 * @example
 * const dfpt = raman((await loadDataset("h2o")).series("polarizability"));
 * const measured = [1595, 3657, 3756].map((position) => ({ position }));
 * show(figures.compareSpectra({ DFPT: dfpt }, { range: [1000, 4200], sticks: { "gas, measured": measured } }))
 */
export function compareSpectra(
  spectra: Readonly<Record<string, Spectrum>>,
  options: CompareSpectraOptions = {},
): Figure {
  const read = readOptions(OPTIONS, options, "compareSpectra");
  const { offset, residual, sticks, size, ...rest } = read;
  const { lines, x, y, rest: look } = spectrumLines(spectra, rest);
  const reference = lines.find((l) => l.role === "reference");
  if (residual === "shown" && !reference)
    throw new OptionError({
      where: "compareSpectra: residual",
      problem: "there is no reference",
      advice: `name one as reference: ${Object.keys(spectra).join(", ")}`,
    });
  const highest = Math.max(...lines.map((l) => Math.max(...Array.from(l.y))));
  const [low, high] = [Math.min(...x.range!), Math.max(...x.range!)];
  const sets = Object.entries(sticks).map(([label, set]) =>
    stickLine(
      label,
      set.filter((s) => s.position >= low && s.position <= high),
      STICK_HEIGHT * highest,
    ),
  );
  const marks = Object.values(sticks)
    .flat()
    .flatMap(({ position, label }) => (label ? [{ axis: "x" as const, value: position, label }] : []));
  // Raised curves do not hide each other: each is thin and solid.
  const raised = lines.map(
    (line, k): Line => ({
      ...lifted(line, k * offset * highest),
      ...(offset > 0 && { dash: "solid" }),
    }),
  );
  const { width, height } = size ?? { width: 640, height: residual === "shown" ? 600 : 400 };
  const own = Math.round((residual === "shown" ? MAIN : 1) * height);
  const main = lineFigure([...raised, ...sets], {
    ...look,
    size: { width, height: own },
    x,
    // Raised curves have no common zero.
    y: { ...y, ...(offset > 0 && { ticks: "hidden" as const }) },
    marks,
  });
  if (residual === "hidden" || !reference) return main;
  const rests = lines.filter((l) => l !== reference).map((l): Line => ({ ...difference(l, reference), dash: "solid" }));
  const below = lineFigure(rests, {
    title: `minus ${reference.label}`,
    size: { width, height: height - own },
    x,
    // How much is left is said by its numbers; the panel is too low for a unit that the one above has, too.
    y: { quantity: "Difference", ticks: "shown" },
    marks: [{ axis: "y", value: 0 }],
  });
  return panels([main, below]);
}

function stickLine(label: string, set: readonly ComparedStick[], height: number): Line {
  const sorted = [...set].sort((a, b) => a.position - b.position);
  const most = Math.max(...sorted.map((s) => s.height ?? 1), Number.MIN_VALUE);
  return {
    label,
    mode: "sticks",
    x: sorted.map((s) => s.position),
    y: sorted.map((s) => (height * (s.height ?? 1)) / most),
  };
}

function lifted(line: Line, by: number): Line {
  if (by === 0) return line;
  const up = (values: ArrayLike<number>): Float64Array => Float64Array.from(values, (v) => v + by);
  const edges = bandEdges(line);
  return { ...line, y: up(line.y), ...(edges && { band: { low: up(edges.low), high: up(edges.high) } }) };
}

/** A line minus another at those of its points where the other is defined, without bands. */
function difference({ label, x, y }: Line, other: Line): Line {
  const [first, last] = [other.x[0]!, other.x[other.x.length - 1]!];
  const kept = Array.from(x, (_, i) => i).filter((i) => x[i]! >= first && x[i]! <= last);
  return {
    ...(label !== undefined && { label }),
    x: kept.map((i) => x[i]!),
    y: kept.map((i) => y[i]! - linearAt(other.x, other.y, x[i]!)),
  };
}

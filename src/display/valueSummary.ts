/** Results in a few lines, as a cell shows them whose last line is their name. */
import { isTensorSeries, type TensorSeries } from "../series/tensorSeries.js";
import { isSpectrum, type Spectrum } from "../spectrum/spectrum.js";
import { formatNumber } from "../table/number.js";

/** What it is, its shape, unit and range, and a sparkline where it is a curve; `undefined` for what is not a result of this package. */
export function valueSummary(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (isSpectrum(value)) return spectrumSummary(value);
  if (isTensorSeries(value)) return seriesSummary(value);
  if (isDataset(value)) return datasetSummary(value);
  if (isTrajectory(value)) return trajectorySummary(value);
  return undefined;
}

const BARS = "▁▂▃▄▅▆▇█";

/** A curve as one line of text: the largest value of each stretch. */
export function sparkline(values: ArrayLike<number>, width = 60): string {
  const cells = Math.min(width, values.length);
  const tops = Array.from({ length: cells }, (_, k) => {
    const [from, to] = [Math.floor((k * values.length) / cells), Math.floor(((k + 1) * values.length) / cells)];
    let top = Number.NEGATIVE_INFINITY;
    for (let i = from; i < to; i++) if (values[i]! > top) top = values[i]!;
    return top;
  });
  const finite = tops.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  return tops
    .map((t) => (Number.isFinite(t) ? BARS[high > low ? Math.round((7 * (t - low)) / (high - low)) : 0] : " "))
    .join("");
}

function spectrumSummary(s: Spectrum): string {
  const { values, unit } = s.axis;
  const [from, to] = range(values);
  const lines = Object.entries(s.intensities).map(([name, i]) => {
    const [low, high] = range(i.values);
    return `  ${name} (${i.unit}): ${formatNumber(low, 3)} … ${formatNumber(high, 3)}`;
  });
  const first = Object.values(s.intensities)[0];
  return [
    `${s.quantity} spectrum of ${s.origin}: ${values.length} points, ${formatNumber(from)} … ${formatNumber(to)} ${unit}, resolution ${formatNumber(s.resolution, 3)} ${unit}`,
    ...lines,
    ...(first ? [`  ${sparkline(first.values)}`] : []),
    "  showTable(…) shows its numbers, show(spectrumFigure({ name: … })) draws it",
  ].join("\n");
}

function seriesSummary(s: TensorSeries): string {
  const size = s.shape.reduce((a, b) => a * b, 1);
  const frames = s.values.length / size;
  const [low, high] = range(s.values);
  const first = Float64Array.from({ length: frames }, (_, k) => s.values[k * size]!);
  return [
    `${s.quantity} series of ${s.origin}: ${frames} frames every ${formatNumber(s.timestep)} fs, each [${s.shape.join(", ")}] in ${s.unit}, ${formatNumber(low, 3)} … ${formatNumber(high, 3)}`,
    `  first component ${sparkline(first)}`,
    "  showTable(…) shows its numbers",
  ].join("\n");
}

interface DatasetLike {
  readonly entry: { readonly id: string; readonly title: string; readonly licence: string };
  readonly frames: readonly { readonly structure: { readonly species: readonly string[] } }[];
  readonly displaced: readonly unknown[];
  readonly quantities: readonly string[];
  readonly timestep?: number;
}

function datasetSummary({ entry, frames, displaced, quantities, timestep }: DatasetLike): string {
  const atoms = frames[0]?.structure.species.length;
  return [
    `data set ${entry.id}: ${entry.title} (${entry.licence})`,
    `  ${frames.length} frames${atoms === undefined ? "" : ` of ${atoms} atoms`}${timestep === undefined ? "" : ` every ${formatNumber(timestep)} fs`}, ${displaced.length} displaced copies`,
    `  series: ${quantities.join(", ") || "none"}`,
  ].join("\n");
}

interface TrajectoryLike {
  readonly species: readonly string[];
  readonly positions: ArrayLike<number>;
  readonly timestep?: number;
}

function trajectorySummary({ species, positions, timestep }: TrajectoryLike): string {
  const frames = positions.length / (3 * species.length);
  const counts = [...new Set(species)].map((s) => `${s}${species.filter((x) => x === s).length}`);
  return `trajectory of ${counts.join("")}: ${frames} frames of ${species.length} atoms${timestep === undefined ? "" : ` every ${formatNumber(timestep)} fs, ${formatNumber((frames * timestep) / 1000, 3)} ps`}`;
}

function range(values: ArrayLike<number>): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    const v = values[i]!;
    if (v < low) low = v;
    if (v > high) high = v;
  }
  return [low, high];
}

function isDataset(value: object): value is DatasetLike {
  return "entry" in value && "frames" in value && "quantities" in value && "displaced" in value;
}

function isTrajectory(value: object): value is TrajectoryLike {
  return (
    "species" in value &&
    "positions" in value &&
    "periodic" in value &&
    !("cell" in value) &&
    Array.isArray(value.species)
  );
}

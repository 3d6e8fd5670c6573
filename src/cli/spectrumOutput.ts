/** A spectrum as CSV, JSON or picture, on standard output or in a file. */
import type { Figure } from "../figure/figure.js";
import type { Peak } from "../spectrum/peaks.js";
import { type Spectrum, spectrumColumns } from "../spectrum/spectrum.js";
import { asciiHead } from "../table/csv.js";
import { print, printTable } from "./output.js";
import { isStandardOutput, type PictureFlags, writeOutput } from "./pictureOutput.js";

/** One header row of names with units, "wavenumber_cm-1,unpolarised_A^6/(cm-1 u)" and so on in ASCII, then one line per point. */
export function spectrumCsv(spectrum: Spectrum): string {
  const columns = spectrumColumns(spectrum);
  const heads = columns.map(asciiHead);
  const lines = [heads.join(",")];
  const points = columns[0]!.values.length;
  for (let k = 0; k < points; k++)
    lines.push(
      columns
        .map((c, j) => (j === 0 ? String(Number(c.values[k]!.toPrecision(9))) : c.values[k]!.toExponential(8)))
        .join(","),
    );
  return `${lines.join("\n")}\n`;
}

/** One object with everything about the spectrum. */
export function spectrumJson(spectrum: Spectrum, extra: Readonly<Record<string, unknown>>): string {
  return `${JSON.stringify({ ...extra, ...spectrum }, (_, v) => (ArrayBuffer.isView(v) ? Array.from(v as Float64Array) : v), 1)}\n`;
}

/**
 * Writes the spectrum; after writing a file it prints peaks and resolution.
 * @param out "csv", "json" or "svg" for standard output, otherwise a file; see `formatOf`
 * @throws OptionError for another ending
 */
export async function writeSpectrum(
  spectrum: Spectrum,
  out: string,
  options: {
    readonly extra: Readonly<Record<string, unknown>>;
    readonly peaks: readonly Peak[];
    readonly figure: () => Figure;
    readonly picture: PictureFlags;
  },
): Promise<void> {
  await writeOutput(
    out,
    {
      csv: () => spectrumCsv(spectrum),
      json: () => spectrumJson(spectrum, options.extra),
      figure: options.figure,
    },
    options.picture,
  );
  if (isStandardOutput(out)) return;
  print(`wrote ${out}`);
  printPeaks(spectrum, options.peaks);
}

/** What the picture or table shows, in numbers: highest lines first, and how far apart two must be to be told apart. */
function printPeaks(spectrum: Spectrum, peaks: readonly Peak[]): void {
  const { unit } = spectrum.axis;
  if (spectrum.resolution > 0) print(`resolution ${spectrum.resolution.toPrecision(3)} ${unit}`);
  if (peaks.length === 0) return;
  const first = Object.values(spectrum.intensities)[0]!;
  const shown = [...peaks].sort((a, b) => b.height - a.height).slice(0, 12);
  printTable(
    [`peak (${unit})`, `width (${unit})`, `height (${first.unit})`],
    shown.map((p) => [p.position.toFixed(1), p.width.toFixed(1), p.height.toExponential(3)]),
  );
  if (shown.length < peaks.length) print(`… and ${peaks.length - shown.length} lower ones`);
}

/** A spectrum as CSV, JSON or SVG, on standard output or in a file. */
import { extname } from "node:path";
import { OptionError } from "../errors.js";
import { writeText } from "../io/write.js";
import { type Spectrum, spectrumColumns } from "../spectrum/spectrum.js";

/** Header of names, a comment line of units, then one line per point. */
export function spectrumCsv(spectrum: Spectrum): string {
  const columns = spectrumColumns(spectrum);
  const lines = [columns.map((c) => c.name).join(","), `# units: ${columns.map((c) => c.unit).join(",")}`];
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

const FORMATS = ["csv", "json", "svg"] as const;
export type SpectrumFormat = (typeof FORMATS)[number];

/** Whether \`--out\` asks for a format on standard output, not for a file. */
export function isStandardOutput(out: string): out is SpectrumFormat {
  return FORMATS.some((format) => format === out);
}

/** The format that \`--out\` asks for, by itself or by the ending of a file. @throws OptionError for another ending */
export function formatOf(out: string): SpectrumFormat {
  const ending = extname(out.replace(/\.gz$/, "")).slice(1);
  const found = FORMATS.find((format) => format === out || format === ending);
  if (found) return found;
  throw new OptionError({
    where: "--out",
    problem: `"${out}" is neither ${FORMATS.join(", ")} nor a file with such an ending`,
  });
}

/**
 * @param out "csv", "json" or "svg" for standard output, otherwise a file with one of these endings
 * @throws OptionError for another ending
 */
export async function writeSpectrum(
  spectrum: Spectrum,
  out: string,
  options: { readonly extra: Readonly<Record<string, unknown>>; readonly svg: () => string },
): Promise<void> {
  const format = formatOf(out);
  const text =
    format === "csv"
      ? spectrumCsv(spectrum)
      : format === "json"
        ? spectrumJson(spectrum, options.extra)
        : options.svg();
  if (isStandardOutput(out)) process.stdout.write(text);
  else await writeText(out, [text]);
}

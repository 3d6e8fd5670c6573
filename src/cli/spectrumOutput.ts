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

/**
 * @param out "csv", "json" or "svg" for standard output, otherwise a file with one of these endings
 * @throws OptionError for another ending
 */
export async function writeSpectrum(
  spectrum: Spectrum,
  out: string,
  options: { readonly extra: Readonly<Record<string, unknown>>; readonly svg: () => string },
): Promise<void> {
  const known = ["csv", "json", "svg"];
  const standard = known.includes(out);
  const format = standard ? out : extname(out.replace(/\.gz$/, "")).slice(1);
  if (!known.includes(format))
    throw new OptionError({
      where: "--out",
      problem: `"${out}" is neither csv, json, svg nor a file with such an ending`,
    });
  const text =
    format === "csv"
      ? spectrumCsv(spectrum)
      : format === "json"
        ? spectrumJson(spectrum, options.extra)
        : options.svg();
  if (standard) process.stdout.write(text);
  else await writeText(out, [text]);
}

/** Measured spectra, to compare with: JCAMP-DX and tables of two or more columns. */
import { DataError, OptionError, UnitError } from "../errors.js";
import { type JcampBlock, parseJcamp } from "../io/jcamp.js";
import { byteChunks, READ_FIELDS, type ReadOptions, type Source, sourceName } from "../io/source.js";
import { type NumberTable, parseTable } from "../io/table.js";
import { type Fields, readOptions, record } from "../options/record.js";
import { integer, oneOf } from "../options/values.js";
import { unitOfAscii } from "../units/asciiUnit.js";
import { convertFrequency, wavelengthToWavenumber } from "../units/frequency.js";
import type { Intensity, Spectrum } from "./spectrum.js";

/** Units of a measured abscissa: wavenumber, frequency, energy, or vacuum wavelength. */
export type AbscissaUnit = (typeof ABSCISSAE)[number];

/** Names of the units of an abscissa. */
export const ABSCISSAE = ["cm-1", "THz", "meV", "nm", "µm"] as const;

/** Options of {@link readMeasured}. */
export interface MeasuredOptions extends ReadOptions {
  /** What was measured; default from the file (JCAMP-DX's DATA TYPE, the names of columns). */
  readonly quantity?: "raman" | "infrared";
  /** Unit of the abscissa of a table whose header does not say it. */
  readonly abscissa?: AbscissaUnit;
  /** Which of several spectra in one file, from 0; default the only one. */
  readonly block?: number;
}

const OPTIONS = record({
  ...READ_FIELDS,
  quantity: oneOf(["raman", "infrared"]).optional(),
  abscissa: oneOf(ABSCISSAE).optional(),
  block: integer({ atLeast: 0 }).optional(),
} satisfies Fields<MeasuredOptions>);

/** What one file gives before units are settled. */
interface Raw {
  readonly quantity: "raman" | "infrared" | undefined;
  /** As the file writes it. */
  readonly abscissa: string | undefined;
  readonly x: Float64Array;
  /** Name and unit as the file writes them. */
  readonly ordinates: readonly {
    readonly name: string;
    readonly unit?: string | undefined;
    readonly values: Float64Array;
    /** Written by this package: name and unit are its own. */
    readonly own?: true;
  }[];
  readonly resolution: number | undefined;
  readonly measurement: Readonly<Record<string, string>>;
}

/**
 * A measured spectrum from JCAMP-DX (.jdx, .dx) or from a table (CSV; columns separated by commas, semicolons, tabs or
 * blanks; those of this package among them). The axis becomes ascending wavenumbers, cm⁻¹. A transmittance T (or %T) is kept as `transmittance` and, where
 * every T > 0, comes as `absorbance` −log₁₀ T first. `measurement` holds what the file says about itself (title, origin,
 * owner, state, …); `resolution` is the stated one, else the largest distance of two points.
 * @param source path, or pieces of the file's bytes
 * @throws FormatError with file and line for a file that contradicts itself
 * @throws OptionError if the file does not say what was measured or the unit of its abscissa, and the options do not
 * @throws UnitError for a unit of the abscissa that is not that of a spectrum
 */
export async function readMeasured(source: Source, options: MeasuredOptions = {}): Promise<Spectrum> {
  readOptions(OPTIONS, options, "readMeasured");
  const pieces: Uint8Array[] = [];
  for await (const piece of byteChunks(source, options)) pieces.push(piece);
  return parseMeasured(Buffer.concat(pieces), { ...options, name: sourceName(source, options) });
}

/** The spectrum in the text or the bytes of a file; see {@link readMeasured}. */
export function parseMeasured(input: string | Uint8Array, options: MeasuredOptions = {}): Spectrum {
  const { quantity: _, abscissa: __, block: ___, ...read } = readOptions(OPTIONS, options, "readMeasured");
  const name = options.name ?? "text";
  const head =
    typeof input === "string" ? input.slice(0, 4096) : Buffer.from(input.subarray(0, 4096)).toString("latin1");
  const raw = /^[ \t]*##[ \t]*(JCAMP-?DX|XYDATA|XYPOINTS)\b.*=/im.test(head)
    ? ofBlock(chosen(parseJcamp(input, read), options, name))
    : ofTable(parseTable(input, read), name);
  return spectrumOf(raw, options, name);
}

function chosen(blocks: readonly JcampBlock[], { block }: MeasuredOptions, where: string): JcampBlock {
  const found = blocks[block ?? 0];
  if (found && (block !== undefined || blocks.length === 1)) return found;
  throw new OptionError({
    where,
    problem: found ? `${blocks.length} spectra in one file` : `no spectrum ${block}, the file has ${blocks.length}`,
    advice: `choose with block: ${blocks.map((b, k) => `${k} (${b.labels.TITLE ?? "untitled"})`).join(", ")}`,
  });
}

function ofBlock({ labels, x, y }: JcampBlock): Raw {
  const { XUNITS, YUNITS = "arbitrary", RESOLUTION, DATATYPE = "" } = labels;
  const resolution = Number(/^[\d.]+/.exec(RESOLUTION ?? "")?.[0]);
  return {
    quantity: quantityOf(DATATYPE),
    abscissa: XUNITS,
    x,
    ordinates: [{ name: YUNITS, values: y }],
    resolution: resolution > 0 ? resolution : undefined,
    measurement: Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== "")),
  };
}

function ofTable({ names, comments, columns }: NumberTable, where: string): Raw {
  if (columns.length < 2)
    throw new DataError({ where, problem: "one column", advice: "a spectrum has an abscissa and intensities" });
  // Tables of this package name their units in a comment line.
  const units = /^units: (.*)$/.exec(comments.find((c) => c.startsWith("units: ")) ?? "")?.[1]?.split(",");
  const said = [...(names ?? []), ...comments].join(" ");
  const title = names?.[0] ?? "";
  return {
    quantity: quantityOf(said),
    abscissa:
      units?.[0] ??
      /[([]([^)\]]+)[)\]]/.exec(title)?.[1] ??
      /wavenumber|\b(1\/cm|nm|[µu]m|THz|meV)\b|cm\^?[-−⁻][1¹]/i.exec(title)?.[0] ??
      // In comments a length may be the laser's.
      /1\/cm\b|cm\^?[-−⁻][1¹]/i.exec(comments.join(" "))?.[0] ??
      // Spectra of the RRUFF project are in wavenumbers.
      (comments.some((comment) => /^RRUFFID\s*=/i.test(comment)) ? "1/CM" : undefined),
    x: columns[0]!,
    ordinates: columns.slice(1).map(
      (values, k) =>
        ownColumn(names, k + 1, values) ?? {
          name: names?.[k + 1] ?? (columns.length === 2 ? "intensity" : `intensity ${k + 1}`),
          unit: units?.[k + 1],
          values,
        },
    ),
    resolution: undefined,
    measurement: comments.length > 0 ? { COMMENTS: comments.join("\n") } : {},
  };
}

/** A column under a header as this package writes it after `wavenumber_cm-1`: name, underscore, unit in ASCII. */
function ownColumn(names: readonly string[] | undefined, k: number, values: Float64Array) {
  if (names?.[0] !== "wavenumber_cm-1") return undefined;
  const [, name, unit = ""] = /^([A-Za-z][^_]*)(?:_(.*))?$/.exec(names[k] ?? "") ?? [];
  return name === undefined ? undefined : { name, unit: unitOfAscii(unit), values, own: true as const };
}

function quantityOf(text: string): "raman" | "infrared" | undefined {
  if (/raman|\bunpolarised_/i.test(text)) return "raman";
  return /infra-?red|\bftir\b|\bir\b|absorbance|absorption|transmittance|\bcrossSection_/i.test(text)
    ? "infrared"
    : undefined;
}

function spectrumOf(raw: Raw, options: MeasuredOptions, where: string): Spectrum {
  const quantity = options.quantity ?? raw.quantity;
  if (!quantity)
    throw new OptionError({
      where,
      problem: "the file does not say whether it is a Raman or an infrared spectrum",
      advice: 'say quantity: "raman" or "infrared"',
    });
  const order = Int32Array.from(raw.x, (_, i) => i);
  const axis = wavenumbers(raw.x, abscissaUnit(raw.abscissa, options.abscissa, where), where);
  order.sort((a, b) => axis[a]! - axis[b]!);
  const values = Float64Array.from(order, (i) => axis[i]!);
  const twice = values.findIndex((v, i) => i > 0 && v === values[i - 1]);
  if (twice >= 0) throw new DataError({ where, problem: `two intensities at ${values[twice]} cm⁻¹` });
  const intensities: Record<string, Intensity> = {};
  for (const { name, unit, values: y, own } of raw.ordinates) {
    const sorted = Float64Array.from(order, (i) => y[i]!);
    const named = own ? { [name]: { unit: unit!, values: sorted } } : namedIntensities(name, unit, sorted);
    for (const [key, intensity] of Object.entries(named))
      intensities[Object.hasOwn(intensities, key) ? `${key}_${Object.keys(intensities).length + 1}` : key] = intensity;
  }
  return {
    quantity,
    axis: { unit: "cm-1", values },
    intensities,
    resolution: raw.resolution ?? values.reduce((m, v, i) => (i > 0 ? Math.max(m, v - values[i - 1]!) : 0), 0),
    corrections: [],
    broadening: { kind: "none" },
    origin: raw.measurement.TITLE || where.replace(/^.*[\\/]/, ""),
    measurement: raw.measurement,
  };
}

/** What the file calls its abscissa, as a unit; a given unit must not contradict it. */
function abscissaUnit(written: string | undefined, given: AbscissaUnit | undefined, where: string): AbscissaUnit {
  const found = written === undefined ? undefined : unitNamed(written);
  if (written !== undefined && !found && given === undefined)
    throw new UnitError({
      where,
      problem: `the abscissa is in "${written}"`,
      advice: "wavenumbers (1/CM), THz, meV, nm and µm are read; say what it is with abscissa",
    });
  if (found && given && found !== given)
    throw new UnitError({ where, problem: `the file says the abscissa is in ${found}, abscissa says ${given}` });
  const unit = found ?? given;
  if (unit) return unit;
  throw new OptionError({
    where,
    problem: "the file does not say the unit of its abscissa",
    advice: 'say it, e.g. abscissa: "cm-1"',
  });
}

function unitNamed(text: string): AbscissaUnit | undefined {
  const plain = text.trim().toLowerCase().replace(/\s+/g, "");
  if (/1\/cm|cm\^?[-−⁻]\^?[1¹]|cm\*\*-1|wavenumber/.test(plain)) return "cm-1";
  if (/^(nm|nanomet(er|re)s?)$/.test(plain)) return "nm";
  if (/^([µμu]m|micromet(er|re)s?|microns?)$/.test(plain)) return "µm";
  if (plain === "thz" || plain === "terahertz") return "THz";
  return plain === "mev" ? "meV" : undefined;
}

function wavenumbers(x: Float64Array, unit: AbscissaUnit, where: string): Float64Array {
  if (unit !== "nm" && unit !== "µm") return x.map((v) => convertFrequency(v, unit, "cm-1"));
  const wrong = x.findIndex((v) => !(v > 0));
  if (wrong >= 0) throw new DataError({ where, problem: `point ${wrong + 1} has the wavelength ${x[wrong]} ${unit}` });
  return x.map((v) => wavelengthToWavenumber(unit === "nm" ? v : 1000 * v));
}

/** Names of units are shorter. */
const longestName = 200;

/** Intensities under this package's names: absorbance and transmittance are ratios, everything else keeps its unit. */
function namedIntensities(
  written: string,
  stated: string | undefined,
  values: Float64Array,
): Record<string, Intensity> {
  // NIST's quantitative spectra: "(micromol/mol)-1m-1 (base 10)".
  if (/mol.*-1/i.test(written)) return { absorptivity: { unit: written.trim(), values } };
  const [, name = written, bracketed] = /^(.+?)\s*[([]([^)\]]*)[)\]]\s*$/.exec(written.slice(0, longestName)) ?? [];
  const unit = stated ?? bracketed;
  if (/transmi(ttance|ssion)|^%?\s*T$/i.test(name)) {
    // Some writers say TRANSMITTANCE and mean per cent.
    const percent = /%|per\s*cent/i.test(written) || values.some((t) => t > 2);
    const transmittance = percent ? values.map((t) => t / 100) : values;
    const absorbance = transmittance.every((t) => t > 0) && {
      absorbance: { unit: "1", values: transmittance.map((t) => -Math.log10(t)) },
    };
    return { ...absorbance, transmittance: { unit: "1", values: transmittance } };
  }
  if (/absorbance/i.test(name)) return { absorbance: { unit: "1", values } };
  if (/arbitrary|^a\.?u\.?$|counts|relative|^intensity$/i.test(name))
    return { intensity: { unit: unit ?? "arbitrary", values } };
  const key = name
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_|_$/g, "");
  return { [key === "" || key === "__proto__" ? "intensity" : key]: { unit: unit ?? name.trim(), values } };
}

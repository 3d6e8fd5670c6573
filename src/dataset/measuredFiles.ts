/** Measured spectra that come with the package. */
import { DataError, didYouMean } from "../errors.js";
import { dataFolder } from "./registry.js";

/** A measured spectrum as a file that `readMeasured` reads. */
export interface MeasuredFile {
  readonly path: string;
  readonly title: string;
  /** Who measured. */
  readonly source: string;
  readonly licence: string;
}

const FILES: Readonly<Record<string, Omit<MeasuredFile, "path">>> = {
  water: {
    title: "Liquid water, 25 °C",
    source: "Hale and Querry, Appl. Opt. 12, 555 (1973)",
    licence: "CC0-1.0",
  },
  nacl: {
    title: "NaCl, room temperature",
    source: "Querry, CRDEC-CR-88009 (1987)",
    licence: "CC0-1.0",
  },
};

/**
 * A measured spectrum of the package: `water` (liquid) or `nacl`, with refractiveIndex, extinction, reflectivity and absorption (αn, cm⁻¹).
 * @throws DataError for an unknown name
 * @example
 * (await readMeasured(spectra.measuredFile("nacl").path)).quantity // "infrared"
 */
export function measuredFile(name: string): MeasuredFile {
  const found = Object.hasOwn(FILES, name) ? FILES[name] : undefined;
  if (found) return { path: `${dataFolder}measured/${name}.csv`, ...found };
  const names = Object.keys(FILES);
  const near = didYouMean(name, names);
  throw new DataError({
    where: "measuredFile",
    problem: `no measured spectrum "${name}"`,
    advice: near ? `did you mean ${near}?` : `there are ${names.join(" and ")}`,
  });
}

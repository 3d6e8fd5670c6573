/** Error bars of spectra that come from a model's uncertainty. */
import { DataError } from "../errors.js";
import { type Intensity, requireSameAxis, type Spectrum } from "./spectrum.js";

/**
 * A spectrum with the root mean square deviation of the members' spectra from it as standard error: what the model's uncertainty, carried
 * through correlation and transform, makes of every intensity.
 * @param full spectrum of the full model's prediction
 * @param members spectra of the committee members' predictions, same options
 * @throws DataError without members; ShapeError for another axis
 */
export function committeeSpectrum(full: Spectrum, members: readonly Spectrum[]): Spectrum {
  if (members.length === 0)
    throw new DataError({ where: "committeeSpectrum", problem: "no members", advice: "predict with predictCommittee" });
  for (const m of members) requireSameAxis(full, m, "committeeSpectrum");
  const intensities: Record<string, Intensity> = {};
  for (const [name, { unit, values }] of Object.entries(full.intensities)) {
    const standardError = values.map((v, i) => {
      const squares = members.reduce((s, m) => s + ((m.intensities[name]?.values[i] ?? v) - v) ** 2, 0);
      return Math.sqrt(squares / members.length);
    });
    intensities[name] = { unit, values, standardError };
  }
  return { ...full, intensities };
}

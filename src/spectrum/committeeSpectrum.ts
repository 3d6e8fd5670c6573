/** Error bars of spectra that come from a model's uncertainty. */
import { DataError } from "../errors.js";
import { type Intensity, requireSameAxis, type Spectrum } from "./spectrum.js";

/**
 * A spectrum with the deviation of the members' spectra from it as standard error, √(Σ (member − full)²/(M − 1)): what the model's
 * uncertainty, carried through correlation and transform, makes of every intensity. The spread of runs is not in it: of a mean of
 * several spectra the standard errors are replaced, and `averaged` is left out. Bands (confidenceBand, figures) take Student's t for
 * M − 1 degrees of freedom; with fewer than four members they are so wide that they say little.
 * @param full spectrum of the full model's prediction
 * @param members spectra of the committee members' predictions, at least two, same options
 * @throws DataError for fewer than two members; ShapeError for another axis
 */
export function committeeSpectrum(full: Spectrum, members: readonly Spectrum[]): Spectrum {
  if (members.length < 2)
    throw new DataError({
      where: "committeeSpectrum",
      problem: `${members.length === 0 ? "no members" : "one member"}, expected at least two`,
      advice: "give the spectra of all members that predictCommittee predicts",
    });
  for (const m of members) requireSameAxis(full, m, "committeeSpectrum");
  const intensities: Record<string, Intensity> = {};
  for (const [name, { unit, values }] of Object.entries(full.intensities)) {
    const standardError = values.map((v, i) => {
      const squares = members.reduce((s, m) => s + ((m.intensities[name]?.values[i] ?? v) - v) ** 2, 0);
      return Math.sqrt(squares / (members.length - 1));
    });
    intensities[name] = { unit, values, standardError };
  }
  const { averaged: _, ...rest } = full;
  return { ...rest, intensities, members: members.length };
}

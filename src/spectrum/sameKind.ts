/** Whether spectra may be averaged. */
import { ShapeError } from "../errors.js";
import { requireSameAxis, type Spectrum } from "./spectrum.js";

/** What a spectrum says about how it was made, in the words of a message. Where two differ in one of these, their mean is of nothing. */
const MADE_BY = {
  quantity: (s: Spectrum) => s.quantity,
  intensities: (s: Spectrum) =>
    Object.entries(s.intensities)
      .map(([name, { unit }]) => `${name} (${unit})`)
      .join(", "),
  corrections: (s: Spectrum) => inWords(s.corrections),
  broadening: (s: Spectrum) => inWords(s.broadening),
  estimator: (s: Spectrum) => inWords(s.estimator),
} as const;

/**
 * Requires that spectra were made in the same way, as far as they have it on record: one axis, quantity, intensities with their units, corrections
 * (temperature, laser, quantum factor, …), broadening and estimator.
 * @throws ShapeError naming what differs, and in which
 */
export function requireSameKind(spectra: readonly Spectrum[], where: string): void {
  const [first, ...others] = spectra;
  if (!first) return;
  for (const other of others) {
    requireSameAxis(first, other, where);
    for (const [name, read] of Object.entries(MADE_BY)) {
      const [a, b] = [read(first), read(other)];
      if (a !== b)
        throw new ShapeError({
          where,
          problem: `the spectra do not belong together: ${name} of "${first.origin}": ${a || "none"}; of "${other.origin}": ${b || "none"}`,
          advice: "make all with the same options",
        });
    }
  }
}

/** Options as text, whatever the order of their names. */
function inWords(value: unknown): string {
  if (Array.isArray(value)) return value.map(inWords).join("; ");
  // Time steps read from two files agree to fewer digits than a double has.
  if (typeof value === "number") return String(Number(value.toPrecision(8)));
  if (typeof value !== "object" || value === null) return value === undefined ? "" : String(value);
  return Object.entries(value)
    .filter(([, v]) => v !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, v]) => `${name} ${typeof v === "object" ? `{ ${inWords(v)} }` : inWords(v)}`)
    .join(", ");
}

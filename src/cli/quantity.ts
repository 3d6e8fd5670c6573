/** Numbers of the command line that may come with a unit: `0.5 ps`, `532 nm`, `25 degC`. */
import { createRequire } from "node:module";
import { OptionError } from "../errors.js";
import { fromMathUnit, type MathUnit } from "../units/mathUnit.js";

/**
 * The number that a text means, in `unit`; a plain number is in it already.
 * @param name of the option, for messages
 * @param unit as this package writes it, e.g. "fs", "Å³", "ps⁻¹"; for a number without unit leave it out
 * @throws OptionError for a text that is no quantity, or one of another dimension
 */
export function quantityOf(name: string, text: string, unit?: string): number {
  const plain = text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isFinite(plain)) return plain;
  if (unit === undefined) throw new OptionError(`--${name}: expected a number, found "${text}"`);
  const wanted = `a number of ${unit} or a quantity such as "1 ${unit}"`;
  if (!/^\s*[-+]?[\d.]/.test(text) || /[^\w\s.+\-*/^µÅ·°⁻¹²³()]/.test(text))
    throw new OptionError(`--${name}: expected ${wanted}, found "${text}"`);
  try {
    // Rounded to the digits that a double holds: 0.5 ps is 500 fs, not 499.99999999999994.
    return Number(fromMathUnit(parseUnit(text), unit).toPrecision(15));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.replace(/\.$/, "") : String(cause);
    throw new OptionError({
      where: `--${name}`,
      problem: `"${text}" is not a quantity in ${unit} (${reason})`,
      advice: `give ${wanted}`,
      cause,
    });
  }
}

/** Loaded when a unit is given: mathjs takes longer to load than most commands to run. */
function parseUnit(text: string): MathUnit {
  const { unit } = createRequire(import.meta.url)("mathjs") as { unit(text: string): MathUnit };
  const asMathjsWrites = text
    .trim()
    .replace(/(?<=[\s\d])1\/(?=[A-Za-zµÅ])([A-Za-zµÅ]+)/, "$1^-1")
    .replace(/cm-1\b/, "cm^-1")
    .replace(/⁻¹/g, "^-1")
    .replace(/²/g, "^2")
    .replace(/³/g, "^3")
    .replace(/·/g, " ")
    .replace(/Å/g, "angstrom")
    .replace(/µ/g, "u")
    .replace(/°\s*C\b/, "degC");
  return unit(asMathjsWrites);
}
